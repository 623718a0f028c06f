"""A visitor at the portal and staff at the console, both with real pages at the same time."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e.test_console import API, case_page, claim, write
from tests.e2e.test_widget_behaviour import ask, bubbles, open_chat
from tests.support.console import Console
from tests.support.console_fixtures import browser, console

__all__ = ["browser", "console"]

pytestmark = [pytest.mark.browser]
QUESTION = "静岡県の会社です。店の名前を商標として守りたいです"


@pytest.fixture
def visitor(console: Console, browser: Browser) -> Iterator[Page]:
    """A visitor's browser with the chat open."""
    context: BrowserContext = browser.new_context(
        viewport={"width": 1280, "height": 860}, locale="ja-JP"
    )
    page = console.watch(context)
    page.goto(console.url)
    open_chat(page)
    expect(bubbles(page).first).to_be_visible()
    yield page
    context.close()
    assert console.problems == []


@pytest.fixture
def staff(console: Console, browser: Browser) -> Iterator[Page]:
    page = console.open(browser, "zenbu", "/console/staff")
    yield page
    page.context.close()


def chat(page: Page) -> str:
    return page.locator("madoguchi-chat .log").inner_text()


def asks_for_a_person(page: Page) -> str:
    """The visitor says what it is about and asks for staff; the reference she is told."""
    ask(page, QUESTION)
    expect(page.get_by_role("button", name="まだ")).to_have_count(1)
    ask(page, "職員と話したい")
    page.get_by_role("button", name="職員に引きつぐ").last.click()
    page.get_by_role("button", name="この内容で引きつぐ").last.click()
    expect(page.locator("madoguchi-chat .owner")).to_contain_text("職員におつなぎしています")
    found = re.findall(r"K\d\d-[0-9A-Z]{5}-[0-9A-Z]", chat(page))
    assert found
    return str(found[0])


def test_from_the_question_to_the_survey(
    console: Console, browser: Browser, visitor: Page, staff: Page
) -> None:
    reference = asks_for_a_person(visitor)
    row = staff.locator(f"tr[data-row='{reference}']")
    expect(row).to_contain_text("順番待ち")
    row.get_by_role("link").click()
    expect(staff.locator(".bubble.visitor").first).to_contain_text("店の名前")

    staff.get_by_role("button", name="担当する").click()
    expect(visitor.locator("madoguchi-chat .owner")).to_contain_text("の職員")
    write(staff, "職員の見本です。お店の名前を教えてください。")
    expect(bubbles(visitor, "staff").last).to_contain_text("お店の名前を教えてください")
    ask(visitor, "みほん堂です")
    expect(staff.locator(".bubble.visitor").last).to_contain_text("みほん堂です")

    staff.reload()
    visitor.reload()
    expect(staff.locator(".bubble.visitor").last).to_contain_text("みほん堂です")
    expect(staff.get_by_text("あなたが対応しています")).to_be_visible()
    expect(bubbles(visitor, "staff").last).to_contain_text("お店の名前を教えてください")
    expect(visitor.locator("madoguchi-chat .owner")).to_contain_text("の職員")

    staff.get_by_role("button", name="ほかの窓口へ引きつぐ").click()
    dialog = staff.get_by_role("dialog", name="ほかの窓口へ引きつぐ")
    dialog.get_by_label("引きつぐ窓口").select_option("kaigai-tenkai-chizai-madoguchi")
    dialog.get_by_label("理由").fill("海外での名前も調べたいとのこと")
    dialog.get_by_role("button", name="引きつぐ", exact=True).click()
    expect(staff.get_by_text("へ引きつぎました")).to_be_visible()
    expect(visitor.locator("madoguchi-chat .owner")).to_contain_text("職員におつなぎしています")

    abroad = console.open(browser, "saburo", f"/console/staff/cases/{reference}")
    expect(abroad.locator(".bubble.visitor").last).to_contain_text("みほん堂です")
    abroad.locator("summary", has_text="経過").click()
    expect(abroad.get_by_text("海外での名前も調べたい")).to_be_visible()
    abroad.get_by_role("button", name="担当する").click()
    write(abroad, "海外の窓口です。つづきをうかがいます。")
    expect(bubbles(visitor, "staff").last).to_contain_text("つづきをうかがいます")

    abroad.get_by_role("button", name="終える").click()
    abroad.get_by_label("結果").select_option("answered")
    abroad.get_by_role("button", name="相談を終える").click()
    expect(visitor.locator("madoguchi-chat .owner")).to_contain_text("自動応答")
    answer = visitor.locator("madoguchi-chat").get_by_role(
        "button", name=re.compile("解決|よい|はい|役に立")
    )
    answer.last.click()
    expect(abroad.get_by_text("アンケートに答えがありました")).to_be_visible()
    assert "海外での名前も調べたい" not in chat(visitor)
    abroad.context.close()


def test_what_the_visitor_writes_while_staff_close_is_not_lost(
    console: Console, visitor: Page, staff: Page
) -> None:
    reference = asks_for_a_person(visitor)
    claim(staff, reference)
    staff.get_by_role("button", name="終える").click()
    # Staff read what is on the screen; the next line comes while the dialog is open.
    staff.context.set_offline(True)
    ask(visitor, "もう一つ聞きたいことがあります")
    expect(bubbles(visitor, "visitor").last).to_contain_text("もう一つ聞きたい")
    staff.context.set_offline(False)
    staff.get_by_role("button", name="相談を終える").click()

    case_page(staff, reference)

    expect(staff.locator(".bubble.visitor").last).to_contain_text("もう一つ聞きたい")


def test_handing_back_lets_the_bot_go_on(console: Console, visitor: Page, staff: Page) -> None:
    reference = asks_for_a_person(visitor)
    claim(staff, reference)
    expect(visitor.locator("madoguchi-chat .owner")).to_contain_text("の職員")

    staff.get_by_role("button", name="自動応答に戻す").click()

    expect(visitor.locator("madoguchi-chat .owner")).to_contain_text("自動応答")
    ask(visitor, "意匠についても聞きたい")
    expect(bubbles(visitor, "bot").last).to_contain_text("意匠")


def test_both_see_the_other_typing(console: Console, visitor: Page, staff: Page) -> None:
    reference = asks_for_a_person(visitor)
    claim(staff, reference)
    expect(visitor.locator("madoguchi-chat .owner")).to_contain_text("の職員")

    staff.get_by_label("返事（Ctrl + Enter で送る）").press_sequentially("いま調べています")
    expect(visitor.locator("madoguchi-chat")).to_contain_text("職員が入力しています")
    visitor.locator("madoguchi-chat textarea").press_sequentially("よろしくお願いします")
    expect(staff.get_by_text("相談者が入力しています")).to_be_visible()


def test_the_console_sets_no_cookie_for_visitors(console: Console, visitor: Page) -> None:
    assert visitor.context.cookies() == []
    assert console.http.get(f"{API}/desks").headers.get("set-cookie") is None

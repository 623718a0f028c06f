"""A visitor with a real browser and the real product: nothing is lost, nothing doubled."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Response, expect, sync_playwright

from tests.e2e.test_widget_behaviour import (
    FLAGS,
    ask,
    bubbles,
    chromium_path,
    field,
    open_chat,
    state,
    texts,
    violations,
)
from tests.support.product import ROOT, Product, Talk

pytestmark = [pytest.mark.rasa, pytest.mark.browser]

FIRST = "店の名前を商標として守るには何から始めればよいですか"
SECOND = "商標の更新はいつからできますか"
IMAGES = ROOT / "docs" / "images"
SLOW_MS = 30_000


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = chromium_path()
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    opened = browser.new_context(viewport={"width": 1280, "height": 800}, locale="ja-JP")
    opened.set_default_timeout(SLOW_MS)
    yield opened
    opened.close()


class Visit:
    """One tab on the portal; knows the conversation the widget began, and what went wrong."""

    def __init__(self, context: BrowserContext, product: Product) -> None:
        self.product = product
        self.begun: list[Talk] = []
        self.problems: list[str] = []
        self.hosts: set[str] = set()
        self.page = context.new_page()
        self.page.on("response", self._note)
        self.page.on("request", lambda request: self.hosts.add(request.url.split("/")[2]))
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.goto(product.url)

    def _note(self, response: Response) -> None:
        if response.request.method == "POST" and response.url.endswith("/api/v1/conversations"):
            begun = response.json()
            self.begun.append(Talk(self.product.http, begun["id"], begun["token"], []))

    def check_complete(self, *said: str) -> None:
        """Screen and server hold the same messages, each visitor's text once, in order."""
        assert len(self.begun) == 1
        talk = self.begun[0]
        talk.messages = [{"seq": 10_000, "parts": []}]
        thread = talk.thread()
        assert [m["seq"] for m in thread] == list(range(1, len(thread) + 1))
        assert [m["parts"][0]["text"] for m in thread if m["author"] == "visitor"] == list(said)
        expect(bubbles(self.page)).to_have_count(len(thread))
        assert texts(self.page) == list(said)


@pytest.fixture
def visit(context: BrowserContext, product: Product) -> Iterator[Visit]:
    opened = Visit(context, product)
    yield opened
    assert opened.problems == []
    assert opened.hosts == {f"127.0.0.1:{product.port}"}


def wait_answers(page: Page, count: int) -> None:
    """Each answer ends with the question whether it helped."""
    expect(page.get_by_role("button", name="まだ")).to_have_count(count, timeout=SLOW_MS)


def test_japanese_is_typed_and_answered_with_desk_source_and_date(visit: Visit) -> None:
    page = visit.page
    open_chat(page)
    expect(bubbles(page).first).to_contain_text("窓口")
    field(page).press_sequentially(FIRST, delay=5)
    field(page).press("Enter")
    wait_answers(page, 1)
    expect(page.get_by_role("region", name="INPIT知財総合支援窓口").first).to_be_visible()
    expect(bubbles(page, "bot").last).to_contain_text("「商標・ブランド」")
    expect(page.locator("madoguchi-chat").get_by_text("出典:").first).to_be_attached()
    visit.check_complete(FIRST)


def test_reload_and_a_killed_server_lose_and_double_nothing(visit: Visit, product: Product) -> None:
    page = visit.page
    open_chat(page)
    ask(page, FIRST)
    wait_answers(page, 1)
    before = page.locator("madoguchi-chat .log").inner_text()
    page.reload()
    wait_answers(page, 1)
    assert page.locator("madoguchi-chat .log").inner_text() == before
    product.kill("web")
    expect(state(page)).to_have_text("接続が切れました。つなぎ直しています…", timeout=SLOW_MS)
    ask(page, SECOND)
    expect(bubbles(page, "visitor")).to_have_count(2)
    expect(state(page)).to_have_text("つながりました", timeout=2 * SLOW_MS)
    wait_answers(page, 2)
    page.reload()
    wait_answers(page, 2)
    visit.check_complete(FIRST, SECOND)


def test_a_second_tab_shows_the_same_conversation(
    visit: Visit, context: BrowserContext, product: Product
) -> None:
    open_chat(visit.page)
    ask(visit.page, FIRST)
    wait_answers(visit.page, 1)
    second = Visit(context, product)
    if not second.page.get_by_role("dialog").is_visible():
        open_chat(second.page)
    wait_answers(second.page, 1)
    ask(second.page, SECOND)
    for tab in (visit.page, second.page):
        wait_answers(tab, 2)
        assert texts(tab) == [FIRST, SECOND]
    assert second.begun == []
    visit.check_complete(FIRST, SECOND)


def test_a_choice_and_a_correction_work_by_keyboard(visit: Visit) -> None:
    page = visit.page
    open_chat(page)
    ask(page, FIRST)
    wait_answers(page, 1)
    ask(page, "違います")
    listed = page.get_by_role("button", name="話題の一覧から選ぶ").last
    listed.focus()
    listed.press("Enter")
    topic = page.locator("madoguchi-chat").get_by_role("button", name="料金・減免").last
    topic.focus()
    topic.press("Enter")
    expect(page.get_by_text("「料金・減免」についてのご相談").last).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_portal_and_widget(
    browser: Browser, product: Product, scheme: str
) -> None:
    context = browser.new_context(
        viewport={"width": 1280, "height": 800},
        locale="ja-JP",
        color_scheme="dark" if scheme == "dark" else "light",
    )
    context.set_default_timeout(SLOW_MS)
    page = Visit(context, product).page
    assert violations(page) == []
    open_chat(page)
    ask(page, "2026年9月1日発送の拒絶理由、いつまで？")
    wait_answers(page, 1)
    page.wait_for_timeout(300)
    assert violations(page) == []
    context.close()


@pytest.mark.parametrize(
    ("name", "width", "height"), [("widget", 1280, 860), ("widget-mobile", 390, 844)]
)
def test_the_pictures_of_the_documentation_are_taken(
    browser: Browser, product: Product, tmp_path: Path, name: str, width: int, height: int
) -> None:
    """With MADOGUCHI_SCREENSHOTS=1 the pictures of docs/ are replaced, else they go elsewhere."""
    context = browser.new_context(
        viewport={"width": width, "height": height}, locale="ja-JP", device_scale_factor=2
    )
    context.set_default_timeout(SLOW_MS)
    page = Visit(context, product).page
    open_chat(page)
    ask(page, "特許の拒絶理由通知が2026年12月1日に発送されました。いつまでに返事をすればいいですか")
    wait_answers(page, 1)
    bubbles(page, "visitor").last.scroll_into_view_if_needed()
    page.wait_for_timeout(500)
    folder = IMAGES if os.environ.get("MADOGUCHI_SCREENSHOTS") == "1" else tmp_path
    picture: Path = folder / f"{name}.png"
    picture.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=picture)
    assert picture.stat().st_size > 20_000
    context.close()

"""Staff at their pages: what one sees, does, and is told; alone, and two at once."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.console import ABROAD, Console
from tests.support.console_fixtures import browser, console

__all__ = ["browser", "console"]

pytestmark = [pytest.mark.browser]
API = "/api/v1"
TRADEMARK = "店の名前を商標として守りたいです"
_ids = count()


@dataclass
class Visitor:
    """Somebody in a conversation, over HTTP; her browser is tested elsewhere."""

    console: Console
    id: str
    token: str
    reference: str = ""
    said: list[str] = field(default_factory=list)

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def says(self, text: str) -> dict[str, Any]:
        body = {"text": text, "client_message_id": f"m{next(_ids)}"}
        answer = self.console.http.post(
            f"{API}/conversations/{self.id}/messages", json=body, headers=self.headers
        )
        assert answer.status_code == 200, answer.text
        content: dict[str, Any] = answer.json()
        return content

    def asks_for_a_person(self) -> str:
        answer = self.console.http.post(
            f"{API}/conversations/{self.id}/handoff", json={}, headers=self.headers
        )
        assert answer.status_code == 200, answer.text
        self.reference = answer.json()["reference"]
        return self.reference

    def types(self) -> None:
        answer = self.console.http.post(
            f"{API}/conversations/{self.id}/typing", json={"on": True}, headers=self.headers
        )
        assert answer.status_code == 204


def visitor(console: Console, text: str = TRADEMARK, place: str = "静岡県") -> Visitor:
    """A visitor who has said what it is about and asked for a person."""
    begun = console.http.post(f"{API}/conversations", json={"prefecture": place}).json()
    made = Visitor(console, begun["id"], begun["token"])
    made.says(text)
    made.asks_for_a_person()
    return made


@pytest.fixture
def hanako(console: Console, browser: Browser) -> Iterator[Page]:
    page = console.open(browser, "hanako", "/console/staff")
    yield page
    page.context.close()
    assert console.problems == []
    assert console.hosts == {f"127.0.0.1:{console.port}"}


def case_page(page: Page, reference: str) -> None:
    page.goto(re.sub(r"/console.*", f"/console/staff/cases/{reference}", page.url))
    expect(page.get_by_role("heading", name=re.compile(reference))).to_be_visible()


def claim(page: Page, reference: str) -> None:
    case_page(page, reference)
    page.get_by_role("button", name="担当する").click()
    expect(page.get_by_text("あなたが対応しています")).to_be_visible()


def write(page: Page, text: str) -> None:
    box = page.get_by_label("返事（Ctrl + Enter で送る）")
    box.fill(text)
    box.press("Control+Enter")
    expect(page.locator(".bubble.staff", has_text=text)).to_be_visible()
    expect(box).to_have_value("")


def test_the_inbox_shows_who_waits_without_being_loaded_again(
    console: Console, hanako: Page
) -> None:
    expect(hanako.get_by_role("heading", name="相談の一覧")).to_be_visible()
    waiting = visitor(console)

    row = hanako.locator(f"tr[data-row='{waiting.reference}']")

    expect(row).to_contain_text("商標・ブランド")
    expect(row).to_contain_text("順番待ち")
    expect(row).to_contain_text("静岡県")


def test_a_case_is_claimed_answered_and_the_visitor_reads_it(
    console: Console, hanako: Page
) -> None:
    waiting = visitor(console)
    claim(hanako, waiting.reference)

    write(hanako, "こんにちは。商標の件、うかがいました。")
    answer = waiting.says("ありがとうございます")

    assert (answer["owner"], answer["replies"]) == ("staff", [])
    expect(hanako.locator(".bubble.visitor").last).to_contain_text("ありがとうございます")


def test_typing_is_seen_by_staff(console: Console, hanako: Page) -> None:
    waiting = visitor(console)
    claim(hanako, waiting.reference)

    waiting.types()

    expect(hanako.get_by_text("相談者が入力しています")).to_be_visible()


def test_a_draft_survives_a_reload(console: Console, hanako: Page) -> None:
    waiting = visitor(console)
    claim(hanako, waiting.reference)
    box = hanako.get_by_label("返事（Ctrl + Enter で送る）")
    box.press_sequentially("書きかけの返事です")
    hanako.wait_for_timeout(2500)

    hanako.reload()

    expect(box).to_have_value("書きかけの返事です")


def test_two_claim_at_once_and_the_second_is_told_who_was_first(
    console: Console, browser: Browser, hanako: Page
) -> None:
    waiting = visitor(console)
    jiro = console.open(browser, "jiro", f"/console/staff/cases/{waiting.reference}")
    case_page(hanako, waiting.reference)
    expect(hanako.get_by_text("ほかに開いている人：見本 次郎")).to_be_visible()

    hanako.get_by_role("button", name="担当する").click()
    expect(hanako.get_by_text("あなたが対応しています")).to_be_visible()

    expect(jiro.get_by_text("見本 花子さんが対応しています")).to_be_visible()
    expect(jiro.get_by_role("button", name="担当する")).to_have_count(0)
    expect(jiro.get_by_text("返事を書くには、先に")).to_be_visible()
    jiro.context.close()


def test_a_note_stays_inside_and_a_label_is_found(console: Console, hanako: Page) -> None:
    waiting = visitor(console)
    claim(hanako, waiting.reference)
    hanako.get_by_label("メモを書く").fill("午後に電話する")
    hanako.get_by_role("button", name="メモを残す").click()
    expect(hanako.locator(".panel", has_text="メモ（相談者には見えません）")).to_contain_text(
        "午後に電話する"
    )
    hanako.locator("summary", has_text="ラベル").click()
    hanako.get_by_label("ラベルを直す").fill("見本展示会、再相談")
    hanako.get_by_role("button", name="ラベルを保存").click()
    expect(hanako.locator(".badge", has_text="見本展示会")).to_be_visible()

    hanako.goto(f"{console.url}/console/staff")
    hanako.get_by_role("button", name="すべて（終わっていないもの）").click()
    hanako.get_by_label("検索").fill("見本展示会")
    hanako.get_by_role("button", name="探す").click()

    expect(hanako.locator("tr[data-row]")).to_have_count(1)
    expect(hanako.locator(f"tr[data-row='{waiting.reference}']")).to_be_visible()


def test_a_source_goes_with_the_answer(console: Console, hanako: Page) -> None:
    waiting = visitor(console)
    claim(hanako, waiting.reference)
    hanako.get_by_label("制度・質問集を探す").fill("商標の更新")
    hanako.get_by_role("button", name="探す").click()
    hanako.get_by_role("button", name=re.compile("を返事に入れる")).last.click()
    expect(hanako.get_by_role("button", name=re.compile("を入れない"))).to_be_visible()

    write(hanako, "こちらをご覧ください")

    expect(hanako.locator(".bubble.staff .card")).to_be_visible()
    expect(hanako.locator(".bubble.staff .sources").first).to_contain_text("出典")


def test_wrong_desk_moves_the_case_away(console: Console, browser: Browser, hanako: Page) -> None:
    waiting = visitor(console)
    case_page(hanako, waiting.reference)
    hanako.get_by_role("button", name="窓口が違う", exact=True).click()
    hanako.get_by_label("正しい窓口").select_option(ABROAD)
    hanako.get_by_label("正しい話題").select_option("overseas")
    hanako.get_by_role("button", name="移す", exact=True).click()

    expect(hanako.get_by_role("heading", name="相談の一覧")).to_be_visible()
    expect(hanako.get_by_text("へ移しました")).to_be_visible()
    hanako.goto(f"{console.url}/console/staff/cases/{waiting.reference}")
    expect(hanako.get_by_role("heading", name="見つかりません")).to_be_visible()
    saburo = console.open(browser, "saburo", f"/console/staff/cases/{waiting.reference}")
    expect(saburo.get_by_role("heading", name=re.compile("海外"))).to_be_visible()
    saburo.context.close()


def test_another_office_sees_neither_the_case_nor_that_it_is_there(
    console: Console, browser: Browser
) -> None:
    waiting = visitor(console)
    saburo = console.open(browser, "saburo", "/console/staff")

    saburo.goto(f"{console.url}/console/staff/cases/{waiting.reference}")
    refused = saburo.locator("main").inner_text()
    saburo.goto(f"{console.url}/console/staff/cases/K26-ZZZZZ-Z")

    expect(saburo.get_by_role("heading", name="見つかりません")).to_be_visible()
    assert saburo.locator("main").inner_text() == refused
    saburo.goto(f"{console.url}/console/staff")
    expect(saburo.get_by_role("heading", name="相談の一覧")).to_be_visible()
    expect(saburo.locator(f"tr[data-row='{waiting.reference}']")).to_have_count(0)
    saburo.context.close()


def test_a_case_is_closed_with_its_outcome_and_opened_again(console: Console, hanako: Page) -> None:
    waiting = visitor(console)
    claim(hanako, waiting.reference)
    hanako.get_by_role("button", name="終える").click()
    hanako.get_by_label("結果").select_option("guided")
    hanako.get_by_label("売上").select_option("up")
    hanako.get_by_role("button", name="相談を終える").click()

    expect(hanako.get_by_text("結果：行き先を案内した")).to_be_visible()
    expect(hanako.get_by_text("アンケートをお願いしました")).to_be_visible()
    hanako.get_by_role("button", name="もう一度開く").click()
    expect(hanako.get_by_text("あなたが対応しています")).to_be_visible()


def test_a_manager_writes_a_text_and_it_is_filled_from_the_case(
    console: Console, hanako: Page
) -> None:
    hanako.goto(f"{console.url}/console/staff/canned")
    hanako.get_by_role("button", name="定型文を作る").click()
    hanako.get_by_label("題", exact=True).fill("あいさつ")
    hanako.get_by_label("文", exact=True).fill("受付番号は{受付番号}です。担当は{担当}です。")
    hanako.get_by_role("button", name="保存する").click()
    expect(hanako.get_by_role("cell", name="あいさつ", exact=True)).to_be_visible()
    waiting = visitor(console)
    claim(hanako, waiting.reference)

    hanako.get_by_label("定型文を入れる").select_option(label="あいさつ")

    box = hanako.get_by_label("返事（Ctrl + Enter で送る）")
    expect(box).to_have_value(f"受付番号は{waiting.reference}です。担当は見本 花子です。")


def test_a_new_handoff_rings_on_any_page(console: Console, hanako: Page) -> None:
    hanako.goto(f"{console.url}/console/staff/own")
    expect(hanako.get_by_role("heading", name="自分の設定")).to_be_visible()
    hanako.wait_for_timeout(1500)

    visitor(console)

    expect(hanako.get_by_text("新しく待っている方がいます")).to_be_visible()


def test_the_keyboard_is_enough(console: Console, hanako: Page) -> None:
    waiting = visitor(console)
    row = hanako.locator(f"tr[data-row='{waiting.reference}']")
    expect(row).to_be_visible()
    hanako.keyboard.press("?")
    expect(hanako.get_by_role("dialog", name="キーボードの操作")).to_be_visible()
    hanako.keyboard.press("Escape")
    expect(hanako.get_by_role("dialog", name="キーボードの操作")).to_be_hidden()
    hanako.keyboard.press("/")
    expect(hanako.get_by_label("検索")).to_be_focused()
    hanako.keyboard.type(waiting.reference)
    hanako.keyboard.press("Enter")
    expect(hanako.locator("tr[data-row]")).to_have_count(1)
    hanako.get_by_role("heading", name="相談の一覧").click()
    hanako.keyboard.press("j")
    expect(row.get_by_role("link")).to_be_focused()
    hanako.keyboard.press("Enter")
    expect(hanako.get_by_role("heading", name=re.compile(waiting.reference))).to_be_visible()
    hanako.keyboard.press("c")
    expect(hanako.get_by_text("あなたが対応しています")).to_be_visible()
    hanako.keyboard.press("r")
    expect(hanako.get_by_label("返事（Ctrl + Enter で送る）")).to_be_focused()
    hanako.locator("body").click(position={"x": 5, "y": 5})
    hanako.keyboard.press("x")
    expect(hanako.get_by_role("dialog", name="終える")).to_be_visible()


def test_the_bot_is_switched_off_and_on(console: Console, hanako: Page) -> None:
    hanako.goto(f"{console.url}/console/staff/switches")
    hanako.get_by_role("button", name="自動応答を止める", exact=True).click()
    expect(hanako.get_by_text("自動応答を止めています")).to_be_visible()
    begun = console.http.post(f"{API}/conversations", json={}).json()

    said = Visitor(console, begun["id"], begun["token"]).says(TRADEMARK)

    assert "いまは自動応答を止めています" in str(said["replies"])
    hanako.get_by_role("button", name="自動応答を動かす").click()
    expect(hanako.get_by_text("自動応答は動いています")).to_be_visible()
    expect(hanako.get_by_role("cell", name="見本 花子").first).to_be_visible()


def test_an_account_is_made_used_and_switched_off(console: Console, browser: Browser) -> None:
    kanri = console.open(browser, "kanri", "/console/staff/accounts")
    kanri.get_by_role("button", name="アカウントを作る").click()
    dialog = kanri.get_by_role("dialog")
    dialog.get_by_label("ログイン名").fill("shiro")
    dialog.get_by_label("お名前").fill("見本 四郎")
    place = dialog.get_by_role("group", name="INPIT知財総合支援窓口（静岡県）")
    place.get_by_label("職員").check()
    dialog.get_by_role("button", name="保存する").click()
    secret = kanri.locator(".secret").inner_text()
    shiro = browser.new_context().new_page()
    shiro.goto(f"{console.url}/console/login")
    shiro.get_by_label("ログイン名").fill("shiro")
    shiro.get_by_label("パスワード").fill(secret)
    shiro.get_by_role("button", name="ログイン").click()
    expect(shiro.get_by_role("heading", name="相談の一覧")).to_be_visible()

    kanri.get_by_role("button", name="止める：見本 四郎").click()
    expect(kanri.get_by_text("停止中")).to_be_visible()
    shiro.get_by_role("button", name="自分の担当").click()

    expect(shiro.get_by_role("heading", name="職員の画面にログイン")).to_be_visible()
    shiro.context.close()
    kanri.context.close()


def test_a_token_is_made_shown_once_used_and_revoked(console: Console, hanako: Page) -> None:
    waiting = visitor(console)
    hanako.goto(f"{console.url}/console/staff/own")
    hanako.get_by_label("何に使うか").fill("台帳との連携")
    hanako.get_by_role("button", name="トークンを作る").click()
    token = hanako.locator(".secret").inner_text()
    headers = {"Authorization": f"Bearer {token}"}

    listed = console.http.get(f"{API}/staff/cases", headers=headers)

    assert waiting.reference in [item["reference"] for item in listed.json()["items"]]
    hanako.reload()
    expect(hanako.get_by_role("cell", name="台帳との連携", exact=True)).to_be_visible()
    expect(hanako.locator(".secret")).to_have_count(0)
    hanako.get_by_role("button", name="「台帳との連携」を取り消す").click()
    expect(hanako.get_by_text("使えません")).to_be_visible()
    assert console.http.get(f"{API}/staff/cases", headers=headers).status_code == 404


def test_the_own_password_needs_the_old_one(console: Console, browser: Browser) -> None:
    jiro = console.open(browser, "jiro", "/console/staff/own")
    jiro.get_by_label("いまのパスワード").fill("wrong-password-1")
    jiro.get_by_label("新しいパスワード", exact=True).fill("atarashii-kotoba-7")
    jiro.get_by_label("新しいパスワード（もう一度）").fill("atarashii-kotoba-7")

    jiro.get_by_role("button", name="変える").click()

    expect(jiro.get_by_text("いまのパスワードが違います")).to_be_visible()
    jiro.context.close()


def test_the_trail_tells_who_looked_at_a_case(
    console: Console, browser: Browser, hanako: Page
) -> None:
    waiting = visitor(console)
    case_page(hanako, waiting.reference)
    kanri = console.open(browser, "kanri", "/console/staff/audit")

    kanri.get_by_label("何について（はじめの文字）").fill(f"case:{waiting.reference}")
    kanri.get_by_role("button", name="探す").click()

    row = kanri.locator("tr", has_text="case.read")
    expect(row.first).to_contain_text("見本 花子")
    assert TRADEMARK not in kanri.locator("main").inner_text()
    kanri.context.close()


@pytest.mark.parametrize("path", ["accounts", "audit"])
def test_a_page_of_another_role_is_refused(console: Console, hanako: Page, path: str) -> None:
    hanako.goto(f"{console.url}/console/staff/{path}")

    expect(hanako.get_by_role("heading", name="この画面は開けません")).to_be_visible()
    expect(hanako.get_by_role("navigation", name="画面の一覧")).not_to_contain_text("アカウント")


def test_a_manager_sets_the_hours_and_the_visitor_is_told_them(
    console: Console, hanako: Page
) -> None:
    hanako.goto(f"{console.url}/console/staff/offices")
    for day in "月火水木金":
        hanako.get_by_label(f"{day}曜日").fill("9:00〜12:00、13:00-24:30")
    hanako.get_by_role("button", name="保存する").first.click()
    expect(hanako.get_by_text("時刻")).to_be_visible()
    for day in "月火水木金土日":
        hanako.get_by_label(f"{day}曜日").fill("")
    hanako.get_by_label("月曜日").fill("10:00〜12:00、13:00-17:00")
    hanako.get_by_role("button", name="保存する").first.click()
    expect(hanako.get_by_text("この窓口で決めた時間です")).to_be_visible()
    expect(hanako.get_by_label("月曜日")).to_have_value("10:00-12:00、13:00-17:00")

    waiting = visitor(console)
    standing = console.http.get(
        f"{API}/conversations/{waiting.id}/handoff", headers=waiting.headers
    ).json()

    if not standing["open_now"]:
        assert standing["next_open_at"][11:16] in ("10:00", "13:00")
    hanako.get_by_label("日", exact=True).fill("2030-01-07")
    hanako.get_by_label("理由").fill("見本の休み")
    hanako.get_by_role("button", name="加える").click()
    expect(hanako.get_by_role("cell", name="見本の休み")).to_be_visible()
    hanako.get_by_role("button", name=re.compile("2030年1月7日.*を消す")).click()
    expect(hanako.get_by_role("cell", name="見本の休み")).to_have_count(0)
    hanako.get_by_label("メール").fill("mihon@example.jp")
    hanako.get_by_role("button", name="保存する").last.click()
    hanako.reload()
    expect(hanako.get_by_label("メール")).to_have_value("mihon@example.jp")
    hanako.get_by_role("button", name="もとの時間に戻す").click()
    expect(hanako.get_by_text("この窓口で決めた時間です")).to_have_count(0)

"""A sheet of fees in the chat widget: a table for everybody, text never markup."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.test_widget_behaviour import (
    browser,
    bubbles,
    context,
    open_chat,
    page,
    say,
    stub,
    violations,
)
from tests.e2e.widget_stub import Json, Stub

__all__ = ["browser", "context", "page", "stub"]
pytestmark = pytest.mark.browser

EVIL = "<img src=x onerror=alert(1)>"
SHEET: Json = {
    "type": "sheet",
    "title": f"出願審査請求の料金（目安）{EVIL}",
    "amount": "59,330円",
    "rows": [{"label": "使えそうな減免", "value": "小規模企業（法人・個人事業主）の減免"}],
    "lines": [
        {
            "label": "出願審査請求料（138,000円＋4,000円×10）",
            "full_yen": 178_000,
            "paid_yen": 59_330,
            "source": {
                "title": "特許庁「審査請求料の改定」",
                "url": "https://www.jpo.go.jp/",
                "as_of": "2019-01-08",
                "confirmed": True,
            },
        },
        {
            "label": f"まだ決まらない行{EVIL}",
            "full_yen": 2_400,
            "paid_yen": None,
            "source": {"title": "転記", "url": None, "as_of": None, "confirmed": False},
        },
    ],
    "sections": [
        {"title": "理由", "items": ["可能性があります。", EVIL]},
        {"title": "確かめること", "items": ["大企業に支配されていないこと。"]},
        {"title": "書くもの・付けるもの", "items": ["特記事項の欄"]},
    ],
    "links": [
        {"label": "計算ページで開く", "url": "/fees#procedure=exam_request&claims=10"},
        {"label": "あやしいリンク", "url": "javascript:alert(1)"},
    ],
    "note": "この計算は一般的な情報です。",
    "fallback": "出願審査請求の料金（目安）59,330円",
}


@pytest.fixture
def shown(page: Page, stub: Stub) -> Page:
    """A conversation in which a sheet has come."""
    open_chat(page)
    (talk,) = stub.conversations.values()
    say(talk, SHEET, author="bot")
    expect(bubbles(page, "bot").last.locator(".sheet")).to_be_visible()
    return page


def test_the_sheet_is_a_table_with_sources_and_what_is_unconfirmed(shown: Page) -> None:
    sheet = shown.locator("madoguchi-chat .sheet")

    expect(sheet.locator(".amount")).to_have_text("59,330円")
    rows = sheet.locator("tbody tr")
    expect(rows.nth(0)).to_contain_text("特許庁「審査請求料の改定」")
    assert [cell.inner_text() for cell in rows.nth(0).locator("td").all()] == [
        "178,000円",
        "59,330円",
    ]
    expect(rows.nth(1).locator("td").last).to_have_text("—")
    expect(rows.nth(1)).to_contain_text("要確認")
    expect(sheet.get_by_text("大企業に支配されていないこと。")).to_be_visible()


def test_its_words_stay_text_and_bad_links_are_none(shown: Page) -> None:
    sheet = shown.locator("madoguchi-chat .sheet")

    assert sheet.locator("img").count() == 0
    expect(sheet.get_by_text(EVIL).first).to_be_visible()
    hrefs = [link.get_attribute("href") or "" for link in sheet.locator("a").all()]
    assert any(href.endswith("/fees#procedure=exam_request&claims=10") for href in hrefs)
    assert not any("javascript" in href for href in hrefs)


def test_the_sheet_is_no_hurdle_and_opens_by_keyboard(shown: Page) -> None:
    assert violations(shown) == []
    summary = shown.locator("madoguchi-chat .sheet summary").last
    summary.focus()
    shown.keyboard.press("Enter")

    expect(shown.get_by_text("特記事項の欄")).to_be_visible()


def test_the_sheet_fits_a_small_screen(shown: Page) -> None:
    shown.set_viewport_size({"width": 320, "height": 640})

    box = shown.locator("madoguchi-chat .sheet")
    assert box.evaluate("(one) => one.scrollWidth <= one.clientWidth + 1")

"""A visitor asks for a price in the chat and goes on in the calculator: the same figures."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.e2e.test_product_in_chromium import SLOW_MS, Visit, browser
from tests.e2e.test_widget_behaviour import ask, open_chat, violations
from tests.support.product import Product

__all__ = ["browser"]
pytestmark = [pytest.mark.rasa, pytest.mark.browser]


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    opened = browser.new_context(viewport={"width": 1280, "height": 900}, locale="ja-JP")
    opened.set_default_timeout(SLOW_MS)
    yield opened
    opened.close()


def test_from_the_first_question_over_the_sheet_to_the_page(
    context: BrowserContext, product: Product
) -> None:
    visit = Visit(context, product)
    page = visit.page
    open_chat(page)
    ask(page, "審査請求っていくら？うち社員8人の町工場")
    expect(page.get_by_text("請求項はいくつですか。").last).to_be_visible(timeout=SLOW_MS)
    ask(page, "10")
    sheet = page.locator("madoguchi-chat .sheet").last
    expect(sheet.locator(".amount")).to_have_text("59,330円", timeout=SLOW_MS)
    assert violations(page) == []

    with context.expect_page() as opened:
        sheet.get_by_role("link", name="計算ページで開く").click()
    calculator = opened.value

    expect(calculator.locator("#result .sum")).to_have_text("59,330円", timeout=SLOW_MS)
    expect(calculator.locator("#claims")).to_have_value("10")
    expect(calculator.locator("#applicant-1-employees, #applicant-2-employees")).to_have_value("8")
    assert visit.problems == []

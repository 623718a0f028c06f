"""A maintainer, her colleague and a visitor at the real product, from a misread message to live."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.test_widget_behaviour import ask, open_chat
from tests.support.console import PASSWORD
from tests.support.console_fixtures import browser
from tests.support.product import ROOT, Product
from tests.support.product_fixtures import startable_or_skip
from tests.support.promotion import Maintainers, Visitors

__all__ = ["browser"]

pytestmark = [pytest.mark.rasa, pytest.mark.browser]
MISREAD = "ほにゃらら祭りのもにょもにょ踊り、となり町がそっくり始めよった"
TRAINING_MS = 900_000
LIVE_MS = 120_000


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """A product of this file's own: its model changes."""
    startable_or_skip()
    own = Product(tmp_path_factory.mktemp("maintained") / "var")
    try:
        own.launch()
        own.wait_ready()
        yield own
    finally:
        own.close()


def _enter(product: Product, browser: Browser, login: str) -> Page:
    context = browser.new_context(viewport={"width": 1280, "height": 860}, locale="ja-JP")
    context.set_default_timeout(30_000)
    page = context.new_page()
    page.goto(f"{product.url}/console/login?next=/console/maintain")
    page.get_by_label("ログイン名").fill(login)
    page.get_by_label("パスワード").fill(PASSWORD)
    page.get_by_role("button", name="ログイン").click()
    expect(page.get_by_role("heading", name="届いた文の見直し")).to_be_visible()
    page.wait_for_function("window.madoguchiKeys === true")
    return page


def _ask_in_the_widget(product: Product, browser: Browser) -> str:
    context = browser.new_context(locale="ja-JP")
    page = context.new_page()
    page.goto(product.url)
    open_chat(page)
    ask(page, MISREAD)
    page.wait_for_timeout(3000)
    said = page.content()
    context.close()
    return said


def _promote(page: Page) -> None:
    """Promote; a model given from outside (``TEST_MODELS``) may be better: then with a reason."""
    reason = page.get_by_label("理由")
    if reason.count():
        reason.fill("外から渡したモデルと比べているため")
    page.get_by_role("button", name="使い始める").click()


def _picture(page: Page, name: str) -> None:
    if os.environ.get("MADOGUCHI_SCREENSHOTS") == "1":
        page.screenshot(path=ROOT / "docs" / "images" / f"maintain-{name}.png")


def _go(product: Product, page: Page, path: str) -> None:
    page.goto(f"{product.url}/console/maintain{path}")
    page.wait_for_function("window.socket && window.socket.connected")


def test_a_misread_message_is_corrected_trained_promoted_and_undone(
    product: Product, browser: Browser, tmp_path: Path
) -> None:
    maintainers = Maintainers(product)
    maintainers.hire()
    assert product.triage(MISREAD)["topic"] != "agriculture"
    _ask_in_the_widget(product, browser)

    mei = _enter(product, browser, "mei")
    expect(mei.locator(".bubble.visitor").last).to_contain_text("ほにゃらら")
    mei.keyboard.press("w")
    mei.get_by_label("用件").select_option("infringed")
    mei.get_by_role("button", name="提案する").click()
    expect(mei.get_by_text("提案しました")).to_be_visible()

    ken = _enter(product, browser, "ken")
    _go(product, ken, "/sentences")
    ken.get_by_role("button", name=re.compile("^確かめる")).click()
    ken.get_by_label("個人や会社の情報が残っていない").check()
    ken.get_by_role("button", name="決める").click()
    expect(ken.get_by_text("承認しました")).to_be_visible()

    _go(product, ken, "/training")
    before = ken.locator("tr[data-row]", has_text="使用中").get_attribute("data-row") or ""
    ken.get_by_role("button", name="学習を始める").click()
    ken.get_by_role("link", name="比べた結果を見る").click(timeout=TRAINING_MS)
    expect(ken.get_by_role("heading", name="話題ごとの結果")).to_be_visible()
    _picture(ken, "report")
    with Visitors(product) as visitors:
        _promote(ken)
        live = ken.locator("tr[data-row]", has_text="使用中")
        expect(live).not_to_contain_text(before, timeout=LIVE_MS)
        expect(ken.get_by_text("切り替え中")).to_have_count(0, timeout=LIVE_MS)
    assert visitors.problems(maintainers) == []
    assert len(visitors.sent) > visitors.n

    _picture(ken, "training")
    assert product.triage(MISREAD)["topic"] == "agriculture"
    assert "農林水産" in _ask_in_the_widget(product, browser)
    ken.get_by_role("button", name=re.compile("前のモデル")).click()
    expect(live).to_contain_text(before, timeout=LIVE_MS)
    assert product.triage(MISREAD)["topic"] != "agriculture"
    for page in (mei, ken):
        page.context.close()

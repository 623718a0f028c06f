"""A maintainer, her colleague and a visitor at the real product, from a misread message to live."""

import os
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from api.runtime.paths import NLU_DATA
from knowledge.training.judging import words_of
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


def _picture(page: Page, name: str) -> None:
    if os.environ.get("MADOGUCHI_SCREENSHOTS") == "1":
        page.screenshot(path=ROOT / "docs" / "images" / f"maintain-{name}.png")


def _go(product: Product, page: Page, path: str) -> None:
    page.goto(f"{product.url}/console/maintain{path}")
    page.wait_for_function("window.socket && window.socket.connected")


def test_a_misread_message_is_corrected_trained_promoted_and_undone(
    product: Product, browser: Browser
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
    print(ken.locator(".notice").first.inner_text())
    expect(ken.get_by_text("関門を通りました")).to_be_visible()
    _picture(ken, "report")
    ken.get_by_role("heading", name="話題ごとの結果").evaluate("e => e.scrollIntoView()")
    _picture(ken, "report-topics")
    with Visitors(product) as visitors:
        ken.get_by_role("button", name="このモデルを使い始める").click()
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


def test_a_poisoned_change_is_held_back_overridden_on_record_and_undone(
    product: Product, browser: Browser
) -> None:
    """Sentences of one topic, approved with the label of another, and trained for real."""
    maintainers = Maintainers(product)
    maintainers.poison("designs", as_intent="agriculture")
    name = maintainers.train(seconds=TRAINING_MS / 1000)
    report = maintainers.report(name)
    print([(r.code, r.intent, r.lost, r.margin) for r in report.reasons])
    assert "designs" in {reason.intent for reason in report.reasons if reason.code == "topic"}
    texts = words_of([NLU_DATA])
    spoilt = [texts[flip.key] for flip in report.now_wrong if flip.intent == "designs"][:3]
    before = [product.triage(text)["topic"] for text in spoilt]
    assert "designs" in before

    aoi = _enter(product, browser, "aoi")
    _go(product, aoi, f"/releases/{name}")
    expect(aoi.get_by_text("関門で止まりました")).to_be_visible()
    expect(aoi.get_by_text("使い始められるのは、責任者だけです")).to_be_visible()
    expect(aoi.get_by_role("button", name=re.compile("使い始める"))).to_have_count(0)

    ken = _enter(product, browser, "ken")
    _go(product, ken, f"/releases/{name}")
    ken.get_by_label("理由").fill("見本の演習のため")
    ken.get_by_role("button", name="理由を残して使い始める").click()
    live = ken.locator("tr[data-row]", has_text="使用中")
    expect(live).to_contain_text(name, timeout=LIVE_MS)
    expect(ken.get_by_text("関門を越えて使用。理由：見本の演習のため")).to_be_visible()
    assert [product.triage(text)["topic"] for text in spoilt] != before

    ken.get_by_role("button", name=re.compile("前のモデル")).click()
    expect(live).not_to_contain_text(name, timeout=LIVE_MS)
    assert [product.triage(text)["topic"] for text in spoilt] == before
    for page in (aoi, ken):
        page.context.close()

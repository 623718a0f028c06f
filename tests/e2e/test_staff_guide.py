"""The real product with a real person at the console: what the staff guide shows and says."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.console_fixtures import browser
from tests.support.product import ROOT, Product

__all__ = ["browser"]

pytestmark = [pytest.mark.rasa, pytest.mark.browser]
IMAGES = ROOT / "docs" / "images"
GUIDE = ROOT / "docs" / "staff-guide.ja.md"
SLOW_MS = 30_000
CASES = (
    ("静岡県", "静岡県の見本商店です。店の名前を商標として守りたいです。何から始めればよいですか"),
    (
        "福井県",
        "特許の拒絶理由通知が2026年12月1日に発送されました。いつまでに返事をすればよいですか",
    ),
    ("大阪府", "海外の展示会に出したら、ブランドの名前を先に取られていました"),
)


def demo_password(product: Product) -> str:
    """What the start screen shows once."""
    (found,) = re.findall(r"パスワード: (\S+)", product.log.read_text("utf-8"))
    return str(found)


def ask_for_a_person(product: Product, place: str, text: str) -> str:
    talk = product.talk(place)
    talk.say(text)
    answer = product.http.post(
        f"/api/v1/conversations/{talk.id}/handoff",
        json={},
        headers={"Authorization": f"Bearer {talk.token}"},
    )
    assert answer.status_code == 200, answer.text
    return str(answer.json()["reference"])


@pytest.fixture(scope="module")
def references(product: Product) -> list[str]:
    return [ask_for_a_person(product, place, text) for place, text in CASES]


@pytest.fixture(scope="module")
def page(product: Product, browser: Browser) -> Iterator[Page]:
    context = browser.new_context(
        viewport={"width": 1280, "height": 860}, locale="ja-JP", device_scale_factor=2
    )
    context.set_default_timeout(SLOW_MS)
    opened = context.new_page()
    opened.goto(f"{product.url}/console/login")
    yield opened
    context.close()


def picture(page: Page, name: str, tmp_path: Path) -> None:
    """With MADOGUCHI_SCREENSHOTS=1 the pictures of docs/ are replaced, else they go elsewhere."""
    page.wait_for_timeout(500)
    folder = IMAGES if os.environ.get("MADOGUCHI_SCREENSHOTS") == "1" else tmp_path
    path = folder / f"console-{name}.png"
    page.screenshot(path=path)
    assert path.stat().st_size > 20_000


def test_the_pictures_of_the_guide_are_taken(
    product: Product, references: list[str], page: Page, tmp_path: Path
) -> None:
    picture(page, "login", tmp_path)
    page.get_by_label("ログイン名").fill("mihon")
    page.get_by_label("パスワード").fill(demo_password(product))
    page.get_by_role("button", name="ログイン").click()
    expect(page.locator("tr[data-row]")).to_have_count(len(references))
    picture(page, "inbox", tmp_path)
    page.goto(f"{product.url}/console/staff/cases/{references[1]}")
    page.get_by_role("button", name="担当する").click()
    expect(page.get_by_text("あなたが対応しています")).to_be_visible()
    box = page.get_by_label("返事（Ctrl + Enter で送る）")
    box.fill("通知書に書かれた期限が優先します。お手元の通知書の日付を教えていただけますか。")
    box.press("Control+Enter")
    expect(page.locator(".bubble.staff")).to_be_visible()
    picture(page, "case", tmp_path)
    page.get_by_role("button", name="終える").click()
    expect(page.get_by_role("dialog", name="終える")).to_be_visible()
    picture(page, "close", tmp_path)
    page.goto(f"{product.url}/console/staff/switches")
    expect(page.get_by_text("自動応答は動いています")).to_be_visible()
    picture(page, "switches", tmp_path)
    page.goto(f"{product.url}/console/staff/accounts")
    page.get_by_role("button", name="アカウントを作る").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    picture(page, "accounts", tmp_path)


def test_the_guide_shows_every_picture_that_is_taken() -> None:
    shown = set(re.findall(r"images/console-(\w+)\.png", GUIDE.read_text("utf-8")))

    # The picture of LINE is taken where a chat of LINE is played (``test_console_line``).
    assert shown == {"login", "inbox", "case", "close", "switches", "accounts", "line"}


def test_the_guide_names_every_page_and_key_of_the_console() -> None:
    from api.consoles.pages import PAGES
    from knowledge.wording import say

    guide = GUIDE.read_text("utf-8")
    # Bookings and what maintainers do have guides of their own.
    ours = [page for page in PAGES if page.title.startswith("console_staff.") and page.menu]

    assert [say(page.title) for page in ours if say(page.title) not in guide] == []
    assert [page.key for page in ours if f"`g` `{page.key}`" not in guide] == []

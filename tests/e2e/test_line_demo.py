"""The page like a phone: anybody can try the LINE side without an account."""

import asyncio
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

from api.channels.line import richmenu
from api.channels.line.client import LineClient, line_http
from knowledge.wording import say
from tests.e2e.test_widget_behaviour import FLAGS, chromium_path
from tests.support.content import copy_database, template_database
from tests.support.line_standin.demo import Demo
from tests.support.line_standin.phone import SECRET, TOKEN
from tests.support.line_standin.platform import Platform
from tests.support.line_standin.server import make_server
from tests.support.line_standin.webhooks import Webhooks
from tests.support.product import ROOT, free_port, wait_until

pytestmark = pytest.mark.browser
IMAGES = ROOT / "docs" / "images"


@pytest.fixture(scope="module")
def platform() -> Platform:
    return Platform(channel_token=TOKEN, now=time.time)


@pytest.fixture(scope="module")
def addresses(
    platform: Platform, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, str]]:
    """The phone's page, and the product behind it."""
    database = tmp_path_factory.mktemp("line") / "product.db"
    copy_database(template_database(tmp_path_factory), database)
    port, product_port = free_port(), free_port()
    product_url = f"http://127.0.0.1:{product_port}"
    app = make_server(platform)
    http = httpx.AsyncClient(base_url=product_url, timeout=20)
    app.include_router(Demo(platform, Webhooks(http, SECRET)).router())
    config = uvicorn.Config(
        app,
        port=port,
        loop="asyncio",
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    wait_until(lambda: server.started, seconds=20, what="the stand-in")
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "tests.support.line_standin.serving"]
    product = subprocess.Popen(
        [*command, str(database), str(product_port), address, "rules"], cwd=ROOT
    )
    try:
        wait_until(lambda: _answers(product_url), seconds=60, what="the product")
        # Playwright runs a loop in this thread.
        installing = threading.Thread(target=lambda: asyncio.run(_install_menu(address)))
        installing.start()
        installing.join(20)
        yield address, product_url
    finally:
        product.terminate()
        product.wait(20)
    server.should_exit = True
    thread.join(10)


def _answers(url: str) -> bool:
    with suppress(httpx.HTTPError):
        return httpx.get(f"{url}/livez").status_code == 200
    return False


async def _install_menu(address: str) -> None:
    client = LineClient(line_http(url=address, token=TOKEN), address)
    await richmenu.install(client)
    await client.close()


@pytest.fixture(scope="module")
def address(addresses: tuple[str, str]) -> str:
    return addresses[0]


@pytest.fixture(scope="module")
def product_url(addresses: tuple[str, str]) -> str:
    return addresses[1]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = chromium_path()
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """The phone; an uncaught error or a policy violation fails the test."""
    context = browser.new_context(viewport={"width": 900, "height": 920}, locale="ja-JP")
    context.set_default_timeout(20_000)
    opened = context.new_page()
    wrong: list[str] = []
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    opened.on("console", lambda m: wrong.append(m.text) if m.type == "error" else None)
    opened.goto(address)
    yield opened
    context.close()
    assert wrong == []


def test_greeting_question_choice_and_menu_by_keyboard(
    page: Page, platform: Platform, tmp_path: Path
) -> None:
    page.get_by_role("button", name="友だち追加").press("Enter")
    expect(page.get_by_text(say("line_chat.before_typing").splitlines()[1])).to_be_visible()

    page.get_by_label("メッセージ").fill("あれの件なんですけど")
    page.get_by_label("メッセージ").press("Enter")
    page.get_by_role("button", name=say("topics.designs")).press("Enter")
    expect(page.get_by_text(say("dialogue.desk_badge")).last).to_be_visible()

    page.get_by_role("button", name=say("line_chat.menu_notice_label")).press("Enter")
    expect(page.get_by_text(say("line_chat.before_typing").splitlines()[2]).last).to_be_visible()
    expect(page.locator("#used")).to_have_text("0")
    assert Axe().run(page).response["violations"] == []

    folder = IMAGES if os.environ.get("MADOGUCHI_SCREENSHOTS") == "1" else tmp_path
    page.screenshot(path=folder / "line-demo.png")
    assert (folder / "line-demo.png").stat().st_size > 20_000


def _web_case(product_url: str) -> tuple[str, str]:
    """Number and code of a case of the web."""
    with httpx.Client(base_url=f"{product_url}/api/v1", trust_env=False, timeout=20) as http:
        talk = http.post("/conversations", json={"prefecture": "静岡県"}).json()
        headers = {"Authorization": f"Bearer {talk['token']}"}
        said = {"text": "店の名前を商標登録したいです", "client_message_id": "m1"}
        http.post(f"/conversations/{talk['id']}/messages", json=said, headers=headers)
        case = http.post(f"/conversations/{talk['id']}/handoff", json={}, headers=headers).json()
    return str(case["reference"]), str(case["code"])


def test_a_case_of_the_web_is_linked_over_our_page_and_lines(
    page: Page, product_url: str, tmp_path: Path
) -> None:
    reference, code = _web_case(product_url)
    page.get_by_role("button", name="友だち追加").click()
    page.get_by_role("button", name=say("line_chat.link_label")).click()
    with page.context.expect_page() as opened:
        page.get_by_role("button", name=say("line_chat.link_button")).last.click()
    link = opened.value
    wrong: list[str] = []
    link.on("pageerror", lambda error: wrong.append(str(error)))
    expect(link.get_by_role("heading", name="相談票とLINEをつなぐ")).to_be_visible()
    assert Axe().run(link).response["violations"] == []
    link.get_by_role("button", name="LINEとつなぐ").click()
    expect(link.get_by_role("alert")).to_contain_text("受付番号とコードを入れてください")
    link.get_by_label("受付番号").fill(reference)
    link.get_by_label("コード", exact=True).fill("2345-6789-ACEF")
    link.get_by_role("button", name="LINEとつなぐ").click()
    expect(link.get_by_role("alert")).to_contain_text("ちがいます")
    expect(link.get_by_label("受付番号")).to_be_focused()
    assert Axe().run(link).response["violations"] == []
    link.set_viewport_size({"width": 390, "height": 844})
    folder = IMAGES if os.environ.get("MADOGUCHI_SCREENSHOTS") == "1" else tmp_path
    link.screenshot(path=folder / "line-link.png")
    assert (folder / "line-link.png").stat().st_size > 20_000
    sticking = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert link.evaluate(sticking) == 0

    link.get_by_label("コード", exact=True).fill(code.lower().replace("-", "－"))
    link.get_by_label("コード", exact=True).press("Enter")

    expect(link.get_by_text("連携しました")).to_be_visible()
    link.close()
    joined = say("line_chat.joined", reference=reference).splitlines()[0]
    expect(page.locator("#thread").get_by_text(joined)).to_be_visible()
    assert wrong == []


def test_the_page_without_a_token_of_lines_says_where_to_begin(
    page: Page, product_url: str
) -> None:
    page.goto(f"{product_url}/line/link")

    expect(page.get_by_role("alert")).to_contain_text("トークの「つなぐページを開く」から")
    expect(page.get_by_label("受付番号")).to_be_hidden()
    assert Axe().run(page).response["violations"] == []


def test_a_sent_message_can_be_taken_back(page: Page, platform: Platform) -> None:
    page.get_by_label("メッセージ").fill("店の名前を商標登録したいです")
    page.get_by_role("button", name="送信", exact=True).click()
    expect(page.get_by_text(say("line_chat.sources")).last).to_be_visible()

    page.get_by_role("button", name="送信取消").click()

    expect(page.get_by_text("送信を取り消しました")).to_be_visible()

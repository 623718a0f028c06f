"""The page of a case and the handoff in the widget, in Chromium, with staff at the other end."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from sqlalchemy import Engine

from knowledge import clock
from knowledge.content_store.files import CONTENT_DIR
from knowledge.database import keyring, make_engine
from knowledge.desks import calendar_service
from knowledge.staff.actor import system
from knowledge.wording import say
from tests.e2e.test_widget_behaviour import FLAGS, chromium_path, violations
from tests.support.content import TEXT_KEY, copy_database, template_database
from tests.support.desk import write
from tests.support.product import ROOT
from tests.support.staff import SHIZUOKA, Colleague, hire

pytestmark = pytest.mark.browser

API = "/api/v1"


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    keyring.set((TEXT_KEY,))
    path = tmp_path_factory.mktemp("case") / "product.db"
    copy_database(template_database(tmp_path_factory), path)
    return path


@pytest.fixture(scope="module")
def engine(database: Path) -> Iterator[Engine]:
    engine = make_engine(f"sqlite:///{database}")
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def url(database: Path) -> Iterator[str]:
    """The application as a program of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    program = ROOT / "tests" / "support" / "console_server.py"
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, str(program), str(database), str(port)]
    with subprocess.Popen(command, env=env, cwd=ROOT) as process:
        address = f"http://127.0.0.1:{port}"
        try:
            _wait(address)
            yield address
        finally:
            process.terminate()


def _wait(address: str) -> None:
    for _ in range(150):
        try:
            if httpx.get(f"{address}/livez", trust_env=False, timeout=2).status_code == 200:
                return
        except httpx.HTTPError:
            time.sleep(0.2)
    pytest.fail("the application did not start")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = chromium_path()
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def page(browser: Browser, url: str) -> Iterator[Page]:
    """A page; an uncaught error or a policy violation fails the test."""
    context = browser.new_context(
        viewport={"width": 1000, "height": 900}, locale="ja-JP", accept_downloads=True
    )
    context.set_default_timeout(10_000)
    opened = context.new_page()
    problems: list[str] = []
    opened.on("pageerror", lambda error: problems.append(str(error)))
    opened.on(
        "console",
        lambda line: problems.append(line.text) if "Security Policy" in line.text else None,
    )
    yield opened
    context.close()
    assert problems == []


@pytest.fixture(scope="module")
def sato(engine: Engine, url: str) -> Colleague:
    return hire(engine, "sato", name="見本 佐藤", now=clock.now())


def call(url: str, method: str, path: str, token: str, **body: Any) -> dict[str, Any]:
    answer = httpx.request(
        method,
        f"{url}{API}{path}",
        json=body or None,
        headers={"Authorization": f"Bearer {token}"},
        trust_env=False,
        timeout=20,
    )
    assert answer.status_code < 300, answer.text
    content: dict[str, Any] = answer.json() if answer.content else {}
    return content


@pytest.fixture
def made(url: str) -> tuple[str, str]:
    """Number and code of a new case."""
    started = httpx.post(
        f"{url}{API}/conversations",
        json={"channel": "web", "prefecture": "静岡県"},
        trust_env=False,
        timeout=20,
    ).json()
    path = f"/conversations/{started['id']}"
    text = "店の名前を商標登録したいです"
    call(url, "POST", f"{path}/messages", started["token"], text=text, client_message_id="a")
    case = call(url, "POST", f"{path}/case", started["token"])
    return case["case"]["reference"], case["code"]


def unlock(page: Page, url: str, reference: str, code: str) -> None:
    page.goto(f"{url}/case#{reference}")
    page.get_by_label("コード").fill(code.lower())
    page.get_by_role("button", name="相談票を開く").press("Enter")


def test_number_and_code_open_the_case_on_another_device(
    page: Page, url: str, made: tuple[str, str]
) -> None:
    unlock(page, url, *made)

    expect(page.locator("#shown")).to_contain_text("商標・ブランド")
    expect(page.locator("#state")).to_contain_text("引きつぐ前")
    expect(page.locator("#thread")).to_contain_text("店の名前を商標登録したいです")
    page.reload()
    expect(page.locator("#shown")).to_contain_text("商標・ブランド")
    assert made[1] not in page.url
    page.get_by_role("button", name="この端末で閉じる").click()
    page.reload()
    expect(page.locator("#shown")).to_be_hidden()


def test_a_wrong_code_opens_nothing(page: Page, url: str, made: tuple[str, str]) -> None:
    unlock(page, url, made[0], "2222-2222-2222")

    expect(page.get_by_role("alert")).to_contain_text("ちがいます")
    expect(page.locator("#sheet")).to_be_hidden()


def test_she_corrects_hands_over_and_gets_her_answer(
    page: Page, url: str, made: tuple[str, str], sato: Colleague
) -> None:
    unlock(page, url, *made)
    page.get_by_role("button", name="内容を直す").click()
    page.get_by_label("メールでも").check()
    page.get_by_label("メールアドレス").fill("x")
    page.get_by_role("button", name="直した内容を保存").click()
    expect(page.locator("#contact-mail")).to_be_focused()
    expect(page.locator("#contact-mail-bad")).to_contain_text("メールアドレスの形")
    page.get_by_label("メールアドレス").fill("mihon@example.com")
    page.get_by_label("伝えておきたいこと").fill("午前がよいです")
    page.get_by_role("button", name="直した内容を保存").click()
    expect(page.locator("#shown")).to_contain_text("午前がよいです")

    page.get_by_role("button", name="この内容で職員に引きつぐ").click()
    expect(page.locator("#state")).to_contain_text("職員を待っています")
    call(url, "POST", f"/staff/cases/{made[0]}/claim", sato.token)
    call(url, "POST", f"/staff/cases/{made[0]}/messages", sato.token, text="お返事です。")
    page.reload()
    expect(page.locator("#thread")).to_contain_text("お返事です。")
    page.get_by_label("続きを書く").fill("ありがとうございます")
    page.get_by_role("button", name="送信").click()
    expect(page.locator("#thread")).to_contain_text("ありがとうございます")


def test_pdf_and_text_are_saved(page: Page, url: str, made: tuple[str, str]) -> None:
    unlock(page, url, *made)
    for name, ending in (("PDFで保存", "pdf"), ("テキストで保存", "txt")):
        with page.expect_download() as download:
            page.get_by_role("button", name=name).click()
        assert download.value.suggested_filename == f"soudanhyo-{made[0]}.{ending}"
        assert Path(str(download.value.path())).stat().st_size > 200


def test_deleting_asks_once_and_shows_the_receipt(
    page: Page, url: str, made: tuple[str, str]
) -> None:
    unlock(page, url, *made)
    page.locator("#delete-open").click()
    page.get_by_role("button", name="消す", exact=True).click()

    expect(page.locator("#receipt")).to_contain_text("消しました")
    expect(page.locator("#receipt")).to_contain_text("trademarks")
    page.reload()
    expect(page.locator("#open")).to_be_visible()


def test_the_page_has_no_hurdles(page: Page, url: str, made: tuple[str, str]) -> None:
    page.goto(f"{url}/case")
    assert violations(page) == []
    unlock(page, url, *made)
    expect(page.locator("#shown")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("button", name="内容を直す").click()
    assert violations(page) == []


def test_the_topics_of_the_page_are_those_of_the_product(page: Page, url: str) -> None:
    page.goto(f"{url}/case")

    options = page.locator("#topic option").all()

    assert len(options) == 15
    for option in options:
        assert option.inner_text() == say(f"topics.{option.get_attribute('value')}")
    assert CONTENT_DIR.exists()


def test_from_the_widget_to_a_person_and_back(
    page: Page, url: str, sato: Colleague, engine: Engine
) -> None:
    office = SHIZUOKA
    write(
        engine,
        calendar_service.set_day,
        office=office,
        day=clock.today(),
        stretches=[["00:00", "23:59"]],
        actor=system("tests"),
        now=clock.now(),
    )
    page.goto(url)
    page.get_by_role("button", name="チャットで相談する").first.click()
    field = page.locator("madoguchi-chat textarea")
    field.fill("静岡県の会社です。店の名前を商標登録したいです")
    field.press("Enter")
    expect(page.locator("madoguchi-chat .m.bot").last).to_be_visible()
    page.locator("madoguchi-chat").get_by_role("button", name="職員と話す").first.click()
    page.locator("madoguchi-chat").get_by_role("button", name="職員に引きつぐ").last.click()
    page.locator("madoguchi-chat").get_by_role("button", name="この内容で引きつぐ").click()
    expect(page.locator("madoguchi-chat .owner")).to_contain_text("職員におつなぎしています")
    expect(page.locator("madoguchi-chat .stands")).to_contain_text("次があなたの番です")

    listed = httpx.get(
        f"{url}{API}/staff/cases",
        params={"state": "queued", "sort": "recent"},
        headers=sato.headers,
        trust_env=False,
    ).json()["items"]
    reference = listed[0]["reference"]
    call(url, "POST", f"/staff/cases/{reference}/claim", sato.token)
    expect(page.locator("madoguchi-chat .owner")).to_contain_text("静岡県")
    call(url, "POST", f"/staff/cases/{reference}/messages", sato.token, text="こんにちは。")
    expect(page.locator("madoguchi-chat .m.staff")).to_contain_text("こんにちは。")
    page.reload()
    expect(page.locator("madoguchi-chat .m.staff")).to_contain_text("こんにちは。")
    expect(page.locator("madoguchi-chat .owner")).to_contain_text("静岡県")
    field.fill("よろしくお願いします")
    field.press("Enter")
    expect(page.locator("madoguchi-chat .m.visitor").last).to_contain_text("よろしく")
    call(url, "POST", f"/staff/cases/{reference}/close", sato.token, outcome="answered")
    expect(page.locator("madoguchi-chat .owner")).to_contain_text("自動応答")
    page.locator("madoguchi-chat").get_by_role("button", name="役に立った", exact=True).click()
    expect(page.locator("madoguchi-chat .m.system").last).to_contain_text("ありがとうございました")


def test_when_the_desk_is_closed_she_leaves_an_address_in_the_chat(
    page: Page, url: str, engine: Engine
) -> None:
    write(
        engine,
        calendar_service.set_day,
        office=SHIZUOKA,
        day=clock.today(),
        stretches=[],
        actor=system("tests"),
        now=clock.now(),
    )
    page.goto(url)
    page.get_by_role("button", name="チャットで相談する").first.click()
    field = page.locator("madoguchi-chat textarea")
    field.fill("静岡県の会社です。職員と話したい")
    field.press("Enter")
    chat = page.locator("madoguchi-chat")
    chat.get_by_role("button", name="職員に引きつぐ").last.click()
    chat.get_by_role("button", name="この内容で引きつぐ").click()
    expect(page.locator("madoguchi-chat .stands")).to_contain_text("受付時間外")

    chat.get_by_role("button", name="メールで返事がほしい").click()
    chat.get_by_label("メールアドレス").fill("not-an-address")
    chat.get_by_role("button", name="この連絡先で頼む").click()
    expect(chat.get_by_role("alert")).to_contain_text("メールアドレスの形")
    chat.get_by_label("メールアドレス").fill("mihon@example.com")
    chat.get_by_role("button", name="この連絡先で頼む").click()
    expect(page.locator("madoguchi-chat .m.system").last).to_contain_text("連絡先を受け取りました")
    assert violations(page) == []

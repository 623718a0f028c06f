"""Staff with a visitor of LINE: they ask for a photo, look at it, and see what did not arrive."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlmodel import Session, col, select

from knowledge import clock
from knowledge.audit.models import AuditEntry
from knowledge.cases.models import Case
from knowledge.line import counts
from knowledge.line.models import LineCount
from knowledge.wording import say
from tests.e2e.test_console import case_page, claim, visitor, write
from tests.e2e.test_widget_behaviour import violations
from tests.support.console import Console, serving
from tests.support.console_fixtures import browser
from tests.support.content import template_database
from tests.support.line_standin import events
from tests.support.line_standin.beside import Handset, platform_beside
from tests.support.line_standin.platform import Platform
from tests.support.product import ROOT, wait_until

__all__ = ["browser"]

pytestmark = [pytest.mark.browser]
IMAGES = ROOT / "docs" / "images"
PICTURE = (ROOT / "docs" / "images" / "reliability.png").read_bytes()
NASTY = b"<!doctype html><script>document.title='run'</script>"


@pytest.fixture(scope="module")
def platform() -> Iterator[tuple[Platform, str]]:
    with platform_beside() as made:
        yield made


@pytest.fixture(scope="module")
def console(
    platform: tuple[Platform, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Console]:
    template = template_database(tmp_path_factory)
    folder = tmp_path_factory.mktemp("console")
    with serving(template, folder, TEST_LINE=platform[1]) as running:
        yield running


@pytest.fixture
def phone(console: Console, platform: tuple[Platform, str]) -> Handset:
    """A person who has asked for a person."""
    made = Handset(platform[0], console.url, number=len(platform[0].people) + 1)
    made.says("店の名前を商標登録したいです")
    made.waits_for(say("topics.trademarks"))
    made.says("静岡県です")
    made.waits_for("INPIT静岡県知財総合支援窓口")
    made.says("職員と話したいです")
    for label in (say("handoff.choice_request"), say("handoff.choice_confirm")):
        made.waits_for(label)
        made.happens(events.postback, _button(made, label))
    made.waits_for("K26-")
    return made


def _button(phone: Handset, label: str) -> str:
    from tests.support.line_standin.phone import actions

    for shown in reversed(phone.platform.said(phone.id)):
        for action in actions(shown.message):
            if str(action.get("label", "")).startswith(label[:18]):
                return str(action["data"])
    raise AssertionError(label)


@pytest.fixture
def reference(console: Console, phone: Handset) -> str:
    def find(session: Session) -> str:
        newest = select(Case.reference).order_by(col(Case.created_at).desc()).limit(1)
        return session.exec(newest).one()

    return str(console.work(find))


@pytest.fixture
def hanako(console: Console, browser: Browser) -> Iterator[Page]:
    page = console.open(browser, "hanako", "/console/staff")
    yield page
    page.context.close()
    assert console.problems == []
    assert console.hosts == {f"127.0.0.1:{console.port}"}


def test_a_photo_is_asked_for_looked_at_and_saved(
    console: Console, hanako: Page, phone: Handset, reference: str, tmp_path: Path
) -> None:
    claim(hanako, reference)
    chat = hanako.locator("details.panel", has_text=say("line_desk.files"))
    expect(chat).to_contain_text(say("line_desk.no_files"))

    hanako.get_by_role("button", name=say("line_desk.ask")).click()
    phone.waits_for(say("line_desk.please_send"))
    expect(chat).to_contain_text("ファイルを受け取っています")
    phone.sends_file(events.image, PICTURE)
    phone.sends_file(events.file, NASTY, name="写し.html")

    expect(chat.get_by_role("link", name=re.compile("を保存"))).to_have_count(2)
    expect(chat).to_contain_text("画像")
    expect(chat).to_contain_text("写し.html")
    assert violations(hanako) == []
    folder = IMAGES if os.environ.get("MADOGUCHI_SCREENSHOTS") == "1" else tmp_path
    hanako.evaluate("document.getElementById('madoguchi-toasts').replaceChildren()")
    chat.locator("h3").scroll_into_view_if_needed()
    hanako.screenshot(path=folder / "console-line.png")
    assert (folder / "console-line.png").stat().st_size > 20_000

    with hanako.context.expect_page() as opened:
        chat.get_by_role("link", name=re.compile("を見る")).click()
    shown = opened.value
    shown.wait_for_load_state()
    assert shown.evaluate("document.images[0].naturalWidth") > 100
    shown.close()
    with hanako.expect_download() as saved:
        chat.get_by_role("link", name="写し.htmlを保存").click()
    assert saved.value.suggested_filename == "写し.html"
    assert Path(saved.value.path()).read_bytes() == NASTY


def _looks(session: Session) -> int:
    rows = session.exec(select(AuditEntry.id).where(AuditEntry.action == "line.file_read")).all()
    return len(rows)


def test_a_file_opens_for_its_own_office_only_and_never_as_a_page(
    console: Console, browser: Browser, hanako: Page, phone: Handset, reference: str
) -> None:
    claim(hanako, reference)
    hanako.get_by_role("button", name=say("line_desk.ask")).click()
    phone.waits_for(say("line_desk.please_send"))
    phone.sends_file(events.file, NASTY, name="a.html")
    link = hanako.get_by_role("link", name="a.htmlを保存")
    address = str(link.get_attribute("href")).split("?")[0]
    before = console.work(_looks)

    own = hanako.request.get(f"{console.url}{address}")
    far = console.open(browser, "saburo", "/console/staff")
    admin = console.open(browser, "kanri", "/console/staff/own")
    refused = [page.request.get(f"{console.url}{address}") for page in (far, admin)]
    stranger = console.http.get(address, follow_redirects=False)

    assert own.status == 200
    assert own.headers["content-type"] == "application/octet-stream"
    assert own.headers["content-disposition"].startswith("attachment;")
    assert own.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in own.headers["content-security-policy"]
    assert own.headers["cache-control"] == "no-store"
    assert [answer.status for answer in refused] == [404, 404]
    assert stranger.status_code == 303
    assert console.work(_looks) == before + 1
    for page in (far, admin):
        page.context.close()


def test_what_did_not_arrive_is_seen_tried_again_and_settled(
    console: Console, hanako: Page, phone: Handset, reference: str
) -> None:
    claim(hanako, reference)
    phone.waits_for("の職員が対応します。")
    phone.happens(events.unfollow, token=False)
    write(hanako, "お電話ください。")
    lost = hanako.locator("details.panel", has_text=say("line_desk.undelivered"))
    expect(lost).to_contain_text("ブロックしているため")
    expect(hanako.get_by_text(say("line_desk.state_blocked"))).to_be_visible()
    assert violations(hanako) == []

    phone.happens(
        lambda source, reply_token: events.follow(source, back=True, reply_token=reply_token)
    )
    expect(hanako.get_by_text(say("line_desk.state_active"))).to_be_visible()
    lost.get_by_role("button", name=re.compile(say("line_desk.again"))).click()

    phone.waits_for("お電話ください。")
    expect(lost).to_be_hidden()
    assert phone.read().count("お電話ください。") == 1

    phone.happens(events.unfollow, token=False)
    write(hanako, "もう一度書きます。")
    hanako.goto(f"{console.url}/console/staff/deliveries")
    row = hanako.locator("tr", has_text=reference)
    expect(row).to_contain_text("届きませんでした")
    row.get_by_role("button", name=re.compile(say("line_desk.settled"))).click()
    expect(row).to_have_count(0)


def test_what_was_taken_back_leaves_the_open_page(
    console: Console, hanako: Page, phone: Handset, reference: str
) -> None:
    claim(hanako, reference)
    said = phone.says("やっぱり見本の話です")
    bubble = hanako.locator(".bubble.visitor").last
    expect(bubble).to_contain_text("やっぱり見本の話です")

    phone.send(events.unsend(said))

    expect(hanako.get_by_text("やっぱり見本の話です")).to_have_count(0)
    expect(bubble).to_contain_text("相談者が取り消しました")


def _set(console: Console, limit: int | None, used: int) -> None:
    def work(session: Session) -> None:
        counts.remember(session=session, limit=limit, used=used, now=clock.now())

    console.work(work)


def test_a_manager_sees_the_month_and_that_it_is_not_known(
    console: Console, browser: Browser, hanako: Page
) -> None:
    wait_until(
        lambda: console.work(lambda s: s.get(LineCount, "used") is not None),
        seconds=20,
        what="the first look at the quota",
    )
    page = f"{console.url}/console/staff/deliveries"
    month = hanako.get_by_role("region", name=say("line_desk.month"))
    for limit, used, told in (
        (200, 150, "150通 / 上限 200通（残り 50通"),
        (200, 195, say("line_desk.few_left")),
        (200, 200, say("line_desk.none_left")),
        (None, 3, "上限なし"),
    ):
        _set(console, limit, used)
        hanako.goto(page)
        expect(month).to_contain_text(told)

    def forget(session: Session) -> None:
        for name in ("limit", "used"):
            session.delete(session.get_one(LineCount, name))

    console.work(forget)
    hanako.goto(page)
    expect(month).to_contain_text("分かりません")
    assert violations(hanako) == []
    jiro = console.open(browser, "jiro", "/console/staff/deliveries")
    expect(jiro.get_by_role("heading", name=say("console_staff.deliveries"))).to_be_visible()
    expect(jiro.get_by_role("region", name=say("line_desk.month"))).to_have_count(0)
    jiro.context.close()


def test_a_case_of_the_web_shows_nothing_of_line(console: Console, hanako: Page) -> None:
    waiting = visitor(console)

    case_page(hanako, waiting.reference)

    expect(hanako.locator("details.panel").first).to_be_visible()
    for title in (say("line_desk.title"), say("line_desk.undelivered")):
        expect(hanako.get_by_role("heading", name=title, exact=True)).to_have_count(0)

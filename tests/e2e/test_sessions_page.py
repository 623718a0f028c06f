"""Booking on the page: by keyboard alone, without hurdle, and what is shown stands in the database."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from icalendar import Calendar
from playwright.sync_api import Browser, Page, expect, sync_playwright
from sqlmodel import col, select

from knowledge.bookings.models import Booking, Claim
from knowledge.database import transaction
from tests.e2e.session_server import SessionServer
from tests.e2e.test_widget_behaviour import FLAGS, chromium_path, violations
from tests.support.bookings import API, order
from tests.support.content import template_database
from tests.support.product import ROOT

pytestmark = pytest.mark.browser

IMAGES = ROOT / "docs" / "images"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SessionServer]:
    running = SessionServer(template_database(tmp_path_factory), tmp_path_factory.mktemp("pages"))
    running.start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = chromium_path()
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def page(browser: Browser, server: SessionServer) -> Iterator[Page]:
    """The empty page; an uncaught error or a policy violation fails the test."""
    context = browser.new_context(
        viewport={"width": 1000, "height": 900}, locale="ja-JP", accept_downloads=True
    )
    context.set_default_timeout(15_000)
    opened = context.new_page()
    problems: list[str] = []
    opened.on("pageerror", lambda error: problems.append(str(error)))
    opened.on(
        "console",
        lambda line: problems.append(line.text) if "Security Policy" in line.text else None,
    )
    opened.goto(f"{server.url}/sessions")
    yield opened
    context.close()
    assert problems == []


def search(page: Page, place: str = "静岡県", kind: str = "meeting") -> None:
    page.locator(f"input[value={kind}]").check()
    page.get_by_label("会社（事業所）のある都道府県").select_option(place)
    page.get_by_role("button", name="空いている時間を見る").click()
    expect(page.locator("#times-title")).to_be_focused()


def fill(page: Page, **changes: str) -> None:
    values = {
        "name": "見本 花子",
        "company": "見本製作所",
        "email": "hanako@example.jp",
        "summary": "店の名前を守りたい",
    }
    for id_, value in (values | changes).items():
        page.locator(f"#{id_}").fill(value)
    page.locator("#subject").select_option("trademarks")
    page.locator("#consent").check()


def bookings(server: SessionServer) -> list[Any]:
    with transaction(server.engine) as session:
        return list(session.exec(select(Booking).order_by(col(Booking.created_at))))


def book_one(page: Page) -> None:
    search(page)
    page.locator(".slots button").first.click()
    expect(page.locator("#details-title")).to_be_focused()
    fill(page)
    page.locator("#send").click()
    expect(page.locator("#done-title")).to_be_focused()


def test_a_meeting_is_booked_and_stands_in_the_database(page: Page, server: SessionServer) -> None:
    before = len(bookings(server))

    book_one(page)

    found = bookings(server)
    assert len(found) == before + 1
    expect(page.locator("#done")).to_contain_text("予約しました")
    expect(page.locator("#done")).to_contain_text(found[-1].reference)


def test_everything_can_be_done_with_the_keyboard(page: Page, server: SessionServer) -> None:
    def tab_until(check: str, most: int = 80) -> None:
        for _ in range(most):
            page.keyboard.press("Tab")
            if page.evaluate(f"(() => {{ const a = document.activeElement; return {check}; }})()"):
                return
        raise AssertionError(f"Tab does not reach {check}")

    before = len(bookings(server))
    tab_until('a.id === "prefecture"')
    for _ in range(22):
        page.keyboard.press("ArrowDown")
    assert page.locator("#prefecture").input_value() == "静岡県"
    tab_until('a.type === "submit"')
    page.keyboard.press("Enter")
    expect(page.locator("#times-title")).to_be_focused()
    tab_until("a.dataset.slot !== undefined")
    page.keyboard.press("Enter")
    expect(page.locator("#details-title")).to_be_focused()
    for id_, text in (
        ("name", "見本 花子"),
        ("company", "個人"),
        ("email", "hanako@example.jp"),
    ):
        tab_until(f'a.id === "{id_}"')
        page.keyboard.insert_text(text)
    tab_until('a.id === "subject"')
    page.keyboard.press("ArrowDown")
    tab_until('a.id === "summary"')
    page.keyboard.insert_text("何から始めればよいか聞きたい")
    tab_until('a.id === "consent"')
    page.keyboard.press("Space")
    tab_until('a.id === "send"')
    page.keyboard.press("Enter")

    expect(page.locator("#done-title")).to_be_focused()
    assert len(bookings(server)) == before + 1


def test_no_step_has_a_hurdle(page: Page, server: SessionServer) -> None:
    assert violations(page) == []
    search(page)
    assert violations(page) == []
    page.locator(".slots button").nth(3).click()
    expect(page.locator("#details-title")).to_be_focused()
    page.locator("#send").click()
    expect(page.locator("#problems")).to_be_focused()
    assert violations(page) == []
    fill(page)
    page.locator("#send").click()
    expect(page.locator("#done-title")).to_be_focused()
    assert violations(page) == []
    page.get_by_role("link", name="予約の確認・変更・取り消し").click()
    expect(page.locator("#card")).to_be_visible()
    assert violations(page) == []


def test_it_reads_as_a_list_of_days(page: Page) -> None:
    search(page)

    days = page.locator("#days section h3").all_inner_texts()

    assert len(days) > 1
    assert all("年" in day and "（" in day for day in days)
    first = page.locator("#days section").first
    assert first.get_by_role("list").get_by_role("button").count() > 0


def test_each_unusable_field_is_said_at_its_place(page: Page) -> None:
    search(page)
    page.locator(".slots button").nth(6).click()
    expect(page.locator("#details-title")).to_be_focused()
    fill(page, name="", email="hanako@")
    page.locator("#consent").uncheck()
    page.locator("#send").click()

    expect(page.locator("#problems")).to_be_focused()
    for id_ in ("name", "email", "consent"):
        expect(page.locator(f"#{id_}-error")).to_be_visible()
        expect(page.locator(f"#{id_}")).to_have_attribute("aria-invalid", "true")
    page.locator("#problems a").first.click()
    expect(page.locator("#name")).to_be_focused()


def test_a_time_somebody_else_took_is_said_and_others_are_shown(
    page: Page, server: SessionServer
) -> None:
    page.locator("#mode").select_option("visit")
    search(page, "岩手県")
    slot = page.locator(".slots button").first
    id_ = slot.get_attribute("data-slot")
    contact = {
        "name": "見本 太郎",
        "company": "見本商店",
        "prefecture": "岩手県",
        "email": "taro@example.jp",
    }
    body = order(str(id_), contact=contact)
    taken = httpx.post(f"{server.url}{API}/bookings", json=body, trust_env=False, timeout=20)
    assert taken.status_code == 201, taken.text

    slot.click()

    expect(page.locator("#notice [role=alert]")).to_contain_text("別の方の予約")
    expect(page.locator("#times-title")).to_be_focused()
    expect(page.locator(f"[data-slot={id_}]")).to_have_count(0)
    assert page.locator(".slots button").count() > 0


def test_a_kept_time_is_given_back_when_another_is_chosen(
    page: Page, server: SessionServer
) -> None:
    def kept() -> int:
        with transaction(server.engine) as session:
            return len(session.exec(select(Claim).where(col(Claim.expires_at).is_not(None))).all())

    before = kept()
    page.locator("#mode").select_option("online")
    search(page, "青森県")
    page.locator(".slots button").first.click()
    expect(page.locator("#details-title")).to_be_focused()
    assert kept() == before + 1

    page.get_by_role("button", name="別の時間にする").click()
    expect(page.locator("#times-title")).to_be_focused()

    assert kept() == before


def test_an_expert_session_is_a_wish_and_says_its_ring(page: Page, server: SessionServer) -> None:
    page.locator("#topic").select_option("trademarks")
    search(page, "静岡県", "expert")
    expect(page.locator("#days")).to_contain_text("県内")
    page.locator(".slots button").first.click()
    expect(page.locator("#chosen")).to_contain_text("希望の申し込み")
    fill(page)
    page.locator("#send").click()

    expect(page.locator("#done-title")).to_contain_text("まだ決まりではありません")
    assert bookings(server)[-1].status == "requested"


def test_more_days_are_added_below(page: Page) -> None:
    search(page, "高知県")
    before = page.locator(".slots button").count()

    page.get_by_role("button", name="もっと先の日を見る").click()

    expect(page.locator(".slots button").nth(before)).to_be_visible()


def test_waiting_for_a_place(page: Page) -> None:
    search(page, "徳島県")
    page.locator("#waiting summary").click()
    page.get_by_role("button", name="空きを待つ").click()
    expect(page.locator("#wait-email")).to_be_focused()
    page.locator("#wait-email").fill("hanako@example.jp")
    page.locator("#wait-consent").check()
    page.get_by_role("button", name="空きを待つ").click()

    expect(page.locator("#wait")).to_contain_text("受け付けました")


class TestManaging:
    def open_booking(self, page: Page) -> None:
        book_one(page)
        page.get_by_role("link", name="予約の確認・変更・取り消し").click()
        expect(page.locator("#card")).to_be_visible()

    def test_a_booking_is_moved(self, page: Page, server: SessionServer) -> None:
        self.open_booking(page)
        reference = page.url.split("#")[1].split(".")[0]
        page.get_by_role("button", name="日時を変える").click()
        expect(page.locator("#times-title")).to_be_focused()
        page.locator(".slots button").last.click()

        expect(page.locator("#state")).to_have_text("日時を変えました。")
        (row,) = [b for b in bookings(server) if b.reference == reference]
        assert row.sequence == 1

    def test_a_booking_is_cancelled_after_a_question(
        self, page: Page, server: SessionServer
    ) -> None:
        self.open_booking(page)
        reference = page.url.split("#")[1].split(".")[0]
        page.get_by_role("button", name="予約を取り消す").click()
        page.get_by_role("button", name="そのままにする").click()
        assert [b.status for b in bookings(server) if b.reference == reference] == ["confirmed"]
        page.get_by_role("button", name="予約を取り消す").click()
        page.get_by_role("button", name="取り消す", exact=True).click()

        expect(page.locator("#state")).to_have_text("予約を取り消しました。")
        expect(page.get_by_role("button", name="日時を変える")).to_be_hidden()
        assert [b.status for b in bookings(server) if b.reference == reference] == ["cancelled"]

    def test_the_calendar_file_is_one(self, page: Page) -> None:
        self.open_booking(page)

        with page.expect_download() as waiting:
            page.get_by_role("button", name="予定表に入れる（ファイル）").click()

        path = waiting.value.path()
        (event,) = Calendar.from_ical(Path(path).read_bytes()).walk("VEVENT")
        assert event["status"] == "CONFIRMED"

    def test_a_wrong_key_opens_nothing(self, page: Page, server: SessionServer) -> None:
        page.goto(f"{server.url}/booking#ABCD-EFGH.wrong")

        expect(page.locator("#state")).to_contain_text("見つかりませんでした")
        expect(page.locator("#card")).to_be_hidden()


def test_the_picture_of_the_documents(page: Page, tmp_path: Path) -> None:
    """With MADOGUCHI_SCREENSHOTS=1 the picture of docs/ is replaced, else it goes elsewhere."""
    search(page, "長野県")
    page.evaluate("document.activeElement.blur(); window.scrollTo(0, 0)")
    folder = IMAGES if os.environ.get("MADOGUCHI_SCREENSHOTS") == "1" else tmp_path
    page.screenshot(
        path=folder / "sessions.png",
        clip={"x": 0, "y": 0, "width": 1000, "height": 1300},
        full_page=True,
    )

    assert (folder / "sessions.png").stat().st_size > 20_000

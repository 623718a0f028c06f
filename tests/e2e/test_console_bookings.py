"""The desk's booking pages: requests decided by the rules, bookings made for somebody, outcomes."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlmodel import Session, select

from knowledge import clock
from knowledge.bookings import offers, samples, service
from knowledge.bookings.models import Booking, BookingOutcome
from knowledge.bookings.orders import Order
from knowledge.bookings.slots import Wanted
from knowledge.bookings.views import Contact
from knowledge.desks.prefectures import find_prefecture
from knowledge.staff.actor import Actor
from tests.e2e.test_widget_behaviour import violations
from tests.support.console import Console
from tests.support.console_fixtures import browser, console

__all__ = ["browser", "console"]

pytestmark = pytest.mark.browser

LIST = "/console/staff/bookings"
ABSTRACT = "似た名前の登録があるときの考え方を聞きたい"


@pytest.fixture(scope="module")
def stocked(console: Console) -> Console:
    """The console over the samples."""
    console.work(lambda session: samples.load(session=session, now=clock.now()))
    return console


@pytest.fixture
def page(stocked: Console, browser: Browser) -> Iterator[Page]:
    """Somebody of 静岡 who may also decide about money, before the list."""
    opened = stocked.open(browser, "hanako", LIST)
    opened.goto(f"{stocked.url}{LIST}")
    yield opened
    opened.context.close()
    assert stocked.problems == []


def book(console: Console, kind: Any, place: str = "静岡県") -> str:
    """A visitor's booking; its reference."""

    def work(session: Session) -> str:
        prefecture = find_prefecture(place)
        assert prefecture is not None
        wanted = Wanted(kind=kind, prefecture=prefecture, topic="trademarks")
        slot = offers.find(session=session, wanted=wanted, now=clock.now()).slots[0]
        contact = Contact(
            name="見本 花子",
            company="見本製作所",
            prefecture=place,
            email="hanako@example.jp",
            phone=None,
        )
        order = Order(slot.id, contact, "trademarks", "店の名前を守りたい", consent=True)
        return service.book(
            session=session,
            order=order,
            site=console.url,
            actor=Actor(kind="visitor", id="web"),
            now=clock.now(),
        ).booking.reference

    made: str = console.work(work)
    return made


def state(console: Console, reference: str) -> str:
    found: str = console.work(
        lambda session: session.exec(
            select(Booking.status).where(Booking.reference == reference)
        ).one()
    )
    return found


def open_sheet(page: Page, console: Console, reference: str) -> None:
    page.goto(f"{console.url}{LIST}/{reference}")
    expect(page.get_by_role("heading", name=f"予約 {reference}")).to_be_visible()


def test_a_request_is_approved_only_by_the_rules(page: Page, stocked: Console) -> None:
    reference = book(stocked, "expert")
    page.reload()
    expect(page.get_by_role("table").first).to_contain_text("返事待ち")
    open_sheet(page, stocked, reference)
    expect(page.locator("main")).to_contain_text("県内")

    page.get_by_label("専門家に先に見せる概要").fill(ABSTRACT)
    page.get_by_role("button", name="専門家の活用を決めて確定する").click()
    expect(page.locator("#madoguchi-alerts")).to_contain_text("決まりに合わない")
    assert state(stocked, reference) == "requested"
    for label in ("窓口の職員が先に話を聞いていること", "高度であること", "専門性が高いこと"):
        page.get_by_label(label).check()
    page.get_by_role("button", name="専門家の活用を決めて確定する").click()

    expect(page.get_by_role("button", name="引き受けを記録する")).to_be_visible()
    assert state(stocked, reference) == "confirmed"
    page.get_by_role("button", name="引き受けを記録する").click()
    expect(page.locator("main")).to_contain_text("専門家が引き受けました")


def test_a_request_is_declined(page: Page, stocked: Console) -> None:
    reference = book(stocked, "expert")
    open_sheet(page, stocked, reference)

    page.get_by_role("button", name="今回は手配しない").click()

    expect(page.locator("main .badge").first).to_have_text("手配しない")
    assert state(stocked, reference) == "declined"


def test_a_booking_is_made_for_somebody_on_the_telephone(page: Page, stocked: Console) -> None:
    page.get_by_role("button", name="空いている時間を探す").click()
    page.get_by_label("お名前").fill("見本 太郎")
    page.get_by_label("会社名").fill("見本商店")
    page.get_by_label("会社の都道府県").fill("静岡")
    page.get_by_label("電話番号").fill("054-000-0000")
    page.get_by_label("相談の内容").fill("店の名前を守りたい")
    page.get_by_label("本人の同意を得ました").check()
    page.get_by_role("button", name="予約する", exact=True).click()

    expect(page.locator(".notice.good")).to_contain_text("予約を入れました")
    expect(page.get_by_role("table").last).to_contain_text("見本商店")


def test_a_mistake_is_said_and_nothing_is_booked(page: Page, stocked: Console) -> None:
    page.get_by_role("button", name="空いている時間を探す").click()
    page.get_by_label("お名前").fill("見本 太郎")
    page.get_by_label("会社名").fill("とおくの商店")
    page.get_by_label("会社の都道府県").fill("青森")
    page.get_by_label("電話番号").fill("054-000-0000")
    page.get_by_label("相談の内容").fill("店の名前を守りたい")
    page.get_by_label("本人の同意を得ました").check()
    page.get_by_role("button", name="予約する", exact=True).click()

    expect(page.locator("#madoguchi-alerts")).to_contain_text("都道府県の窓口")
    assert "とおくの商店" not in page.locator("main").inner_text()


def test_staff_cancel_a_booking(page: Page, stocked: Console) -> None:
    reference = book(stocked, "meeting")
    open_sheet(page, stocked, reference)

    page.get_by_role("button", name="予約を取り消す").click()

    expect(page.locator("main .badge").first).to_have_text("取り消し")
    assert state(stocked, reference) == "cancelled"


def test_the_outcome_of_a_session_is_advice(page: Page, stocked: Console) -> None:
    reference = book(stocked, "regular")
    stocked.work(
        lambda session: session.connection().exec_driver_sql(
            "UPDATE booking SET starts_at = '2026-01-05 01:00:00.000000',"
            " ends_at = '2026-01-05 02:00:00.000000' WHERE reference = ?",
            (reference,),
        )
    )
    open_sheet(page, stocked, reference)
    page.get_by_role("button", name="結果を記録する").click()
    expect(page.locator("#madoguchi-alerts")).to_be_visible()
    page.get_by_label("制度や手続の説明").check()
    page.get_by_label("メモ").fill("制度を説明した")
    page.get_by_role("button", name="結果を記録する").click()

    expect(page.locator("main .badge").first).to_have_text("終了")
    kept = stocked.work(lambda session: list(session.exec(select(BookingOutcome.reference))))
    assert reference in kept


def test_a_booking_of_another_office_does_not_exist(page: Page, stocked: Console) -> None:
    reference = book(stocked, "meeting", "愛知県")

    page.goto(f"{stocked.url}{LIST}/{reference}")

    expect(page.get_by_role("heading", name="見つかりません")).to_be_visible()
    assert "見本製作所" not in page.locator("main").inner_text()


def test_axe_finds_nothing(page: Page, stocked: Console) -> None:
    reference = book(stocked, "expert")
    page.reload()
    page.get_by_role("button", name="空いている時間を探す").click()
    expect(page.get_by_label("お名前")).to_be_visible()
    assert violations(page) == []
    open_sheet(page, stocked, reference)
    assert violations(page) == []

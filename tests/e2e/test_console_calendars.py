"""The desk's calendar page: days that differ, sessions planned and announced, what INPIT set."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlmodel import Session, col, select

from knowledge import clock
from knowledge.bookings import offers, samples
from knowledge.bookings.models import CalendarException, RegularSession
from knowledge.bookings.rules import first_day
from knowledge.bookings.slots import Wanted
from knowledge.desks.prefectures import find_prefecture
from knowledge.experts.models import ExpertAllowance, ExpertConflict, InpitInstruction
from tests.e2e.test_widget_behaviour import violations
from tests.support.console import SHIZUOKA, Console
from tests.support.console_fixtures import browser, console

__all__ = ["browser", "console"]

pytestmark = pytest.mark.browser

PATH = "/console/staff/calendars"


@pytest.fixture(scope="module")
def stocked(console: Console) -> Console:
    """The console over the samples."""
    console.work(lambda session: samples.load(session=session, now=clock.now()))
    return console


@pytest.fixture
def page(stocked: Console, browser: Browser) -> Iterator[Page]:
    """The responsible person of 静岡 before the page."""
    opened = stocked.open(browser, "hanako", PATH)
    opened.goto(f"{stocked.url}{PATH}")
    expect(opened.get_by_role("heading", name="予約の枠と専門家")).to_be_visible()
    yield opened
    opened.context.close()
    assert stocked.problems == []


def block(page: Page, title: str) -> Any:
    return page.locator("section.block").filter(has=page.get_by_role("heading", name=title))


def recorded(page: Page) -> None:
    expect(page.locator("#madoguchi-toasts")).to_contain_text("記録しました")


def count(console: Console, table: Any, **where: Any) -> int:
    def work(session: Session) -> int:
        query = select(table).where(*(getattr(table, k) == v for k, v in where.items()))
        return len(session.exec(query).all())

    found: int = console.work(work)
    return found


def test_a_day_off_closes_the_slots_of_that_day(page: Page, stocked: Console) -> None:
    day = first_day("meeting", clock.today())
    form = block(page, "特別な日")
    for number in (1, 2):
        people = form.locator("select option").filter(has_text="相談員")
        form.get_by_label("人・部屋").select_option(label=people.nth(number - 1).inner_text())
        form.get_by_label("日付").fill(day.isoformat())
        form.get_by_role("button", name="この日を変える").click()
        recorded(page)
        page.reload()
        form = block(page, "特別な日")

    assert count(stocked, CalendarException, day=day) == 2

    def free(session: Session) -> int:
        place = find_prefecture("静岡県")
        assert place is not None
        wanted = Wanted(kind="meeting", prefecture=place, first=day, last=day)
        return len(offers.find(session=session, wanted=wanted, now=clock.now()).slots)

    assert stocked.work(free) == 0


def test_hours_in_the_wrong_order_are_refused(page: Page, stocked: Console) -> None:
    before = count(stocked, CalendarException)
    form = block(page, "特別な日")
    form.get_by_label("日付").fill("2027-01-20")
    form.get_by_label("はじまり").fill("15:00")
    form.get_by_label("終わり").fill("10:00")
    form.get_by_role("button", name="この日を変える").click()

    expect(page.locator("#madoguchi-alerts")).to_contain_text("5分きざみ")
    assert count(stocked, CalendarException) == before


def test_a_session_is_planned_and_then_announced(page: Page, stocked: Console) -> None:
    day = first_day("regular", clock.today())
    form = block(page, "定期相談会を計画する")
    form.get_by_label("名前").fill("臨時の相談会（見本）")
    form.get_by_label("日付").fill(day.isoformat())
    form.get_by_label("はじまり").fill("10:00")
    form.get_by_label("終わり").fill("12:00")
    form.get_by_role("button", name="計画に加える").click()
    recorded(page)
    row = page.get_by_role("row").filter(has_text="臨時の相談会（見本）")
    expect(row).to_be_visible()

    def announced() -> int:
        def work(session: Session) -> int:
            return len(
                session.exec(
                    select(RegularSession).where(
                        RegularSession.title == "臨時の相談会（見本）",
                        col(RegularSession.announced_at).is_not(None),
                    )
                ).all()
            )

        found: int = stocked.work(work)
        return found

    assert announced() == 0
    row.get_by_role("button", name="公表する").click()
    expect(row).to_contain_text("公表済み")
    assert announced() == 1


def test_the_responsible_person_records_what_inpit_set_and_ordered(
    page: Page, stocked: Console
) -> None:
    form = block(page, "専門家の活用の目安")
    form.get_by_label("回数").fill("12")
    form.get_by_label("予算").fill("300000")
    form.get_by_role("button", name="目安を記録する").click()
    recorded(page)
    page.reload()
    form = block(page, "INPITの指示")
    form.get_by_label("会社名").fill("となりの県の見本工業")
    form.get_by_label("指示の文書").fill("見本-1")
    form.get_by_role("button", name="指示を記録する").click()
    recorded(page)
    page.reload()
    form = block(page, "利益相反")
    form.get_by_label("会社名").fill("見本工業")
    form.get_by_role("button", name="記録する").click()
    recorded(page)

    assert count(stocked, ExpertAllowance, office=SHIZUOKA, uses=12, budget_yen=300_000) == 1
    assert count(stocked, InpitInstruction, office=SHIZUOKA) == 1
    assert count(stocked, ExpertConflict) == 1


def test_others_may_not_record_what_inpit_set(browser: Browser, stocked: Console) -> None:
    page = stocked.open(browser, "jiro", PATH)
    page.goto(f"{stocked.url}{PATH}")
    before = count(stocked, ExpertAllowance, uses=99)
    form = block(page, "専門家の活用の目安")
    form.get_by_label("回数").fill("99")
    form.get_by_label("予算").fill("1")
    form.get_by_role("button", name="目安を記録する").click()

    expect(page.locator("#madoguchi-alerts")).to_contain_text("権限")
    assert count(stocked, ExpertAllowance, uses=99) == before == 0
    page.context.close()


def test_axe_finds_nothing(page: Page) -> None:
    assert violations(page) == []

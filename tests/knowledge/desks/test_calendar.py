"""When an office is open: lunch, weekends, Golden Week, the year's end, a day of its own."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from knowledge.clock import TOKYO
from knowledge.desks.calendar import OfficeCalendar, SpecialDay, joined, open_time, opening

MORNING = (time(9), time(12))
AFTERNOON = (time(13), time(17))
WEEK = dict.fromkeys(range(5), (MORNING, AFTERNOON))
SPECIAL = {
    date(2026, 11, 25): SpecialDay((), "館内の工事"),
    date(2026, 11, 28): SpecialDay(((time(10), time(15)),), "土曜の相談会"),
    date(2026, 12, 30): SpecialDay(((time(9), time(11)),), "年末の相談"),
}
CALENDAR = OfficeCalendar(WEEK, SPECIAL)
PLAIN = OfficeCalendar(WEEK)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=TOKYO)


# moment, open, closes or opens next
TABLE = [
    ("2026-11-20 08:59", False, "2026-11-20 09:00"),
    ("2026-11-20 09:00", True, "2026-11-20 12:00"),
    ("2026-11-20 11:59", True, "2026-11-20 12:00"),
    ("2026-11-20 12:00", False, "2026-11-20 13:00"),  # lunch
    ("2026-11-20 12:59", False, "2026-11-20 13:00"),
    ("2026-11-20 13:00", True, "2026-11-20 17:00"),
    ("2026-11-20 17:00", False, "2026-11-24 09:00"),  # weekend and 勤労感謝の日
    ("2026-11-24 10:00", True, "2026-11-24 12:00"),
    ("2026-11-24 18:00", False, "2026-11-26 09:00"),  # the closing day of its own
    ("2026-11-25 10:00", False, "2026-11-26 09:00"),
    ("2026-11-27 17:30", False, "2026-11-28 10:00"),  # the Saturday of its own
    ("2026-11-28 14:00", True, "2026-11-28 15:00"),
    ("2026-11-28 15:00", False, "2026-11-30 09:00"),
    ("2026-12-28 17:00", False, "2026-12-30 09:00"),  # year's end with a day of its own
    ("2026-12-30 10:00", True, "2026-12-30 11:00"),
    ("2026-12-30 11:00", False, "2027-01-04 09:00"),
]
GOLDEN_WEEK = [
    ("2026-04-28 17:00", False, "2026-04-30 09:00"),  # 昭和の日
    ("2026-04-30 10:00", True, "2026-04-30 12:00"),
    ("2026-05-01 17:00", False, "2026-05-07 09:00"),  # with the substitute holiday of 5/6
    ("2026-05-06 10:00", False, "2026-05-07 09:00"),
    ("2027-04-30 17:00", False, "2027-05-06 09:00"),
    ("2026-12-28 17:00", False, "2027-01-04 09:00"),
    ("2026-12-29 10:00", False, "2027-01-04 09:00"),
    ("2027-01-01 10:00", False, "2027-01-04 09:00"),
    ("2027-12-28 18:00", False, "2028-01-04 09:00"),
]


@pytest.mark.parametrize(("moment", "is_open", "change"), TABLE)
def test_open_or_the_next_opening(moment: str, is_open: bool, change: str) -> None:
    found = opening(CALENDAR, at(moment))

    assert found.open_now is is_open
    assert (found.closes_at if is_open else found.next_open_at) == at(change)
    assert (found.next_open_at if is_open else found.closes_at) is None


@pytest.mark.parametrize(("moment", "is_open", "change"), GOLDEN_WEEK)
def test_holidays_and_the_years_end(moment: str, is_open: bool, change: str) -> None:
    found = opening(PLAIN, at(moment))

    assert found.open_now is is_open
    assert (found.closes_at if is_open else found.next_open_at) == at(change)


def test_any_time_zone_is_understood() -> None:
    assert opening(PLAIN, datetime(2026, 11, 20, 0, 30, tzinfo=UTC)).open_now
    assert not opening(PLAIN, datetime(2026, 11, 20, 10, 0, tzinfo=UTC)).open_now


def test_an_office_that_never_opens_has_no_next_opening() -> None:
    found = opening(OfficeCalendar({}), at("2026-11-20 10:00"))

    assert (found.open_now, found.next_open_at) == (False, None)


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        ("2026-11-20 10:00", "2026-11-20 11:00", 60),
        ("2026-11-20 11:30", "2026-11-20 13:30", 60),
        ("2026-11-20 16:30", "2026-11-24 09:30", 60),
        ("2026-11-21 10:00", "2026-11-23 10:00", 0),
        ("2026-11-20 08:00", "2026-11-20 20:00", 420),
        ("2026-11-20 11:00", "2026-11-20 10:00", 0),
    ],
)
def test_opening_time_between_two_moments(start: str, end: str, minutes: int) -> None:
    assert open_time(PLAIN, at(start), at(end)) == timedelta(minutes=minutes)


def test_stretches_that_touch_are_one() -> None:
    three = ((time(13), time(17)), (time(9), time(12)), (time(12), time(13)))

    assert joined(three) == ((time(9), time(17)),)
    assert joined((AFTERNOON, MORNING)) == (MORNING, AFTERNOON)

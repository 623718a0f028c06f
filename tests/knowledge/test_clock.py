"""Which days the offices are closed, and what day it is in Tokyo."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge import clock

# The Cabinet Office's lists; substitute and in-between holidays are marked.
HOLIDAYS_2026 = [
    (1, 1), (1, 12), (2, 11), (2, 23), (3, 20), (4, 29), (5, 3), (5, 4), (5, 5),
    (5, 6),  # for Sunday 3 May
    (7, 20), (8, 11), (9, 21),
    (9, 22),  # between two holidays
    (9, 23), (10, 12), (11, 3), (11, 23),
]  # fmt: skip
HOLIDAYS_2027 = [
    (1, 1), (1, 11), (2, 11), (2, 23), (3, 21),
    (3, 22),  # for Sunday 21 March
    (4, 29), (5, 3), (5, 4), (5, 5), (7, 19), (8, 11), (9, 20), (9, 23), (10, 11),
    (11, 3), (11, 23),
]  # fmt: skip
YEAR_END = [(12, 29), (12, 30), (12, 31), (1, 1), (1, 2), (1, 3)]

NEXT_OPEN = [
    (date(2026, 10, 31), date(2026, 11, 2)),  # Saturday
    (date(2026, 10, 11), date(2026, 10, 13)),  # Sunday before a holiday
    (date(2026, 5, 2), date(2026, 5, 7)),  # Golden Week 2026
    (date(2026, 9, 19), date(2026, 9, 24)),  # five days in September 2026
    (date(2027, 4, 29), date(2027, 4, 30)),  # an open day inside Golden Week
    (date(2027, 5, 1), date(2027, 5, 6)),
    (date(2026, 12, 29), date(2027, 1, 4)),  # year end
    (date(2027, 12, 29), date(2028, 1, 4)),
    (date(2026, 12, 28), date(2026, 12, 28)),  # still open
]

JAPANESE = [
    (date(2026, 11, 2), "2026年11月2日（月）"),
    (date(2027, 1, 3), "2027年1月3日（日）"),
]

days = st.dates(min_value=date(1990, 1, 1), max_value=date(2090, 1, 1))


@pytest.mark.parametrize(("year", "holidays"), [(2026, HOLIDAYS_2026), (2027, HOLIDAYS_2027)])
def test_exactly_the_public_holidays_and_weekends_are_holidays(
    year: int, holidays: list[tuple[int, int]]
) -> None:
    day = date(year, 1, 1)
    while day.year == year:
        expected = day.weekday() >= 5 or (day.month, day.day) in holidays
        assert clock.public_holiday(day) is expected, day
        day += timedelta(days=1)


@pytest.mark.parametrize("year", [2026, 2027])
@pytest.mark.parametrize(("month", "day"), YEAR_END)
def test_offices_are_closed_around_the_new_year(year: int, month: int, day: int) -> None:
    assert clock.office_closed(date(year, month, day))


def test_the_new_year_pause_is_not_a_public_holiday() -> None:
    assert not clock.public_holiday(date(2026, 12, 29))
    assert clock.office_closed(date(2026, 12, 29))


@pytest.mark.parametrize(("day", "expected"), NEXT_OPEN)
def test_a_closed_day_moves_to_the_next_open_one(day: date, expected: date) -> None:
    assert clock.next_open_day(day) == expected


def test_the_next_open_day_can_leave_the_day_itself_out() -> None:
    assert clock.next_open_day(date(2026, 11, 2), including=False) == date(2026, 11, 4)


@given(days)
def test_the_next_open_day_is_open_and_nothing_open_was_skipped(day: date) -> None:
    found = clock.next_open_day(day)
    assert found >= day
    assert not clock.office_closed(found)
    skipped = [day + timedelta(days=n) for n in range((found - day).days)]
    assert all(clock.office_closed(one) for one in skipped)


@pytest.mark.parametrize(("day", "expected"), JAPANESE)
def test_a_date_is_shown_with_its_weekday(day: date, expected: str) -> None:
    assert clock.japanese_date(day) == expected


def test_now_is_aware_and_in_tokyo() -> None:
    now = clock.now()
    assert now.tzinfo is clock.TOKYO
    assert now.utcoffset() == timedelta(hours=9)


def test_today_is_tokyos_day() -> None:
    before, today, after = clock.now().date(), clock.today(), clock.now().date()
    assert before <= today <= after

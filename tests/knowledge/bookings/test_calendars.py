"""Weekly patterns, breaks, buffers, exceptions and holidays become slots."""

from datetime import date, time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.bookings.calendars import Calendar, Special, Stretch, spans_of_day
from knowledge.clock import office_closed

MONDAY = date(2026, 11, 30)
STRETCH = Stretch(
    weekday=0,
    opens=time(9, 30),
    closes=time(16, 30),
    minutes=60,
    modes=("place", "online"),
    buffer=15,
    breaks=((time(12), time(13)),),
)


def starts(calendar: Calendar, day: date, *, closed: bool = False) -> list[str]:
    return [f"{s.starts_at:%H:%M}" for s in spans_of_day(calendar, day, closed=closed)]


def test_slots_keep_buffer_and_break_and_end_before_closing() -> None:
    calendar = Calendar((STRETCH,))

    assert starts(calendar, MONDAY) == ["09:30", "10:45", "13:00", "14:15", "15:30"]
    last = spans_of_day(calendar, MONDAY, closed=False)[-1]
    assert f"{last.ends_at:%H:%M} {last.until:%H:%M}" == "16:30 16:45"


def test_times_are_tokyo_times() -> None:
    (first, *_) = spans_of_day(Calendar((STRETCH,)), MONDAY, closed=False)

    assert first.starts_at.isoformat() == "2026-11-30T09:30:00+09:00"


def test_another_weekday_has_none() -> None:
    assert starts(Calendar((STRETCH,)), date(2026, 12, 1)) == []


def test_a_pattern_holds_between_its_days() -> None:
    ended = Stretch(0, time(9), time(10), 60, ("online",), valid_to=date(2026, 11, 29))
    begins = Stretch(0, time(13), time(14), 60, ("online",), valid_from=MONDAY)

    assert starts(Calendar((ended, begins)), MONDAY) == ["13:00"]


@pytest.mark.parametrize("day", [date(2026, 11, 23), date(2026, 12, 29), date(2027, 1, 1)])
def test_holidays_and_the_turn_of_the_year_are_closed(day: date) -> None:
    every_day = Calendar(tuple(Stretch(w, time(9), time(10), 60, ("online",)) for w in range(7)))

    assert office_closed(day)
    assert starts(every_day, day, closed=office_closed(day)) == []


def test_an_exception_with_hours_opens_a_holiday() -> None:
    calendar = Calendar((STRETCH,), {date(2026, 11, 23): Special(time(10), time(12))})

    assert starts(calendar, date(2026, 11, 23), closed=True) == ["10:00"]


def test_an_exception_opens_a_day_without_a_pattern_of_its_own() -> None:
    calendar = Calendar((STRETCH,), {date(2026, 12, 5): Special(time(10), time(11))})

    assert starts(calendar, date(2026, 12, 5), closed=True) == ["10:00"]


def test_an_exception_without_hours_closes_the_day() -> None:
    assert starts(Calendar((STRETCH,), {MONDAY: Special()}), MONDAY) == []


def test_two_stretches_of_one_day_are_listed_in_order_and_once() -> None:
    morning = Stretch(0, time(9), time(11), 60, ("place",))
    overlapping = Stretch(0, time(10), time(12), 60, ("online",))

    assert starts(Calendar((morning, overlapping)), MONDAY) == ["09:00", "10:00", "11:00"]


@given(
    opens=st.integers(0, 18),
    length=st.integers(1, 6),
    minutes=st.sampled_from((15, 30, 45, 60, 120)),
    buffer=st.sampled_from((0, 10, 15, 60)),
    pause=st.integers(0, 22),
)
def test_no_slot_touches_a_break_or_leaves_the_hours(
    opens: int, length: int, minutes: int, buffer: int, pause: int
) -> None:
    closes = time(min(opens + length, 23), 55)
    stretch = Stretch(
        0,
        time(opens),
        closes,
        minutes,
        ("online",),
        buffer,
        ((time(pause), time(pause, 30)),),
    )

    spans = spans_of_day(Calendar((stretch,)), MONDAY, closed=False)

    for span in spans:
        assert time(opens) <= span.starts_at.time() < span.ends_at.time() <= closes
        assert span.ends_at.time() <= time(pause) or span.starts_at.time() >= time(pause, 30)
    assert all(a.until <= b.starts_at for a, b in pairwise(spans))

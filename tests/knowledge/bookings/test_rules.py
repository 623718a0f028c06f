"""How early, how far ahead and until when."""

from datetime import date, datetime, timedelta

import pytest

from knowledge.bookings import rules
from knowledge.bookings.slot_ids import Kind
from knowledge.clock import TOKYO, office_closed
from knowledge.desks.prefectures import find_prefecture

START = datetime(2026, 12, 1, 10, 0, tzinfo=TOKYO)


@pytest.mark.parametrize(
    ("kind", "today", "first"),
    [
        # Friday before the three days around 勤労感謝の日 (Monday).
        ("meeting", date(2026, 11, 20), date(2026, 11, 25)),
        ("meeting", date(2026, 11, 30), date(2026, 12, 2)),
        ("regular", date(2026, 12, 3), date(2026, 12, 7)),
        ("expert", date(2026, 11, 30), date(2026, 12, 7)),
        ("meeting", date(2026, 12, 28), date(2027, 1, 5)),
    ],
)
def test_the_first_day_leaves_open_days_between(kind: Kind, today: date, first: date) -> None:
    assert rules.first_day(kind, today) == first


@pytest.mark.parametrize("kind", ["meeting", "regular", "expert"])
def test_tomorrow_is_always_too_late_and_the_first_day_is_open(kind: Kind) -> None:
    for n in range(400):
        today = date(2026, 4, 1) + timedelta(days=n)
        first = rules.first_day(kind, today)
        assert first > today + timedelta(days=1)
        assert not office_closed(first)
        assert first < rules.last_day(kind, today)


@pytest.mark.parametrize(
    ("now", "move", "cancel"),
    [
        (START - timedelta(hours=24), True, True),
        (START - timedelta(hours=24) + timedelta(seconds=1), False, True),
        (START - timedelta(seconds=1), False, True),
        (START, False, False),
        (START + timedelta(days=1), False, False),
    ],
)
def test_moving_ends_a_day_before_and_cancelling_when_it_begins(
    now: datetime, *, move: bool, cancel: bool
) -> None:
    assert rules.may_move(status="confirmed", starts_at=START, now=now) is move
    assert rules.may_cancel(status="confirmed", starts_at=START, now=now) is cancel


@pytest.mark.parametrize("status", ["cancelled", "declined", "lapsed", "done", "no_show"])
def test_what_is_over_can_neither_be_moved_nor_cancelled(status: str) -> None:
    long_before = START - timedelta(days=9)

    assert not rules.may_move(status=status, starts_at=START, now=long_before)
    assert not rules.may_cancel(status=status, starts_at=START, now=long_before)


def test_the_company_belongs_to_the_desks_prefecture_unless_inpit_said_otherwise() -> None:
    company = find_prefecture("愛知")
    assert company is not None

    def inside(desk: str, *, told: bool = False) -> bool:
        return rules.inside_territory(
            company=company, desk_prefecture=desk, instructed_by_inpit=told
        )

    assert inside("愛知県")
    assert not inside("静岡県")
    assert inside("静岡県", told=True)

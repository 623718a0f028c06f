"""Decides how early, how far ahead and until when something may be booked or changed; pure.

It knows no calendar of a person. Days are Tokyo days.
"""

from datetime import date, datetime, timedelta
from typing import Final

from knowledge.bookings.slot_ids import Kind
from knowledge.clock import next_open_day
from knowledge.desks.prefectures import Prefecture

HOLD: Final = timedelta(minutes=10)
OPEN_DAYS_BETWEEN: Final[dict[Kind, int]] = {"meeting": 1, "regular": 1, "expert": 4}
"""Whole open days between today and the first day that can be booked: the desk reads the case
and prepares a room; for an expert it must also hear the case and get approval."""
HORIZON_DAYS: Final[dict[Kind, int]] = {"meeting": 60, "regular": 90, "expert": 90}
"""Days ahead that can be booked; calendars further away are not yet certain."""
CHANGE_UNTIL: Final = timedelta(hours=24)
"""A booking may be moved until this long before it begins; after that it can only be cancelled."""
REMINDERS: Final = (timedelta(days=1), timedelta(hours=1))
FOLLOW_UP: Final = timedelta(days=1)
LIVE: Final = frozenset({"requested", "confirmed"})
"""States in which a booking occupies its slot."""


def first_day(kind: Kind, today: date) -> date:
    """The first day that can be booked: never tomorrow, holidays do not count."""
    day = today
    for _ in range(OPEN_DAYS_BETWEEN[kind] + 1):
        day = next_open_day(day, including=False)
    return day


def last_day(kind: Kind, today: date) -> date:
    """The last day that can be booked."""
    return today + timedelta(days=HORIZON_DAYS[kind])


def may_move(*, status: str, starts_at: datetime, now: datetime) -> bool:
    """Whether the visitor may still take another time."""
    return status in LIVE and now <= starts_at - CHANGE_UNTIL


def may_cancel(*, status: str, starts_at: datetime, now: datetime) -> bool:
    """Whether the visitor may still cancel: until it begins."""
    return status in LIVE and now < starts_at


def inside_territory(
    *, company: Prefecture, desk_prefecture: str, instructed_by_inpit: bool
) -> bool:
    """C3: the company is in the desk's prefecture; C4: unless INPIT's instruction is recorded."""
    return company.name == desk_prefecture or instructed_by_inpit

"""When an office is open: weekly hours with breaks, holidays, the year's end, special days; pure.

The moment is passed in. Holidays and the closure from 12/29 to 1/3 come from ``office_closed``;
a special day of the office's own wins over both and over the week.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from types import MappingProxyType

from knowledge.clock import TOKYO, office_closed

Stretch = tuple[time, time]
"""From (included) to (excluded) within one day, Tokyo time."""

HORIZON_DAYS = 400
"""How far ahead an opening is looked for; an office closed longer has none."""


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """One day that is not as the week says; without stretches the office is closed."""

    stretches: tuple[Stretch, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class OfficeCalendar:
    """The opening times of one office; ``week`` maps 0 (Monday) to 6 to stretches in order."""

    week: Mapping[int, tuple[Stretch, ...]]
    special: Mapping[date, SpecialDay] = field(default_factory=lambda: MappingProxyType({}))

    def stretches_on(self, day: date) -> tuple[Stretch, ...]:
        """The open stretches of a day, in order."""
        if day in self.special:
            return self.special[day].stretches
        return () if office_closed(day) else self.week.get(day.weekday(), ())

    def spans(self, start: date, days: int) -> Iterator[tuple[datetime, datetime]]:
        """The open stretches from a day on, as moments."""
        for offset in range(days):
            day = start + timedelta(days=offset)
            for opens, closes in self.stretches_on(day):
                yield datetime.combine(day, opens, TOKYO), datetime.combine(day, closes, TOKYO)


@dataclass(frozen=True, slots=True)
class Opening:
    """Whether an office is open. ``closes_at`` is set while it is open, ``next_open_at`` while it
    is not (``None`` where no opening is known)."""

    open_now: bool
    closes_at: datetime | None = None
    next_open_at: datetime | None = None


def opening(calendar: OfficeCalendar, moment: datetime) -> Opening:
    """Whether the office is open at an aware moment, until when or from when on."""
    here = moment.astimezone(TOKYO)
    for start, end in calendar.spans(here.date(), HORIZON_DAYS):
        if start <= here < end:
            return Opening(open_now=True, closes_at=end)
        if start > here:
            return Opening(open_now=False, next_open_at=start)
    return Opening(open_now=False)


def open_time(calendar: OfficeCalendar, start: datetime, end: datetime) -> timedelta:
    """How much opening time lies between two aware moments."""
    first, last = start.astimezone(TOKYO), end.astimezone(TOKYO)
    days = (last.date() - first.date()).days + 1
    spent = timedelta()
    for opens, closes in calendar.spans(first.date(), max(days, 0)):
        spent += max(timedelta(), min(closes, last) - max(opens, first))
    return spent


def joined(stretches: tuple[Stretch, ...]) -> tuple[Stretch, ...]:
    """Stretches in order, those that touch or overlap made one."""
    out: list[Stretch] = []
    for opens, closes in sorted(stretches):
        if out and opens <= out[-1][1]:
            out[-1] = (out[-1][0], max(out[-1][1], closes))
        else:
            out.append((opens, closes))
    return tuple(out)

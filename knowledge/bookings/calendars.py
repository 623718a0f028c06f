"""Cuts weekly patterns and exceptions into slots; pure. It knows no booking and no table.

All times are Asia/Tokyo. A slot is free of breaks and lies wholly inside the opening hours.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from knowledge.bookings.slot_ids import Mode
from knowledge.clock import TOKYO


@dataclass(frozen=True, slots=True)
class Stretch:
    """One stretch of a weekly pattern; ``buffer`` minutes are kept free after each slot."""

    weekday: int
    opens: time
    closes: time
    minutes: int
    modes: tuple[Mode, ...]
    buffer: int = 0
    breaks: tuple[tuple[time, time], ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None

    def holds_on(self, day: date) -> bool:
        """Whether the pattern counts on a day (holidays not considered)."""
        begun = self.valid_from is None or self.valid_from <= day
        return begun and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class Special:
    """One day that differs: closed where there are no times."""

    opens: time | None = None
    closes: time | None = None


@dataclass(frozen=True, slots=True)
class Calendar:
    """The pattern of one resource."""

    stretches: tuple[Stretch, ...]
    specials: Mapping[date, Special] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Span:
    """One slot of a pattern; ``until`` is when the next may begin."""

    starts_at: datetime
    ends_at: datetime
    until: datetime
    modes: tuple[Mode, ...]


def spans_of_day(calendar: Calendar, day: date, *, closed: bool) -> tuple[Span, ...]:
    """The slots of one day. ``closed`` says that offices are closed (weekend, public holiday,
    year-end); an exception with hours opens such a day, one without closes any day."""
    special = calendar.specials.get(day)
    if special is None and closed:
        return ()
    if special is not None and (special.opens is None or special.closes is None):
        return ()
    found: dict[datetime, Span] = {}
    for stretch in _stretches(calendar, day, special):
        opens = special.opens if special and special.opens else stretch.opens
        closes = special.closes if special and special.closes else stretch.closes
        for span in _cut(day, opens, closes, stretch):
            found.setdefault(span.starts_at, span)
    return tuple(found[start] for start in sorted(found))


def _stretches(calendar: Calendar, day: date, special: Special | None) -> tuple[Stretch, ...]:
    """The patterns of the day; a day opened by exception borrows the first pattern there is."""
    here = tuple(s for s in calendar.stretches if s.weekday == day.weekday() and s.holds_on(day))
    if here or special is None:
        return here
    return tuple(s for s in calendar.stretches if s.holds_on(day))[:1]


def _cut(day: date, opens: time, closes: time, stretch: Stretch) -> Iterator[Span]:
    length, buffer = timedelta(minutes=stretch.minutes), timedelta(minutes=stretch.buffer)
    start, end = at(day, opens), at(day, closes)
    breaks = sorted((at(day, b), at(day, e)) for b, e in stretch.breaks)
    while start + length <= end:
        hit = next((e for b, e in breaks if start < e and b < start + length), None)
        if hit is not None:
            start = hit
            continue
        yield Span(start, start + length, start + length + buffer, stretch.modes)
        start += length + buffer


def at(day: date, moment: time) -> datetime:
    """A moment of a day in Tokyo."""
    return datetime.combine(day, moment, TOKYO)

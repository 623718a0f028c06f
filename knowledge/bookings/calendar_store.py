"""Reads calendars and what is taken from the database into plain values; decides nothing."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from sqlmodel import Session, col, select

from knowledge.bookings import claims
from knowledge.bookings.calendars import Calendar, Span, Special, Stretch, at, spans_of_day
from knowledge.bookings.claims import Stay
from knowledge.bookings.models import (
    CalendarException,
    RegularSession,
    Resource,
    WeeklyHours,
)
from knowledge.bookings.slot_ids import MODES, minute_of
from knowledge.clock import office_closed


@dataclass(frozen=True, slots=True)
class Place:
    """One resource as the search for slots needs it."""

    id: int
    kind: str
    office: str
    prefecture: str
    name: str
    place: str
    capacity: int
    expert_id: str | None


@dataclass(frozen=True)
class Agenda:
    """Calendars and taken minutes of some resources within some days."""

    calendars: dict[int, Calendar]
    taken: dict[int, tuple[Stay, ...]]

    def spans(self, place: Place, day: date) -> tuple[Span, ...]:
        """The slots of a day, taken or not."""
        calendar = self.calendars.get(place.id)
        return spans_of_day(calendar, day, closed=office_closed(day)) if calendar else ()

    def free(self, place: Place, starts_at: datetime, until: datetime) -> int | None:
        """A free seat of the place from one moment to another, or None."""
        for seat in range(place.capacity):
            wanted = claims.stay(place.id, starts_at, until, seat=seat)
            if not any(wanted.overlaps(t) for t in self.taken.get(wanted.lane, ())):
                return seat
        return None


def places(session: Session, *, kind: str, office: str | None = None) -> tuple[Place, ...]:
    """The active resources of a kind, by number."""
    query = select(Resource).where(Resource.kind == kind, col(Resource.active).is_(True))
    if office is not None:
        query = query.where(Resource.office == office)
    return tuple(place_of(row) for row in session.exec(query.order_by(col(Resource.id))))


def place_of(row: Resource) -> Place:
    """The plain value of a row."""
    return Place(
        id=row.id or 0,
        kind=row.kind,
        office=row.office,
        prefecture=row.prefecture,
        name=row.name,
        place=row.place,
        capacity=row.capacity,
        expert_id=row.expert_id,
    )


def agenda(
    session: Session, some: Sequence[Place], *, first: date, last: date, now: datetime
) -> Agenda:
    """Calendars and taken minutes of some places from the first day to the last (both within)."""
    lanes = [claims.lane_of(p.id, seat) for p in some for seat in range(p.capacity)]
    begin = minute_of(at(first, time.min))
    end = minute_of(at(last + timedelta(days=1), time.min))
    by_lane: defaultdict[int, list[Stay]] = defaultdict(list)
    for found in claims.taken(session, lanes, first=begin, last=end, now=now):
        by_lane[found.lane].append(found)
    ids = [p.id for p in some]
    stretches, specials = _stretches(session, ids), _specials(session, ids, first, last)
    calendars = {id_: Calendar(tuple(stretches.get(id_, ())), specials.get(id_, {})) for id_ in ids}
    return Agenda(calendars, {lane: tuple(stays) for lane, stays in by_lane.items()})


def regular_sessions(
    session: Session, resource_ids: Collection[int], *, first: date, last: date, now: datetime
) -> tuple[RegularSession, ...]:
    """The announced 定期相談会 of some resources within some days, in order."""
    return tuple(
        session.exec(
            select(RegularSession)
            .where(
                col(RegularSession.resource_id).in_(resource_ids),
                RegularSession.starts_at >= at(first, time.min),
                RegularSession.starts_at < at(last + timedelta(days=1), time.min),
                col(RegularSession.cancelled_at).is_(None),
                col(RegularSession.announced_at) <= now,
            )
            .order_by(col(RegularSession.starts_at))
        ).all()
    )


def spans_of_session(planned: RegularSession) -> tuple[Span, ...]:
    """The slots of a 定期相談会, one after the other without pause."""
    step = timedelta(minutes=planned.minutes)
    count = int((planned.ends_at - planned.starts_at) / step)
    edges = [planned.starts_at + step * n for n in range(count + 1)]
    modes = tuple(m for m in MODES if m == planned.mode)
    return tuple(Span(start, end, end, modes) for start, end in pairwise(edges))


def _stretches(session: Session, ids: Sequence[int]) -> dict[int, list[Stretch]]:
    found: defaultdict[int, list[Stretch]] = defaultdict(list)
    rows = session.exec(select(WeeklyHours).where(col(WeeklyHours.resource_id).in_(ids)))
    for row in sorted(rows, key=lambda r: (r.weekday, r.opens)):
        found[row.resource_id].append(
            Stretch(
                weekday=row.weekday,
                opens=time.fromisoformat(row.opens),
                closes=time.fromisoformat(row.closes),
                minutes=row.minutes,
                buffer=row.buffer,
                modes=tuple(m for m in MODES if m in row.modes),
                breaks=tuple((time.fromisoformat(b), time.fromisoformat(e)) for b, e in row.breaks),
                valid_from=row.valid_from,
                valid_to=row.valid_to,
            )
        )
    return found


def _specials(
    session: Session, ids: Sequence[int], first: date, last: date
) -> dict[int, dict[date, Special]]:
    found: defaultdict[int, dict[date, Special]] = defaultdict(dict)
    rows = session.exec(
        select(CalendarException).where(
            col(CalendarException.resource_id).in_(ids),
            CalendarException.day >= first,
            CalendarException.day <= last,
        )
    )
    for row in rows:
        found[row.resource_id][row.day] = Special(
            time.fromisoformat(row.opens) if row.opens else None,
            time.fromisoformat(row.closes) if row.closes else None,
        )
    return found

"""Finds free slots that fit; it takes nothing.

Experts are offered in the order of ``knowledge.experts.rules``; everything else by time.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

from sqlmodel import Session

from knowledge.bookings import rules
from knowledge.bookings.calendar_store import (
    Agenda,
    Place,
    agenda,
    places,
    regular_sessions,
    spans_of_session,
)
from knowledge.bookings.calendars import Span
from knowledge.bookings.models import RegularSession
from knowledge.bookings.slot_ids import MODES, Mode
from knowledge.bookings.slots import (
    ExpertOffer,
    Slot,
    Wanted,
    expert_slot,
    meeting_slot,
    prefecture_office,
    regular_slot,
)
from knowledge.bookings.views import SlotList, SlotView
from knowledge.experts import rules as expert_rules
from knowledge.experts import service as experts
from knowledge.experts.rules import Choice, Wish

MOST_SLOTS = 60
"""Slots of one answer; the day on which it is reached is still told whole."""
SHOWN_DAYS = 31
"""Days looked at where no last day is asked for."""
ALTERNATIVES = 5

MakeSlot = Callable[[Span, Mode], Slot]


def find(*, session: Session, wanted: Wanted, now: datetime, limit: int = MOST_SLOTS) -> SlotList:
    """Free slots in order of time, whole days until ``limit`` is reached."""
    begin, horizon = bookable(wanted, now)
    last = min(wanted.last or begin + timedelta(days=SHOWN_DAYS - 1), horizon)
    found: list[SlotView] = []
    day = begin
    if begin <= last:
        search = _SEARCHES[wanted.kind](session, wanted, begin, last, now)
        while day <= last and len(found) < limit:
            found += [slot.view for slot in search.slots(day)]
            day += timedelta(days=1)
    more = day <= horizon and (wanted.last is None or day <= wanted.last)
    return SlotList(slots=tuple(found), next_from=day.isoformat() if more else None)


def alternatives(*, session: Session, wanted: Wanted, now: datetime) -> tuple[SlotView, ...]:
    """A few free slots from the first day of what was wanted on."""
    return find(session=session, wanted=wanted, now=now, limit=ALTERNATIVES).slots[:ALTERNATIVES]


def bookable(wanted: Wanted, now: datetime) -> tuple[date, date]:
    """The first day to look at and the last that can be booked."""
    earliest = rules.first_day(wanted.kind, now.date())
    return max(wanted.first or earliest, earliest), rules.last_day(wanted.kind, now.date())


def choose(*, session: Session, wanted: Wanted, with_time: Collection[str] | None) -> Choice:
    """The experts who may be used for what is wanted, nearest ring first."""
    known = experts.candidates(session=session, with_time=with_time)
    return expert_rules.choose(known, wish_of(wanted))


def wish_of(wanted: Wanted) -> Wish:
    """What is wanted as the rules for experts see it."""
    return Wish(
        office=prefecture_office(wanted.prefecture),
        prefecture=wanted.prefecture.name,
        block=wanted.prefecture.block,
        topic=wanted.topic,
        professions=frozenset({wanted.profession} if wanted.profession else ()),
        parties=wanted.parties,
    )


def experts_with_time(found: Agenda, some: Collection[Place], days: Collection[date]) -> set[str]:
    """The ids of experts with at least one free slot on some days."""
    return {
        place.expert_id
        for place in some
        if place.expert_id is not None
        and any(
            found.free(place, span.starts_at, span.until) is not None
            for day in days
            for span in found.spans(place, day)
        )
    }


def days_between(first: date, last: date) -> tuple[date, ...]:
    """Every day from the first to the last, both within."""
    return tuple(first + timedelta(days=n) for n in range((last - first).days + 1))


@dataclass(frozen=True)
class _Search:
    """Gives the free slots of one day at a time."""

    wanted: Wanted
    found: Agenda
    rooms: tuple[Place, ...]
    spans: Callable[[date], Iterator[tuple[Place, Span, MakeSlot]]]
    now: datetime
    merge: bool = True

    def slots(self, day: date) -> list[Slot]:
        """The free slots of a day, by time; members of staff who are free at once are one offer."""
        slots: dict[object, Slot] = {}
        for place, span, make in self.spans(day):
            if span.starts_at <= self.now:
                continue
            if self.found.free(place, span.starts_at, span.until) is None:
                continue
            for mode in span.modes:
                if self._fits(mode, span):
                    slot = make(span, mode)
                    who = None if self.merge else place.id
                    slots.setdefault((span.starts_at, span.ends_at, mode, slot.where, who), slot)
        return sorted(
            slots.values(), key=lambda s: (s.key.starts_at, MODES.index(s.key.mode), s.place.id)
        )

    def _fits(self, mode: Mode, span: Span) -> bool:
        if self.wanted.mode is not None and mode != self.wanted.mode:
            return False
        if mode != "place" or not self.rooms:
            return True
        return any(
            self.found.free(room, span.starts_at, span.until) is not None for room in self.rooms
        )


def _meetings(session: Session, wanted: Wanted, first: date, last: date, now: datetime) -> _Search:
    office = prefecture_office(wanted.prefecture)
    staff = places(session, kind="staff", office=office)
    rooms = places(session, kind="room", office=office)
    found = agenda(session, (*staff, *rooms), first=first, last=last, now=now)

    def spans(day: date) -> Iterator[tuple[Place, Span, MakeSlot]]:
        for place in staff:
            for span in found.spans(place, day):
                yield place, span, partial(meeting_slot, place)

    return _Search(wanted, found, rooms, spans, now)


def _regular(session: Session, wanted: Wanted, first: date, last: date, now: datetime) -> _Search:
    events = places(session, kind="event", office=prefecture_office(wanted.prefecture))
    found = agenda(session, events, first=first, last=last, now=now)
    by_id = {place.id: place for place in events}
    planned = [
        p
        for p in regular_sessions(session, by_id, first=first, last=last, now=now)
        if wanted.profession is None or wanted.profession in p.professions
    ]

    def spans(day: date) -> Iterator[tuple[Place, Span, MakeSlot]]:
        for one in planned:
            for span in spans_of_session(one) if one.starts_at.date() == day else ():
                yield by_id[one.resource_id], span, _of_session(by_id[one.resource_id], one)

    return _Search(wanted, found, (), spans, now, merge=False)


def _of_session(place: Place, planned: RegularSession) -> MakeSlot:
    return lambda span, mode: regular_slot(place, span, mode, planned)


def _experts(session: Session, wanted: Wanted, first: date, last: date, now: datetime) -> _Search:
    known = places(session, kind="expert")
    rooms = places(session, kind="room", office=prefecture_office(wanted.prefecture))
    found = agenda(session, (*known, *rooms), first=first, last=last, now=now)
    free = experts_with_time(found, known, days_between(first, last))
    choice = choose(session=session, wanted=wanted, with_time=free)
    offers = _offers(session, choice)
    chosen = [p for p in known if p.expert_id in offers]

    def spans(day: date) -> Iterator[tuple[Place, Span, MakeSlot]]:
        for place in chosen:
            offer = offers[place.expert_id or ""]
            for span in found.spans(place, day):
                yield place, span, _with_expert(place, offer, wanted)

    return _Search(wanted, found, rooms, spans, now, merge=False)


def _with_expert(place: Place, offer: ExpertOffer, wanted: Wanted) -> MakeSlot:
    return lambda span, mode: expert_slot(place, span, mode, offer, prefecture=wanted.prefecture)


def _offers(session: Session, choice: Choice) -> Mapping[str, ExpertOffer]:
    professions = {c.id: c.profession for c in experts.candidates(session=session)}
    return {
        o.expert_id: ExpertOffer(professions[o.expert_id], o.ring, o.why) for o in choice.offers
    }


_SEARCHES = {"meeting": _meetings, "regular": _regular, "expert": _experts}

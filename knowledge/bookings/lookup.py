"""Looks up one slot again before it is taken: is it in its calendar, and may it be used?

Whether somebody has it already is not asked here; that is decided under the lock.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime

from sqlmodel import Session

from knowledge.bookings import offers, rules
from knowledge.bookings.calendar_store import (
    agenda,
    place_of,
    places,
    regular_sessions,
    spans_of_session,
)
from knowledge.bookings.models import Resource
from knowledge.bookings.slot_ids import SlotKey, decode
from knowledge.bookings.slots import (
    RESOURCE_KINDS,
    ExpertOffer,
    Slot,
    Wanted,
    expert_slot,
    meeting_slot,
    regular_slot,
)
from knowledge.errors import FieldProblem, InvalidInputError, SlotNotOpenError
from knowledge.experts import rules as expert_rules
from knowledge.experts import service as experts
from knowledge.experts.rules import RINGS
from knowledge.vocabulary import WANTS
from knowledge.wording import say


def find_slot(*, session: Session, slot_id: str, now: datetime, by_staff: bool = False) -> Slot:
    """The slot of an id as its calendar has it now, taken or not.

    ``by_staff`` lifts notice and horizon, not the calendar.

    Raises:
        InvalidInputError: the id is none of ours.
        SlotNotOpenError: it is in no calendar, too near, too far or past.
    """
    key = decode(slot_id)
    row = session.get(Resource, key.resource_id) if key else None
    if key is None or row is None or row.kind != RESOURCE_KINDS[key.kind]:
        raise InvalidInputError(fields=(FieldProblem("slot_id", say("bookings.unknown_slot")),))
    day, today = key.starts_at.date(), now.date()
    on_time = rules.first_day(key.kind, today) <= day <= rules.last_day(key.kind, today)
    if not row.active or key.starts_at <= now or not (on_time or by_staff):
        raise SlotNotOpenError
    slot = next((s for s in _slots_at(session, row, key, now) if s.key == key), None)
    if slot is None:
        raise SlotNotOpenError
    return slot


def _slots_at(session: Session, row: Resource, key: SlotKey, now: datetime) -> Iterator[Slot]:
    """Every slot of the resource on that day, whoever has it."""
    place, day = place_of(row), key.starts_at.date()
    if key.kind == "regular":
        for planned in regular_sessions(session, [place.id], first=day, last=day, now=now):
            for span in spans_of_session(planned):
                yield from (regular_slot(place, span, mode, planned) for mode in span.modes)
        return
    found = agenda(session, [place], first=day, last=day, now=now)
    for span in found.spans(place, day):
        for mode in span.modes:
            if key.kind == "meeting":
                yield meeting_slot(place, span, mode)
            else:
                yield expert_slot(place, span, mode, None, prefecture=None)


def with_expert_rules(*, session: Session, slot: Slot, wanted: Wanted, now: datetime) -> Slot:
    """The expert's slot with ring and reason for this case.

    Nearer experts count as passed over when none of them has time up to that day.

    Raises:
        SlotNotOpenError: the expert may not be used for this case; why is not told.
    """
    wish = offers.wish_of(replace(wanted, profession=None))
    candidate = next(
        (c for c in experts.candidates(session=session) if c.id == slot.place.expert_id), None
    )
    if candidate is None or expert_rules.unfit(candidate, wish) is not None:
        raise SlotNotOpenError
    ring = expert_rules.ring_of(candidate, wish)
    nearest = nearest_until(
        session=session,
        expert_id=candidate.id,
        day=slot.key.starts_at.date(),
        wanted=wanted,
        now=now,
    )
    passed = nearest.passed_over[: RINGS.index(ring)] if nearest.ring == ring else ()
    offer = ExpertOffer(candidate.profession, ring, expert_rules.why_ring(ring, wish, list(passed)))
    where = say("bookings.place_desk", office=wanted.prefecture.office)
    return replace(
        slot,
        profession=offer.profession,
        ring=offer.ring,
        why=offer.why,
        where=where if slot.key.mode == "place" else slot.where,
    )


def nearest_until(
    *, session: Session, expert_id: str, day: date, wanted: Wanted, now: datetime
) -> expert_rules.Choice:
    """Who would be chosen among all with time up to a day (this expert included)."""
    known = experts.candidates(session=session)
    profession = next((c.profession for c in known if c.id == expert_id), None)
    first = min(rules.first_day("expert", now.date()), day)
    calendars = places(session, kind="expert")
    found = agenda(session, calendars, first=first, last=day, now=now)
    free = offers.experts_with_time(found, calendars, offers.days_between(first, day))
    asked = replace(wanted, profession=profession)
    return offers.choose(session=session, wanted=asked, with_time={*free, expert_id})


def topic_of(topic: str) -> str | None:
    """The subject an expert must know; none where only a meeting was asked for."""
    return None if topic in WANTS else topic

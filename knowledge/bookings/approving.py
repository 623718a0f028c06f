"""Decides on a request for an expert (R2, DUTIES.md §D) and what the expert may see.

The desk has heard the case and finds it advanced and specialised; nearer experts, conflicts and
the year's allowance are checked again at this moment, and what was decided is recorded.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from knowledge.bookings import changes, expert_mails, lookup, mails, offers
from knowledge.bookings.desk import locked_for
from knowledge.bookings.models import Booking
from knowledge.bookings.service import note
from knowledge.bookings.slots import Wanted
from knowledge.desks.prefectures import find_prefecture
from knowledge.errors import (
    BookingClosedError,
    ExpertRulesError,
    FieldProblem,
    NotFoundError,
)
from knowledge.experts import rules as expert_rules
from knowledge.experts import service as experts
from knowledge.experts.allowance import Allowed, one_more
from knowledge.experts.rules import RINGS, bound_to_secrecy
from knowledge.staff.actor import Actor
from knowledge.text import normalise, strip_controls
from knowledge.triage.guards import inspect
from knowledge.wording import say

MOST_ABSTRACT = 300


@dataclass(frozen=True, slots=True)
class Decision:
    """What the desk found. ``cost_yen`` is the expected cost of an outside expert;
    ``nearer_reason`` why somebody nearer is passed over, ``override_reason`` why the allowance
    may be passed (responsible person only). ``abstract`` is all the expert sees at first."""

    heard: bool
    advanced: bool
    specialised: bool
    abstract: str
    cost_yen: int = 0
    nearer_reason: str = ""
    override_reason: str = ""


@dataclass(frozen=True, slots=True)
class Approved:
    """The confirmed session, and a warning where the allowance is nearly used."""

    booking: Booking
    warning: str


def approve(
    *,
    session: Session,
    reference: str,
    decision: Decision,
    site: str,
    actor: Actor,
    now: datetime,
) -> Approved:
    """Confirm a requested expert session; the visitor and the expert are told.

    Raises:
        NotFoundError: not a booking of the actor's offices. BookingClosedError: not a request.
        ExpertRulesError: with each rule that is not met.
    """
    booking = locked_for(session=session, reference=reference, actor=actor)
    if booking.kind != "expert" or booking.status != "requested":
        raise BookingClosedError
    expert = experts.expert(session=session, expert_id=booking.expert_id or "")
    outside = expert.in_house_office != booking.office
    allowed = _allowance(session, booking, decision) if outside else Allowed("free")
    problems = [
        *_need_problems(decision),
        *_ring_problems(session, booking, decision, now),
        *_allowance_problems(allowed, booking, decision, actor),
        *_abstract_problems(decision.abstract),
    ]
    if problems:
        raise ExpertRulesError(say("bookings.expert_rules"), fields=tuple(problems))
    if outside:
        _count_use(session, booking, decision, allowed, actor, now)
    booking.status, booking.changed_at = "confirmed", now
    booking.sequence += 1
    booking.abstract = strip_controls(decision.abstract).strip()
    session.add(booking)
    mails.drop_waiting(session=session, booking=booking, now=now)
    mails.announce(session=session, booking=booking, what="confirmed", site=site, now=now)
    expert_mails.invite(session=session, booking=booking, now=now)
    told = {"ring": booking.ring, "allowance": allowed.verdict, "cost_yen": decision.cost_yen}
    told |= {"nearer_passed": bool(decision.nearer_reason)}
    action = "booking.approved"
    note(session=session, booking=booking, actor=actor, action=action, now=now, detail=told)
    return Approved(booking, allowed.text)


def decline(*, session: Session, reference: str, site: str, actor: Actor, now: datetime) -> Booking:
    """Answer a request otherwise: the slot is free again and the visitor is told.

    Raises:
        NotFoundError: not a booking of the actor's offices. BookingClosedError: not a request.
    """
    booking = locked_for(session=session, reference=reference, actor=actor)
    if booking.status != "requested":
        raise BookingClosedError
    changes.end(session=session, booking=booking, status="declined", site=site, now=now)
    note(session=session, booking=booking, actor=actor, action="booking.declined", now=now)
    return booking


def accept(*, session: Session, reference: str, actor: Actor, now: datetime) -> Booking:
    """Record that the expert takes the case on: from now on it may be seen whole.

    Raises:
        NotFoundError, BookingClosedError: as above. ExpertRulesError: the expert is not bound to
            secrecy by law and no agreement is recorded.
    """
    booking = locked_for(session=session, reference=reference, actor=actor)
    if booking.kind != "expert" or booking.status != "confirmed":
        raise BookingClosedError
    expert = experts.expert(session=session, expert_id=booking.expert_id or "")
    agreed = expert.agreement_on is not None and expert.agreement_on <= now.date()
    if not bound_to_secrecy(profession=expert.profession, agreement_recorded=agreed):
        problem = FieldProblem("agreement", say("bookings.need_agreement"))
        raise ExpertRulesError(say("bookings.expert_rules"), fields=(problem,))
    booking.accepted_at = now
    session.add(booking)
    note(session=session, booking=booking, actor=actor, action="booking.accepted", now=now)
    return booking


def nearer_available(*, session: Session, booking: Booking, now: datetime) -> str | None:
    """The ring nearer than the booked expert's in which somebody suitable has time, or None."""
    nearest = _nearest(session, booking, now).ring
    own = next((ring for ring in RINGS if ring == booking.ring), None)
    if nearest is None or own is None or RINGS.index(nearest) >= RINGS.index(own):
        return None
    return say(expert_rules.RING_NAMES[nearest])


def _count_use(
    session: Session,
    booking: Booking,
    decision: Decision,
    allowed: Allowed,
    actor: Actor,
    now: datetime,
) -> None:
    over = (actor.id, decision.override_reason) if allowed.verdict == "refuse" else None
    experts.record_use(
        session=session,
        reference=booking.reference,
        expert_id=booking.expert_id or "",
        office=booking.office,
        day=booking.starts_at.date(),
        cost_yen=decision.cost_yen,
        now=now,
        override=over,
    )


def _need_problems(decision: Decision) -> list[FieldProblem]:
    need = expert_rules.need_for_expert(
        heard=decision.heard, advanced=decision.advanced, specialised=decision.specialised
    )
    return [FieldProblem("need", text) for text in need.missing]


def _ring_problems(
    session: Session, booking: Booking, decision: Decision, now: datetime
) -> list[FieldProblem]:
    candidate = next(
        (c for c in experts.candidates(session=session) if c.id == booking.expert_id), None
    )
    wanted = _wanted(booking)
    wish = offers.wish_of(wanted)
    if candidate is None or expert_rules.unfit(candidate, wish) is not None:
        return [FieldProblem("expert", say("bookings.expert_unfit"))]
    nearer = nearer_available(session=session, booking=booking, now=now)
    if nearer is not None and not decision.nearer_reason.strip():
        return [FieldProblem("nearer_reason", say("bookings.need_nearer_reason", ring=nearer))]
    return []


def _allowance(session: Session, booking: Booking, decision: Decision) -> Allowed:
    day = booking.starts_at.date()
    return one_more(
        limit=experts.limit_of(session=session, office=booking.office, day=day),
        used=experts.used_by(session=session, office=booking.office, day=day),
        cost_yen=decision.cost_yen,
    )


def _allowance_problems(
    allowed: Allowed, booking: Booking, decision: Decision, actor: Actor
) -> list[FieldProblem]:
    if allowed.verdict != "refuse":
        return []
    responsible = actor.has_at("manager", booking.office)
    if responsible and decision.override_reason.strip():
        return []
    return [FieldProblem("override_reason", allowed.text)]


def _abstract_problems(abstract: str) -> list[FieldProblem]:
    text = normalise(abstract)
    if not text or len(text) > MOST_ABSTRACT:
        return [FieldProblem("abstract", say("bookings.bad_abstract", most=MOST_ABSTRACT))]
    if inspect(text).withhold:
        return [FieldProblem("abstract", say("bookings.guarded_summary"))]
    return []


def _wanted(booking: Booking) -> Wanted:
    place = find_prefecture(booking.prefecture)
    if place is None:
        raise NotFoundError
    return Wanted(
        kind="expert",
        prefecture=place,
        topic=lookup.topic_of(booking.topic),
        parties=frozenset({booking.party_hash} - {""}),
    )


def _nearest(session: Session, booking: Booking, now: datetime) -> expert_rules.Choice:
    return lookup.nearest_until(
        session=session,
        expert_id=booking.expert_id or "",
        day=booking.starts_at.date(),
        wanted=_wanted(booking),
        now=now,
    )

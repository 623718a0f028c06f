"""What the staff's booking pages show, as plain values read in one go; it changes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from knowledge.audit import service as audit
from knowledge.bookings import approving, mails, offers
from knowledge.bookings.desk import bookings_of, requests_of
from knowledge.bookings.expert_mails import ExpertSight, sight_of
from knowledge.bookings.models import Booking
from knowledge.bookings.slot_ids import Kind
from knowledge.bookings.slots import DESK, Wanted
from knowledge.bookings.views import Contact, SlotView, when_text
from knowledge.desks.prefectures import Prefecture, find_prefecture
from knowledge.errors import NotFoundError
from knowledge.experts import service as experts
from knowledge.experts.allowance import Limit
from knowledge.experts.rules import bound_to_secrecy
from knowledge.staff.actor import Actor


@dataclass(frozen=True, slots=True)
class BookingRow:
    """One line of the list."""

    reference: str
    kind: str
    status: str
    starts_at: datetime
    when: str
    mode: str
    name: str
    company: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a booking's history."""

    at: datetime
    action: str
    who: str


@dataclass(frozen=True, slots=True)
class BookingSheet:
    """One booking with all that its actions need to know."""

    row: BookingRow
    office: str
    contact: Contact
    place: str
    topic: str
    summary: str
    why: str
    ring: str | None
    profession: str | None
    expert_name: str | None
    expert_id: str | None
    bound: bool
    sight: ExpertSight | None
    nearer: str | None
    limit: Limit | None
    used: Limit
    begun: bool
    history: tuple[Line, ...]


def offices_of(actor: Actor) -> tuple[tuple[str, str], ...]:
    """The offices with calendars an actor works for: id and name."""
    mine = sorted(office for office in actor.offices if _prefecture(office) is not None)
    return tuple((office, mails.office_name(office)) for office in mine)


def coming(
    *, session: Session, office: str, first: date, last: date, actor: Actor
) -> tuple[BookingRow, ...]:
    """The bookings of an office within some days.

    Raises:
        NotFoundError: not an office of the actor's.
    """
    found = bookings_of(session=session, office=office, first=first, last=last, actor=actor)
    return _rows(found)


def waiting(*, session: Session, office: str, actor: Actor) -> tuple[BookingRow, ...]:
    """The requests that wait for the desk's answer.

    Raises:
        NotFoundError: not an office of the actor's.
    """
    return _rows(requests_of(session=session, office=office, actor=actor))


def sheet(*, session: Session, reference: str, actor: Actor, now: datetime) -> BookingSheet:
    """One booking of the actor's offices; looking at it is noted.

    Raises:
        NotFoundError: unknown, or of another office.
    """
    booking = session.get(Booking, reference) if "\x00" not in reference else None
    if booking is None or not actor.sees_office(booking.office):
        raise NotFoundError
    audit.record(
        session=session,
        actor=actor,
        action="booking.seen",
        subject=f"booking:{reference}",
        now=now,
    )
    expert = (
        experts.expert(session=session, expert_id=booking.expert_id) if booking.expert_id else None
    )
    day = booking.starts_at.date()
    return BookingSheet(
        row=_row(booking),
        office=mails.office_name(booking.office),
        contact=mails.contact_of(booking),
        place=booking.place,
        topic=booking.topic,
        summary=booking.summary,
        why=booking.why,
        ring=booking.ring,
        profession=booking.profession,
        expert_name=expert.name if expert else None,
        expert_id=booking.expert_id,
        bound=expert is not None
        and bound_to_secrecy(
            profession=expert.profession, agreement_recorded=expert.agreement_on is not None
        ),
        sight=sight_of(booking=booking) if booking.abstract else None,
        nearer=_nearer(session, booking, now),
        limit=experts.limit_of(session=session, office=booking.office, day=day),
        used=experts.used_by(session=session, office=booking.office, day=day),
        begun=booking.starts_at <= now,
        history=_history(session, reference),
    )


def free_slots(
    *, session: Session, office: str, kind: Kind, topic: str | None, actor: Actor, now: datetime
) -> tuple[SlotView, ...]:
    """Free times staff may book for somebody at their own office.

    Raises:
        NotFoundError: not an office of the actor's.
    """
    place = _prefecture(office)
    if place is None or not actor.sees_office(office):
        raise NotFoundError
    wanted = Wanted(kind=kind, prefecture=place, topic=topic if kind == "expert" else None)
    return offers.find(session=session, wanted=wanted, now=now).slots


def _nearer(session: Session, booking: Booking, now: datetime) -> str | None:
    if booking.kind != "expert" or booking.status != "requested":
        return None
    return approving.nearer_available(session=session, booking=booking, now=now)


def _rows(found: Sequence[Booking]) -> tuple[BookingRow, ...]:
    return tuple(_row(booking) for booking in found)


def _row(booking: Booking) -> BookingRow:
    contact = mails.contact_of(booking)
    return BookingRow(
        reference=booking.reference,
        kind=booking.kind,
        status=booking.status,
        starts_at=booking.starts_at,
        when=when_text(booking.starts_at, booking.ends_at),
        mode=booking.mode,
        name=contact.name,
        company=contact.company,
    )


def _history(session: Session, reference: str) -> tuple[Line, ...]:
    found = audit.entries_of(session=session, subject=f"booking:{reference}")
    return tuple(
        Line(entry.at, entry.action, entry.actor_kind)
        for entry in found
        if entry.action != "booking.seen"
    )


def _prefecture(office: str) -> Prefecture | None:
    desk, _, jis = office.partition("/")
    return find_prefecture(jis) if desk == DESK and jis else None

"""Books a slot and shows a booking to who has its code; one transaction of the caller's.

It commits nothing and sends nothing: mails wait in the outbox and leave after the commit.
"""

import hmac
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, select

from knowledge.audit import service as audit
from knowledge.bookings import mails, rules, waiting
from knowledge.bookings.lookup import find_slot, topic_of, with_expert_rules
from knowledge.bookings.models import Booking
from knowledge.bookings.occupying import holder_of, holds, occupy
from knowledge.bookings.orders import Checked, Order, check, check_mode
from knowledge.bookings.slots import Slot, Wanted, prefecture_office
from knowledge.bookings.views import BookingView, Contact
from knowledge.errors import NotFoundError, OutsidePrefectureError
from knowledge.experts import service as experts
from knowledge.experts.parties import party_hash, party_hashes
from knowledge.staff.actor import Actor

LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""No letter that is read as another: references are told on the telephone."""


@dataclass(frozen=True, slots=True)
class Booked:
    """A booking as just made; the code is told to the visitor and opens it again."""

    booking: Booking
    code: str


def book(*, session: Session, order: Order, site: str, actor: Actor, now: datetime) -> Booked:
    """Book a slot: ``confirmed`` for a meeting or a place, ``requested`` for an expert (R2).

    ``site`` is the address visitors reach this installation under.

    Raises:
        InvalidInputError: a field cannot be used. SlotNotOpenError, SlotTakenError: see the tree.
        OutsidePrefectureError: the company is elsewhere, and INPIT gave no instruction.
    """
    checked = check(order)
    slot = find_slot(
        session=session, slot_id=order.slot_id, now=now, by_staff=actor.kind == "staff"
    )
    check_mode(checked.contact, slot.key.mode)
    party = party_hash(checked.contact.company)
    office = _office(session, slot, checked, party, now)
    if slot.key.kind == "expert":
        wanted = _wanted(checked, order.topic)
        slot = with_expert_rules(session=session, slot=slot, wanted=wanted, now=now)
    booking = _new(order, checked, slot, office, party, now)
    mine = [holder_of(order.hold)] if order.hold and holds(session, order.hold, slot, now) else []
    booking.room_id = occupy(
        session=session,
        slot=slot,
        office=office,
        holder=booking.reference,
        now=now,
        instead_of=mine,
    )
    session.add(booking)
    session.flush()
    waiting.settle(session=session, holders=mine, now=now)
    if booking.status == "confirmed":
        mails.announce(session=session, booking=booking, what="confirmed", site=site, now=now)
    else:
        mails.tell(session=session, booking=booking, what="requested", site=site, now=now)
    note(session=session, booking=booking, actor=actor, action="booking.made", now=now)
    return Booked(booking, booking.code)


def open_booking(*, session: Session, reference: str, code: str) -> Booking:
    """The booking that this code opens.

    Raises:
        NotFoundError: unknown reference or wrong code, told apart by nobody.
    """
    booking = session.get(Booking, reference) if "\x00" not in reference else None
    expected = booking.code if booking else ""
    if not hmac.compare_digest(expected.encode(), code.encode()) or booking is None:
        raise NotFoundError
    return booking


def locked(session: Session, reference: str) -> Booking:
    """A booking's row, locked and read anew; lock its resource first."""
    booking = session.exec(
        select(Booking)
        .where(Booking.reference == reference)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if booking is None:
        raise NotFoundError
    return booking


def view(*, booking: Booking, now: datetime) -> BookingView:
    """A booking as its owner sees it."""
    status, starts_at = booking.status, booking.starts_at
    return BookingView.model_validate(
        booking.model_dump(
            include={
                "reference",
                "kind",
                "status",
                "starts_at",
                "ends_at",
                "mode",
                "place",
                "profession",
                "ring",
                "why",
                "topic",
            }
        )
        | {
            "office": mails.office_name(booking.office),
            "contact": Contact.model_validate_json(booking.contact),
            "may_move": rules.may_move(status=status, starts_at=starts_at, now=now),
            "may_cancel": rules.may_cancel(status=status, starts_at=starts_at, now=now),
            "bring": mails.bring(),
        }
    )


def note(
    *,
    session: Session,
    booking: Booking,
    actor: Actor,
    action: str,
    now: datetime,
    detail: dict[str, Any] | None = None,
) -> None:
    """One line of the booking's history: codes and times, never words of the case."""
    told = {"status": booking.status, "starts_at": booking.starts_at.isoformat()}
    audit.record(
        session=session,
        actor=actor,
        action=action,
        subject=f"booking:{booking.reference}",
        now=now,
        detail=told | (detail or {}),
    )


def _office(session: Session, slot: Slot, checked: Checked, party: str, now: datetime) -> str:
    if slot.key.kind == "expert":
        return prefecture_office(checked.prefecture)
    office = slot.place.office
    instructed = experts.instructed(session=session, office=office, party=party, day=now.date())
    if not rules.inside_territory(
        company=checked.prefecture,
        desk_prefecture=slot.place.prefecture,
        instructed_by_inpit=instructed,
    ):
        raise OutsidePrefectureError
    return office


def _wanted(checked: Checked, topic: str) -> Wanted:
    return Wanted(
        kind="expert",
        prefecture=checked.prefecture,
        topic=topic_of(topic),
        parties=party_hashes(checked.contact.company),
    )


def _new(
    order: Order, checked: Checked, slot: Slot, office: str, party: str, now: datetime
) -> Booking:
    return Booking(
        reference="-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(2)),
        code=secrets.token_urlsafe(18),
        kind=slot.key.kind,
        status="requested" if slot.key.kind == "expert" else "confirmed",
        office=office,
        resource_id=slot.place.id,
        expert_id=slot.place.expert_id,
        starts_at=slot.key.starts_at,
        ends_at=slot.ends_at,
        mode=slot.key.mode,
        place=slot.where,
        profession=slot.profession,
        ring=slot.ring,
        why=slot.why,
        prefecture=checked.prefecture.name,
        party_hash=party,
        contact=checked.contact.model_dump_json(),
        topic=order.topic,
        summary=checked.summary,
        conversation_id=order.conversation_id,
        consent_at=now,
        created_at=now,
        changed_at=now,
        uid=f"{uuid.uuid4()}@madoguchi",
    )

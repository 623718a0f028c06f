"""Moves and cancels a booking for the visitor, and ends it for the desk.

The old time is given back and the new one taken under the same locks: a move that fails leaves
the booking as it was.
"""

from datetime import datetime

from sqlmodel import Session

from knowledge.bookings import claims, expert_mails, mails, rules, waiting
from knowledge.bookings.lookup import find_slot
from knowledge.bookings.models import Booking
from knowledge.bookings.occupying import lock_office, occupy
from knowledge.bookings.orders import check_mode
from knowledge.bookings.service import locked, note, open_booking
from knowledge.bookings.slots import Slot
from knowledge.bookings.views import when_text
from knowledge.errors import (
    BookingClosedError,
    FieldProblem,
    InvalidInputError,
    TooLateToChangeError,
)
from knowledge.experts import service as experts
from knowledge.staff.actor import Actor
from knowledge.wording import say

ENDED: dict[str, mails.What] = {
    "cancelled": "cancelled",
    "declined": "declined",
    "lapsed": "lapsed",
}


def move(
    *,
    session: Session,
    reference: str,
    code: str,
    slot_id: str,
    site: str,
    actor: Actor,
    now: datetime,
) -> Booking:
    """Take another time of the same kind and office; the calendar entry follows.

    An expert session becomes a request again: the desk has to ask the expert.

    Raises:
        NotFoundError: see ``open_booking``. BookingClosedError, TooLateToChangeError: it cannot be
            moved. InvalidInputError: the slot is of another kind or office. SlotNotOpenError,
            SlotTakenError: the new time cannot be had.
    """
    booking = open_booking(session=session, reference=reference, code=code)
    slot = find_slot(session=session, slot_id=slot_id, now=now)
    _check_same(booking, slot)
    lock_office(session, booking.office, (booking.resource_id, slot.place.id))
    booking = locked(session, reference)
    may_move = rules.may_move(status=booking.status, starts_at=booking.starts_at, now=now)
    _check_open(booking, allowed=may_move)
    if _key(booking) == (slot.key.starts_at, slot.key.mode, slot.place.id):
        return booking
    check_mode(mails.contact_of(booking), slot.key.mode)
    freed, before = waiting.freed_by(booking), when_text(booking.starts_at, booking.ends_at)
    room = occupy(
        session=session,
        slot=slot,
        office=booking.office,
        holder=booking.reference,
        now=now,
        instead_of=[booking.reference],
    )
    _take_over(booking, slot, room, now)
    session.add(booking)
    _tell_moved(session, booking, before, site, now)
    note(session=session, booking=booking, actor=actor, action="booking.moved", now=now)
    waiting.offer_freed(session=session, freed=freed, site=site, now=now)
    return booking


def cancel(
    *, session: Session, reference: str, code: str, site: str, actor: Actor, now: datetime
) -> Booking:
    """Give a booking up; a second time changes nothing.

    Raises:
        NotFoundError: see ``open_booking``. TooLateToChangeError: it has begun.
        BookingClosedError: it was declined or is over.
    """
    booking = open_booking(session=session, reference=reference, code=code)
    lock_office(session, booking.office, (booking.resource_id,))
    booking = locked(session, reference)
    if booking.status == "cancelled":
        return booking
    may_cancel = rules.may_cancel(status=booking.status, starts_at=booking.starts_at, now=now)
    _check_open(booking, allowed=may_cancel)
    end(session=session, booking=booking, status="cancelled", site=site, now=now)
    note(session=session, booking=booking, actor=actor, action="booking.cancelled", now=now)
    return booking


def end(*, session: Session, booking: Booking, status: str, site: str, now: datetime) -> None:
    """Free the slot of a booking that will not take place, tell her, tell who waits.

    ``status``: cancelled · declined · lapsed. The office and the booking must be locked.
    """
    freed = waiting.freed_by(booking)
    claims.release(session, booking.reference)
    booking.status = status
    booking.sequence += 1
    booking.changed_at = now
    session.add(booking)
    experts.release_use(session=session, reference=booking.reference, now=now)
    mails.drop_waiting(session=session, booking=booking, now=now)
    mails.tell(session=session, booking=booking, what=ENDED[status], site=site, now=now)
    when = when_text(booking.starts_at, booking.ends_at)
    expert_mails.withdraw(session=session, booking=booking, when=when, now=now)
    waiting.offer_freed(session=session, freed=freed, site=site, now=now)


def _tell_moved(session: Session, booking: Booking, before: str, site: str, now: datetime) -> None:
    mails.drop_waiting(session=session, booking=booking, now=now)
    if booking.status == "confirmed":
        mails.announce(session=session, booking=booking, what="moved", site=site, now=now)
        return
    experts.release_use(session=session, reference=booking.reference, now=now)
    expert_mails.withdraw(session=session, booking=booking, when=before, now=now)
    booking.abstract = None
    mails.tell(session=session, booking=booking, what="requested", site=site, now=now)


def _take_over(booking: Booking, slot: Slot, room_id: int | None, now: datetime) -> None:
    booking.resource_id, booking.room_id = slot.place.id, room_id
    booking.starts_at, booking.ends_at = slot.key.starts_at, slot.ends_at
    booking.mode, booking.place = slot.key.mode, slot.where
    booking.sequence += 1
    booking.changed_at = now
    if booking.kind == "expert":
        booking.status, booking.accepted_at = "requested", None
        if slot.key.mode == "place":
            booking.place = mails.office_name(booking.office)


def _key(booking: Booking) -> tuple[datetime, str, int]:
    return (booking.starts_at, booking.mode, booking.resource_id)


def _check_same(booking: Booking, slot: Slot) -> None:
    """A booking stays with its desk, an expert session with its expert."""
    other_expert = booking.kind == "expert" and slot.place.id != booking.resource_id
    other_office = booking.kind != "expert" and slot.place.office != booking.office
    if slot.key.kind != booking.kind or other_expert or other_office:
        raise InvalidInputError(fields=(FieldProblem("slot_id", say("bookings.other_desk")),))


def _check_open(booking: Booking, *, allowed: bool) -> None:
    if booking.status not in rules.LIVE:
        raise BookingClosedError
    if not allowed:
        raise TooLateToChangeError

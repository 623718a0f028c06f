"""Takes what a slot needs (a seat, and a room where people come), all or nothing.

The caller's transaction decides: a raised error leaves nothing taken once it is rolled back.
"""

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from knowledge.bookings import claims, rules
from knowledge.bookings.calendar_store import Place, agenda, places
from knowledge.bookings.claims import Stay
from knowledge.bookings.lookup import find_slot
from knowledge.bookings.slot_ids import minute_of
from knowledge.bookings.slots import Slot
from knowledge.errors import SlotTakenError


@dataclass(frozen=True, slots=True)
class Held:
    """A slot kept for ten minutes for whoever has the token."""

    hold: str
    slot_id: str
    expires_at: datetime


def hold(*, session: Session, slot_id: str, now: datetime) -> Held:
    """Keep a slot for ten minutes.

    Raises:
        InvalidInputError, SlotNotOpenError: see ``lookup.find_slot``. SlotTakenError: it is gone.
    """
    slot = find_slot(session=session, slot_id=slot_id, now=now)
    token = secrets.token_urlsafe(18)
    until = now + rules.HOLD
    occupy(
        session=session,
        slot=slot,
        office=slot.place.office,
        holder=holder_of(token),
        now=now,
        expires_at=until,
    )
    return Held(token, slot_id, until)


def give_up(*, session: Session, token: str) -> None:
    """Give a held slot back before its time; an unknown token changes nothing."""
    claims.release(session, holder_of(token))


def occupy(
    *,
    session: Session,
    slot: Slot,
    office: str,
    holder: str,
    now: datetime,
    expires_at: datetime | None = None,
    instead_of: Sequence[str] = (),
) -> int | None:
    """Take the slot's minutes; return the room's number where one is needed and there are rooms.

    ``instead_of`` names holders whose claims are given back first, under the same locks: a hold
    that becomes a booking, or the time a booking is moved from.

    Raises:
        SlotTakenError: no seat or no room is free.
    """
    in_person = slot.key.mode == "place" and slot.key.kind != "regular"
    rooms = places(session, kind="room", office=office) if in_person and office else ()
    claims.lock(session, [slot.place.id, *(room.id for room in rooms)])
    for earlier in instead_of:
        claims.release(session, earlier)
    day = slot.key.starts_at.date()
    found = agenda(session, (slot.place, *rooms), first=day, last=day, now=now)
    start = slot.key.starts_at
    seat = found.free(slot.place, start, slot.until)
    room = next((r for r in rooms if found.free(r, start, slot.until) is not None), None)
    if seat is None or (rooms and room is None):
        raise SlotTakenError
    stays = [claims.stay(slot.place.id, start, slot.until, seat=seat), *_stay_in(room, slot)]
    claims.take(session, stays, holder=holder, now=now, expires_at=expires_at)
    return room.id if room else None


def lock_office(session: Session, office: str, resource_ids: Iterable[int]) -> None:
    """Lock some resources together with the rooms of an office, in the one order there is."""
    rooms = places(session, kind="room", office=office) if office else ()
    claims.lock(session, {*resource_ids, *(room.id for room in rooms)})


def holds(session: Session, token: str | None, slot: Slot, now: datetime) -> bool:
    """Whether a token keeps exactly this slot just now."""
    if not token:
        return False
    first, last = minute_of(slot.key.starts_at), minute_of(slot.until)
    return any(
        claims.resource_of(stay.lane) == slot.place.id and (stay.first, stay.last) == (first, last)
        for stay in claims.held_by(session, holder_of(token), now)
    )


def holder_of(token: str) -> str:
    """Who holds, as it stands in the table: a hash, since the token opens the slot."""
    return f"hold:{hashlib.sha256(token.encode()).hexdigest()[:40]}"


def _stay_in(room: Place | None, slot: Slot) -> list[Stay]:
    return [claims.stay(room.id, slot.key.starts_at, slot.until)] if room else []

"""Keeps who waits for an earlier place and offers a freed one, in order of arrival.

An offer keeps the slot for some hours; if it is not taken, the next in the list is asked.
"""

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlmodel import Session, col, or_, select

from knowledge.bookings import mails
from knowledge.bookings.lookup import find_slot
from knowledge.bookings.models import Booking, WaitingEntry
from knowledge.bookings.occupying import holder_of, occupy
from knowledge.bookings.slot_ids import KINDS, MODES, SlotKey, decode
from knowledge.bookings.slots import Slot, prefecture_office
from knowledge.bookings.views import when_text
from knowledge.desks.prefectures import Prefecture
from knowledge.errors import SlotNotOpenError, SlotTakenError
from knowledge.outbox import service as outbox
from knowledge.wording import say

OFFER: Final = timedelta(hours=12)
"""How long a freed place is kept for one person: a mail is read within half a day."""


@dataclass(frozen=True, slots=True)
class Freed:
    """A slot that a booking gave back."""

    key: SlotKey
    office: str
    profession: str | None


def freed_by(booking: Booking) -> Freed:
    """What becomes free when the booking gives its time back."""
    kind = next(k for k in KINDS if k == booking.kind)
    mode = next(m for m in MODES if m == booking.mode)
    key = SlotKey(kind, booking.resource_id, booking.starts_at, mode)
    return Freed(key, booking.office, booking.profession)


def join(
    *,
    session: Session,
    kind: str,
    prefecture: Prefecture,
    profession: str | None,
    days: tuple[date, date],
    email: str,
    now: datetime,
) -> str:
    """Wait for a place at the desk of a prefecture between two days; the code ends the waiting."""
    code = secrets.token_urlsafe(18)
    session.add(
        WaitingEntry(
            code_hash=_hash(code),
            kind=kind,
            office=prefecture_office(prefecture),
            profession=profession,
            first_day=days[0],
            last_day=days[1],
            email=email,
            created_at=now,
        )
    )
    return code


def leave(*, session: Session, code: str, now: datetime) -> bool:
    """Wait no more; False if the code belongs to no open entry."""
    entry = session.exec(
        select(WaitingEntry).where(
            WaitingEntry.code_hash == _hash(code), col(WaitingEntry.closed_at).is_(None)
        )
    ).first()
    if entry is None:
        return False
    entry.closed_at = now
    session.add(entry)
    return True


def settle(*, session: Session, holders: Collection[str], now: datetime) -> None:
    """Who took the place that was kept for her waits no more."""
    for entry in session.exec(
        select(WaitingEntry).where(col(WaitingEntry.hold_hash).in_(holders))
    ).all():
        entry.closed_at = now
        session.add(entry)


def offer_freed(*, session: Session, freed: Freed, site: str, now: datetime) -> bool:
    """Keep a freed slot for the first who waits for it and tell her; False if nobody does.

    The freed slot's office must be locked.
    """
    try:
        slot = find_slot(session=session, slot_id=freed.key.encode(), now=now)
    except SlotNotOpenError:
        return False
    entry = _first_waiting(session, freed, now)
    if entry is None:
        return False
    token = secrets.token_urlsafe(18)
    until = now + OFFER
    try:
        occupy(
            session=session,
            slot=slot,
            office=freed.office,
            holder=holder_of(token),
            now=now,
            expires_at=until,
        )
    except SlotTakenError:
        return False
    entry.hold_hash = holder_of(token)
    entry.offered_slot, entry.offered_until = freed.key.encode(), until
    session.add(entry)
    _tell(
        session,
        entry,
        slot=slot,
        link=f"{site.rstrip('/')}/sessions#{freed.key.encode()}.{token}",
        now=now,
    )
    return True


def pass_on(*, session: Session, site: str, now: datetime) -> bool:
    """Close one offer that was not taken and ask the next who waits; False if there is none.

    One a transaction, so that locks are taken in one order.
    """
    entry = session.exec(
        select(WaitingEntry)
        .where(col(WaitingEntry.closed_at).is_(None), col(WaitingEntry.offered_until) <= now)
        .order_by(col(WaitingEntry.offered_until))
        .limit(1)
        .with_for_update(skip_locked=True)
    ).first()
    if entry is None:
        return False
    entry.closed_at = now
    session.add(entry)
    session.flush()
    key = decode(entry.offered_slot or "")
    if key is not None:
        freed = Freed(key, entry.office, entry.profession)
        offer_freed(session=session, freed=freed, site=site, now=now)
    return True


def _first_waiting(session: Session, freed: Freed, now: datetime) -> WaitingEntry | None:
    day = freed.key.starts_at.date()
    query = select(WaitingEntry).where(
        WaitingEntry.kind == freed.key.kind,
        WaitingEntry.office == freed.office,
        WaitingEntry.first_day <= day,
        WaitingEntry.last_day >= day,
        col(WaitingEntry.closed_at).is_(None),
        col(WaitingEntry.offered_slot).is_(None),
        or_(col(WaitingEntry.profession).is_(None), WaitingEntry.profession == freed.profession),
    )
    oldest_first = query.order_by(col(WaitingEntry.created_at), col(WaitingEntry.id)).limit(1)
    return session.exec(oldest_first.with_for_update(skip_locked=True)).first()


def _tell(session: Session, entry: WaitingEntry, *, slot: Slot, link: str, now: datetime) -> None:
    when = when_text(slot.key.starts_at, slot.ends_at)
    office = mails.office_name(entry.office)
    outbox.enqueue(
        session=session,
        kind=mails.MAIL,
        key=f"waiting:{entry.id}:{entry.offered_slot}",
        payload={
            "to": entry.email,
            "subject": say("bookings.mail_waiting", when=when),
            "text": say(
                "bookings.body_waiting",
                when=when,
                office=office,
                link=link,
                hours=int(OFFER.total_seconds() // 3600),
            ),
            "attachments": [],
        },
        now=now,
        reference=f"waiting:{entry.id}",
    )


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()

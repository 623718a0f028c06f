"""Puts away what time has ended: holds, offers, unanswered requests, contact data past its time.

Called every minute by the worker. Each call is one transaction and safe to repeat.
"""

import secrets
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete
from sqlmodel import Session, col, or_, select

from knowledge.bookings import changes, claims
from knowledge.bookings.models import Booking, WaitingEntry
from knowledge.bookings.occupying import lock_office
from knowledge.bookings.service import locked, note
from knowledge.bookings.views import Contact
from knowledge.staff.actor import system

ACTOR: Final = system("bookings")
LAPSE: Final = timedelta(hours=24)
"""A request nobody answered is given up this long before its time, so that she can plan."""


def end_holds(*, session: Session, now: datetime) -> int:
    """Delete holds that ran out; return how many."""
    return claims.sweep(session, now)


def lapse_one(*, session: Session, site: str, now: datetime) -> bool:
    """Give up one request whose time has come without an answer; False if there is none."""
    found = session.exec(
        select(Booking)
        .where(Booking.status == "requested", Booking.starts_at <= now + LAPSE)
        .order_by(col(Booking.starts_at))
        .limit(1)
    ).first()
    if found is None:
        return False
    lock_office(session, found.office, (found.resource_id,))
    booking = locked(session, found.reference)
    if booking.status == "requested":
        changes.end(session=session, booking=booking, status="lapsed", site=site, now=now)
        note(session=session, booking=booking, actor=ACTOR, action="booking.lapsed", now=now)
    return True


def forget_past(*, session: Session, older_than: timedelta, now: datetime) -> int:
    """Blank contact, summary and code of sessions long past; the row stays as a count (§8)."""
    rows = session.exec(
        select(Booking).where(
            Booking.ends_at <= now - older_than, col(Booking.forgotten_at).is_(None)
        )
    ).all()
    for row in rows:
        nobody = Contact(name="", company="", prefecture=row.prefecture)
        row.contact, row.summary, row.abstract = nobody.model_dump_json(), "", None
        row.party_hash, row.conversation_id = "", None
        row.code = secrets.token_urlsafe(18)  # the one she has opens nothing any more
        row.forgotten_at = now
        session.add(row)
    ended = or_(
        col(WaitingEntry.closed_at) <= now - older_than,
        col(WaitingEntry.last_day) < now.date(),
    )
    session.execute(delete(WaitingEntry).where(ended))
    return len(rows)

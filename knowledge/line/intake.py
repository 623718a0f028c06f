"""Stores webhook events before anything is done with them; a redelivered one is no second event.

The guard sees a text in memory first: what it stops is stored as an event without text.
"""

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from knowledge.line import contacts
from knowledge.line.models import LineEvent
from knowledge.line.rules import Arrival, reply_until, storable

NOBODY = ""
"""The contact of events without a source; they are stored and ignored."""


@dataclass(frozen=True, slots=True)
class Taken:
    """How many events were new and how many had been here before."""

    new: int
    repeated: int


def store(*, session: Session, arrivals: Sequence[Arrival], now: datetime) -> Taken:
    """Store what arrived in one webhook call, in its order."""
    new = sum(_store(session, arrival, now) for arrival in arrivals)
    return Taken(new, len(arrivals) - new)


def _store(session: Session, arrival: Arrival, now: datetime) -> bool:
    known = select(LineEvent.id).where(LineEvent.event_id == arrival.event_id)
    if session.exec(known).first() is not None:
        return False
    row = _row(session, arrival, now)
    with suppress(IntegrityError):
        with session.begin_nested():
            session.add(row)
        return True
    return False


def _row(session: Session, arrival: Arrival, now: datetime) -> LineEvent:
    contact = (
        contacts.note(session=session, kind=arrival.source_kind, line_id=arrival.source_id, now=now)
        if arrival.source_kind is not None and arrival.source_id is not None
        else None
    )
    allowed = contact is not None and contacts.may_keep(contact, now)
    kept = storable(arrival, may_keep=allowed)
    if contact is not None and allowed and arrival.text is not None:
        contact.keep_until = None
    gone = contact is None or not arrival.addressed or _unsent(session, arrival)
    payload = None if gone or kept.payload is None else json.dumps(kept.payload, ensure_ascii=False)
    return LineEvent(
        event_id=arrival.event_id,
        contact_key=contact.key if contact is not None else NOBODY,
        kind=arrival.kind,
        message_id=arrival.message_id,
        occurred_at=arrival.occurred_at,
        received_at=now,
        redelivered=arrival.redelivered,
        withheld=kept.withheld,
        payload=payload,
        reply_token=None if gone else arrival.reply_token,
        reply_until=reply_until(now) if arrival.reply_token and not gone else None,
        state="ignored" if gone else "waiting",
        ended_at=now if gone else None,
    )


def _unsent(session: Session, arrival: Arrival) -> bool:
    """Whether the message was taken back before it reached us (events come in any order)."""
    if arrival.message_id is None or arrival.kind == "unsend":
        return False
    found = select(LineEvent.id).where(
        LineEvent.message_id == arrival.message_id, LineEvent.kind == "unsend"
    )
    return session.exec(found).first() is not None

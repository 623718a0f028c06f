"""Deletes what the LINE channel keeps of events, files and silent chats."""

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlmodel import Session, col, select

from knowledge.conversations.models import Conversation
from knowledge.line import linking
from knowledge.line.models import LineContact, LineEvent, LineFile

EVENT_DAYS = 14
"""LINE redelivers for hours, not weeks; after that an event's id protects from nothing."""
HELD_HOURS = 24


def sweep(*, session: Session, older_than: timedelta, now: datetime) -> int:
    """Delete old events, files without a conversation and chats silent past the retention time;
    return how many chats were forgotten."""
    ended = now - timedelta(days=EVENT_DAYS)
    session.execute(
        delete(LineEvent).where(
            col(LineEvent.received_at) < ended, col(LineEvent.state) != "waiting"
        )
    )
    session.execute(
        delete(LineEvent).where(
            col(LineEvent.received_at) < now - timedelta(hours=HELD_HOURS),
            col(LineEvent.state) == "held",
        )
    )
    linking.sweep(session=session, now=now)
    living = select(Conversation.id)
    session.execute(delete(LineFile).where(col(LineFile.conversation_id).not_in(living)))
    gone = session.exec(
        select(LineContact).where(
            col(LineContact.last_at) < now - older_than,
            col(LineContact.conversation_id).is_(None)
            | col(LineContact.conversation_id).not_in(living),
        )
    ).all()
    for contact in gone:
        session.delete(contact)
    return len(gone)

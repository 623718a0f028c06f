"""Which conversations have been silent long enough, and how one is deleted with all it holds."""

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlmodel import Session, col, select

from knowledge.conversations.models import (
    Conversation,
    Feedback,
    Message,
    OfferedChoice,
    OwnershipChange,
)


def expired_ids(*, session: Session, older_than: timedelta, now: datetime) -> tuple[str, ...]:
    """Conversations silent for longer than the retention time."""
    limit = now - older_than
    return tuple(session.exec(select(Conversation.id).where(Conversation.last_at < limit)))


def delete_conversation(*, session: Session, conversation_id: str) -> None:
    """Delete a conversation with everything said in it."""
    for table in (Feedback, OfferedChoice, OwnershipChange, Message):
        session.execute(delete(table).where(col(table.conversation_id) == conversation_id))
    session.execute(delete(Conversation).where(col(Conversation.id) == conversation_id))

"""Reads what was said in a conversation, in order; it writes nothing."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from knowledge.conversations.models import Conversation, Message
from knowledge.conversations.views import MessageView, view


def replies_to(*, session: Session, message_id: str) -> tuple[MessageView, ...]:
    """The stored answers to one message, in order."""
    rows = session.exec(
        select(Message).where(Message.in_reply_to == message_id).order_by(col(Message.seq))
    )
    return tuple(view(row) for row in rows)


def messages_after(*, session: Session, conversation_id: str, seq: int) -> tuple[MessageView, ...]:
    """Everything said after ``seq``, in order."""
    rows = session.exec(
        select(Message)
        .where(Message.conversation_id == conversation_id, Message.seq > seq)
        .order_by(col(Message.seq))
    )
    return tuple(view(row) for row in rows)


def latest_seqs(*, session: Session, conversation_ids: Sequence[str]) -> dict[str, int]:
    """The last sequence number given out in each conversation."""
    rows = session.exec(
        select(Conversation.id, Conversation.next_seq).where(
            col(Conversation.id).in_(conversation_ids)
        )
    )
    return {conversation_id: next_seq - 1 for conversation_id, next_seq in rows}

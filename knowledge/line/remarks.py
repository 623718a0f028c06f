"""Keeps in the conversation what came otherwise than as a text: sticker, place, file, a secret.

No word of what was sent is stored here, only what kind it was; what we answered is stored whole.
While a person speaks she sees the line and we say nothing ourselves.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, select

from knowledge.conversations import ownership, thread
from knowledge.conversations.models import Message
from knowledge.conversations.reading import replies_to
from knowledge.conversations.replies import Reply
from knowledge.conversations.views import MessageView

CLIENT_ID = "line:"
"""Before the event's id in ``client_message_id``: one event, one message."""


@dataclass(frozen=True, slots=True)
class Remarked:
    """The number of the visitor's line, and the answers to it."""

    seq: int
    replies: tuple[MessageView, ...]


def client_id(event_id: str) -> str:
    """The message id of an event."""
    return f"{CLIENT_ID}{event_id}"


def remark(
    *,
    session: Session,
    conversation_id: str,
    event_id: str,
    said: str | None,
    replies: Sequence[Reply],
    now: datetime,
    always: bool = False,
) -> Remarked:
    """Store one line of the visitor (``None``: a withheld text) and what we answer to it.

    The same event again gives the first answer. ``always`` answers even while a person speaks.

    Raises:
        NotFoundError: the conversation is gone.
    """
    conversation = thread.locked(session, conversation_id)
    earlier = message_of(session=session, conversation_id=conversation_id, event_id=event_id)
    if earlier is not None:
        return Remarked(earlier.seq, replies_to(session=session, message_id=earlier.id))
    message = thread.append(
        session,
        conversation,
        now=now,
        author="visitor",
        client_message_id=client_id(event_id),
        withheld=said is None,
        text=said,
        answered=True,
    )
    standing = ownership.current(session=session, conversation_id=conversation_id)
    answers = replies if always or standing.bot_speaks else ()
    stored = thread.append_replies(session, conversation, answers, now=now, in_reply_to=message.id)
    return Remarked(message.seq, stored)


def message_of(*, session: Session, conversation_id: str, event_id: str) -> Message | None:
    """What was stored of an event."""
    return session.exec(
        select(Message).where(
            Message.conversation_id == conversation_id,
            Message.client_message_id == client_id(event_id),
        )
    ).first()

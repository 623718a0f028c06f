"""Stores the bot's answer to one message, unless somebody else speaks by now."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from knowledge.audit import service as audit
from knowledge.conversations import ownership, standstill, switches, thread
from knowledge.conversations.models import Conversation, Message
from knowledge.conversations.ownership import Ownership
from knowledge.conversations.reading import replies_to
from knowledge.conversations.replies import Reply
from knowledge.conversations.views import MessageView
from knowledge.errors import NotFoundError
from knowledge.staff.actor import system
from knowledge.triage.understanding import Understanding


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of the answers to one message, and who speaks now."""

    replies: tuple[MessageView, ...]
    standing: Ownership


def answer(
    *,
    session: Session,
    conversation_id: str,
    in_reply_to: str,
    replies: Sequence[Reply],
    now: datetime,
    understanding: Understanding | None = None,
) -> Answered:
    """Store the answers to one message; a second answer to the same message is not stored.

    Where a person has taken over meanwhile, what was understood is kept and the answer is dropped.

    Raises:
        NotFoundError: the conversation or the message is gone.
    """
    conversation = thread.locked(session, conversation_id)
    message = session.get(Message, in_reply_to)
    if message is None:
        raise NotFoundError
    standing = ownership.current(session=session, conversation_id=conversation_id)
    if message.answered:
        return Answered(replies_to(session=session, message_id=in_reply_to), standing)
    if understanding is not None:
        _keep_understanding(message, understanding)
    message.answered = True
    session.add(message)
    _remember(conversation, replies)
    if not standing.bot_speaks:
        _note_dropped(session, conversation_id, message, standing, now)
        return Answered((), standing)
    topics_off = switches.states(session=session).topics_off
    said = standstill.unless_switched_off(replies, topics_off)
    stored = thread.append_replies(session, conversation, said, now=now, in_reply_to=in_reply_to)
    return Answered(stored, standing)


def _keep_understanding(message: Message, understanding: Understanding) -> None:
    message.topic = understanding.topic
    message.confidence = understanding.confidence
    message.model_release = understanding.model_id
    message.understanding = understanding.model_dump_json(exclude={"text"})


def _remember(conversation: Conversation, replies: Sequence[Reply]) -> None:
    """Keep what the dialogue knew, so that nobody has to be told twice."""
    known = next((reply.memory for reply in reversed(replies) if reply.memory is not None), None)
    if known is not None:
        conversation.memory = json.dumps(known, ensure_ascii=False)


def _note_dropped(
    session: Session, conversation_id: str, message: Message, standing: Ownership, now: datetime
) -> None:
    audit.record(
        session=session,
        actor=system("relay"),
        action="reply.dropped",
        subject=f"conversation:{conversation_id}",
        now=now,
        detail={"message": message.id, "owner": standing.owner},
    )

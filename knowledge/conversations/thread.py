"""Adds messages to a conversation's thread: sequence numbers, answers, the choices they offer."""

import json
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session, select

from knowledge.conversations.models import Conversation, Message, OfferedChoice
from knowledge.conversations.replies import Choice, ChoicesPart, Reply
from knowledge.conversations.views import MessageView, view
from knowledge.errors import NotFoundError


def locked(session: Session, conversation_id: str) -> Conversation:
    """The conversation's row, locked until the transaction ends (SQLite locks the file).

    Raises:
        NotFoundError: there is none.
    """
    conversation = session.exec(
        select(Conversation).where(Conversation.id == conversation_id).with_for_update()
    ).first()
    if conversation is None:
        raise NotFoundError
    return conversation


def append(
    session: Session, conversation: Conversation, *, now: datetime, **values: Any
) -> Message:
    """Store one message under the next sequence number; the row of the thread must be locked."""
    message = Message(
        id=secrets.token_urlsafe(12),
        conversation_id=conversation.id,
        seq=conversation.next_seq,
        at=now,
        **values,
    )
    conversation.next_seq += 1
    conversation.last_at = now
    session.add(conversation)
    session.add(message)
    session.flush()
    return message


def append_replies(
    session: Session,
    conversation: Conversation,
    replies: Sequence[Reply],
    *,
    now: datetime,
    in_reply_to: str | None,
) -> tuple[MessageView, ...]:
    """Store answers in order, each choice with an opaque id of its own."""
    stored = []
    for reply in replies:
        message = append(
            session, conversation, now=now, author=reply.author, in_reply_to=in_reply_to
        )
        offered = _offer_choices(session, message, reply)
        message.reply = json.dumps(
            offered.model_dump(mode="json", include={"parts", "sources"}), ensure_ascii=False
        )
        message.basis = reply.basis.model_dump(mode="json")
        session.add(message)
        stored.append(view(message))
    session.flush()
    return tuple(stored)


def _offer_choices(session: Session, message: Message, reply: Reply) -> Reply:
    """Give every choice an opaque id and remember what picking it means."""

    def offer(choice: Choice) -> Choice:
        row = OfferedChoice(
            id=secrets.token_urlsafe(9),
            conversation_id=message.conversation_id,
            message_id=message.id,
            label=choice.label,
            payload=choice.payload,
        )
        session.add(row)
        return choice.model_copy(update={"id": row.id, "payload": {}})

    parts = tuple(
        part.model_copy(update={"choices": tuple(offer(c) for c in part.choices)})
        if isinstance(part, ChoicesPart)
        else part
        for part in reply.parts
    )
    return reply.model_copy(update={"parts": parts})

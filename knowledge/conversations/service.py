"""Starts, records and answers conversations; it knows neither HTTP nor Rasa.

A visitor's turn is three transactions: ``record`` · the Rasa turn, whose actions commit their own
· ``answer``. The guard sees a text in memory before anything is stored.
"""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from knowledge.conversations import composing, thread
from knowledge.conversations.models import Conversation, Feedback, Message, OfferedChoice
from knowledge.conversations.replies import Reply
from knowledge.conversations.views import MessageView, view
from knowledge.errors import (
    EmptyTextError,
    FieldProblem,
    MessageIdReusedError,
    NotFoundError,
    TextTooLongError,
    UnknownChoiceError,
)
from knowledge.text import MAX_TEXT_LENGTH, has_words, normalise, strip_controls
from knowledge.triage.guards import inspect
from knowledge.triage.understanding import Understanding
from knowledge.wording import say


@dataclass(frozen=True, slots=True)
class Started:
    """A new conversation; the token is shown once and kept only as a hash."""

    id: str
    token: str
    messages: tuple[MessageView, ...]


@dataclass(frozen=True, slots=True)
class Inbound:
    """One message as a channel received it: a text or the id of an offered choice."""

    client_message_id: str
    text: str | None = None
    choice: str | None = None
    keep: bool = False


@dataclass(frozen=True, slots=True)
class Recorded:
    """What was stored, and what the relay has to do next.

    ``replies`` is set when nothing is left to do (a repeat, or a guarded text); ``ask_bot`` is
    what Rasa gets: a normalised text, or the payload of a choice; ``prefecture`` is where the page
    said the company is.
    """

    message: MessageView
    replies: tuple[MessageView, ...] | None = None
    bot_text: str | None = None
    bot_payload: dict[str, Any] | None = None
    prefecture: str | None = None


def start(
    *, session: Session, channel: str, prefecture: str | None, now: datetime, opening: Reply
) -> Started:
    """Open a conversation with its opening message."""
    token = secrets.token_urlsafe(32)
    conversation = Conversation(
        id=secrets.token_urlsafe(12),
        token_hash=_hash(token),
        channel=channel,
        prefecture=prefecture,
        created_at=now,
        last_at=now,
    )
    session.add(conversation)
    session.flush()
    messages = thread.append_replies(session, conversation, (opening,), now=now, in_reply_to=None)
    return Started(conversation.id, token, messages)


def authorise(*, session: Session, conversation_id: str, token: str) -> Conversation:
    """The conversation that this token opens.

    Raises:
        NotFoundError: unknown id or wrong token, told apart by nobody.
    """
    # PostgreSQL refuses NUL in a text instead of finding nothing.
    known = "\x00" not in conversation_id
    conversation = session.get(Conversation, conversation_id) if known else None
    expected = conversation.token_hash if conversation else _hash("")
    if not hmac.compare_digest(expected, _hash(token)) or conversation is None:
        raise NotFoundError
    return conversation


def record(
    *, session: Session, conversation_id: str, token: str, inbound: Inbound, now: datetime
) -> Recorded:
    """Check, guard and store one message of the visitor.

    Raises:
        NotFoundError, TextTooLongError, EmptyTextError, UnknownChoiceError,
        MessageIdReusedError: see the error tree.
    """
    authorise(session=session, conversation_id=conversation_id, token=token)
    conversation = _locked(session, conversation_id)
    earlier = _by_client_id(session, conversation.id, inbound.client_message_id)
    if earlier is not None:
        return _repeat(session, conversation, earlier, inbound)
    if inbound.choice is not None:
        return _record_choice(session, conversation, inbound, now=now)
    return _record_text(session, conversation, inbound, now=now)


def check_text(text: str) -> str:
    """Refuse what cannot be an inquiry; return the normalised text.

    Raises:
        TextTooLongError: over 5,000 characters. EmptyTextError: no letter or digit in it.
    """
    if len(text) > MAX_TEXT_LENGTH:
        reason = say("errors.text_too_long")
        raise TextTooLongError(reason, fields=(FieldProblem("text", reason),))
    if not has_words(text):
        reason = say("errors.text_empty")
        raise EmptyTextError(reason, fields=(FieldProblem("text", reason),))
    return normalise(text)


def _record_text(
    session: Session, conversation: Conversation, inbound: Inbound, *, now: datetime
) -> Recorded:
    original = strip_controls(inbound.text or "")
    normalised = check_text(inbound.text or "")
    withheld = inspect(normalised).withhold
    message = thread.append(
        session,
        conversation,
        now=now,
        author="visitor",
        client_message_id=inbound.client_message_id,
        withheld=withheld and not inbound.keep,
        sensitive=withheld and inbound.keep,
        text=None if withheld and not inbound.keep else original,
    )
    if message.withheld:
        replies = thread.append_replies(
            session, conversation, (composing.guarded(),), now=now, in_reply_to=message.id
        )
        message.answered = True
        return Recorded(view(message), replies=replies)
    return Recorded(view(message), bot_text=normalised, prefecture=conversation.prefecture)


def _record_choice(
    session: Session, conversation: Conversation, inbound: Inbound, *, now: datetime
) -> Recorded:
    offered = session.get(OfferedChoice, inbound.choice)
    if offered is None or offered.conversation_id != conversation.id:
        reason = say("errors.unknown_choice")
        raise UnknownChoiceError(reason, fields=(FieldProblem("choice", reason),))
    message = thread.append(
        session,
        conversation,
        now=now,
        author="visitor",
        client_message_id=inbound.client_message_id,
        text=offered.label,
        choice_id=offered.id,
    )
    if "feedback" not in offered.payload:
        return Recorded(
            view(message), bot_payload=offered.payload, prefecture=conversation.prefecture
        )
    session.merge(
        Feedback(
            message_id=offered.message_id,
            conversation_id=conversation.id,
            solved=bool(offered.payload["feedback"]),
            at=now,
        )
    )
    message.answered = True
    replies = thread.append_replies(
        session,
        conversation,
        (composing.feedback_thanks(solved=bool(offered.payload["feedback"])),),
        now=now,
        in_reply_to=message.id,
    )
    return Recorded(view(message), replies=replies)


def answer(
    *,
    session: Session,
    conversation_id: str,
    in_reply_to: str,
    replies: Sequence[Reply],
    now: datetime,
    understanding: Understanding | None = None,
) -> tuple[MessageView, ...]:
    """Store the answers to one message; a second answer to the same message is not stored."""
    conversation = _locked(session, conversation_id)
    message = session.get(Message, in_reply_to)
    if message is None:
        raise NotFoundError
    if message.answered:
        return replies_to(session=session, message_id=in_reply_to)
    if understanding is not None:
        message.topic = understanding.topic
        message.confidence = understanding.confidence
        message.model_release = understanding.model_id
        message.understanding = understanding.model_dump_json(exclude={"text"})
    message.answered = True
    session.add(message)
    return thread.append_replies(session, conversation, replies, now=now, in_reply_to=in_reply_to)


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


def _repeat(
    session: Session, conversation: Conversation, earlier: Message, inbound: Inbound
) -> Recorded:
    # A choice is stored with its label as text: the label typed is still other content.
    same = earlier.choice_id == inbound.choice and (
        inbound.choice is not None or earlier.text == strip_controls(inbound.text or "")
    )
    if not (same or earlier.withheld):
        raise MessageIdReusedError(say("errors.client_message_id_reused"))
    place = conversation.prefecture
    if earlier.answered:
        replies = replies_to(session=session, message_id=earlier.id)
        return Recorded(view(earlier), replies=replies)
    # Stored, but never answered (the process died in between): the relay asks the bot again.
    if earlier.choice_id is not None:
        offered = session.get(OfferedChoice, earlier.choice_id)
        payload = offered.payload if offered else {}
        return Recorded(view(earlier), bot_payload=payload, prefecture=place)
    return Recorded(view(earlier), bot_text=normalise(earlier.text or ""), prefecture=place)


def _by_client_id(session: Session, conversation_id: str, client_id: str) -> Message | None:
    return session.exec(
        select(Message).where(
            Message.conversation_id == conversation_id, Message.client_message_id == client_id
        )
    ).first()


def _locked(session: Session, conversation_id: str) -> Conversation:
    """The conversation's row, locked until the transaction ends (SQLite locks the file)."""
    conversation = session.exec(
        select(Conversation).where(Conversation.id == conversation_id).with_for_update()
    ).first()
    if conversation is None:
        raise NotFoundError
    return conversation


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def latest_seqs(*, session: Session, conversation_ids: Sequence[str]) -> dict[str, int]:
    """The last sequence number given out in each conversation."""
    rows = session.exec(
        select(Conversation.id, Conversation.next_seq).where(
            col(Conversation.id).in_(conversation_ids)
        )
    )
    return {conversation_id: next_seq - 1 for conversation_id, next_seq in rows}

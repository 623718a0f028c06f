"""Starts, records and answers conversations; it knows neither HTTP nor Rasa.

A visitor's turn is three transactions: ``record`` · the Rasa turn, whose actions commit their own
· ``answer``. The guard sees a text in memory before anything is stored.
"""

import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlmodel import Session, select

from knowledge.conversations import composing, ownership, picking, standstill, switches, thread
from knowledge.conversations.answering import Answered as Answered
from knowledge.conversations.answering import answer as answer
from knowledge.conversations.models import Conversation, Message, OfferedChoice
from knowledge.conversations.ownership import Ownership
from knowledge.conversations.picking import Handler
from knowledge.conversations.reading import latest_seqs as latest_seqs
from knowledge.conversations.reading import messages_after as messages_after
from knowledge.conversations.reading import replies_to as replies_to
from knowledge.conversations.replies import Reply
from knowledge.conversations.views import MessageView, view
from knowledge.errors import (
    EmptyTextError,
    FieldProblem,
    MessageIdReusedError,
    NotFoundError,
    TextTooLongError,
)
from knowledge.text import MAX_TEXT_LENGTH, has_words, normalise, strip_controls
from knowledge.triage.guards import inspect
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

    ``replies`` is set when nothing is left to do (a repeat, a guarded text, a person speaks);
    ``bot_text`` or ``bot_payload`` is what Rasa gets: a normalised text, or the payload of a
    choice; ``prefecture`` is where the page said the company is. ``standing`` is who speaks.
    """

    message: MessageView
    replies: tuple[MessageView, ...] | None = None
    bot_text: str | None = None
    bot_payload: dict[str, Any] | None = None
    prefecture: str | None = None
    standing: Ownership = field(default_factory=Ownership)


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
    *,
    session: Session,
    conversation_id: str,
    token: str | None,
    inbound: Inbound,
    now: datetime,
    handlers: Mapping[str, Handler] = MappingProxyType({}),
) -> Recorded:
    """Check, guard and store one message of the visitor.

    ``handlers`` act on choices by the name of a key in their payload, without the bot. ``token`` is
    ``None`` where the channel itself knows who writes (LINE, by its signature).

    Raises:
        NotFoundError, TextTooLongError, EmptyTextError, UnknownChoiceError,
        MessageIdReusedError: see the error tree.
    """
    if token is not None:
        authorise(session=session, conversation_id=conversation_id, token=token)
    conversation = thread.locked(session, conversation_id)
    return record_in(
        session=session, conversation=conversation, inbound=inbound, now=now, handlers=handlers
    )


def record_in(
    *,
    session: Session,
    conversation: Conversation,
    inbound: Inbound,
    now: datetime,
    handlers: Mapping[str, Handler] = MappingProxyType({}),
) -> Recorded:
    """As ``record``, for a conversation that was opened and locked already."""
    earlier = _by_client_id(session, conversation.id, inbound.client_message_id)
    if earlier is not None:
        return _repeat(session, conversation, earlier, inbound, now=now)
    if inbound.choice is not None:
        return _record_choice(session, conversation, inbound, handlers, now=now)
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
        return _say(session, conversation, message, (composing.guarded(),), now=now)
    return _route(session, conversation, message, now=now, bot_text=normalised)


def _record_choice(
    session: Session,
    conversation: Conversation,
    inbound: Inbound,
    handlers: Mapping[str, Handler],
    *,
    now: datetime,
) -> Recorded:
    offered = picking.offered(session, conversation, inbound.choice)
    message = thread.append(
        session,
        conversation,
        now=now,
        author="visitor",
        client_message_id=inbound.client_message_id,
        text=offered.label,
        choice_id=offered.id,
    )
    handler = picking.handler_of(offered.payload, handlers)
    if handler is not None:
        replies = handler(session, conversation, offered, now)
        return _say(session, conversation, message, replies, now=now)
    return _route(session, conversation, message, now=now, bot_payload=offered.payload)


def _route(
    session: Session, conversation: Conversation, message: Message, *, now: datetime, **said: Any
) -> Recorded:
    """To the person who speaks, else to the bot."""
    standing = ownership.current(session=session, conversation_id=conversation.id)
    if not standing.bot_speaks:
        return _say(session, conversation, message, (), now=now)
    if switches.states(session=session).bot_off:
        return _say(session, conversation, message, (standstill.bot_off(),), now=now)
    return Recorded(view(message), prefecture=conversation.prefecture, **said)


def _say(
    session: Session,
    conversation: Conversation,
    message: Message,
    replies: Sequence[Reply],
    *,
    now: datetime,
) -> Recorded:
    """Answer without the bot; nothing is left to do."""
    message.answered = True
    session.add(message)
    stored = thread.append_replies(session, conversation, replies, now=now, in_reply_to=message.id)
    standing = ownership.current(session=session, conversation_id=conversation.id)
    return Recorded(view(message), replies=stored, standing=standing)


def _repeat(
    session: Session,
    conversation: Conversation,
    earlier: Message,
    inbound: Inbound,
    *,
    now: datetime,
) -> Recorded:
    # A choice is stored with its label as text: the label typed is still other content.
    same = earlier.choice_id == inbound.choice and (
        inbound.choice is not None or earlier.text == strip_controls(inbound.text or "")
    )
    if not (same or earlier.withheld):
        raise MessageIdReusedError(say("errors.client_message_id_reused"))
    if earlier.answered:
        replies = replies_to(session=session, message_id=earlier.id)
        standing = ownership.current(session=session, conversation_id=conversation.id)
        return Recorded(view(earlier), replies=replies, standing=standing)
    # Stored, but never answered (the process died in between): the relay asks the bot again.
    if earlier.choice_id is not None:
        offered = session.get(OfferedChoice, earlier.choice_id)
        payload = offered.payload if offered else {}
        return _route(session, conversation, earlier, now=now, bot_payload=payload)
    return _route(session, conversation, earlier, now=now, bot_text=normalise(earlier.text or ""))


def was_sent(session: Session, conversation_id: str, client_message_id: str) -> bool:
    """Whether a message of this id was stored before."""
    return _by_client_id(session, conversation_id, client_message_id) is not None


def _by_client_id(session: Session, conversation_id: str, client_id: str) -> Message | None:
    return session.exec(
        select(Message).where(
            Message.conversation_id == conversation_id, Message.client_message_id == client_id
        )
    ).first()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()

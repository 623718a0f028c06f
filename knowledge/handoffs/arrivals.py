"""A visitor's message on its way in: what it means for the case is settled in its transaction.

It wraps ``conversations.service``: reopens what was closed a moment ago, lets choices of the
handoff act, and counts what staff have not read yet.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from knowledge.cases import service as cases
from knowledge.conversations import service, thread
from knowledge.conversations.models import Conversation
from knowledge.conversations.service import Inbound, Recorded
from knowledge.conversations.small_talk import small_talk_key
from knowledge.errors import NotFoundError
from knowledge.handoffs import endings, events, visitor
from knowledge.text import normalise

REOPENS_WITHIN = timedelta(minutes=30)
"""A message so soon after the closing goes on with it; later ones begin anew with the bot."""
LONGEST_THANKS = 30
"""Up to this many characters a message of thanks stays thanks and opens nothing."""

THANKS = frozenset({"small_thanks", "small_bye"})


@dataclass(frozen=True, slots=True)
class Key:
    """What opens a conversation: its own token, or the reference and code of its case.

    ``token`` is ``None`` where the channel itself knows who writes (LINE, by its signature).
    """

    conversation_id: str = ""
    token: str | None = ""
    reference: str = ""
    code: str = ""


def opened(*, session: Session, key: Key) -> Conversation:
    """The conversation that a key opens.

    Raises:
        NotFoundError: it opens none, or the case has no conversation any more.
    """
    if not key.reference and key.token is None:
        return thread.locked(session, key.conversation_id)
    if not key.reference and key.token is not None:
        return service.authorise(
            session=session, conversation_id=key.conversation_id, token=key.token
        )
    case = cases.with_code(session=session, reference=key.reference, code=key.code)
    if case.conversation_id is None:
        raise NotFoundError
    return thread.locked(session, case.conversation_id)


def record(*, session: Session, key: Key, inbound: Inbound, now: datetime) -> Recorded:
    """Check, guard and store one message of the visitor, and tell the case of it.

    Raises:
        As ``conversations.service.record``.
    """
    conversation = thread.locked(session, opened(session=session, key=key).id)
    before = conversation.next_seq
    _perhaps_reopen(session, conversation, inbound, now)
    recorded = service.record_in(
        session=session,
        conversation=conversation,
        inbound=inbound,
        now=now,
        handlers=visitor.handlers(),
    )
    if recorded.message.seq >= before and not recorded.standing.bot_speaks:
        _count(session, conversation, now)
    return recorded


def _perhaps_reopen(
    session: Session, conversation: Conversation, inbound: Inbound, now: datetime
) -> None:
    """Before the message is stored, so that it already goes to the desk."""
    if inbound.text is None or _thanks(inbound.text):
        return
    if service.was_sent(session, conversation.id, inbound.client_message_id):
        return
    found = cases.by_conversation(session=session, conversation_id=conversation.id)
    if found is None or found.state != "closed" or found.closed_at is None:
        return
    if now - found.closed_at > REOPENS_WITHIN:
        return
    case, _ = events.locked(session, found.reference)
    actor = visitor.visitor(conversation.id)
    if case.state == "closed":
        endings.reopen_for_visitor(session, case, conversation, actor, now)


def _thanks(text: str) -> bool:
    words = normalise(text)
    return len(words) <= LONGEST_THANKS and small_talk_key(words) in THANKS


def _count(session: Session, conversation: Conversation, now: datetime) -> None:
    """Somebody waits for us: from this message on, if not already."""
    found = cases.by_conversation(session=session, conversation_id=conversation.id)
    if found is None:
        return
    case, _ = events.locked(session, found.reference)
    case.unread += 1
    case.last_at = now
    if case.waiting_since is None and case.state in ("active", "pending", "queued"):
        case.waiting_since = now
    if case.state == "pending":
        events.append(session, case, "resumed", actor=visitor.visitor(conversation.id), now=now)
    session.add(case)
    session.flush()

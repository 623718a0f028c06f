"""Knows the chats of LINE and which conversation each belongs to; it reads no message.

LINE's ids are looked up by a keyed hash; the key is random and made once per installation.
"""

import hashlib
import hmac
import secrets
from contextlib import suppress
from datetime import datetime, timedelta

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from knowledge.cases.models import HashKey
from knowledge.conversations import service as conversations
from knowledge.conversations.models import Conversation
from knowledge.conversations.replies import Reply
from knowledge.errors import NotFoundError
from knowledge.line.models import LineContact
from knowledge.line.rules import KEEP_MINUTES, SourceKind
from knowledge.staff.actor import Actor

KEY_NAME = "line"
CHANNEL = "line"
FILES_OPEN = timedelta(hours=24)
"""How long files are taken after staff asked for them."""


def key_of(*, session: Session, line_id: str) -> str:
    """The keyed hash of an id of LINE."""
    return hmac.new(_key(session), line_id.encode(), hashlib.sha256).hexdigest()


def note(*, session: Session, kind: SourceKind, line_id: str, now: datetime) -> LineContact:
    """The contact of a chat, made where there is none."""
    key = key_of(session=session, line_id=line_id)
    contact = session.get(LineContact, key)
    if contact is None:
        with suppress(IntegrityError), session.begin_nested():
            session.add(
                LineContact(key=key, kind=kind, line_id=line_id, created_at=now, last_at=now)
            )
        contact = session.get_one(LineContact, key)
    contact.last_at = now
    session.add(contact)
    return contact


def read(*, session: Session, key: str) -> LineContact:
    """The contact of a key.

    Raises:
        NotFoundError: there is none (it was deleted).
    """
    contact = session.get(LineContact, key)
    if contact is None:
        raise NotFoundError
    return contact


def person_of(*, session: Session, key: str) -> str | None:
    """LINE's id of the person of a chat; ``None`` for a chat of several."""
    contact = session.get(LineContact, key)
    return contact.line_id if contact is not None and contact.kind == "user" else None


def of_conversation(*, session: Session, conversation_id: str) -> LineContact | None:
    """The chat that a conversation is shown in, the last one that wrote first."""
    return session.exec(
        select(LineContact)
        .where(LineContact.conversation_id == conversation_id)
        .order_by(LineContact.last_at.desc())  # type: ignore[attr-defined]
        .limit(1)
    ).first()


def living_conversation(*, session: Session, key: str) -> str | None:
    """The conversation of a chat; ``None`` where there is none (any more)."""
    return session.exec(
        select(Conversation.id).where(
            Conversation.id == LineContact.conversation_id, LineContact.key == key
        )
    ).first()


def conversation_of(*, session: Session, key: str, opening: Reply, now: datetime) -> str:
    """The conversation of a chat, begun where there is none (any more).

    Raises:
        NotFoundError: no such contact.
    """
    contact = read(session=session, key=key)
    known = contact.conversation_id
    if known is not None and session.get(Conversation, known) is not None:
        return known
    started = conversations.start(
        session=session, channel=CHANNEL, prefecture=None, now=now, opening=opening
    )
    contact.conversation_id, contact.seen_seq = started.id, 0
    session.add(contact)
    session.flush()
    return started.id


def let_next_pass(*, session: Session, key: str, now: datetime) -> None:
    """The visitor wants her next text kept although the guard would stop it."""
    contact = read(session=session, key=key)
    contact.keep_until = now + timedelta(minutes=KEEP_MINUTES)
    session.add(contact)


def may_keep(contact: LineContact, now: datetime) -> bool:
    """Whether the visitor asked that her next text is kept."""
    return contact.keep_until is not None and contact.keep_until >= now


def set_state(*, session: Session, key: str, state: str) -> None:
    """Remember that a chat is open, blocked or left."""
    contact = read(session=session, key=key)
    contact.state = state
    session.add(contact)


def ask_for_files(*, session: Session, conversation_id: str, actor: Actor, now: datetime) -> bool:
    """Staff asked for a file: files of this chat are taken for a day; False if it is no chat of
    LINE."""
    contact = of_conversation(session=session, conversation_id=conversation_id)
    if contact is None or actor.kind != "staff":
        return False
    contact.files_until = now + FILES_OPEN
    session.add(contact)
    return True


def _key(session: Session) -> bytes:
    row = session.get(HashKey, KEY_NAME)
    if row is None:
        with suppress(IntegrityError), session.begin_nested():
            session.add(HashKey(name=KEY_NAME, key=secrets.token_hex(32)))
        row = session.get_one(HashKey, KEY_NAME)
    return bytes.fromhex(row.key)

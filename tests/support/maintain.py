"""Maintainers and real messages for tests of maintenance, straight in the database."""

import json
import secrets
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlmodel import Session

from knowledge.clock import TOKYO
from knowledge.conversations.models import Conversation, Message
from knowledge.staff.actor import Actor, Role
from knowledge.training import corrections
from knowledge.training.known import Known, KnownSentences
from knowledge.training.meaning import Meaning
from knowledge.training.models import Correction
from knowledge.triage.understanding import Guess, Understanding

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=TOKYO)
MODEL = "20261120-120000-test"
NOTHING_KNOWN = KnownSentences([])


def maintainer(id_: str = "mei", *roles: Role) -> Actor:
    """A member of staff with the role maintainer (and more)."""
    return Actor(kind="staff", id=id_, name=f"見本 {id_}", roles=frozenset(("maintainer", *roles)))


def known(*sentences: tuple[str, str], part: str = "train") -> KnownSentences:
    """Language data of these (intent, text) pairs."""
    return KnownSentences(
        Known(text, intent, "heldout" if part == "heldout" else "train")
        for intent, text in sentences
    )


def said(
    session: Session,
    text: str | None,
    *,
    topic: str = "patents",
    confidence: float = 0.9,
    sure: bool = True,
    at: datetime = NOW,
    conversation: str | None = None,
    channel: str = "web",
    heard: bool = True,
    **more: Any,
) -> Message:
    """One message of a visitor as the relay leaves it."""
    id_ = conversation or secrets.token_urlsafe(8)
    thread = session.get(Conversation, id_)
    if thread is None:
        thread = Conversation(id=id_, token_hash="x", channel=channel, created_at=at, last_at=at)
        session.add(thread)
        session.flush()
    understanding = Understanding(
        text="",
        topic=topic,
        confidence=confidence,
        sure=sure,
        ranking=(Guess(topic=topic, confidence=confidence),),
        model_id=MODEL,
    )
    message = Message(
        id=secrets.token_urlsafe(8),
        conversation_id=id_,
        seq=thread.next_seq,
        author="visitor",
        at=at,
        text=text,
        answered=True,
        topic=topic if heard else None,
        confidence=confidence if heard else None,
        model_release=MODEL if heard else None,
        understanding=json.dumps(understanding.model_dump(exclude={"text"})) if heard else None,
        **more,
    )
    thread.next_seq += 1
    session.add_all((thread, message))
    session.flush()
    return message


def replied(
    session: Session, message: Message, text: str = "ご案内します。", **more: Any
) -> Message:
    """The bot's answer to a message."""
    thread = session.get_one(Conversation, message.conversation_id)
    content = {"parts": [{"type": "text", "text": text}], "sources": []}
    reply = Message(
        id=secrets.token_urlsafe(8),
        conversation_id=thread.id,
        seq=thread.next_seq,
        author="bot",
        at=message.at + timedelta(seconds=1),
        in_reply_to=message.id,
        reply=json.dumps(content, ensure_ascii=False),
        **more,
    )
    thread.next_seq += 1
    session.add_all((thread, reply))
    session.flush()
    return reply


def corrected(
    session: Session,
    text: str,
    intent: str = "trademarks",
    *,
    message: Message | None = None,
    known_sentences: KnownSentences = NOTHING_KNOWN,
    protected: bool = False,
) -> Correction:
    """A sentence proposed by one maintainer and approved by another."""
    need = "learn" if intent not in ("human", "smalltalk", "out_of_scope") else None
    row = corrections.propose(
        session=session,
        text=text,
        meaning=Meaning(intent=intent, need=need),
        actor=maintainer("mei"),
        now=NOW,
        message_id=message.id if message else None,
        protected=protected,
    )
    return corrections.approve(
        session=session, id=row.id, known=known_sentences, actor=maintainer("ken"), now=NOW
    )


def files_of(folder: Path) -> dict[str, bytes]:
    """Every file below a folder by its name."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }

"""Takes back what the visitor took back, and corrects what she corrected, wherever we keep it.

The stored copy, what was understood of it, the dialogue's memory, a draft sheet that quotes it and
a file go at once; Rasa's tracker goes by the outbox. The row stays without words and is marked so
that training never takes it.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import delete
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from knowledge.audit import service as audit
from knowledge.cases import service as cases
from knowledge.cases.models import Case
from knowledge.cases.sheet import SheetChanges
from knowledge.conversations import thread
from knowledge.conversations.models import Conversation, Message
from knowledge.errors import NotFoundError
from knowledge.line import remarks
from knowledge.line.models import LineContact, LineEvent, LineFile
from knowledge.line.queue import Job
from knowledge.outbox import service as outbox
from knowledge.staff.actor import system
from knowledge.text import normalise, strip_controls

KEPT_KINDS = ("text", "media", "sticker", "location")


@dataclass(frozen=True, slots=True)
class Edit:
    """What an edit says; ``None``: the guard stopped it."""

    text: str | None


def unsend(*, session: Session, contact_key: str, message_id: str, now: datetime) -> str | None:
    """Delete a message that was taken back; the conversation whose readers must be told of it,
    ``None`` where we kept nothing."""
    event = _event(session, contact_key, message_id)
    if event is None:
        return None
    if event.state in {"waiting", "held", "failed"}:
        event.state, event.ended_at = "ignored", now
    event.payload, event.reply_token = None, None
    session.add(event)
    session.execute(delete(LineFile).where(col(LineFile.id) == event.event_id))
    found = _message(session, contact_key, event)
    if found is None:
        return None
    conversation, message = found
    _let_go(session, conversation, message, event.event_id, now)
    audit.record(
        session=session,
        actor=system("line"),
        action="message.unsent",
        subject=f"conversation:{conversation.id}",
        now=now,
        detail={"message": message.id},
    )
    return conversation.id


class Rewritten(StrEnum):
    """What an edit did: ``changed`` the stored copy · ``early`` its message is not here yet ·
    ``new`` we had not been meant before · ``overtaken`` nothing is left for it to change."""

    CHANGED = "changed"
    EARLY = "early"
    NEW = "new"
    OVERTAKEN = "overtaken"


def rewrite(
    *,
    session: Session,
    contact_key: str,
    message_id: str,
    text: str | None,
    at: datetime,
    now: datetime,
) -> Rewritten:
    """Replace the stored text by an edited one (``None``: the guard stopped it).

    Edits come in any order; the one made last holds.
    """
    event = _event(session, contact_key, message_id)
    if event is None:
        return Rewritten.EARLY
    if event.state == "ignored" and not _unsent(session, message_id):
        return Rewritten.NEW
    found = _message(session, contact_key, event)
    if found is None or event.occurred_at > at:
        return Rewritten.OVERTAKEN
    conversation, message = found
    event.occurred_at = at
    _let_go(session, conversation, message, f"{event.event_id}:{at.timestamp()}", now)
    message.text = strip_controls(text) if text is not None else None
    message.withheld = text is None
    session.add_all((event, message))
    return Rewritten.CHANGED


def edited_early(*, session: Session, job: Job) -> bool:
    """Whether an edit of this message came before it."""
    return session.exec(_early(job).limit(1)).first() is not None


def take_early_edit(*, session: Session, job: Job, now: datetime) -> Edit:
    """The last edit of a message that came before the message itself; it holds.

    Raises:
        NotFoundError: there is none.
    """
    rows = session.exec(_early(job)).all()
    if not rows:
        raise NotFoundError
    text = json.loads(rows[-1].payload or "{}").get("text")
    edit = Edit(None if rows[-1].withheld else text)
    for row in rows:
        row.state, row.payload, row.ended_at = "done", None, now
        session.add(row)
    own = session.get_one(LineEvent, job.id)
    own.occurred_at = rows[-1].occurred_at
    session.add(own)
    return edit


def _early(job: Job) -> SelectOfScalar[LineEvent]:
    return (
        select(LineEvent)
        .where(
            LineEvent.contact_key == job.contact_key,
            LineEvent.message_id == job.message_id,
            LineEvent.kind == "edited",
            LineEvent.state == "held",
        )
        .order_by(col(LineEvent.occurred_at))
    )


def _unsent(session: Session, message_id: str) -> bool:
    found = select(LineEvent.id).where(
        LineEvent.message_id == message_id, LineEvent.kind == "unsend"
    )
    return session.exec(found).first() is not None


def _event(session: Session, contact_key: str, message_id: str) -> LineEvent | None:
    return session.exec(
        select(LineEvent).where(
            LineEvent.message_id == message_id,
            LineEvent.contact_key == contact_key,
            col(LineEvent.kind).in_(KEPT_KINDS),
        )
    ).first()


def _message(
    session: Session, contact_key: str, event: LineEvent
) -> tuple[Conversation, Message] | None:
    """In whichever conversation it was written: the chat may have joined a case since."""
    message = _written(session, contact_key, event)
    if message is None:
        return None
    conversation = thread.locked(session, message.conversation_id)
    session.refresh(message)
    return conversation, message


def _written(session: Session, contact_key: str, event: LineEvent) -> Message | None:
    contact = session.get(LineContact, contact_key)
    if contact is not None and contact.conversation_id is not None:
        found = remarks.message_of(
            session=session, conversation_id=contact.conversation_id, event_id=event.event_id
        )
        if found is not None:
            return found
    # LINE's ids of events are unique, and the event was found by its own chat.
    return session.exec(
        select(Message).where(Message.client_message_id == remarks.client_id(event.event_id))
    ).first()


def _let_go(
    session: Session, conversation: Conversation, message: Message, what: str, now: datetime
) -> None:
    """Take the words away, and whatever was made of them."""
    text = message.text
    message.text, message.withheld, message.sensitive = None, True, True
    message.understanding, message.confidence = None, None
    conversation.memory = None
    session.add_all((conversation, message))
    if text:
        _clear_sheet(session, conversation.id, text, now)
    outbox.enqueue(
        session=session,
        kind="forget",
        key=f"forget:{conversation.id}:{what}",
        payload={"sender": conversation.id},
        now=now,
    )


def _clear_sheet(session: Session, conversation_id: str, text: str, now: datetime) -> None:
    case: Case | None = cases.by_conversation(session=session, conversation_id=conversation_id)
    if case is None:
        return
    sheet = cases.sheet_of(case)
    if sheet.inquiry and normalise(text) in normalise(sheet.inquiry):
        cases.amend(
            session=session,
            case=case,
            changes=SheetChanges(inquiry=""),
            actor=system("line"),
            now=now,
        )

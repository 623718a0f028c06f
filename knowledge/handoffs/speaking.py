"""Staff speak: messages to the visitor, with programmes and articles inserted, and notes inside."""

import re
from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, select

from knowledge.audit import service as audit
from knowledge.cases.models import Case
from knowledge.cases.service import sheet_of
from knowledge.catalogue import Catalogue, current
from knowledge.conversations import composing, thread
from knowledge.conversations.models import Conversation, Message
from knowledge.conversations.replies import Basis, CardPart, Part, Reply, TextPart
from knowledge.conversations.views import MessageView, view_for_staff
from knowledge.errors import ConflictError, EmptyTextError, FieldProblem, TextTooLongError
from knowledge.handoffs import access, events
from knowledge.handoffs.models import Draft, Note
from knowledge.handoffs.views import NoteView
from knowledge.outbox import service as outbox
from knowledge.sources import Source
from knowledge.staff.actor import Actor
from knowledge.text import MAX_TEXT_LENGTH, has_words, strip_controls
from knowledge.triage.answer import ProgrammeOut
from knowledge.wording import say

MOST_CARDS = 6


def say_to_visitor(
    *,
    session: Session,
    reference: str,
    text: str,
    actor: Actor,
    now: datetime,
    client_message_id: str | None = None,
    programmes: Sequence[str] = (),
    articles: Sequence[str] = (),
) -> MessageView:
    """Write to the visitor of a claimed case; the same ``client_message_id`` again writes nothing.

    ``programmes`` and ``articles`` are ids inserted as cards with their sources.

    Raises:
        NotFoundError, AlreadyClaimedError, NotClaimedError: see ``access``. EmptyTextError,
        TextTooLongError: nothing to say, or more than 5,000 characters. ConflictError: the
        conversation is gone.
    """
    case, conversation = access.open_case(session, reference, actor)
    access.check_mine(case, actor)
    if conversation is None:
        raise ConflictError(say("handoff.conversation_gone"))
    key = f"staff:{actor.id}:{client_message_id}" if client_message_id else None
    earlier = _earlier(session, conversation, key)
    if earlier is not None:
        return view_for_staff(earlier)
    reply = _reply(check_words(text), programmes, articles, current(session=session), now)
    stored = thread.append_replies(session, conversation, (reply,), now=now, in_reply_to=None)
    message = session.get_one(Message, stored[0].id)
    message.client_message_id, message.staff_id = key, actor.id
    session.add(message)
    _spoken(session, case, message, actor, now)
    return view_for_staff(message)


def note(*, session: Session, reference: str, text: str, actor: Actor, now: datetime) -> NoteView:
    """Leave a note inside the desk.

    Raises:
        NotFoundError: not to be seen. EmptyTextError, TextTooLongError: see ``say_to_visitor``.
    """
    case, _ = access.open_case(session, reference, actor)
    row = Note(
        reference=case.reference,
        at=now,
        author_id=actor.id,
        author_name=actor.name,
        text=check_words(text),
    )
    session.add(row)
    session.flush()
    _audit(session, actor, "case.noted", case, now)
    return note_view(row)


def note_view(row: Note) -> NoteView:
    """A note as staff see it."""
    return NoteView(
        id=row.id or 0,
        at=row.at,
        author_id=row.author_id,
        author_name=row.author_name,
        text=row.text,
    )


def check_words(text: str) -> str:
    """What staff wrote, without control characters.

    Raises:
        EmptyTextError: no words in it. TextTooLongError: more than 5,000 characters.
    """
    words = strip_controls(text).strip()
    if len(words) > MAX_TEXT_LENGTH:
        reason = say("errors.text_too_long")
        raise TextTooLongError(reason, fields=(FieldProblem("text", reason),))
    if not has_words(words):
        reason = say("errors.text_empty")
        raise EmptyTextError(reason, fields=(FieldProblem("text", reason),))
    return words


def _earlier(session: Session, conversation: Conversation, key: str | None) -> Message | None:
    if key is None:
        return None
    return session.exec(
        select(Message).where(
            Message.conversation_id == conversation.id, Message.client_message_id == key
        )
    ).first()


def _reply(
    text: str,
    programmes: Sequence[str],
    articles: Sequence[str],
    catalogue: Catalogue,
    now: datetime,
) -> Reply:
    parts: list[Part] = [TextPart(text=text)]
    sources: list[Source] = []
    basis: list[str] = []
    for id_ in list(programmes)[:MOST_CARDS]:
        entry = catalogue.programme(id_)
        if entry is None:
            continue
        shown = ProgrammeOut(
            id=entry.id,
            name=entry.name,
            why=say("handoff.inserted_why"),
            status=entry.status,
            source=entry.cited[0],
        )
        parts.append(composing.programme_card(shown, catalogue, now.date()))
        sources.append(shown.source)
        basis.append(catalogue.version_of(id_))
    for id_ in list(articles)[:MOST_CARDS]:
        article = catalogue.article(id_)
        if article is not None:
            parts.append(CardPart(kind="article", title=article.title, note=article.answer))
            sources += article.sources
            basis.append(catalogue.version_of(id_))
    unique = tuple(dict.fromkeys(sources))
    return Reply(
        parts=tuple(parts), sources=unique, basis=Basis(articles=tuple(basis)), author="staff"
    )


def _spoken(
    session: Session,
    case: Case,
    message: Message,
    actor: Actor,
    now: datetime,
) -> None:
    """What follows from a message of staff: nobody waits, the answer also leaves the house."""
    if case.state == "pending":
        events.append(session, case, "resumed", actor=actor, now=now)
    case.waiting_since, case.unread, case.raised, case.last_at = None, 0, False, now
    session.add(case)
    draft = session.get(Draft, (case.reference, actor.id))
    if draft is not None:
        session.delete(draft)
    _audit(session, actor, "case.said", case, now, message=message.id)
    _carry(session, case, message, now)
    session.flush()


def _carry(session: Session, case: Case, message: Message, now: datetime) -> None:
    """By mail where she asked for it; LINE fetches what its chats have not been sent yet."""
    contact = sheet_of(case).contact
    if contact.wish != "mail" or not contact.mail:
        return
    parts = view_for_staff(message).parts
    words = "\n\n".join(part["text"] for part in parts if part["type"] == "text")
    outbox.enqueue(
        session=session,
        kind="mail",
        key=f"answer:{message.id}",
        payload={
            "to": contact.mail,
            "subject": say("handoff.mail_answer_subject", reference=case.reference),
            "text": say(
                "handoff.mail_answer", reference=case.reference, text=re.sub(r"\r", "", words)
            ),
            "attachments": [],
        },
        now=now,
        reference=case.reference,
    )


def _audit(
    session: Session, actor: Actor, action: str, case: Case, now: datetime, **detail: object
) -> None:
    audit.record(
        session=session,
        actor=actor,
        action=action,
        subject=f"case:{case.reference}",
        now=now,
        detail=detail,
    )

"""Decides which messages of a conversation have yet to be sent to its chat, and asks for it.

Answers to an event leave with its reply token; everything else (a person's answer, a notice of
the product) is found by its number in the thread, so that nothing depends on who wrote it.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlmodel import Session, col, select

from knowledge.conversations.models import Conversation, Message
from knowledge.conversations.views import MessageView
from knowledge.line import opening, queue
from knowledge.line.models import LineContact, LineEvent
from knowledge.line.queue import Job
from knowledge.outbox import service as outbox
from knowledge.outbox.service import Leased

REPLY: Final = "line.reply"
PUSH: Final = "line.push"
KINDS: Final = (REPLY, PUSH)
LOOK_BACK: Final = timedelta(days=1)
"""How long after a stand-still messages to chats are still looked for."""
MOST_CHATS: Final = 200


def answer(
    *,
    session: Session,
    job: Job,
    conversation_id: str,
    seq: int,
    replies: Sequence[MessageView],
    now: datetime,
    hold: timedelta,
    quick: str = "",
) -> Leased | None:
    """Ask for the answers to one event to be sent: by its reply token, else by a push.

    ``seq`` is the number of the visitor's line, ``replies`` are the answers to it. Before them
    goes the opening, where this was her first line. The delivery is given out held, to be
    tried at once; the same event again asks for nothing new. ``quick`` names what the channel
    offers below; without it, the fact that is asked for.
    """
    contact, event = session.get(LineContact, job.contact_key), session.get(LineEvent, job.id)
    if contact is None or event is None or event.state != "waiting":
        # A second worker had the event too, and this one is the slower.
        return None
    ids = [*_opening(session, contact, conversation_id, seq), *(view.id for view in replies)]
    if contact.conversation_id == conversation_id:
        upto = max([contact.seen_seq, seq, *(view.seq for view in replies)])
        _others(session, contact, upto=upto, without=ids, now=now)
    if not ids:
        return None
    payload = {
        "conversation_id": conversation_id,
        "contact": job.contact_key,
        "message_ids": ids,
        "quick": quick or _asked(session, replies),
    }
    return _ask(session, job, payload, now, hold)


def _opening(
    session: Session, contact: LineContact, conversation_id: str, seq: int
) -> tuple[str, ...]:
    """The opening messages, unless the chat was sent something of this conversation before."""
    if contact.conversation_id == conversation_id and contact.seen_seq > 0:
        return ()
    found = opening.unseen(session=session, conversation_id=conversation_id, before=seq)
    return tuple(view.id for view in found)


def _ask(
    session: Session, job: Job, payload: dict[str, Any], now: datetime, hold: timedelta
) -> Leased | None:
    """By the event's token where it is still good."""
    token = queue.take_token(session=session, job_id=job.id, now=now)
    kind = REPLY if token is not None else PUSH
    if token is not None:
        payload |= {"token": token.value, "until": token.until.isoformat()}
    return outbox.enqueue_held(
        session=session,
        kind=kind,
        key=f"{kind}:{job.event_id}",
        payload=payload,
        now=now,
        hold=hold,
        reference=f"conversation:{payload['conversation_id']}",
    )


def _asked(session: Session, replies: Sequence[MessageView]) -> str:
    offering = [v.id for v in replies if any(part["type"] == "choices" for part in v.parts)]
    asked = opening.asked_for(session=session, message_ids=offering) if offering else None
    return f"asked:{asked}" if asked else ""


def catch_up(*, session: Session, now: datetime) -> int:
    """Ask for everything said to chats since they were last sent something; return how much."""
    rows = session.exec(
        select(LineContact, Conversation)
        .where(
            LineContact.conversation_id == Conversation.id,
            Conversation.last_at >= now - LOOK_BACK,
            Conversation.next_seq - 1 > LineContact.seen_seq,
            LineContact.key.not_in(_being_handled()),  # type: ignore[attr-defined]
        )
        .limit(MOST_CHATS)
    ).all()
    return sum(
        _others(session, contact, upto=conversation.next_seq - 1, without=(), now=now)
        for contact, conversation in rows
    )


def behind(*, session: Session, now: datetime) -> bool:
    """Whether ``catch_up`` would find something (a look that takes no lock)."""
    found = session.exec(
        select(LineContact.key)
        .where(
            LineContact.conversation_id == Conversation.id,
            Conversation.last_at >= now - LOOK_BACK,
            Conversation.next_seq - 1 > LineContact.seen_seq,
            LineContact.key.not_in(_being_handled()),  # type: ignore[attr-defined]
        )
        .limit(1)
    ).first()
    return found is not None


def _being_handled() -> object:
    """Chats with an event that waits or is worked on: its answer is sent by ``answer``."""
    return select(LineEvent.contact_key).where(LineEvent.state == "waiting")


def _others(
    session: Session,
    contact: LineContact,
    *,
    upto: int,
    without: Iterable[str],
    now: datetime,
) -> int:
    """One push for what was said without being an answer; the chat is up to date afterwards."""
    if upto <= contact.seen_seq:
        return 0
    ids = session.exec(
        select(Message.id)
        .where(
            Message.conversation_id == contact.conversation_id,
            Message.seq > contact.seen_seq,
            Message.seq <= upto,
            Message.author != "visitor",
            col(Message.in_reply_to).is_(None),
            col(Message.id).not_in(list(without)),
        )
        .order_by(col(Message.seq))
    ).all()
    contact.seen_seq = upto
    session.add(contact)
    for id_ in ids:
        outbox.enqueue(
            session=session,
            kind=PUSH,
            key=f"{PUSH}:{id_}",
            payload={
                "conversation_id": contact.conversation_id,
                "contact": contact.key,
                "message_ids": [id_],
            },
            now=now,
            reference=f"conversation:{contact.conversation_id}",
        )
    return len(ids)

"""Deletes a case with everything said in it, and says on a receipt which counts remain.

What remains is one counted line without a word, a number or a name of the case; the audit trail
keeps that the reference existed and was deleted. It asks nobody over the network: what Rasa's
tracker holds is deleted by the outbox.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func
from sqlmodel import Session, col, select

from knowledge.audit import service as audit
from knowledge.cases.models import Case, CorrectionHint, Tally
from knowledge.conversations import retention
from knowledge.conversations.models import Conversation, Message
from knowledge.outbox import service as outbox
from knowledge.outbox.models import Delivery
from knowledge.staff.actor import Actor


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was deleted and what remains. ``kept`` is the counted line, field by field."""

    reference: str
    deleted_at: datetime
    messages: int
    kept: dict[str, Any]


def delete_case(*, session: Session, case: Case, actor: Actor, now: datetime) -> Receipt:
    """Delete a case, its conversation and everything that hangs on them."""
    reference, conversation_id = case.reference, case.conversation_id
    tally = _tally(case)
    kept = tally.model_dump(exclude={"id"})
    session.add(tally)
    messages = _count_messages(session, conversation_id)
    _delete_conversation(session, conversation_id, now)
    session.execute(delete(CorrectionHint).where(col(CorrectionHint.reference) == reference))
    waiting = (reference, f"notice:{reference}", f"conversation:{conversation_id}")
    session.execute(delete(Delivery).where(col(Delivery.reference).in_(waiting)))
    session.expunge(case)
    session.execute(delete(Case).where(col(Case.reference) == reference))
    audit.record(
        session=session,
        actor=actor,
        action="case.deleted",
        subject=f"case:{reference}",
        now=now,
        detail={"messages": messages},
    )
    session.flush()
    session.expire_all()
    return Receipt(reference, now, messages, kept)


def expired(*, session: Session, older_than: timedelta, now: datetime) -> tuple[str, ...]:
    """References of closed or never confirmed cases that were silent past their retention."""
    rows = session.exec(
        select(Case.reference).where(
            col(Case.state).in_(("draft", "new", "closed", "merged")),
            Case.last_at < now - older_than,
        )
    )
    return tuple(rows)


def _tally(case: Case) -> Tally:
    return Tally(
        month=f"{case.created_at:%Y-%m}",
        desk=case.desk,
        office=case.office,
        topic=case.topic,
        channel=case.channel,
        state=case.state,
        outcome=case.outcome,
        good_case=case.good_case,
    )


def _count_messages(session: Session, conversation_id: str | None) -> int:
    if conversation_id is None:
        return 0
    return session.exec(
        select(func.count())
        .select_from(Message)
        .where(col(Message.conversation_id) == conversation_id)
    ).one()


def _delete_conversation(session: Session, conversation_id: str | None, now: datetime) -> None:
    if conversation_id is None or session.get(Conversation, conversation_id) is None:
        return
    retention.delete_conversation(session=session, conversation_id=conversation_id)
    outbox.enqueue(
        session=session,
        kind="forget",
        key=f"forget:{conversation_id}",
        payload={"sender": conversation_id},
        now=now,
    )

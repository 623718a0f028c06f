"""Adds events to the thread of a handoff and keeps the case's columns in step with them.

This is the only writer of ``state``, ``assignee``, ``queue_no``, ``since`` and ``waiting_since``.
Each event is audited and announced in the same transaction.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from sqlmodel import Session, col, select

from knowledge.audit import service as audit
from knowledge.cases.models import Case
from knowledge.conversations.models import Conversation
from knowledge.errors import NotFoundError
from knowledge.handoffs import announce, rules
from knowledge.handoffs.models import HandoffEvent, QueueTicket
from knowledge.handoffs.rules import Happened, Standing
from knowledge.handoffs.views import OPEN_STATES, EventView, State
from knowledge.staff.actor import Actor

NOBODY_WAITS = frozenset({"new", "closed", "merged", "draft", "held"})


def locked(session: Session, reference: str) -> tuple[Case, Conversation | None]:
    """A case and its conversation, both locked; always in this order, so that nobody deadlocks.

    Raises:
        NotFoundError: there is no such case.
    """
    found = session.exec(
        select(Case.conversation_id).where(Case.reference == reference)
    ).one_or_none()
    conversation = None
    if found is not None:  # past its retention the conversation may be gone before its case
        conversation = session.exec(
            select(Conversation).where(Conversation.id == found).with_for_update()
        ).one_or_none()
    case = session.exec(
        select(Case)
        .where(Case.reference == reference)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if case is None:
        raise NotFoundError
    return case, conversation


def append(
    session: Session,
    case: Case,
    kind: str,
    *,
    actor: Actor,
    now: datetime,
    detail: dict[str, Any] | None = None,
    note: str | None = None,
) -> HandoffEvent:
    """Add one event to a locked case: columns, audit line and announcement go with it."""
    event = HandoffEvent(
        reference=case.reference,
        kind=kind,
        at=now,
        office=case.office,
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor_name=actor.name,
        detail=detail or {},
        note=note,
    )
    session.add(event)
    session.flush()
    _project(session, case, event, now)
    audit.record(
        session=session,
        actor=actor,
        action=f"case.{kind}",
        subject=f"case:{case.reference}",
        now=now,
        detail=detail,
    )
    announce.announce(session, case, event)
    return event


def thread_of(session: Session, reference: str) -> tuple[EventView, ...]:
    """The events of a case, in order."""
    rows = session.exec(
        select(HandoffEvent)
        .where(HandoffEvent.reference == reference)
        .order_by(col(HandoffEvent.id))
    )
    return tuple(
        EventView(
            id=row.id or 0,
            kind=row.kind,
            at=row.at,
            actor_kind=row.actor_kind,
            actor_name=row.actor_name,
            office=row.office,
            detail=row.detail,
            note=row.note,
        )
        for row in rows
    )


def happened(events: Sequence[HandoffEvent]) -> tuple[Happened, ...]:
    """Stored events as the rules read them."""
    return tuple(Happened(e.kind, e.actor_id, e.detail.get("keeps")) for e in events)


def _project(session: Session, case: Case, event: HandoffEvent, now: datetime) -> None:
    before = Standing(cast(State, case.state), case.assignee)
    after = rules.step(before, *happened((event,)))
    case.last_at = now
    if event.kind in rules.TO_QUEUE or (event.kind == "reopened" and after.state == "queued"):
        case.queue_no = _ticket(session, case.office)
        case.exits_offered = False
    if after != before or event.kind in rules.TO_QUEUE:
        case.since = now
    if after.assignee != before.assignee:
        case.assignee, case.assignee_name = after.assignee, None
        if after.assignee is not None:
            case.assignee_name = event.detail.get("name") or event.actor_name
    case.state, case.ongoing = after.state, after.state in OPEN_STATES
    if after.state != "queued":
        case.queue_no = None
    if after.state in NOBODY_WAITS:
        case.waiting_since = None
    elif after.state == "queued" and case.waiting_since is None:
        case.waiting_since = now
    session.add(case)
    session.flush()


def lock_office(session: Session, office: str) -> QueueTicket:
    """The office's queue, locked until the transaction ends: cases enter it one by one."""
    statement = (
        select(QueueTicket)
        .where(QueueTicket.office == office)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    row = session.exec(statement).one_or_none()
    if row is not None:
        return row
    announce.insert_once(session, QueueTicket(office=office))
    return session.exec(statement).one()


def _ticket(session: Session, office: str) -> int:
    """The next number of the office's queue: whoever commits later has the higher one."""
    row = lock_office(session, office)
    number = row.next_no
    row.next_no += 1
    session.add(row)
    session.flush()
    return number

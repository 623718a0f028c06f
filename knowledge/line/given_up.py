"""Events of LINE that could not be handled: whom they concern, tried again or settled by a person.

What somebody typed is not shown here; who tries again hands it to the conversation.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from knowledge.audit import service as audit
from knowledge.cases.models import Case
from knowledge.errors import NotFoundError
from knowledge.handoffs import access
from knowledge.line import queue
from knowledge.line.models import LineContact, LineEvent
from knowledge.staff.actor import Actor

MOST = 500


@dataclass(frozen=True, slots=True)
class GivenUp:
    """One event without its words. ``reference``: the case of its chat, empty without one."""

    id: int
    kind: str
    reference: str
    problem: str
    ended_at: datetime


def given_up(*, session: Session, actor: Actor, reference: str = "") -> tuple[GivenUp, ...]:
    """The newest first, as far as they concern the actor: those of her cases, and those of no
    case where she is a manager. ``reference``: of this case only."""
    found = []
    for event in queue.troubled(session=session, limit=MOST):
        case = _case_of(session, event)
        named = case.reference if case is not None else ""
        if _concerns(case, actor) and reference in ("", named):
            found.append(
                GivenUp(
                    id=event.id or 0,
                    kind=event.kind,
                    reference=named,
                    problem=event.problem or "",
                    ended_at=event.ended_at or event.received_at,
                )
            )
    return tuple(found)


def try_again(*, session: Session, event_id: int, actor: Actor, now: datetime) -> None:
    """Let the event be handled once more.

    Raises:
        NotFoundError: it is not given up (any more), or not the actor's affair.
    """
    _check(session, event_id, actor)
    queue.again(session=session, event_id=event_id)
    _audit(session, event_id, actor, "line.event_again", now)


def settle(*, session: Session, event_id: int, actor: Actor, now: datetime) -> None:
    """It was taken care of another way.

    Raises:
        NotFoundError: it is not given up (any more), or not the actor's affair.
    """
    _check(session, event_id, actor)
    queue.settled(session=session, event_id=event_id)
    _audit(session, event_id, actor, "line.event_settled", now)


def _check(session: Session, event_id: int, actor: Actor) -> None:
    event = session.get(LineEvent, event_id)
    if event is None or event.state != "failed":
        raise NotFoundError
    if not _concerns(_case_of(session, event), actor):
        raise NotFoundError


def _case_of(session: Session, event: LineEvent) -> Case | None:
    return session.exec(
        select(Case)
        .join(LineContact, col(LineContact.conversation_id) == col(Case.conversation_id))
        .where(LineContact.key == event.contact_key, Case.state != "draft")
    ).first()


def _concerns(case: Case | None, actor: Actor) -> bool:
    return access.may_see(case, actor) if case is not None else actor.has("manager")


def _audit(session: Session, event_id: int, actor: Actor, action: str, now: datetime) -> None:
    audit.record(
        session=session, actor=actor, action=action, subject=f"line_event:{event_id}", now=now
    )

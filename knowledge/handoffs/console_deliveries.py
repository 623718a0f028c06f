"""Which failed deliveries a member of staff may see: those of cases of her own offices; and what
she decides of each: try again, or settled another way.

What belongs to no case (reminders of bookings, webhooks) is a manager's affair.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from knowledge.audit import service as audit
from knowledge.cases.models import Case
from knowledge.errors import NotFoundError
from knowledge.handoffs.access import may_see
from knowledge.outbox import service as outbox
from knowledge.outbox.models import Delivery
from knowledge.staff.actor import Actor

MOST = 500
CONVERSATION = "conversation:"
"""Before the conversation's id in the reference of what is sent to a chat."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """One delivery that failed or is unclear, without its words and addresses."""

    id: int
    kind: str
    state: str
    reference: str
    is_case: bool
    problem: str
    created_at: datetime
    ended_at: datetime | None


def troubles(*, session: Session, actor: Actor, reference: str = "") -> tuple[Trouble, ...]:
    """The newest first, as far as they concern the actor; ``reference``: of this case only."""
    rows = outbox.troubled(session=session, limit=MOST)
    cases = _cases(session, rows)
    found = []
    for row in rows:
        case = cases.get(row.reference)
        named = case.reference if case is not None else row.reference
        if _concerns(case, actor) and reference in ("", named):
            found.append(_trouble(row, named, is_case=case is not None))
    return tuple(found)


def try_again(*, session: Session, delivery_id: int, actor: Actor, now: datetime) -> None:
    """Send it once more; what was unclear may then arrive twice.

    Raises:
        NotFoundError: it is not given up (any more), or not the actor's affair.
    """
    _check(session, delivery_id, actor)
    outbox.again(session=session, delivery_id=delivery_id, now=now)
    _audit(session, delivery_id, actor, "delivery.again", now)


def settle(*, session: Session, delivery_id: int, actor: Actor, now: datetime) -> None:
    """The visitor was told another way (by phone): it is shown no longer.

    Raises:
        NotFoundError: it is not given up (any more), or not the actor's affair.
    """
    _check(session, delivery_id, actor)
    outbox.settled(session=session, delivery_id=delivery_id)
    _audit(session, delivery_id, actor, "delivery.settled", now)


def _trouble(row: Delivery, reference: str, *, is_case: bool) -> Trouble:
    return Trouble(
        id=row.id or 0,
        kind=row.kind,
        state=row.state,
        reference=reference,
        is_case=is_case,
        problem=row.problem or "",
        created_at=row.created_at,
        ended_at=row.ended_at,
    )


def _check(session: Session, delivery_id: int, actor: Actor) -> None:
    row = session.get(Delivery, delivery_id)
    if row is None or row.state not in ("failed", "unclear"):
        raise NotFoundError
    if not _concerns(_cases(session, [row]).get(row.reference), actor):
        raise NotFoundError


def _concerns(case: Case | None, actor: Actor) -> bool:
    return may_see(case, actor) if case is not None else actor.has("manager")


def _cases(session: Session, rows: Sequence[Delivery]) -> dict[str, Case]:
    """The case of each reference: its own number, or the conversation it is led in. A draft is
    nobody's case yet."""
    references = {row.reference for row in rows if row.reference}
    chats = [r.removeprefix(CONVERSATION) for r in references if r.startswith(CONVERSATION)]
    found = session.exec(
        select(Case).where(
            Case.state != "draft",
            col(Case.reference).in_(references) | col(Case.conversation_id).in_(chats),
        )
    ).all()
    by_case = {case.reference: case for case in found}
    return by_case | {f"{CONVERSATION}{c.conversation_id}": c for c in found if c.conversation_id}


def _audit(session: Session, delivery_id: int, actor: Actor, action: str, now: datetime) -> None:
    audit.record(
        session=session, actor=actor, action=action, subject=f"delivery:{delivery_id}", now=now
    )

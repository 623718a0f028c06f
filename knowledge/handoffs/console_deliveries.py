"""Which failed deliveries a member of staff may see: those of cases of her own offices.

What belongs to no case (reminders of bookings, webhooks) is a manager's affair.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from knowledge.cases.models import Case
from knowledge.handoffs.access import may_see
from knowledge.outbox.service import troubled
from knowledge.staff.actor import Actor

MOST = 500


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


def troubles(*, session: Session, actor: Actor) -> tuple[Trouble, ...]:
    """The newest first, as far as they concern the actor."""
    rows = troubled(session=session, limit=MOST)
    references = {row.reference for row in rows if row.reference}
    cases = {
        case.reference: case
        for case in session.exec(select(Case).where(col(Case.reference).in_(references)))
    }
    found = []
    for row in rows:
        case = cases.get(row.reference)
        seen = may_see(case, actor) if case is not None else actor.has("manager")
        if seen:
            found.append(
                Trouble(
                    id=row.id or 0,
                    kind=row.kind,
                    state=row.state,
                    reference=row.reference,
                    is_case=case is not None,
                    problem=row.problem or "",
                    created_at=row.created_at,
                    ended_at=row.ended_at,
                )
            )
    return tuple(found)

"""Labels of cases: short words staff put on them, found again in the inbox."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete
from sqlmodel import Session, col, func, select

from knowledge.cases.models import Case
from knowledge.errors import FieldProblem, InvalidInputError
from knowledge.handoffs import access, events
from knowledge.handoffs.models import Label
from knowledge.handoffs.rows import row_of
from knowledge.handoffs.views import Row
from knowledge.staff.actor import Actor
from knowledge.text import normalise
from knowledge.wording import say

LONGEST = 30
MOST = 10


def set_labels(
    *, session: Session, reference: str, labels: Sequence[str], actor: Actor, now: datetime
) -> Row:
    """Give a case exactly these labels.

    Raises:
        NotFoundError: not to be seen. InvalidInputError: too many, or too long.
    """
    case, _ = access.open_case(session, reference, actor)
    wanted = sorted({clean for label in labels if (clean := normalise(label))})
    if len(wanted) > MOST or any(len(label) > LONGEST for label in wanted):
        reason = say("handoff.bad_labels", most=MOST, longest=LONGEST)
        raise InvalidInputError(fields=(FieldProblem("labels", reason),))
    session.execute(delete(Label).where(col(Label.reference) == case.reference))
    session.add_all(Label(reference=case.reference, label=label) for label in wanted)
    session.flush()
    events.append(session, case, "labelled", actor=actor, now=now, detail={"labels": len(wanted)})
    return row_of(session, case)


def known_labels(*, session: Session, actor: Actor, limit: int = 50) -> tuple[str, ...]:
    """Labels in use on cases of the actor's offices, the commonest first."""
    rows = session.exec(
        select(Label.label, func.count())
        .join(Case, col(Case.reference) == col(Label.reference))
        .where(col(Case.office).in_(sorted(actor.offices)))
        .group_by(Label.label)
        .order_by(func.count().desc(), Label.label)
        .limit(limit)
    )
    return tuple(label for label, _ in rows)

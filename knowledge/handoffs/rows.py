"""Turns cases into the lines of an inbox; it decides nothing."""

from collections.abc import Iterable, Sequence
from typing import cast

from sqlmodel import Session, col, select

from knowledge.cases.models import Case
from knowledge.handoffs.models import Label
from knowledge.handoffs.views import Row, State, Urgency

URGENCIES: tuple[Urgency, ...] = ("urgent", "soon", "normal")


def row_of(session: Session, case: Case) -> Row:
    """One case as a line."""
    session.flush()
    return rows_of(session, [case])[0]


def rows_of(session: Session, cases: Sequence[Case]) -> tuple[Row, ...]:
    """Several cases as lines, in the same order; labels are read in one go."""
    labels = _labels(session, [case.reference for case in cases])
    return tuple(_row(case, tuple(sorted(labels.get(case.reference, ())))) for case in cases)


def _labels(session: Session, references: Iterable[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for row in session.exec(select(Label).where(col(Label.reference).in_(list(references)))):
        found.setdefault(row.reference, []).append(row.label)
    return found


def _row(case: Case, labels: tuple[str, ...]) -> Row:
    return Row(
        reference=case.reference,
        conversation_id=case.conversation_id,
        state=cast(State, case.state),
        desk=case.desk,
        office=case.office,
        prefecture=case.prefecture,
        channel=case.channel,
        topic=case.topic,
        urgency=URGENCIES[case.rank],
        due_on=case.due_on,
        assignee=case.assignee,
        assignee_name=case.assignee_name,
        waiting_since=case.waiting_since,
        last_at=case.last_at,
        created_at=case.created_at,
        labels=labels,
        unread=case.unread,
        raised=case.raised,
        conflict=case.conflict,
    )

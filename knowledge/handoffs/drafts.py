"""What a member of staff began to write: kept for this person and this case until it is sent."""

from datetime import datetime

from sqlmodel import Session

from knowledge.handoffs import access
from knowledge.handoffs.models import Draft
from knowledge.staff.actor import Actor
from knowledge.text import MAX_TEXT_LENGTH, strip_controls


def save_draft(*, session: Session, reference: str, text: str, actor: Actor, now: datetime) -> None:
    """Keep a draft; an empty one is forgotten.

    Raises:
        NotFoundError: not to be seen.
    """
    case, _ = access.open_case(session, reference, actor)
    words = strip_controls(text)[:MAX_TEXT_LENGTH]
    row = session.get(Draft, (case.reference, actor.id))
    if not words.strip():
        if row is not None:
            session.delete(row)
        return
    row = row or Draft(reference=case.reference, staff_id=actor.id, text="", at=now)
    row.text, row.at = words, now
    session.add(row)
    session.flush()


def draft_of(session: Session, reference: str, actor: Actor) -> str:
    """The actor's draft for a case, or nothing."""
    row = session.get(Draft, (reference, actor.id))
    return row.text if row is not None else ""

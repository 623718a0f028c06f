"""Reads the audit trail page by page: for administrators, who see ids and codes, never words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from knowledge.audit.models import AuditEntry
from knowledge.audit.service import record
from knowledge.errors import NotAllowedError
from knowledge.staff.actor import Actor

PAGE = 50


@dataclass(frozen=True, slots=True)
class Trail:
    """A page of the trail, newest first; ``next`` is the id to go on before."""

    entries: tuple[AuditEntry, ...]
    next: int | None


def read_trail(
    *,
    session: Session,
    actor: Actor,
    subject: str = "",
    who: Sequence[str] = (),
    action: str = "",
    before: int | None = None,
) -> Trail:
    """Lines about a subject (or its beginning), by some actors, of an action (or its beginning).

    Raises:
        NotAllowedError: the actor is no administrator.
    """
    if not actor.has("administrator"):
        raise NotAllowedError
    statement = select(AuditEntry).order_by(col(AuditEntry.id).desc()).limit(PAGE + 1)
    if subject.strip():
        statement = statement.where(
            col(AuditEntry.subject).startswith(_plain(subject), autoescape=True)
        )
    if action.strip():
        statement = statement.where(
            col(AuditEntry.action).startswith(_plain(action), autoescape=True)
        )
    if who:
        statement = statement.where(col(AuditEntry.actor_id).in_(who))
    if before is not None:
        statement = statement.where(col(AuditEntry.id) < before)
    found = session.exec(statement).all()
    more = len(found) > PAGE
    return Trail(tuple(found[:PAGE]), found[PAGE - 1].id if more else None)


def note_reading(*, session: Session, actor: Actor, now: datetime, subject: str = "") -> None:
    """Leave a line that somebody looked into the trail itself."""
    record(
        session=session,
        actor=actor,
        action="audit.read",
        subject="audit",
        now=now,
        detail={"subject": _plain(subject)} if subject.strip() else {},
    )


def _plain(text: str) -> str:
    return text.strip().replace("\x00", "")[:200]

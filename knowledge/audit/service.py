"""Writes the audit trail, in the same transaction as what it tells of."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from knowledge.audit.models import AuditEntry
from knowledge.staff.actor import Actor


def record(
    *,
    session: Session,
    actor: Actor,
    action: str,
    subject: str,
    now: datetime,
    detail: dict[str, Any] | None = None,
) -> None:
    """Add one line: ``action`` like ``case.claimed``, ``subject`` like ``case:K-26…``."""
    session.add(
        AuditEntry(
            at=now,
            actor_kind=actor.kind,
            actor_id=actor.id,
            action=action,
            subject=subject,
            detail=detail or {},
        )
    )


def entries_of(*, session: Session, subject: str, limit: int = 200) -> Sequence[AuditEntry]:
    """The newest lines about one subject."""
    return session.exec(
        select(AuditEntry)
        .where(AuditEntry.subject == subject)
        .order_by(col(AuditEntry.at).desc(), col(AuditEntry.id).desc())
        .limit(limit)
    ).all()

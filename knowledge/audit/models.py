"""Table of the audit trail: rows are only ever added."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Index
from sqlmodel import Field, SQLModel

from knowledge.database import UtcDateTime


class AuditEntry(SQLModel, table=True):
    """Who saw or changed what, and when. ``detail`` holds ids and codes, never words of a case."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index("ix_audit_subject", "subject", "at"),)

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime, index=True)
    actor_kind: str
    actor_id: str = Field(index=True)
    action: str
    subject: str
    detail: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))

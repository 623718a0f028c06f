"""Tables of handoffs: the thread of events, and what staff keep beside a case."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, ForeignKey, Index, String
from sqlmodel import Field, SQLModel

from knowledge.database import EncryptedText, UtcDateTime


def _reference(*, primary_key: bool = False) -> Any:
    """The column that ties a row to its case; it goes with the case."""
    return Column(
        String,
        ForeignKey("case_sheet.reference", ondelete="CASCADE"),
        nullable=False,
        primary_key=primary_key,
    )


class HandoffEvent(SQLModel, table=True):
    """One event of a handoff; rows are only ever added.

    ``kind`` is one of ``rules.KINDS``; ``office`` the place after the event; ``detail`` holds ids
    and codes, ``note`` the words staff wrote as a reason.
    """

    __tablename__ = "handoff_event"
    __table_args__ = (
        Index("ix_handoff_event_case", "reference", "id"),
        Index("ix_handoff_event_office", "office", "kind", "at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    reference: str = Field(sa_column=_reference())
    kind: str
    at: datetime = Field(sa_type=UtcDateTime)
    office: str
    actor_kind: str
    actor_id: str
    actor_name: str = ""
    detail: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    note: str | None = Field(default=None, sa_type=EncryptedText)


class QueueTicket(SQLModel, table=True):
    """The next number of an office's queue, given out under the row's lock."""

    __tablename__ = "queue_ticket"

    office: str = Field(primary_key=True)
    next_no: int = 1


class Note(SQLModel, table=True):
    """A note inside the desk."""

    __tablename__ = "case_note"

    id: int | None = Field(default=None, primary_key=True)
    reference: str = Field(sa_column=_reference())
    at: datetime = Field(sa_type=UtcDateTime)
    author_id: str
    author_name: str
    text: str = Field(sa_type=EncryptedText)


class Label(SQLModel, table=True):
    """A label of a case."""

    __tablename__ = "case_label"
    __table_args__ = (Index("ix_case_label_label", "label", "reference"),)

    reference: str = Field(sa_column=_reference(primary_key=True))
    label: str = Field(primary_key=True)


class Draft(SQLModel, table=True):
    """What a member of staff began to write and has not sent."""

    __tablename__ = "case_draft"

    reference: str = Field(sa_column=_reference(primary_key=True))
    staff_id: str = Field(primary_key=True)
    text: str = Field(sa_type=EncryptedText)
    at: datetime = Field(sa_type=UtcDateTime)


class CannedText(SQLModel, table=True):
    """A text staff use again; ``office`` is empty where every office has it."""

    __tablename__ = "canned_text"

    id: str = Field(primary_key=True)
    office: str = Field(default="", index=True)
    title: str
    body: str
    updated_at: datetime = Field(sa_type=UtcDateTime)
    updated_by: str


class OfficeNotice(SQLModel, table=True):
    """Where an office is told of a new or unanswered case when nobody is looking."""

    __tablename__ = "office_notice"

    office: str = Field(primary_key=True)
    mail: str | None = Field(default=None, sa_type=EncryptedText)
    at: datetime = Field(sa_type=UtcDateTime)
    actor_id: str


class Subscription(SQLModel, table=True):
    """Whether events leave the house; set at start-up from the settings (``webhook``)."""

    __tablename__ = "subscription"

    name: str = Field(primary_key=True)
    active: bool = False

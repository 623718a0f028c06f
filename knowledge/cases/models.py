"""Tables of cases (相談票): the sheet itself, whose names it holds as hashes, what is left over.

``state``, ``ongoing``, ``assignee``, ``queue_no`` and ``waiting_since`` of a case repeat what its
events say: they are written by one function (``knowledge.handoffs.events.append``) and by nobody
else, so that inboxes can be sorted by the database.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Column, ForeignKey, Index, String
from sqlmodel import Field, SQLModel

from knowledge.database import EncryptedText, UtcDateTime


def _reference() -> Any:
    """The column that ties a row to its case; it goes with the case."""
    return Column(
        String, ForeignKey("case_sheet.reference", ondelete="CASCADE"), nullable=False, index=True
    )


class Case(SQLModel, table=True):
    """One case. ``rank`` is the urgency as a number (0 urgent, 1 soon, 2 normal).

    ``since`` orders an inbox: from when the case waits in its present state. ``waiting_since`` is
    null where nobody waits for us. ``ongoing`` says that ``state`` is one of the open ones.
    """

    __tablename__ = "case_sheet"
    __table_args__ = (
        Index("ix_case_inbox", "office", "state", "rank", "since", "reference"),
        Index("ix_case_office_recent", "office", "last_at", "reference"),
        Index("ix_case_recent", "last_at", "reference"),
        Index("ix_case_waiting", "rank", "since"),
        Index("ix_case_ongoing", "ongoing", "rank", "since"),
        Index("ix_case_state_inbox", "state", "rank", "since", "reference"),
        Index("ix_case_state_recent", "state", "last_at", "reference"),
        Index("ix_case_due", "due_on", "reference"),
        Index("ix_case_assignee", "assignee", "state"),
        Index("ix_case_queue", "office", "state", "queue_no"),
    )

    reference: str = Field(primary_key=True)
    conversation_id: str | None = Field(default=None, unique=True)
    channel: str
    code_hash: str
    state: str = "draft"
    ongoing: bool = False
    desk: str
    office: str
    prefecture: str | None = None
    topic: str
    rank: int = 2
    due_on: date | None = None
    sheet: str = Field(sa_type=EncryptedText)
    version: int = 1
    company_hash: str | None = Field(default=None, index=True)
    accelerated: bool = False
    good_case: bool = False
    conflict: bool = False
    raised: bool = False
    raised_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    exits_offered: bool = False
    proposed_office: str | None = None
    assignee: str | None = None
    assignee_name: str | None = None
    queue_no: int | None = None
    since: datetime = Field(sa_type=UtcDateTime)
    waiting_since: datetime | None = Field(default=None, sa_type=UtcDateTime)
    unread: int = 0
    created_at: datetime = Field(sa_type=UtcDateTime)
    confirmed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    last_at: datetime = Field(sa_type=UtcDateTime)
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    outcome: str | None = None
    survey: str = "none"
    merged_into: str | None = None


class Party(SQLModel, table=True):
    """A name on a sheet as a keyed hash: ``own`` the asking company, ``other`` its opponent."""

    __tablename__ = "case_party"
    __table_args__ = (Index("ix_case_party_hash", "hash", "role"),)

    id: int | None = Field(default=None, primary_key=True)
    reference: str = Field(sa_column=_reference())
    role: str
    hash: str


class HashKey(SQLModel, table=True):
    """The key of keyed hashes, itself encrypted; made once, independent of rotating text keys."""

    __tablename__ = "hash_key"

    name: str = Field(primary_key=True)
    key: str = Field(sa_type=EncryptedText)


class Tally(SQLModel, table=True):
    """What remains of a deleted case: one counted line without any word, number or name of it."""

    __tablename__ = "case_tally"

    id: int | None = Field(default=None, primary_key=True)
    month: str = Field(index=True)
    desk: str
    office: str
    topic: str
    channel: str
    state: str
    outcome: str | None = None
    good_case: bool = False


class CaseOutcome(SQLModel, table=True):
    """The outcome-hearing items of a closed case (DUTIES.md I2)."""

    __tablename__ = "case_outcome"

    reference: str = Field(
        sa_column=Column(
            String, ForeignKey("case_sheet.reference", ondelete="CASCADE"), primary_key=True
        )
    )
    sales: str | None = None
    profit: str | None = None
    investment: str | None = None
    organisation: str | None = None
    comment: str | None = Field(default=None, sa_type=EncryptedText)
    at: datetime = Field(sa_type=UtcDateTime)
    actor_id: str


class SurveyAnswer(SQLModel, table=True):
    """What the visitor answered to our one question after the closing."""

    __tablename__ = "case_survey"

    reference: str = Field(
        sa_column=Column(
            String, ForeignKey("case_sheet.reference", ondelete="CASCADE"), primary_key=True
        )
    )
    answer: str
    office: str = Field(index=True)
    at: datetime = Field(sa_type=UtcDateTime)


class CorrectionHint(SQLModel, table=True):
    """Staff moved a case to another desk: a label for training, found again by the message."""

    __tablename__ = "correction_hint"

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime)
    reference: str = Field(index=True)
    conversation_id: str | None = None
    message_id: str | None = None
    actor_id: str
    from_desk: str
    to_desk: str
    topic_before: str
    topic_after: str | None = None
    model_release: str | None = None
    detail: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))

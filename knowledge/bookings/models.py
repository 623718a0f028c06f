"""Tables of what can be booked, when, and of what was booked.

``claim`` and ``claim_cell`` are the wall against double bookings: every five minutes of every lane
exist once (primary key), whatever the code above does. PostgreSQL guards the same minutes a second
time with an exclusion constraint, see migration 0004 and docs/decisions.
"""

from datetime import date, datetime

from sqlalchemy import (
    DDL,
    JSON,
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    UniqueConstraint,
    event,
)
from sqlmodel import Field, SQLModel

from knowledge.database import EncryptedText, UtcDateTime

EXCLUSION = (
    "ALTER TABLE claim ADD CONSTRAINT ex_claim_once EXCLUDE USING gist"
    " (int8range(lane * 4294967296 + first_minute, lane * 4294967296 + last_minute) WITH &&)"
)
"""Lane and minutes in one number: needs no extension. Minutes since 1970 fit into 32 bits."""


class Resource(SQLModel, table=True):
    """Something with a calendar: ``kind`` staff · room · expert · event (定期相談会).

    ``office`` is the place it belongs to (experts: the office they work in, or empty);
    ``prefecture`` where it is. ``capacity`` counts the seats of an event.
    """

    __tablename__ = "resource"

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    kind: str
    office: str = Field(default="", index=True)
    prefecture: str
    name: str
    place: str = ""
    capacity: int = 1
    expert_id: str | None = Field(
        default=None,
        sa_column=Column(String, ForeignKey("expert.id", ondelete="CASCADE"), unique=True),
    )
    sample: bool = False
    active: bool = True


class WeeklyHours(SQLModel, table=True):
    """One stretch of a weekly pattern, cut into slots of ``minutes`` with ``buffer`` after each.

    ``weekday`` 0 is Monday; times are "HH:MM" in Tokyo; ``breaks`` are pairs of such times.
    """

    __tablename__ = "weekly_hours"

    id: int | None = Field(default=None, primary_key=True)
    resource_id: int = Field(
        sa_column=Column(
            Integer, ForeignKey("resource.id", ondelete="CASCADE"), nullable=False, index=True
        )
    )
    weekday: int
    opens: str
    closes: str
    minutes: int
    buffer: int = 0
    modes: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    breaks: list[list[str]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    valid_from: date | None = None
    valid_to: date | None = None


class CalendarException(SQLModel, table=True):
    """One day that differs: closed (no times), or open at other hours, on a holiday too."""

    __tablename__ = "calendar_exception"
    __table_args__ = (UniqueConstraint("resource_id", "day", name="uq_calendar_exception"),)

    id: int | None = Field(default=None, primary_key=True)
    resource_id: int = Field(
        sa_column=Column(Integer, ForeignKey("resource.id", ondelete="CASCADE"), nullable=False)
    )
    day: date
    opens: str | None = None
    closes: str | None = None
    note: str = ""


class RegularSession(SQLModel, table=True):
    """One planned 定期相談会 (D7, D8): bookable from the day it is announced.

    Its resource holds the seats; each slot of ``minutes`` has ``capacity`` of them. Its experts
    are named by INPIT and stand outside the rings.
    """

    __tablename__ = "regular_session"

    id: int | None = Field(default=None, primary_key=True)
    resource_id: int = Field(
        sa_column=Column(
            Integer, ForeignKey("resource.id", ondelete="CASCADE"), nullable=False, unique=True
        )
    )
    title: str
    starts_at: datetime = Field(sa_type=UtcDateTime, index=True)
    ends_at: datetime = Field(sa_type=UtcDateTime)
    minutes: int
    mode: str
    professions: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    expert_ids: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    announced_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    cancelled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Claim(SQLModel, table=True):
    """A stretch of minutes of one lane that is taken.

    ``lane`` is resource and seat in one number; minutes count from 1970 (UTC). ``holder`` is a
    booking's reference, or ``hold:`` with the hash of a hold's token, or ``event:``. With
    ``expires_at`` in the past it counts as free and is swept away by whoever comes next.
    """

    __tablename__ = "claim"
    __table_args__ = (Index("ix_claim_lane", "lane", "first_minute"),)

    id: int | None = Field(default=None, primary_key=True)
    holder: str = Field(index=True)
    lane: int = Field(sa_type=BigInteger)
    first_minute: int = Field(sa_type=BigInteger)
    last_minute: int = Field(sa_type=BigInteger)
    expires_at: datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)


class ClaimCell(SQLModel, table=True):
    """Five minutes of one lane: the row that can exist only once."""

    __tablename__ = "claim_cell"

    lane: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    cell: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    claim_id: int = Field(
        sa_column=Column(
            Integer, ForeignKey("claim.id", ondelete="CASCADE"), nullable=False, index=True
        )
    )


class Booking(SQLModel, table=True):
    """One booking. ``status``: requested · confirmed · declined · lapsed · cancelled · done ·
    no_show; its history is the audit trail.

    ``code`` opens it for the visitor. ``sequence`` counts changes as iCalendar does.
    ``abstract`` is all an expert sees before accepting. ``why`` keeps ring and reason as offered.
    """

    __tablename__ = "booking"

    reference: str = Field(primary_key=True)
    code: str = Field(sa_type=EncryptedText)
    kind: str
    status: str = Field(index=True)
    office: str = Field(index=True)
    resource_id: int = Field(
        sa_column=Column(Integer, ForeignKey("resource.id"), nullable=False, index=True)
    )
    room_id: int | None = None
    expert_id: str | None = Field(default=None, index=True)
    starts_at: datetime = Field(sa_type=UtcDateTime, index=True)
    ends_at: datetime = Field(sa_type=UtcDateTime)
    mode: str
    place: str = ""
    profession: str | None = None
    ring: str | None = None
    why: str = ""
    prefecture: str
    party_hash: str = ""
    contact: str = Field(sa_type=EncryptedText)
    topic: str
    summary: str = Field(sa_type=EncryptedText)
    abstract: str | None = Field(default=None, sa_type=EncryptedText)
    conversation_id: str | None = Field(default=None, index=True)
    consent_at: datetime = Field(sa_type=UtcDateTime)
    created_at: datetime = Field(sa_type=UtcDateTime)
    changed_at: datetime = Field(sa_type=UtcDateTime)
    uid: str = Field(unique=True)
    sequence: int = 0
    accepted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    forgotten_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class BookingOutcome(SQLModel, table=True):
    """What came of a session: advice only (C1, C2), never a draft or a judgement."""

    __tablename__ = "booking_outcome"

    reference: str = Field(
        sa_column=Column(
            String, ForeignKey("booking.reference", ondelete="CASCADE"), primary_key=True
        )
    )
    advised: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    note: str = Field(sa_type=EncryptedText)
    next_step: str
    recorded_by: str
    at: datetime = Field(sa_type=UtcDateTime)


class WaitingEntry(SQLModel, table=True):
    """Somebody who wants an earlier place; told in order of arrival, once.

    ``offered_slot`` is kept for her until ``offered_until`` under the hold of ``hold_hash``.
    """

    __tablename__ = "waiting_entry"

    id: int | None = Field(default=None, primary_key=True)
    code_hash: str = Field(unique=True)
    kind: str
    office: str = Field(index=True)
    profession: str | None = None
    first_day: date
    last_day: date
    email: str = Field(sa_type=EncryptedText)
    created_at: datetime = Field(sa_type=UtcDateTime)
    hold_hash: str | None = Field(default=None, index=True)
    offered_slot: str | None = None
    offered_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


event.listen(
    SQLModel.metadata.tables["claim"],
    "after_create",
    DDL(EXCLUSION).execute_if(dialect="postgresql"),  # type: ignore[no-untyped-call]
)

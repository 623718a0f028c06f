"""Tables of the LINE channel: who writes from where, what arrived, what was counted.

Ids of LINE are contact data: kept encrypted, found by a keyed hash. What somebody typed is in an
event only until it has been handled; then it is in the conversation alone.
"""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from knowledge.database import EncryptedText, UtcDateTime


class LineContact(SQLModel, table=True):
    """One chat: a person, a group or a room. ``key`` is the keyed hash of LINE's id.

    ``seen_seq`` is the last message of the conversation that was sent (or need not be) here.
    ``state``: active · blocked (the person blocked us) · left (we left the group).
    Until ``keep_until`` the next text may be stored although the guard would stop it; until
    ``files_until`` files are taken, because staff asked for them.
    """

    __tablename__ = "line_contact"

    key: str = Field(primary_key=True)
    kind: str
    line_id: str = Field(sa_type=EncryptedText)
    conversation_id: str | None = Field(default=None, index=True)
    seen_seq: int = 0
    state: str = "active"
    keep_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    files_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    created_at: datetime = Field(sa_type=UtcDateTime)
    last_at: datetime = Field(sa_type=UtcDateTime, index=True)


class LineEvent(SQLModel, table=True):
    """One webhook event. ``event_id`` is LINE's, unique, so that a redelivery is no second event.

    ``state``: waiting · done · ignored · failed (given up, shown to staff) · settled (a person took
    care of it) · held (an edit that waits for its message). ``reply_token`` is emptied by whoever
    uses it.
    """

    __tablename__ = "line_event"
    __table_args__ = (
        Index("ix_line_event_queue", "state", "occurred_at"),
        Index("ix_line_event_contact", "contact_key", "state"),
        Index("ix_line_event_message", "message_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    event_id: str = Field(unique=True)
    contact_key: str
    kind: str
    message_id: str | None = None
    occurred_at: datetime = Field(sa_type=UtcDateTime)
    received_at: datetime = Field(sa_type=UtcDateTime, index=True)
    redelivered: bool = False
    withheld: bool = False
    payload: str | None = Field(default=None, sa_type=EncryptedText)
    reply_token: str | None = Field(default=None, sa_type=EncryptedText)
    reply_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    state: str = "waiting"
    leased_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    tries: int = 0
    problem: str | None = None
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class LineFile(SQLModel, table=True):
    """A file that staff asked for, as base64, encrypted; it goes with the conversation."""

    __tablename__ = "line_file"

    id: str = Field(primary_key=True)
    conversation_id: str = Field(index=True)
    name: str = Field(sa_type=EncryptedText)
    content_type: str
    size: int
    content: str = Field(sa_type=EncryptedText)
    at: datetime = Field(sa_type=UtcDateTime)


class LineLink(SQLModel, table=True):
    """A one-time number of an account link that is under way: which case its holder proved to be
    hers. ``key`` is the keyed hash of the number, ``used_by`` the chat that used it.
    """

    __tablename__ = "line_link"

    key: str = Field(primary_key=True)
    reference: str = Field(index=True)
    until: datetime = Field(sa_type=UtcDateTime, index=True)
    used_by: str | None = None


class LineCount(SQLModel, table=True):
    """A counter (``2026-11:push``) or a figure the platform told us (``limit``, ``used``)."""

    __tablename__ = "line_count"

    name: str = Field(primary_key=True)
    value: int = 0
    at: datetime = Field(sa_type=UtcDateTime)

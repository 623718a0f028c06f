"""Table of what leaves the house after commit; the queue only wakes the worker."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from knowledge.database import EncryptedText, UtcDateTime


class Delivery(SQLModel, table=True):
    """One thing to send. Open while ``state`` is ``waiting``; a lease marks it as being tried.

    ``kind`` picks the sender (``mail``, ``webhook``, ``line.push``); ``key`` is unique, so that the
    same delivery can be asked for twice and is made once; ``payload`` is JSON and encrypted.
    ``state``: waiting · done · failed (given up, shown to staff) · unclear (may have arrived) ·
    cancelled · settled (a person told it another way).
    """

    __tablename__ = "delivery"
    __table_args__ = (Index("ix_delivery_due", "state", "due_at"),)

    id: int | None = Field(default=None, primary_key=True)
    kind: str = Field(index=True)
    key: str = Field(unique=True)
    reference: str = Field(default="", index=True)
    payload: str = Field(sa_type=EncryptedText)
    state: str = "waiting"
    due_at: datetime = Field(sa_type=UtcDateTime)
    leased_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    tries: int = 0
    unclear_tries: int = 0
    problem: str | None = None
    created_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)

"""Tables of what managers changed in an office's calendar."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Column
from sqlmodel import Field, SQLModel

from knowledge.database import UtcDateTime


class OfficeHours(SQLModel, table=True):
    """The weekly hours of one office in place of the shipped ones.

    ``week`` maps ``mon`` … ``sun`` to lists of ``["09:00", "12:00"]``.
    """

    __tablename__ = "office_hours"

    office: str = Field(primary_key=True)
    week: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    at: datetime = Field(sa_type=UtcDateTime)
    actor_id: str


class OfficeDay(SQLModel, table=True):
    """One special day of one office: other hours, or closed (no stretch)."""

    __tablename__ = "office_day"

    office: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    stretches: list[Any] = Field(sa_column=Column(JSON, nullable=False))
    reason: str = ""
    at: datetime = Field(sa_type=UtcDateTime)
    actor_id: str

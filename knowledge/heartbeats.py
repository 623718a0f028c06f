"""When each background process was last seen; health reads it, nobody decides by it."""

from datetime import datetime

from sqlmodel import Field, Session, SQLModel

from knowledge.database import UtcDateTime


class Heartbeat(SQLModel, table=True):
    """The last sign of life of one process."""

    __tablename__ = "heartbeat"

    name: str = Field(primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime)


def beat(*, session: Session, name: str, now: datetime) -> None:
    """Say that ``name`` is alive."""
    session.merge(Heartbeat(name=name, at=now))


def last_beat(*, session: Session, name: str) -> datetime | None:
    """When ``name`` was last alive, or None if it never was."""
    row = session.get(Heartbeat, name)
    return row.at if row else None

"""Tables of stored content: the columns every kind shares, and the counter of changes."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, false
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, SQLModel

from knowledge.database import UtcDateTime


class PortableJson(TypeDecorator[Any]):
    """JSON on SQLite and PostgreSQL alike; ``None`` is NULL, not the word ``null``."""

    impl = JSON(none_as_null=True)
    cache_ok = True


class ContentRow(SQLModel):
    """What one stored entry is.

    ``data`` is the entry as JSON. ``shipped_hash`` is that of the last shipped version seen.
    ``edited_at`` is set while the row differs from what is shipped because a person edited it;
    a newer shipped version then waits in ``shipped_pending``. ``active`` is false for entries
    that are no longer shipped or that a maintainer has switched off (``hidden``).
    """

    id: str = Field(primary_key=True)
    data: dict[str, Any] = Field(sa_type=PortableJson)
    version: int = Field(default=1)
    shipped_hash: str = Field(default="")
    edited_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    shipped_pending: dict[str, Any] | None = Field(default=None, sa_type=PortableJson)
    active: bool = Field(default=True)
    hidden: bool = Field(default=False, sa_column_kwargs={"server_default": false()})


class ContentRevision(SQLModel, table=True):
    """One row that changes with every change of content, so that caches notice.

    ``number`` counts; ``stamp`` is random, so that two databases never look alike.
    """

    __tablename__ = "content_revision"

    id: int = Field(default=1, primary_key=True)
    number: int = Field(default=0)
    stamp: str = Field(default="")


class ContentVersion(SQLModel, table=True):
    """What an entry said from a moment on; rows are only added ("what did we say in May?").

    ``at`` is empty for a version that came with the product before anyone changed it; ``by`` is
    the account's id, empty where the product itself brought it.
    """

    __tablename__ = "content_version"

    kind: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    data: dict[str, Any] = Field(sa_type=PortableJson)
    active: bool = True
    at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    by: str = ""

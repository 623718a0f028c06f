"""Alembic's entry: runs migrations against the URL it is given, never one from a file."""

from typing import Any, Literal

from alembic import context
from sqlalchemy.types import TypeDecorator
from sqlmodel import SQLModel

import knowledge.tables  # noqa: F401  (registers every table)
from knowledge.database import make_engine


def render_plain_types(kind: str, item: Any, context_: Any) -> str | Literal[False]:
    """Write our column types as what lies underneath: a migration outlives our classes."""
    if kind == "type" and isinstance(item, TypeDecorator):
        plain = item.impl if not isinstance(item.impl, type) else item.impl()
        return f"sa.{type(plain).__name__}()"
    return False


def run() -> None:
    """Run the migrations in one transaction."""
    url = context.config.attributes["database_url"]
    engine = make_engine(url)
    try:
        with engine.begin() as connection:
            context.configure(
                connection=connection,
                target_metadata=SQLModel.metadata,
                render_as_batch=True,
                render_item=render_plain_types,
            )
            context.run_migrations()
    finally:
        engine.dispose()


run()

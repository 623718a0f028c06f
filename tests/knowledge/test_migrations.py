"""The migrations build exactly the tables of the models, forwards and backwards."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect
from sqlmodel import SQLModel

import knowledge.tables  # noqa: F401  (registers every table)
from api.runtime.prepare import MIGRATIONS, migrate
from knowledge.database import make_engine
from tests.support.postgres import fresh_database


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
    else:
        with fresh_database(request.getfixturevalue("postgres_server")) as fresh:
            yield fresh


def _config(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["database_url"] = url
    return config


def _tables(url: str) -> set[str]:
    engine = make_engine(url)
    try:
        return set(inspect(engine).get_table_names())
    finally:
        engine.dispose()


def test_an_empty_database_gets_every_table(url: str) -> None:
    migrate(url)

    assert _tables(url) == {*SQLModel.metadata.tables, "alembic_version"}


def test_models_and_migrations_do_not_drift_apart(url: str) -> None:
    migrate(url)

    engine = make_engine(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        found = compare_metadata(context, SQLModel.metadata)
    engine.dispose()
    assert found == []


def test_a_second_upgrade_changes_nothing(url: str) -> None:
    migrate(url)
    migrate(url)

    assert _tables(url) == {*SQLModel.metadata.tables, "alembic_version"}


def test_the_way_back_leaves_nothing_and_the_way_forth_works_again(url: str) -> None:
    migrate(url)

    command.downgrade(_config(url), "base")

    assert _tables(url) == {"alembic_version"}
    migrate(url)
    assert set(SQLModel.metadata.tables) <= _tables(url)


def test_there_is_one_line_of_migrations_each_with_a_reason() -> None:
    scripts = ScriptDirectory(str(MIGRATIONS))

    assert len(scripts.get_heads()) == 1
    assert all(script.doc.strip() for script in scripts.walk_revisions())

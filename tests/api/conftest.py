"""A running application per test, on a database of its own with the shipped content."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from knowledge.database import keyring, make_engine
from tests.support.content import TEXT_KEY, copy_database, template_database
from tests.support.house import House, running
from tests.support.postgres import server


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The migrated file with all shipped content."""
    return template_database(tmp_path_factory)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a PostgreSQL server for this run; skips where none can be had."""
    with server() as url:
        yield url


@pytest.fixture
def database(template: Path, tmp_path: Path) -> Path:
    """The file of this test's database."""
    keyring.set((TEXT_KEY,))
    copy_database(template, tmp_path / "product.db")
    return tmp_path / "product.db"


@pytest.fixture
def engine(database: Path) -> Iterator[Engine]:
    """Its engine."""
    engine = make_engine(f"sqlite:///{database}")
    yield engine
    engine.dispose()


@pytest.fixture
async def house(engine: Engine, database: Path) -> AsyncIterator[House]:
    """The application with Rasa well."""
    async with running(engine, database) as house:
        yield house

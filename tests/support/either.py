"""Fixtures for what must hold on SQLite and PostgreSQL alike: copies of a database with content."""

from collections.abc import Iterator
from pathlib import Path
from secrets import token_hex

import pytest
from sqlalchemy import Engine, create_engine, make_url, text

from api.runtime.prepare import load_content, migrate
from knowledge.database import keyring, make_engine
from tests.support.content import TEXT_KEY, copy_database, template_database
from tests.support.postgres import fresh_database


@pytest.fixture(autouse=True)
def _keys() -> None:
    keyring.set((TEXT_KEY,))


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The migrated file with all shipped content."""
    return template_database(tmp_path_factory)


@pytest.fixture
def engine(template: Path, tmp_path: Path) -> Iterator[Engine]:
    """A database of this test's own with the shipped content."""
    engine = make_engine(copy_database(template, tmp_path / "product.db"))
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> Iterator[str]:
    """A PostgreSQL database with all shipped content, made once per run."""
    keyring.set((TEXT_KEY,))
    with fresh_database(postgres_server) as url:
        migrate(url)
        engine = make_engine(url)
        load_content(engine)
        engine.dispose()
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def either(request: pytest.FixtureRequest, template: Path, tmp_path: Path) -> Iterator[Engine]:
    """A database of each kind with the shipped content."""
    if request.param == "sqlite":
        engine = make_engine(copy_database(template, tmp_path / "either.db"))
        yield engine
        engine.dispose()
        return
    server = request.getfixturevalue("postgres_server")
    copied_from = make_url(request.getfixturevalue("postgres_template")).database
    name = f"copy_{token_hex(6)}"
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {copied_from}"))
    engine = make_engine(make_url(server).set(database=name).render_as_string(hide_password=False))
    yield engine
    engine.dispose()
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()

"""The actions over the shipped content, without a web server."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from knowledge.database import keyring, make_engine, transaction
from tests.support.content import TEXT_KEY, template_database

Result = TypeVar("Result")


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The migrated file with all shipped content; read only."""
    return template_database(tmp_path_factory)


class DirectReader:
    """Reads at once, on the caller's thread."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def read(self, work: Callable[[Session], Result]) -> Result:
        with transaction(self._engine, read_only=True) as session:
            return work(session)

    async def write(self, work: Callable[[Session], Result]) -> Result:
        with transaction(self._engine) as session:
            return work(session)


@pytest.fixture
def reader(template: Path) -> Iterator[DirectReader]:
    """What an action reads through."""
    keyring.set((TEXT_KEY,))
    engine = make_engine(f"sqlite:///{template}")
    yield DirectReader(engine)
    engine.dispose()

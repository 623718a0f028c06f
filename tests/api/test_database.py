"""Writers of one process queue up in their order instead of racing for SQLite's lock."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import Session

from api.database import Database
from knowledge import database as knowledge_database
from knowledge.database import make_engine

WRITERS = 30
EACH_SECONDS = 0.02
PATIENCE_SECONDS = 0.1
"""Far less than all writers need together: whoever races for the lock meets this time-out."""


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    monkeypatch.setattr(knowledge_database, "SQLITE_BUSY_SECONDS", PATIENCE_SECONDS)
    made = Database(make_engine(f"sqlite:///{tmp_path}/t.db"))
    with made.engine.begin() as connection:
        connection.execute(text("CREATE TABLE seen (number INTEGER)"))
    return made


async def test_many_writers_at_once_all_get_their_turn_in_order(database: Database) -> None:
    def writing(number: int) -> Callable[[Session], None]:
        def work(session: Session) -> None:
            session.execute(text("INSERT INTO seen VALUES (:n)"), {"n": number})
            time.sleep(EACH_SECONDS)

        return work

    await asyncio.gather(*(database.write(writing(n)) for n in range(WRITERS)))

    def read(session: Session) -> list[int]:
        return [row[0] for row in session.execute(text("SELECT number FROM seen ORDER BY rowid"))]

    assert await database.read(read) == list(range(WRITERS))
    database.close()


async def test_a_write_that_fails_lets_the_next_one_in(database: Database) -> None:
    def broken(session: Session) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await database.write(broken)
    await asyncio.wait_for(database.write(lambda session: None), timeout=2)
    database.close()

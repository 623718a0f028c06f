import sqlite3
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError, StatementError
from sqlmodel import Field, MetaData, Session, SQLModel

from knowledge import database
from knowledge.clock import TOKYO
from knowledge.database import EncryptedText, UtcDateTime, keyring, make_engine, transaction
from knowledge.errors import ContentError, DatabaseBusyError
from tests.support.content import TEXT_KEY
from tests.support.postgres import fresh_database

OLD, NEW = TEXT_KEY, "bmV3ZXIga2V5IG9mIHRoZSB0ZXN0cywgMzIgYnl0ZXM="
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=TOKYO)
SECRET = "社外秘の文章"


class Note(SQLModel, table=True):
    """A table of this test only, kept out of the product's metadata."""

    metadata = MetaData()

    id: int | None = Field(default=None, primary_key=True)
    at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    said: str | None = Field(default=None, sa_type=EncryptedText)


@pytest.fixture(autouse=True)
def _keys() -> Iterator[None]:
    before = keyring._fernet
    keyring.set((OLD,))
    yield
    keyring._fernet = before


@pytest.fixture(params=["sqlite", "postgresql"])
def notes(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An engine with the table, on each database we support."""
    if request.param == "sqlite":
        yield from _with_table(f"sqlite:///{tmp_path / 'notes.db'}")
    else:
        with fresh_database(request.getfixturevalue("postgres_server")) as url:
            yield from _with_table(url)


@pytest.fixture
def sqlite_notes(tmp_path: Path) -> Iterator[Engine]:
    yield from _with_table(f"sqlite:///{tmp_path / 'notes.db'}")


def _with_table(url: str) -> Iterator[Engine]:
    engine = make_engine(url)
    Note.metadata.create_all(engine)
    yield engine
    engine.dispose()


def _store(engine: Engine, **values: Any) -> int:
    with transaction(engine) as session:
        note = Note(**values)
        session.add(note)
        session.flush()
        assert note.id is not None
        return note.id


def _read(engine: Engine, id_: int) -> tuple[datetime | None, str | None]:
    with transaction(engine, read_only=True) as session:
        found = session.get(Note, id_)
        assert found is not None
        return found.at, found.said


def test_a_moment_comes_back_as_the_same_moment_in_tokyo(notes: Engine) -> None:
    elsewhere = datetime(2026, 11, 20, 3, 0, 0, 123456, tzinfo=UTC)

    at, _ = _read(notes, _store(notes, at=elsewhere))

    assert at is not None
    assert at == elsewhere
    assert at.utcoffset() == timedelta(hours=9)


def test_what_lies_in_the_table_is_utc(sqlite_notes: Engine) -> None:
    _store(sqlite_notes, at=NOON)

    with sqlite_notes.connect() as connection:
        assert (
            connection.execute(text("SELECT at FROM note"))
            .scalar_one()
            .startswith("2026-11-20 03:00:00")
        )


def test_a_naive_moment_is_refused(notes: Engine) -> None:
    with pytest.raises(StatementError, match="naive"):
        _store(notes, at=datetime(2026, 11, 20))  # noqa: DTZ001


def test_nothing_stays_nothing(notes: Engine) -> None:
    assert _read(notes, _store(notes)) == (None, None)


@pytest.mark.parametrize("said", [SECRET, "", "😀\n改行", "あ" * 5_000, "nul\x00"])
def test_a_text_comes_back_as_it_was(notes: Engine, said: str) -> None:
    assert _read(notes, _store(notes, said=said))[1] == said


def test_a_text_is_unreadable_in_the_file(sqlite_notes: Engine, tmp_path: Path) -> None:
    _store(sqlite_notes, said=SECRET)

    held = b"".join(path.read_bytes() for path in tmp_path.glob("notes.db*"))
    assert SECRET.encode() not in held
    assert b"note" in held


def test_texts_of_an_older_key_open_after_the_key_is_rotated(notes: Engine) -> None:
    before = _store(notes, said="前の鍵")
    keyring.set((NEW, OLD))
    after = _store(notes, said="今の鍵")

    assert _read(notes, before)[1] == "前の鍵"
    assert _read(notes, after)[1] == "今の鍵"


def test_new_texts_are_written_with_the_newest_key(sqlite_notes: Engine) -> None:
    keyring.set((NEW, OLD))
    _store(sqlite_notes, said=SECRET)

    with sqlite_notes.connect() as connection:
        token = connection.execute(text("SELECT said FROM note")).scalar_one()
    assert Fernet(NEW).decrypt(token).decode() == SECRET


def test_a_text_whose_key_was_thrown_away_says_so_without_the_text(notes: Engine) -> None:
    lost = _store(notes, said=SECRET)
    keyring.set((NEW,))

    with pytest.raises(ContentError, match="does not open") as refused:
        _read(notes, lost)
    assert SECRET not in str(refused.value)


def test_without_keys_the_error_names_the_command(notes: Engine) -> None:
    keyring._fernet = None

    with pytest.raises(Exception, match="madoguchi serve"):
        _store(notes, said=SECRET)


def test_a_raised_error_leaves_nothing_behind(notes: Engine) -> None:
    def fail() -> None:
        with transaction(notes) as session:
            session.add(Note(said="消える"))
            session.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()

    with transaction(notes, read_only=True) as session:
        assert session.execute(text("SELECT count(*) FROM note")).scalar_one() == 0


def test_a_read_only_unit_of_work_keeps_no_change(notes: Engine) -> None:
    with transaction(notes, read_only=True) as session:
        session.add(Note(said="書かない"))

    with transaction(notes, read_only=True) as session:
        assert session.execute(text("SELECT count(*) FROM note")).scalar_one() == 0


def test_a_second_writer_waits_for_the_first(notes: Engine) -> None:
    """Both read, then write the same row: a deferred SQLite transaction would fail at once."""
    counter = _store(notes, said="0")
    held, order = threading.Event(), list[str]()

    def add_one(name: str, *, hold: float) -> None:
        with transaction(notes) as session:
            note = session.get(Note, counter, with_for_update=True)
            assert note is not None
            held.set()
            time.sleep(hold)
            note.said = str(int(note.said or "") + 1)
            order.append(name)

    first = threading.Thread(target=add_one, args=("first",), kwargs={"hold": 0.2})
    first.start()
    assert held.wait(5)
    add_one("second", hold=0)
    first.join()

    assert order == ["first", "second"]
    assert _read(notes, counter)[1] == "2"


def test_a_reader_does_not_wait_for_a_writer(notes: Engine) -> None:
    counter = _store(notes, said="前")

    with transaction(notes) as session:
        note = session.get(Note, counter)
        assert note is not None
        note.said = "後"
        session.add(note)
        session.flush()
        assert _read(notes, counter)[1] == "前"


def test_a_database_locked_for_too_long_is_busy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "SQLITE_BUSY_SECONDS", 0.05)
    engine = make_engine(f"sqlite:///{tmp_path / 'busy.db'}")
    Note.metadata.create_all(engine)
    other = sqlite3.connect(tmp_path / "busy.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        with pytest.raises(DatabaseBusyError):
            _store(engine, said="待てない")
    finally:
        other.close()

    assert _store(engine, said="空いた") == 1
    engine.dispose()


def test_a_commit_that_failed_leaves_neither_a_row_nor_a_lock(
    notes: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The pooled connection stayed inside its transaction: nobody could write any more."""

    def fail(connection: Any) -> None:
        raise sqlite3.OperationalError("disk I/O error")

    with monkeypatch.context() as patch:
        patch.setattr(notes.dialect, "do_commit", fail)
        for _ in range(2):
            with pytest.raises(Exception, match="disk I/O"):
                _store(notes, said="消える")

    _store(notes, said="空いた")
    with transaction(notes, read_only=True) as session:
        assert session.execute(text("SELECT count(*) FROM note")).scalar_one() == 1


def test_another_database_error_is_not_called_busy(sqlite_notes: Engine) -> None:
    with pytest.raises(OperationalError, match="no such table"), transaction(sqlite_notes) as s:
        s.execute(text("SELECT * FROM nowhere"))


def test_sqlite_keeps_foreign_keys_and_a_write_ahead_log(sqlite_notes: Engine) -> None:
    with Session(sqlite_notes) as session:
        assert session.execute(text("PRAGMA foreign_keys")).scalar_one() == 1
        assert session.execute(text("PRAGMA journal_mode")).scalar_one() == "wal"

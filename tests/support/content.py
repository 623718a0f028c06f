"""The shipped content in a database, made once per test run and copied for each test."""

import shutil
import sqlite3
from contextlib import closing
from functools import lru_cache
from pathlib import Path

import pytest

from api.runtime.prepare import load_content, migrate
from knowledge.catalogue import Catalogue
from knowledge.catalogue import current as current_catalogue
from knowledge.database import make_engine, transaction

TEXT_KEY = "b2xkZXIga2V5IG9mIHRoZSB0ZXN0cywgMzIgYnl0ZXM="


def template_database(factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file with all shipped content; made by the first test that asks."""
    path = factory.getbasetemp() / "template.db"
    if not path.exists():
        making = path.with_suffix(".making")
        url = f"sqlite:///{making}"
        migrate(url)
        engine = make_engine(url)
        load_content(engine)
        engine.dispose()
        with closing(sqlite3.connect(making)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        making.rename(path)
    return path


def copy_database(template: Path, to: Path) -> str:
    """A database of a test's own; its URL."""
    shutil.copyfile(template, to)
    return f"sqlite:///{to}"


@lru_cache(maxsize=1)
def shipped_catalogue(template: Path) -> Catalogue:
    """The catalogue of the shipped content, read once."""
    engine = make_engine(f"sqlite:///{template}")
    try:
        with transaction(engine, read_only=True) as session:
            return current_catalogue(session=session)
    finally:
        engine.dispose()


def stored_bytes(database: Path) -> bytes:
    """Everything SQLite holds on disk of a database, the write-ahead log included."""
    files = sorted(database.parent.glob(f"{database.name}*"))
    return b"".join(file.read_bytes() for file in files)

"""Engine, session and column types; it knows no table.

SQLite by default (WAL, foreign keys on, every transaction ``BEGIN IMMEDIATE`` so that a writer
waits instead of failing half-way), PostgreSQL by changing the URL. Nothing is opened at import.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from sqlalchemy import DateTime, Dialect, Engine, LargeBinary, create_engine, event
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.types import TypeDecorator
from sqlmodel import Session

from knowledge.clock import TOKYO
from knowledge.errors import ContentError, DatabaseBusyError

SQLITE_BUSY_SECONDS = 5.0
"""How long a writer waits for another before the visitor is told to try again."""


class UtcDateTime(TypeDecorator[datetime]):
    """Aware datetimes, stored in UTC without zone, read back in Asia/Tokyo.

    SQLite drops time zones silently; a naive value is refused instead of guessed.
    """

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive values, store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime reached the database")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Give the instant back as Tokyo time."""
        if value is None:
            return None
        stored: datetime = value
        return stored.replace(tzinfo=UTC).astimezone(TOKYO)


class _Keyring:
    """The keys of ``EncryptedText``; set once at start-up, replaceable in tests."""

    def __init__(self) -> None:
        self._fernet: MultiFernet | None = None

    def set(self, keys: tuple[str, ...]) -> None:
        """Install keys, the newest first; older ones still decrypt."""
        self._fernet = MultiFernet([Fernet(key.encode()) for key in keys])

    @property
    def fernet(self) -> MultiFernet:
        """The active keys, or an error naming the command that mends it."""
        if self._fernet is None:
            raise ContentError("no text key is set: start through `madoguchi serve` or `make run`")
        return self._fernet


keyring = _Keyring()


class EncryptedText(TypeDecorator[str]):
    """Text that is unreadable in the database file; rotating keys, not searchable."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        """Encrypt with the newest key."""
        return None if value is None else keyring.fernet.encrypt(value.encode())

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:
        """Decrypt with any key of the ring."""
        if value is None:
            return None
        try:
            return keyring.fernet.decrypt(bytes(value)).decode()
        except InvalidToken as error:
            raise ContentError("a stored text does not open with the configured keys") from error


def make_engine(url: str) -> Engine:
    """Create the engine of one process for ``sqlite:///…`` or ``postgresql+psycopg://…``."""
    if not url.startswith("sqlite"):
        engine = create_engine(url, pool_pre_ping=True, pool_size=10, max_overflow=20)
        event.listen(engine, "reset", _end_transaction)
        return engine
    engine = create_engine(url, connect_args={"timeout": SQLITE_BUSY_SECONDS}, pool_size=20)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_immediate)
    event.listen(engine, "reset", _end_transaction)
    return engine


def _prepare_sqlite(connection: Any, record: ConnectionPoolEntry) -> None:
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "foreign_keys=ON", "synchronous=NORMAL"):
        connection.execute(f"PRAGMA {pragma}")


def _end_transaction(connection: Any, record: ConnectionPoolEntry, state: Any) -> None:
    # After a COMMIT that failed, SQLAlchemy counts the transaction as over; the database may not,
    # and the pooled connection would keep its locks for ever. Without a transaction this is free.
    if not state.terminate_only:
        connection.rollback()


def _begin_immediate(connection: Any) -> None:
    read_only = connection.get_execution_options().get("madoguchi_read_only", False)
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")


@contextmanager
def transaction(engine: Engine, *, read_only: bool = False) -> Iterator[Session]:
    """One unit of work: commits when the block ends, rolls back when it raises.

    ``read_only`` takes no write lock on SQLite, so readers never wait for a writer.

    Raises:
        DatabaseBusyError: the database stayed locked past the time-out.
    """
    bind = engine.execution_options(madoguchi_read_only=True) if read_only else engine
    try:
        with Session(bind, expire_on_commit=False) as session:
            yield session
            if read_only:
                session.rollback()
            else:
                session.commit()
    except OperationalError as error:
        if "locked" in str(error.orig).lower() or "busy" in str(error.orig).lower():
            raise DatabaseBusyError from error
        raise

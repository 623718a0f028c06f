"""Brings shipped entries into the database without ever overwriting what a person edited.

It decides added, updated, kept; it knows no kind of entry and commits nothing.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import uuid4

from pydantic import ValidationError
from sqlmodel import Session, col, select

from knowledge.content_store import history
from knowledge.content_store.files import ContentEntry, Entry
from knowledge.content_store.models import ContentRevision, ContentRow
from knowledge.errors import ContentError, NotFoundError

Row = TypeVar("Row", bound=ContentRow)


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What a load did, as ``table/id``.

    ``kept_edits`` are edited rows that were left alone; ``pending`` those of them for which a
    newer shipped version waits; ``retired`` are no longer shipped and not shown any more.
    """

    added: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    kept_edits: tuple[str, ...] = ()
    pending: tuple[str, ...] = ()
    retired: tuple[str, ...] = ()

    def __add__(self, other: "LoadReport") -> "LoadReport":
        names = [field.name for field in fields(self)]
        return LoadReport(**{name: getattr(self, name) + getattr(other, name) for name in names})

    @property
    def changed(self) -> bool:
        """Whether anything a visitor may see became different."""
        return bool(self.added or self.updated or self.retired)


@dataclass(frozen=True, slots=True)
class Stored(Generic[Entry]):
    """An entry as stored, with the version that answers quote."""

    entry: Entry
    version: int


def sync(*, session: Session, table: type[Row], shipped: Mapping[str, ContentEntry]) -> LoadReport:
    """Make the table follow the shipped entries; edited rows stay as they are. Idempotent."""
    rows = {row.id: row for row in session.exec(select(table))}
    outcomes: dict[str, list[str]] = {field.name: [] for field in fields(LoadReport)}
    for id_, entry in shipped.items():
        for outcome in _follow(session, table, rows.get(id_), entry):
            outcomes[outcome].append(f"{table.__tablename__}/{id_}")
    for row in rows.values():
        if row.id not in shipped and _retire(row):
            outcomes["retired"].append(f"{table.__tablename__}/{row.id}")
    report = LoadReport(**{name: tuple(ids) for name, ids in outcomes.items()})
    if report.changed:
        bump(session=session)
    session.flush()
    return report


def edit(
    *, session: Session, table: type[Row], entry: ContentEntry, at: datetime, by: str = ""
) -> Row:
    """Store a person's edit as the next version (a new entry starts at 1).

    ``entry`` is already checked by its shape; ``at`` is aware; ``by`` is the account's id.
    """
    row = session.get(table, entry.id)
    if row is None:
        row = table(id=entry.id, data=dumped(entry), edited_at=at)
    else:
        history.keep(session=session, row=row)
        row.data, row.edited_at = dumped(entry), at
        row.active = not row.hidden
        row.version += 1
    return _changed(session, row, at=at, by=by)


def accept_shipped(
    *,
    session: Session,
    table: type[Row],
    id: str,  # noqa: A002
    at: datetime | None = None,
    by: str = "",
) -> Row:
    """Give up the edit of a row for the shipped version that waits.

    Raises:
        NotFoundError: there is no such row, or nothing waits.
    """
    row = session.get(table, id)
    if row is None or row.shipped_pending is None:
        raise NotFoundError
    history.keep(session=session, row=row)
    row.data, row.shipped_pending, row.edited_at = row.shipped_pending, None, None
    row.version += 1
    return _changed(session, row, at=at, by=by)


def show(
    *,
    session: Session,
    table: type[Row],
    id: str,  # noqa: A002
    shown: bool,
    at: datetime,
    by: str = "",
) -> Row:
    """Switch an entry off for visitors, or on again; it stays so through upgrades.

    Raises:
        NotFoundError: there is no such row.
    """
    row = session.get(table, id)
    if row is None:
        raise NotFoundError
    if row.hidden is shown:
        history.keep(session=session, row=row)
        row.hidden, row.active = not shown, shown
        row.version += 1
        _changed(session, row, at=at, by=by)
    return row


def _changed(session: Session, row: Row, *, at: datetime | None, by: str) -> Row:
    session.add(row)
    history.keep(session=session, row=row, at=at, by=by)
    bump(session=session)
    session.flush()
    return row


def stored(*, session: Session, table: type[Row], shape: type[Entry]) -> dict[str, Stored[Entry]]:
    """Every active entry by id, in the order of ids.

    Raises:
        ContentError: a stored row does not fit the shape any more (ids in ``detail``).
    """
    statement = select(table).where(col(table.active)).order_by(col(table.id))
    entries: dict[str, Stored[Entry]] = {}
    broken: list[str] = []
    for row in session.exec(statement):
        try:
            entries[row.id] = Stored(shape.model_validate(row.data), row.version)
        except ValidationError as error:
            broken.append(f"{table.__tablename__}/{row.id}: {error}")
    if broken:
        raise ContentError("\n".join(broken))
    return entries


def revision(*, session: Session) -> tuple[int, str] | None:
    """What changes whenever content changes; ``None`` while nothing was ever loaded."""
    row = session.exec(select(ContentRevision.number, ContentRevision.stamp)).first()
    return (row[0], row[1]) if row else None


def bump(*, session: Session) -> None:
    """Tell caches in every process that content changed."""
    row = session.get(ContentRevision, 1) or ContentRevision()
    row.number, row.stamp = row.number + 1, uuid4().hex
    session.add(row)


def dumped(entry: ContentEntry) -> dict[str, Any]:
    """An entry as the JSON that is stored."""
    return entry.model_dump(mode="json")


def fingerprint(data: Mapping[str, Any]) -> str:
    """A hash of the content, whatever the order of keys in the file."""
    text = json.dumps(data, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _follow(
    session: Session, table: type[Row], row: Row | None, entry: ContentEntry
) -> Iterator[str]:
    """Apply one shipped entry and say what came of it."""
    data = dumped(entry)
    hash_ = fingerprint(data)
    if row is None:
        session.add(table(id=entry.id, data=data, shipped_hash=hash_))
        yield "added"
        return
    if row.edited_at is not None and row.data != data:
        row.shipped_pending = data if hash_ != row.shipped_hash else row.shipped_pending
        row.shipped_hash = hash_
        yield "kept_edits"
        if row.shipped_pending is not None:
            yield "pending"
    elif row.data == data and row.active is not row.hidden:
        row.edited_at, row.shipped_pending, row.shipped_hash = None, None, hash_
        yield "unchanged"
    else:
        history.keep(session=session, row=row)
        row.data, row.shipped_hash, row.active = data, hash_, not row.hidden
        row.version += 1
        history.keep(session=session, row=row)
        yield "updated"
    session.add(row)


def _retire(row: ContentRow) -> bool:
    """Hide a row that is no longer shipped, unless a person made or edited it."""
    if row.edited_at is not None or not row.active:
        return False
    row.active = False
    row.version += 1
    return True

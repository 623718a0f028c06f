"""Maintainers change articles and programmes: checked as the shipped ones are, kept in versions.

It finds what is due and what differs; pages, files and what rests on an entry are others' work.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal

from sqlmodel import Session, select

from knowledge.articles.entry import Article
from knowledge.articles.models import ArticleRow
from knowledge.audit import service as audit
from knowledge.catalogue import Catalogue, current
from knowledge.content_lint.service import entry_findings
from knowledge.content_store import exchange, history
from knowledge.content_store import service as store
from knowledge.content_store.models import ContentRow
from knowledge.errors import ConflictError, FieldProblem, InvalidInputError, NotFoundError
from knowledge.programmes.entry import Programme
from knowledge.programmes.models import ProgrammeRow
from knowledge.staff.actor import Actor
from knowledge.text import fold
from knowledge.training.rights import check_maintainer
from knowledge.wording import say

KindName = Literal["article", "programme"]
Entry = Article | Programme
DUE_WITHIN = timedelta(days=30)
Only = Literal["", "due", "pending", "edited", "hidden"]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of entry: its table and its shape."""

    name: KindName
    table: type[ContentRow]
    shape: Any


KINDS: dict[str, Kind] = {
    "article": Kind("article", ArticleRow, Article),
    "programme": Kind("programme", ProgrammeRow, Programme),
}


@dataclass(frozen=True, slots=True)
class Item:
    """One entry as the list shows it. ``due``: its day of review (or end) has come or is near."""

    id: str
    title: str
    topics: tuple[str, ...]
    version: int
    review_on: date
    due: bool
    edited: bool
    pending: bool
    hidden: bool


@dataclass(frozen=True, slots=True)
class Opened:
    """One entry as the editor shows it."""

    item: Item
    entry: Entry
    cells: Mapping[str, str]
    pending: tuple[history.FieldDiff, ...]
    versions: tuple[tuple[int, datetime | None, str], ...]


def listed(
    *,
    session: Session,
    kind: str,
    actor: Actor,
    today: date,
    q: str = "",
    only: Only = "",
) -> tuple[Item, ...]:
    """Entries of a kind, those that are due first, then by id.

    Raises:
        NotAllowedError: no maintainer.
    """
    check_maintainer(actor)
    rows = session.exec(select(KINDS[kind].table)).all()
    items = [(_item(row, KINDS[kind], today), row) for row in rows if row.active or row.hidden]
    wanted = [item for item, row in items if _fits(item, only) and fold(q) in fold(str(row.data))]
    return tuple(sorted(wanted, key=lambda item: (not item.due, item.id)))


def opened(
    *,
    session: Session,
    kind: str,
    id: str,  # noqa: A002
    actor: Actor,
    today: date,
) -> Opened:
    """One entry with its versions and what a newer shipped version would change.

    Raises:
        NotAllowedError: no maintainer. NotFoundError: unknown.
    """
    check_maintainer(actor)
    row = _row(session, kind, id)
    entry = KINDS[kind].shape.model_validate(row.data)
    waiting = row.shipped_pending
    kept = history.versions(session=session, kind=str(row.__tablename__), id=id)
    return Opened(
        item=_item(row, KINDS[kind], today),
        entry=entry,
        cells=exchange.cells_of(entry),
        pending=history.differences(row.data, waiting) if waiting is not None else (),
        versions=tuple((one.version, one.at, one.by) for one in kept),
    )


def compared(
    *,
    session: Session,
    kind: str,
    id: str,  # noqa: A002
    version: int,
    actor: Actor,
) -> tuple[history.FieldDiff, ...]:
    """What has changed since a version.

    Raises:
        NotAllowedError: no maintainer. NotFoundError: unknown entry or version.
    """
    check_maintainer(actor)
    row = _row(session, kind, id)
    kept = history.versions(session=session, kind=str(row.__tablename__), id=id)
    old = next((one for one in kept if one.version == version), None)
    if old is None:
        raise NotFoundError
    return history.differences(old.data, row.data)


def checked(*, session: Session, kind: str, cells: Mapping[str, str], actor: Actor) -> Entry:
    """The entry that a form's texts make, checked like a shipped one.

    Raises:
        NotAllowedError: no maintainer. InvalidInputError: everything that is wrong, by field.
    """
    check_maintainer(actor)
    read = exchange.from_cells(cells, KINDS[kind].shape)
    problems = [FieldProblem(p.column, f"{p.column}: {p.message}") for p in read.problems]
    if not problems:
        told = findings(read.entries[0], current(session=session))
        problems = [FieldProblem("", words) for words in told]
    if problems:
        raise InvalidInputError(fields=tuple(problems))
    made: Entry = read.entries[0]
    return made


def save(
    *,
    session: Session,
    kind: str,
    cells: Mapping[str, str],
    version: int,
    actor: Actor,
    now: datetime,
) -> int:
    """Store an edit made on ``version``; the version it has now (unchanged text: the same one).

    Raises:
        As ``checked``; ConflictError: somebody else has changed it since. NotFoundError: unknown.
    """
    entry = checked(session=session, kind=kind, cells=cells, actor=actor)
    row = _row(session, kind, entry.id)
    if row.version != version:
        raise ConflictError(say("maintain.changed_meanwhile"))
    if row.data != store.dumped(entry):
        store_entry(session, KINDS[kind], entry, actor, now)
    return row.version


def show(
    *,
    session: Session,
    kind: str,
    id: str,  # noqa: A002
    shown: bool,
    actor: Actor,
    now: datetime,
) -> None:
    """Switch an entry off or on.

    Raises:
        NotAllowedError: no maintainer. NotFoundError: unknown.
    """
    check_maintainer(actor)
    table = KINDS[kind].table
    store.show(session=session, table=table, id=id, shown=shown, at=now, by=actor.id)
    _audit(session, f"{kind}.{'shown' if shown else 'hidden'}", kind, id, actor, now)


def accept_shipped(
    *,
    session: Session,
    kind: str,
    id: str,  # noqa: A002
    actor: Actor,
    now: datetime,
) -> None:
    """Take the waiting shipped version instead of one's own.

    Raises:
        NotAllowedError: no maintainer. NotFoundError: unknown, or nothing waits.
    """
    check_maintainer(actor)
    store.accept_shipped(session=session, table=KINDS[kind].table, id=id, at=now, by=actor.id)
    _audit(session, f"{kind}.shipped_accepted", kind, id, actor, now)


def _fits(item: Item, only: Only) -> bool:
    return only == "" or bool(getattr(item, only))


def _item(row: ContentRow, kind: Kind, today: date) -> Item:
    entry: Entry = kind.shape.model_validate(row.data)
    ends = getattr(entry, "valid_to", None)
    soon = today + DUE_WITHIN
    return Item(
        id=row.id,
        title=entry.title if isinstance(entry, Article) else entry.name,
        topics=tuple(entry.topics),
        version=row.version,
        review_on=entry.review_on,
        due=entry.review_on <= soon or (ends is not None and ends <= soon),
        edited=row.edited_at is not None,
        pending=row.shipped_pending is not None,
        hidden=row.hidden,
    )


def _row(session: Session, kind: str, id_: str) -> ContentRow:
    found = KINDS.get(kind)
    row = session.get(found.table, id_) if found is not None else None
    if row is None:
        raise NotFoundError
    return row


def store_entry(session: Session, kind: Kind, entry: Entry, actor: Actor, now: datetime) -> None:
    """Store an entry that was checked, and note who did."""
    store.edit(session=session, table=kind.table, entry=entry, at=now, by=actor.id)
    _audit(session, f"{kind.name}.edited", kind.name, entry.id, actor, now)


def findings(entry: Entry, catalogue: Catalogue) -> list[str]:
    """What the linter of shipped content has against an entry."""
    return [finding.message for finding in entry_findings(entry, catalogue)]


def _audit(session: Session, action: str, kind: str, id_: str, actor: Actor, now: datetime) -> None:
    audit.record(session=session, actor=actor, action=action, subject=f"{kind}:{id_}", now=now)

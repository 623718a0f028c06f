"""Carries all entries of a kind out of the house and in again, as CSV or YAML; all or nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlmodel import Session, select

from knowledge.articles.entry import Article
from knowledge.catalogue import Catalogue, current
from knowledge.content_store import exchange
from knowledge.content_store import service as store
from knowledge.content_store.exchange import CellProblem
from knowledge.errors import FieldProblem, InvalidInputError
from knowledge.staff.actor import Actor
from knowledge.training.editing import KINDS, Entry, findings, store_entry
from knowledge.training.rights import check_maintainer


@dataclass(frozen=True, slots=True)
class Imported:
    """What a file changed: ids of new, changed and unchanged entries."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    same: tuple[str, ...] = ()


def exported(*, session: Session, kind: str, actor: Actor, form: str) -> tuple[str, bytes]:
    """All entries as one file: its name and content (``form``: ``csv`` or ``yaml``, a zip).

    Raises:
        NotAllowedError: no maintainer.
    """
    check_maintainer(actor)
    rows = session.exec(select(KINDS[kind].table))
    entries = [KINDS[kind].shape.model_validate(r.data) for r in rows if r.active or r.hidden]
    if form == "csv":
        return f"{kind}s.csv", exchange.to_csv(entries, KINDS[kind].shape)
    files = {_file(entry): exchange.to_yaml(entry) for entry in entries}
    return f"{kind}s.zip", exchange.to_zip(files)


def imported(
    *, session: Session, kind: str, name: str, content: bytes, actor: Actor, now: datetime
) -> Imported:
    """Take a CSV or YAML file in: all of it, or nothing.

    Raises:
        NotAllowedError: no maintainer. InvalidInputError: everything that is wrong, with line and
        column; nothing was changed.
    """
    check_maintainer(actor)
    shape = KINDS[kind].shape
    reader = exchange.from_yaml if name.endswith((".yml", ".yaml")) else exchange.from_csv
    read = reader(content, shape)
    problems = [*read.problems, *_all_findings(read.entries, current(session=session))]
    if problems:
        fields = tuple(FieldProblem(p.column, str(p)) for p in problems)
        raise InvalidInputError(fields=fields)
    outcomes: dict[str, list[str]] = {"added": [], "changed": [], "same": []}
    for entry in read.entries:
        row = session.get(KINDS[kind].table, entry.id)
        outcome = "added" if row is None else "changed"
        if row is not None and row.data == store.dumped(entry):
            outcome = "same"
        else:
            store_entry(session, KINDS[kind], entry, actor, now)
        outcomes[outcome].append(entry.id)
    return Imported(**{key: tuple(ids) for key, ids in outcomes.items()})


def _all_findings(entries: Iterable[Entry], catalogue: Catalogue) -> list[CellProblem]:
    return [
        CellProblem(line, "id", f"「{entry.id}」{told}")
        for line, entry in enumerate(entries, start=2)
        if entry != _now(entry, catalogue)
        for told in findings(entry, catalogue)
    ]


def _now(entry: Entry, catalogue: Catalogue) -> Entry | None:
    if isinstance(entry, Article):
        return catalogue.article(entry.id)
    return catalogue.programme(entry.id)


def _file(entry: Entry) -> str:
    folder = f"articles/{entry.topic}" if isinstance(entry, Article) else "programmes"
    return Path(folder, f"{entry.id}.yml").as_posix()

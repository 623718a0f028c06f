"""Remembers what an entry said under each of its versions, and shows two of them side by side."""

import difflib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from knowledge.content_store.models import ContentRow, ContentVersion


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a comparison: ``sign`` is ``-`` (old), ``+`` (new) or a space (both)."""

    sign: str
    text: str


@dataclass(frozen=True, slots=True)
class FieldDiff:
    """A field that differs."""

    field: str
    lines: tuple[Line, ...]


def keep(*, session: Session, row: ContentRow, at: datetime | None = None, by: str = "") -> None:
    """Remember the row as it is now under its version; a version once kept is never changed."""
    key = (str(row.__tablename__), row.id, row.version)
    if session.get(ContentVersion, key) is None:
        session.add(
            ContentVersion(
                kind=key[0],
                id=row.id,
                version=row.version,
                data=row.data,
                active=row.active,
                at=at,
                by=by,
            )
        )
        session.flush()


def versions(*, session: Session, kind: str, id: str) -> Sequence[ContentVersion]:  # noqa: A002
    """Every version that was kept, the newest first."""
    return session.exec(
        select(ContentVersion)
        .where(ContentVersion.kind == kind, ContentVersion.id == id)
        .order_by(col(ContentVersion.version).desc())
    ).all()


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[FieldDiff, ...]:
    """What differs between two versions, field by field, line by line."""
    names = [*new, *(name for name in old if name not in new)]
    return tuple(
        FieldDiff(name, _lines(_text(old.get(name)), _text(new.get(name))))
        for name in names
        if old.get(name) != new.get(name)
    )


def _lines(old: list[str], new: list[str]) -> tuple[Line, ...]:
    found = difflib.ndiff(old, new)
    return tuple(Line(line[0], line[2:]) for line in found if line[0] in "-+ ")


def _text(value: Any) -> list[str]:
    if value is None:
        return []
    if isinstance(value, str):
        return value.strip().splitlines()
    if isinstance(value, list):
        return [item if isinstance(item, str) else _json(item) for item in value]
    return [_json(value)]


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)

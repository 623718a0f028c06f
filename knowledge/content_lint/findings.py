"""What a finding is, and the content a check looks at."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from knowledge.articles.entry import Article
from knowledge.content_store.files import Located, Problem, line_of
from knowledge.desks.entry import Desk
from knowledge.programmes.entry import Programme

Finding = Problem
"""``path``, ``line`` (from 1 or ``None``), ``message``; as text ``path:line: message``."""


@dataclass(frozen=True)
class Content:
    """Everything below one content folder that could be read."""

    root: Path
    programmes: tuple[Located[Programme], ...]
    articles: tuple[Located[Article], ...]
    desks: tuple[Located[Desk], ...]
    wording: tuple[tuple[Path, dict[str, Any]], ...] = ()
    contacts: frozenset[str] = field(default_factory=frozenset)

    @property
    def entries(self) -> tuple[Located[Any], ...]:
        """Entries of every kind."""
        return (*self.programmes, *self.articles, *self.desks)

    @property
    def desk_ids(self) -> frozenset[str]:
        """Ids of all desks."""
        return frozenset(located.entry.id for located in self.desks)

    @property
    def programme_ids(self) -> frozenset[str]:
        """Ids of all programmes."""
        return frozenset(located.entry.id for located in self.programmes)


def at(path: Path, key: str, message: str) -> Finding:
    """A finding on the line of a top-level key."""
    return Finding(path, line_of(path.read_text(encoding="utf-8"), key), message)


def texts_of(value: Any) -> Iterator[str]:
    """Every text inside a value, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from texts_of(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from texts_of(item)

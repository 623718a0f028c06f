"""Reads ``intents.yml``: what each intent means, what it is not, who owns it, its minimum.

It decides only whether the registry itself is whole; sentences are ``lint``'s business.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, RootModel

from knowledge.content_store.files import ContentPart, Problem, line_of, read_entry
from knowledge.vocabulary import DIALOGUE_INTENTS, NO_SUBJECT, TOPICS

REGISTRY_FILE = "intents.yml"
INTENTS = (*TOPICS, *NO_SUBJECT, *DIALOGUE_INTENTS)
"""Every intent the bot can report; the registry describes exactly these."""

Words = Annotated[str, Field(min_length=1)]


class Border(ContentPart):
    """What people might file here, and the intents where it belongs (none: nowhere fixed)."""

    what: Words
    to: tuple[str, ...] = Field(min_length=1)


class Minimum(ContentPart):
    """The fewest sentences of each part."""

    train: int = Field(ge=1)
    heldout: int = Field(ge=0)


class Intent(ContentPart):
    """One intent as its owner describes it."""

    skill: Literal["inquiry", "handoff", "chitchat", "dialogue"]
    owner: Words
    meaning: Words
    is_not: tuple[Border, ...] = Field(min_length=1)
    minimum: Minimum


class _Intents(RootModel[dict[str, Intent]]):
    """The file: intent → description."""


@dataclass(frozen=True)
class Registry:
    """The registry as read; ``intents`` is empty if the file could not be used."""

    path: Path
    intents: Mapping[str, Intent] = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict)


def read_registry(roots: Iterable[Path]) -> tuple[Registry, tuple[Problem, ...]]:
    """The registry of the first root that has one (an overlay needs none)."""
    paths = [root / REGISTRY_FILE for root in roots]
    path = next((path for path in paths if path.exists()), paths[0])
    read, problems = read_entry(path, _Intents)
    if read is None:
        return Registry(path), problems
    text = path.read_text(encoding="utf-8")
    lines = {name: line_of(text, name) or 1 for name in read.root}
    registry = Registry(path, read.root, lines)
    return registry, tuple(_problems(registry))


def _problems(registry: Registry) -> Iterator[Problem]:
    for name in (name for name in INTENTS if name not in registry.intents):
        yield Problem(registry.path, None, f"意図「{name}」の説明がありません。")
    for name, intent in registry.intents.items():
        line = registry.lines[name]
        if name not in INTENTS:
            told = f"意図「{name}」は決められていません。つづりを確かめてください。"
            yield Problem(registry.path, line, told)
        for target in (target for border in intent.is_not for target in border.to):
            if target not in INTENTS:
                yield Problem(registry.path, line, f"is_not の行き先「{target}」はありません。")
            if target == name:
                yield Problem(registry.path, line, "is_not の行き先が自分自身です。")

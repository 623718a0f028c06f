"""Reads ``nlu_data/``: sentences with their labels, names with their spellings.

It knows the shape of the files only; what makes a sentence acceptable is ``lint``'s business.
An installation may keep an overlay of the same layout; its files are read after the shipped ones.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Literal, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from knowledge.errors import ContentError

Part = Literal["train", "heldout"]
Shape = TypeVar("Shape", bound=BaseModel)
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""Written in C where there is one: tens of thousands of sentences are read for every training."""


class Example(BaseModel):
    """One sentence as typed, with what it means (keys: see the annotation guide in docs/)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str = Field(min_length=1)
    need: str | None = None
    asker: str | None = None
    also: tuple[str, ...] = ()
    wants: tuple[str, ...] = ()
    judgement: bool = False
    register_: str | None = Field(default=None, alias="register")
    difficulty: Literal["easy", "medium", "hard"] | None = None
    desk: str | None = None


class IntentFile(BaseModel):
    """One file: an intent and its sentences."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    intent: str
    examples: tuple[Example, ...]


class NameFile(BaseModel):
    """One lookup: a kind of entity, its canonical values and how people write them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: str
    values: dict[str, tuple[str, ...]]


def intent_files(roots: Iterable[Path], part: Part) -> Iterator[tuple[Path, IntentFile]]:
    """Every sentence file of one part, sorted by path.

    Raises:
        ContentError: a file is not YAML of the expected shape (path and reason in ``detail``).
    """
    for root in roots:
        for path in sorted((root / part).rglob("*.yml")):
            yield path, _read(path, IntentFile)


def name_files(roots: Iterable[Path]) -> Iterator[tuple[Path, NameFile]]:
    """Every lookup file, sorted by path."""
    for root in roots:
        for path in sorted((root / "lookups").glob("*.yml")):
            yield path, _read(path, NameFile)


def _read(path: Path, shape: type[Shape]) -> Shape:
    try:
        content: Any = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506
        return shape.model_validate(content)
    except (yaml.YAMLError, ValidationError) as error:
        raise ContentError(f"{path}: {error}") from error

"""Finds the reviewed patterns of the guard in a text; what they add up to is decided elsewhere.

The patterns are data (``knowledge/content/guard.yml``), read when first asked for.
"""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from knowledge.errors import ContentError

GUARD_FILE = Path(__file__).parent.parent / "content" / "guard.yml"
"""The shipped patterns."""

SOLD = "sold"
"""The way of publishing that leaves the inside unseen."""

SHOWN_OR_SOLD = frozenset({"shown", SOLD})
"""What counts only where the visitor speaks of her own doing."""

_SENTENCE_ENDS = re.compile(r"(?<=[。!?\n])")


class Feature(BaseModel):
    """One kind of means: enough ``alone``, or raising the learnt score by ``weight``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    patterns: tuple[str, ...] = Field(min_length=1)
    alone: bool = False
    weight: float = Field(default=0.0, ge=0)


class GuardFile(BaseModel):
    """The shape of ``guard.yml``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reviewed_on: Any
    terms: dict[str, str]
    features: dict[str, Feature]
    public: dict[str, tuple[str, ...]]
    inside: tuple[str, ...]
    kept: tuple[str, ...]
    planned: tuple[str, ...]
    theirs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Findings:
    """What the patterns say of one text.

    ``public`` names the ways in which something was published; ``covered`` whether that
    publication shows the substance too (a sale does not show how a thing is made).
    """

    features: tuple[str, ...]
    enough: bool
    weight: float
    public: tuple[str, ...]
    covered: bool


@dataclass(frozen=True, slots=True)
class Patterns:
    """Compiled patterns, by name."""

    features: dict[str, re.Pattern[str]]
    weights: dict[str, float]
    alone: frozenset[str]
    public: dict[str, re.Pattern[str]]
    inside: re.Pattern[str]
    kept: re.Pattern[str]
    planned: re.Pattern[str]
    theirs: re.Pattern[str]

    def find(self, text: str) -> Findings:
        """Look for every feature; nothing is public where the text says it is kept."""
        folded = text.casefold()
        found = tuple(name for name, p in self.features.items() if p.search(folded))
        public = self._public(folded)
        return Findings(
            features=found,
            enough=not self.alone.isdisjoint(found),
            weight=sum(self.weights[name] for name in found),
            public=public,
            covered=bool(public) and (public != (SOLD,) or not self.inside.search(folded)),
        )

    def _public(self, folded: str) -> tuple[str, ...]:
        if self.kept.search(folded):
            return ()
        told = [part for part in sentences(folded) if not self.planned.search(part)]
        ours = [part for part in told if not self.theirs.search(part)]
        return tuple(
            name
            for name, pattern in self.public.items()
            if any(map(pattern.search, ours if name in SHOWN_OR_SOLD else told))
        )


@cache
def patterns(path: Path = GUARD_FILE) -> Patterns:
    """Read and compile the patterns once.

    Raises:
        ContentError: the file is missing or is not as it should be.
    """
    try:
        table = GuardFile.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
        return _compiled(table)
    except (OSError, yaml.YAMLError, ValidationError, re.error) as error:
        raise ContentError(f"{path}: {error}") from error


def sentences(text: str) -> list[str]:
    """The sentences of a text, each with its end."""
    return [part for part in _SENTENCE_ENDS.split(text) if part]


def _compiled(table: GuardFile) -> Patterns:
    def pattern(sources: tuple[str, ...]) -> re.Pattern[str]:
        return re.compile("|".join(f"(?:{_with_terms(s, table.terms)})" for s in sources))

    return Patterns(
        features={name: pattern(f.patterns) for name, f in table.features.items()},
        weights={name: f.weight for name, f in table.features.items()},
        alone=frozenset(name for name, f in table.features.items() if f.alone),
        public={name: pattern(sources) for name, sources in table.public.items()},
        inside=pattern(table.inside),
        kept=pattern(table.kept),
        planned=pattern(table.planned),
        theirs=pattern(table.theirs),
    )


def _with_terms(source: str, terms: dict[str, str]) -> str:
    for name, term in terms.items():
        source = source.replace("{" + name + "}", term)
    return source

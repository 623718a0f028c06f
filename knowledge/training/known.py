"""What is in the language data already: is a sentence known, does it contradict, is it unusual.

It reads the files; it decides nothing. One reading is kept per process until a file changes.
"""

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from knowledge.text import char_ngrams, fold, normalise
from knowledge.training.data import Part, intent_files
from knowledge.training.likeness import LikenessIndex
from knowledge.training.lint_overlap import NEAR_DUPLICATE, OVERLAP

ALIKE = OVERLAP
"""Jaccard of character 5-grams from which two sentences say the same in nearly the same words."""
SAME = NEAR_DUPLICATE
SHORTEST = 5
_GRAM = 3


@dataclass(frozen=True, slots=True)
class Known:
    """A sentence of the language data; ``text`` is normalised."""

    text: str
    intent: str
    part: Part


@dataclass(frozen=True, slots=True)
class Hints:
    """What the language data says to a new sentence with its meaning.

    ``same`` is a sentence of the same meaning that nearly equals it (the model knows it already),
    ``against`` one that is alike and means something else.
    """

    same: Known | None = None
    against: Known | None = None


class KnownSentences:
    """Every sentence of the roots, findable by likeness."""

    def __init__(self, sentences: Iterable[Known]) -> None:
        self.sentences = tuple(sentences)

    def closest(self, text: str, *, part: Part, at_least: float = ALIKE) -> Known | None:
        """The most alike sentence of a part, or None; a very short text must be the same."""
        of_part, index, exact = self._of(part)
        if fold(text) in exact:
            return of_part[exact[fold(text)]]
        if len(fold(text)) <= SHORTEST:
            return None
        found = index.closest(text, at_least=at_least)
        return of_part[found[0]] if found else None

    def hints(self, text: str, intent: str) -> Hints:
        """What to show beside a proposed sentence."""
        train = self.closest(text, part="train")
        if train is None:
            return Hints()
        if train.intent != intent:
            return Hints(against=train)
        return Hints(same=self.closest(text, part="train", at_least=SAME))

    def unusual(self, text: str) -> float:
        """The share of the text's character 3-grams that no training sentence has (0 to 1)."""
        grams = char_ngrams(text, _GRAM)
        return len(grams - self._grams) / len(grams) if grams else 0.0

    @cached_property
    def _grams(self) -> frozenset[str]:
        return frozenset(
            gram for s in self.sentences if s.part == "train" for gram in char_ngrams(s.text, _GRAM)
        )

    def _of(self, part: Part) -> tuple[tuple[Known, ...], LikenessIndex, dict[str, int]]:
        return self._train if part == "train" else self._heldout

    @cached_property
    def _train(self) -> tuple[tuple[Known, ...], LikenessIndex, dict[str, int]]:
        return _indexed(s for s in self.sentences if s.part == "train")

    @cached_property
    def _heldout(self) -> tuple[tuple[Known, ...], LikenessIndex, dict[str, int]]:
        return _indexed(s for s in self.sentences if s.part == "heldout")


class _Cache:
    def __init__(self) -> None:
        self.stamp: object = None
        self.known: KnownSentences | None = None


_cache: Final = _Cache()
_MAKING: Final = threading.Lock()


def known_sentences(roots: Iterable[Path]) -> KnownSentences:
    """The sentences of these roots; read again only when a file has changed.

    Raises:
        ContentError: a file is not of the expected shape.
    """
    roots = tuple(roots)
    stamp = tuple(
        (str(path), path.stat().st_mtime_ns, path.stat().st_size)
        for root in roots
        for path in sorted(root.rglob("*.yml"))
    )
    with _MAKING:
        if _cache.known is None or _cache.stamp != stamp:
            _cache.known, _cache.stamp = KnownSentences(read(roots)), stamp
        return _cache.known


def shipped_differences(
    shipped: KnownSentences, own: Iterable[tuple[str, str]]
) -> dict[str, Known]:
    """Own (text, intent) pairs of which the shipped sentences now say otherwise in nearly the same
    words: text → the shipped sentence."""
    found = ((text, shipped.hints(text, intent).against) for text, intent in own)
    return {text: against for text, against in found if against is not None}


def read(roots: Iterable[Path]) -> list[Known]:
    """Every sentence of both parts, in the order of the files."""
    roots = tuple(roots)
    parts: tuple[Part, ...] = ("train", "heldout")
    return [
        Known(normalise(example.text), file.intent, part)
        for part in parts
        for _, file in intent_files(roots, part)
        for example in file.examples
    ]


def _indexed(
    sentences: Iterable[Known],
) -> tuple[tuple[Known, ...], LikenessIndex, dict[str, int]]:
    kept, index = tuple(sentences), LikenessIndex()
    exact: dict[str, int] = {}
    for number, sentence in enumerate(kept):
        index.add(sentence.text)
        exact.setdefault(fold(sentence.text), number)
    return kept, index, exact

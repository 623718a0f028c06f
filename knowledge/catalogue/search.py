"""Finds entries for words as typed: BM25 over Sudachi tokens, and names people use.

Scores are comparable between queries, 0 to 1; 1 is an exact name. It knows no kind of entry.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import bm25s
import numpy as np

from knowledge.catalogue.tokens import READING, kana_runs, tokens
from knowledge.text import char_ngrams, fold, jaccard, normalise

Entry = TypeVar("Entry")

SATURATION = 0.6
"""BM25's k1: questions and names are short, a word said twice in one adds little."""
LENGTH_WEIGHT = 0.35
"""BM25's b."""
BODY_WEIGHT = 0.45
"""What a match in the answer counts beside one in a question or a name."""
SCALE = 1.45
"""Brings a question met word by word to about 1."""
NAMED = 0.75
"""Least score of an entry one of whose names stands in the text."""
SHORTEST_SPOKEN = 4
"""Kana a word needs to be recognised inside a stretch of kana."""
MIN_NAME = 3
"""Names shorter than this (folded) count only when they are the whole text."""
ALIKE = 0.45
"""Shared share of character triples from which a name is taken for a slip of the text."""
SLIP = 0.8
"""What a slip of a name counts at most."""
LONGEST_NAME = 40
"""Longer texts are sentences, no slips of a name."""
FLOOR = 0.06
"""Below this a match is chance."""


@dataclass(frozen=True, slots=True)
class Hit(Generic[Entry]):
    """A found entry and how well it fits, 0 to 1."""

    entry: Entry
    score: float


@dataclass(frozen=True, slots=True)
class Searchable:
    """What of an entry is searched: names and questions as units, the rest as one body."""

    names: tuple[str, ...]
    questions: tuple[str, ...]
    body: str


class _Ranker:
    """BM25 over texts that belong to entries; the best text of an entry counts."""

    def __init__(self, texts: Iterable[tuple[str, str]]) -> None:
        cut = [(owner, tokens(text)) for owner, text in texts]
        self._owners = [owner for owner, words in cut if words]
        documents = [words for _, words in cut if words]
        self._weights: dict[str, float] = {}
        self._index: bm25s.BM25 | None = None
        if documents:
            self._weights = _inverse_frequencies(documents)
            self._index = bm25s.BM25(method="lucene", k1=SATURATION, b=LENGTH_WEIGHT)
            self._index.index(documents, show_progress=False)

    def scores(self, words: Sequence[str]) -> dict[str, float]:
        """The score of each entry with any of the words, by its best text."""
        known = [word for word in words if word in self._weights]
        if self._index is None or not known:
            return {}
        rarest = max(self._weights.values())
        ideal = sum(self._weights.get(word, rarest) for word in words)
        raw = self._index.get_scores(known)
        best: dict[str, float] = {}
        for position in np.flatnonzero(raw):
            owner = self._owners[position]
            best[owner] = max(best.get(owner, 0.0), float(raw[position]) / ideal * SCALE)
        return best

    def readings(self) -> set[str]:
        """How the words of these texts are read, those long enough to be told apart in kana."""
        plain = (w.removeprefix(READING) for w in self._weights if w.startswith(READING))
        return {reading for reading in plain if len(reading) >= SHORTEST_SPOKEN}


class SearchIndex:
    """An index over entries of one kind."""

    def __init__(self, searchable: Mapping[str, Searchable]) -> None:
        self._units = _Ranker(
            (id_, text) for id_, s in searchable.items() for text in (*s.names, *s.questions)
        )
        self._bodies = _Ranker((id_, s.body) for id_, s in searchable.items())
        self._readings = sorted(self._units.readings() | self._bodies.readings())
        self._names: dict[str, set[str]] = {}
        for id_, entry in searchable.items():
            for name in entry.names:
                self._names.setdefault(fold(name), set()).add(id_)
        self._triples = {name: char_ngrams(name, 3) for name in self._names}

    def scores(self, text: str) -> dict[str, float]:
        """The score of every entry that fits the text, 0 to 1."""
        words = list(dict.fromkeys((*tokens(text), *self._spoken(text))))
        found = self._units.scores(words)
        for id_, score in self._bodies.scores(words).items():
            found[id_] = found.get(id_, 0.0) + BODY_WEIGHT * score
        found = {id_: min(score, 0.95) for id_, score in found.items()}
        for named in (self._named(text), self._nearly_named(text)):
            for id_, score in named.items():
                found[id_] = max(score, found.get(id_, 0.0))
        return {id_: score for id_, score in found.items() if score >= FLOOR}

    def _spoken(self, text: str) -> list[str]:
        """Words we know that stand in the text in kana: しょうひょうのこうしん."""
        runs = kana_runs(text)
        return [READING + r for r in self._readings if any(r in run for run in runs)]

    def _named(self, text: str) -> dict[str, float]:
        """Entries whose names are the text (1.0) or stand in it (longer names score higher)."""
        whole, spoken = fold(text), normalise(text).casefold()
        if not whole:
            return {}
        best = dict.fromkeys(self._names.get(whole, ()), 1.0)
        for name, ids in self._names.items():
            if len(name) < MIN_NAME or name not in whole or not _stands_alone(name, spoken):
                continue
            score = NAMED + 0.2 * len(name) / len(whole)
            for id_ in ids:
                best[id_] = max(score, best.get(id_, 0.0))
        return best

    def _nearly_named(self, text: str) -> dict[str, float]:
        """Entries of whose names the text is a slip or a piece (プラットパット)."""
        triples = char_ngrams(text, 3)
        if not triples or len(triples) > LONGEST_NAME:
            return {}
        best: dict[str, float] = {}
        for name, own in self._triples.items():
            alike = jaccard(triples, own)
            if alike < ALIKE:
                continue
            for id_ in self._names[name]:
                best[id_] = max(SLIP * alike, best.get(id_, 0.0))
        return best


def best_hits(
    entries: Mapping[str, Entry],
    scores: Mapping[str, float],
    *,
    limit: int,
    weight: Callable[[Entry], float],
) -> tuple[Hit[Entry], ...]:
    """The entries with the highest weighted scores, ties by id."""
    hits = [(min(score * weight(entries[id_]), 1.0), id_) for id_, score in scores.items()]
    ranked = sorted(hits, key=lambda hit: (-hit[0], hit[1]))[:limit]
    return tuple(Hit(entries[id_], round(score, 4)) for score, id_ in ranked)


def _stands_alone(name: str, spoken: str) -> bool:
    """Whether a Latin name is a word of its own in the text: API is not in "rapid"."""
    if not name.isascii():
        return True
    loose = r"[\s\-・.]*".join(re.escape(character) for character in name)
    return re.search(rf"(?<![a-z0-9]){loose}(?![a-z0-9])", spoken) is not None


def _inverse_frequencies(documents: Sequence[Sequence[str]]) -> dict[str, float]:
    """Lucene's idf of every token, as the index weighs it."""
    counts: dict[str, int] = {}
    for words in documents:
        for word in set(words):
            counts[word] = counts.get(word, 0) + 1
    total = len(documents)
    return {w: float(np.log(1 + (total - n + 0.5) / (n + 0.5))) for w, n in counts.items()}

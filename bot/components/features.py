"""Turns a tokenised message into one sparse row: characters, readings, lemmas, mean vector.

Readings make 変換ミス, kana and kanji spellings and romaji of one word meet.

It is fitted on the training sentences and stored as JSON and plain arrays, never pickled.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer

from components import quick
from components.order import Places


@dataclass(frozen=True)
class Sentence:
    """What the features are made of: normalised text, its reading in katakana, lemmas in order,
    mean vector (300,)."""

    text: str
    reading: str
    lemmas: tuple[str, ...]
    vector: np.ndarray


def _identity(items: Sequence[str]) -> Sequence[str]:
    return items


def _char_vectorizer(**fitted: object) -> TfidfVectorizer:
    return TfidfVectorizer(
        analyzer="char", ngram_range=(1, 4), min_df=2, sublinear_tf=True, **fitted
    )


def _reading_vectorizer(**fitted: object) -> TfidfVectorizer:
    return TfidfVectorizer(
        analyzer="char", ngram_range=(2, 4), min_df=2, sublinear_tf=True, **fitted
    )


def _lemma_vectorizer(**fitted: object) -> TfidfVectorizer:
    return TfidfVectorizer(
        analyzer="word",
        tokenizer=_identity,
        preprocessor=_identity,
        token_pattern=None,
        ngram_range=(1, 2),
        min_df=1,
        sublinear_tf=True,
        **fitted,
    )


_MAKERS = {
    "chars": _char_vectorizer,
    "readings": _reading_vectorizer,
    "lemmas": _lemma_vectorizer,
}


def _views(sentences: Sequence[Sentence]) -> dict[str, list[str] | list[list[str]]]:
    return {
        "chars": [_surface(s.text) for s in sentences],
        "readings": [s.reading for s in sentences],
        "lemmas": [[x.lower() for x in s.lemmas] for s in sentences],
    }


class InquiryFeatures:
    """Character 1-4-grams, reading 2-4-grams, lemma 1-2-grams and GiNZA's mean vector."""

    def __init__(self, vectorizers: dict[str, TfidfVectorizer], vector_weight: float) -> None:
        self._vectorizers = vectorizers
        self._vector_weight = vector_weight
        self._counters = quick.counters(vectorizers.values())

    @classmethod
    def fit_transform(
        cls, sentences: Sequence[Sentence], *, vector_weight: float
    ) -> tuple["InquiryFeatures", sparse.csr_matrix]:
        """Learn vocabularies and weights from the training sentences; give their rows too."""
        views = _views(sentences)
        vectorizers = {name: make() for name, make in _MAKERS.items()}
        blocks = [v.fit_transform(views[name]) for name, v in vectorizers.items()]
        return cls(vectorizers, vector_weight), _join(blocks, sentences, vector_weight)

    def transform(self, sentences: Sequence[Sentence]) -> sparse.csr_matrix:
        """Rows of shape (n, characters + readings + lemmas + 300)."""
        views = _views(sentences)
        blocks = [v.transform(views[name]) for name, v in self._vectorizers.items()]
        return _join(blocks, sentences, self._vector_weight)

    def row(self, sentence: Sentence) -> quick.Row:
        """The row of one sentence, the same numbers as ``transform``."""
        views = _views([sentence])
        parts = [(c, views[n][0]) for n, c in zip(self._vectorizers, self._counters, strict=True)]
        return quick.row(parts, sentence.vector * self._vector_weight)

    def places(self, text: str) -> Places:
        """Where the known character n-grams of a text stand."""
        chars = self._vectorizers["chars"]
        return Places.of(_surface(text), chars.vocabulary_, chars.idf_)

    def save(self, directory: Path) -> None:
        """Write vocabulary (JSON) and weights (arrays)."""
        for name, vectorizer in self._vectorizers.items():
            terms = sorted(vectorizer.vocabulary_, key=vectorizer.vocabulary_.get)
            (directory / f"{name}.json").write_text(json.dumps(terms, ensure_ascii=False))
            np.save(directory / f"{name}_idf.npy", vectorizer.idf_, allow_pickle=False)
        (directory / "features.json").write_text(json.dumps({"vector_weight": self._vector_weight}))

    @classmethod
    def load(cls, directory: Path) -> "InquiryFeatures":
        """Read what ``save`` wrote."""
        fitted = {}
        for name, make in _MAKERS.items():
            terms = json.loads((directory / f"{name}.json").read_text())
            vectorizer = make(vocabulary={term: i for i, term in enumerate(terms)})
            vectorizer.idf_ = np.load(directory / f"{name}_idf.npy", allow_pickle=False)
            fitted[name] = vectorizer
        settings = json.loads((directory / "features.json").read_text())
        return cls(fitted, settings["vector_weight"])


def _surface(text: str) -> str:
    """What the character n-grams see: case folded, digits alike, padded ends."""
    return "\u0002" + "".join("0" if c.isdigit() else c for c in text.lower()) + "\u0003"


def _join(
    blocks: list[sparse.csr_matrix], sentences: Sequence[Sentence], vector_weight: float
) -> sparse.csr_matrix:
    vectors = np.vstack([s.vector for s in sentences]) * vector_weight
    return sparse.hstack([*blocks, sparse.csr_matrix(vectors)], format="csr")

"""Which of two subjects in one message comes first: mostly the one asked about first.

The topic scores know what a message is about, not in which order. Where two topics are close, this
looks where in the text the evidence for each of them stands.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

CLOSE = 0.8
"""Topics whose scores differ by more are not compared: there the text is about one of them."""
GRAMS = (2, 3, 4)
LONG = 2.0
CUES = ("あと", "ついで", "それと", "もう一つ", "もうひとつ", "加えて", "並行", "両方", "あわせて")
"""Words that announce a second wish (from the annotation guide's section on second topics)."""


@dataclass(frozen=True)
class Places:
    """Known character n-grams of one text: their columns, weights, and middles (0 to 1)."""

    columns: np.ndarray
    weights: np.ndarray
    middles: np.ndarray
    length: int
    cue: bool

    @classmethod
    def of(cls, text: str, vocabulary: dict[str, int], idf: np.ndarray) -> "Places":
        """Look up every n-gram of a text as the features see it."""
        found = list(_known(text, vocabulary))
        columns = np.array([column for column, _ in found], dtype=np.intp)
        middles = np.array([middle for _, middle in found]) / max(len(text), 1)
        cue = any(word in text for word in CUES)
        return cls(columns, idf[columns], middles, len(text), cue)


def _known(text: str, vocabulary: dict[str, int]) -> Iterator[tuple[int, float]]:
    get = vocabulary.get
    for size in GRAMS:
        for at in range(len(text) - size + 1):
            column = get(text[at : at + size])
            if column is not None:
                yield column, at + size / 2


@dataclass
class Order:
    """A logistic model over a pair: the likelier topic first, then the next."""

    labels: tuple[str, ...]
    coefficients: np.ndarray
    intercept: float

    def chance(self, row: np.ndarray) -> float:
        """The probability that the first topic of a pair (see ``pair_row``) comes first."""
        return float(expit(row @ self.coefficients + self.intercept))

    @classmethod
    def fit(
        cls, labels: tuple[str, ...], rows: Sequence[np.ndarray], right: Sequence[bool]
    ) -> "Order":
        """Learn from pairs of which one is the true first topic."""
        width = rows[0].size if rows else pair_width(len(labels))
        if len(set(right)) < 2:
            return cls(labels, np.zeros(width), 4.0)
        model = LogisticRegression(C=1.0, max_iter=500).fit(np.vstack(rows), np.asarray(right))
        return cls(labels, model.coef_[0], float(model.intercept_[0]))

    def save(self, directory: Path) -> None:
        """Write labels and numbers as JSON."""
        content = {
            "labels": self.labels,
            "coefficients": self.coefficients.round(6).tolist(),
            "intercept": round(self.intercept, 6),
        }
        (directory / "order.json").write_text(json.dumps(content))

    @classmethod
    def load(cls, directory: Path) -> "Order":
        """Read what ``save`` wrote."""
        kept = json.loads((directory / "order.json").read_text())
        return cls(tuple(kept["labels"]), np.array(kept["coefficients"]), kept["intercept"])


def close_pair(scores: np.ndarray, allowed: np.ndarray) -> tuple[int, int] | None:
    """The two best labels, if both are topics and close; ``allowed`` has shape (labels,)."""
    first, second = (int(i) for i in np.argsort(-scores)[:2])
    near = scores[first] - scores[second] < CLOSE
    return (first, second) if near and allowed[first] and allowed[second] else None


def pair_width(labels: int) -> int:
    """How many numbers ``pair_row`` gives."""
    return 7 + labels


def pair_row(
    places: Places, scores: np.ndarray, pair: tuple[int, int], weights: np.ndarray
) -> np.ndarray:
    """What is known of a pair: how far the scores differ, where the evidence of each stands, how
    present the second is, how long the text is, and which topics they are."""
    first, second = pair
    gap = float(scores[first] - scores[second])
    difference = weights[places.columns, first] - weights[places.columns, second]
    evidence = difference * places.weights
    mean = _middle(-evidence, places.middles, 1) - _middle(evidence, places.middles, 1)
    sharp = _middle(-evidence, places.middles, 2) - _middle(evidence, places.middles, 2)
    length = min(places.length / 100, LONG)
    topics = np.zeros(len(scores))
    topics[first], topics[second] = 0.5, -0.5
    present = float(scores[second])
    numbers = [gap, mean * 10, sharp * 5, gap * length, present, length, sharp * 5 * places.cue]
    return np.concatenate([numbers, topics])


def _middle(evidence: np.ndarray, middles: np.ndarray, power: int) -> float:
    """Where the positive evidence stands on average."""
    weight = np.maximum(evidence, 0.0) ** power
    total = float(weight.sum())
    return float(weight @ middles) / total if total else 0.5

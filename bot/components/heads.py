"""Small linear models over one feature matrix: which topic, how sure, and what else is in it.

Each label is a linear support vector machine against the rest, on features weighted by how much
more often they occur with the label than without (naive-Bayes log ratios, half of the weight).
Scores become probabilities by a softmax with one temperature (topics) or a logistic curve
(flags), fitted on scores of writers whose sentences the model had not seen: only then "0.8" is
right eight times in ten for a visitor, who is a stranger too.
"""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse
from scipy.optimize import minimize, minimize_scalar
from scipy.special import expit, log_softmax, softmax
from sklearn.model_selection import GroupKFold, StratifiedKFold
from sklearn.svm import LinearSVC

FOLDS = 3
SMOOTHING = 0.3
"""Counted with every feature, so that one seen once with a label does not decide alone."""
RATIO_SHARE = 0.5
"""How much of a feature's weight follows its log ratio; the rest is the same for all."""
RATIO_LIMITS = (0.25, 3.0)
MISSED_COSTS = 1.5
"""How much more a missed label costs than a superfluous one (the beta of F-beta)."""
MISSED_COSTS_OF = {"judgement": 3.0}
"""What the law reserves must not slip through; a superfluous hint is one sentence too many."""

Rows = Any
"""A sparse matrix of shape (n, columns), or ``quick.Row`` with one row."""


@dataclass
class ChoiceHead:
    """One of several labels. ``weights`` has shape (columns, labels)."""

    labels: tuple[str, ...]
    weights: np.ndarray
    bias: np.ndarray
    temperature: float = 1.0

    @classmethod
    def fit(
        cls,
        rows: sparse.csr_matrix,
        targets: Sequence[str],
        *,
        c: float,
    ) -> "ChoiceHead":
        """Train on rows and their labels."""
        labels = tuple(sorted(set(targets)))
        truth = np.array([[label == target for label in labels] for target in targets])
        weights, bias = fit_all(rows, truth, c=c)
        return cls(labels, weights, bias)

    def refit(self, rows: sparse.csr_matrix, targets: Sequence[str], *, c: float) -> "ChoiceHead":
        """New weights for nearly the same sentences; the temperature is kept."""
        return replace(ChoiceHead.fit(rows, targets, c=c), temperature=self.temperature)

    def scores(self, rows: Rows) -> np.ndarray:
        """How much speaks for each label; shape (n, labels)."""
        return np.asarray(rows @ self.weights + self.bias)

    def probabilities(self, rows: Rows) -> np.ndarray:
        """Probabilities of shape (n, labels); calibrated once the temperature is set."""
        return np.asarray(softmax(self.scores(rows) / self.temperature, axis=1))

    def save(self, directory: Path, name: str) -> None:
        """Write arrays and labels without pickling."""
        np.savez(
            directory / f"{name}.npz",
            labels=np.array(self.labels, dtype=str),
            weights=self.weights.astype(np.float16),  # half the archive, the same decisions
            bias=self.bias,
            temperature=np.array(self.temperature),
        )

    @classmethod
    def load(cls, directory: Path, name: str) -> "ChoiceHead":
        """Read what ``save`` wrote."""
        with np.load(directory / f"{name}.npz", allow_pickle=False) as data:
            labels = tuple(str(label) for label in data["labels"])
            weights = data["weights"].astype(np.float32)
            return cls(labels, weights, data["bias"], float(data["temperature"]))


@dataclass
class FlagsHead:
    """Any number of labels, each on its own, with the threshold at which each is reported.

    ``weights`` has shape (columns, labels); ``slopes`` and ``offsets`` make probabilities of
    scores; the threshold of a label is where its F-score is best on writers not seen.
    """

    labels: tuple[str, ...]
    weights: np.ndarray
    bias: np.ndarray
    slopes: np.ndarray
    offsets: np.ndarray
    thresholds: np.ndarray

    @classmethod
    def fit(
        cls,
        rows: sparse.csr_matrix,
        targets: Sequence[frozenset[str]],
        *,
        c: float,
        writers: Sequence[str],
        first: Sequence[str] | None = None,
    ) -> "FlagsHead":
        """Train one yes/no model per label that occurs, rare ones weighted up.

        ``first`` names the label that is known otherwise (the main topic): a threshold is fitted
        on the messages where its label is not the first, for only there it is asked.
        """
        labels, truth = _flag_truth(targets)
        weights, bias = fit_all(rows, truth, c=c)
        scores = out_of_fold(rows, truth, writers, c=c)
        slopes, offsets, thresholds = (np.full(len(labels), x) for x in (1.0, 0.0, 0.5))
        for index, label in enumerate(labels):
            asked = np.array([label != known for known in first or [""] * len(targets)])
            column, right = scores[asked, index], truth[asked, index]
            if not right.any() or right.all():
                continue
            slopes[index], offsets[index] = _curve(column, right)
            chances = expit(slopes[index] * column + offsets[index])
            beta = MISSED_COSTS_OF.get(label, MISSED_COSTS)
            thresholds[index] = best_threshold(chances, right, beta=beta)
        return cls(labels, weights, bias, slopes, offsets, thresholds)

    def refit(
        self, rows: sparse.csr_matrix, targets: Sequence[frozenset[str]], *, c: float
    ) -> "FlagsHead":
        """New weights for nearly the same sentences; curves and thresholds are kept.

        Raises:
            ValueError: other labels than before.
        """
        labels, truth = _flag_truth(targets)
        if labels != self.labels:
            raise ValueError("a calibration is of other labels")
        weights, bias = fit_all(rows, truth, c=c)
        return replace(self, weights=weights, bias=bias)

    def found(self, rows: Rows) -> list[dict[str, float]]:
        """Per message the labels over their threshold, with their probability."""
        return [
            {
                label: float(chance)
                for label, chance, bar in zip(self.labels, row, self.thresholds, strict=True)
                if chance >= bar
            }
            for row in self.probabilities(rows)
        ]

    def probabilities(self, rows: Rows) -> np.ndarray:
        """Independent probabilities of shape (n, labels)."""
        scores = rows @ self.weights + self.bias
        return np.asarray(expit(scores * self.slopes + self.offsets))

    def save(self, directory: Path, name: str) -> None:
        """Write arrays and labels without pickling."""
        np.savez(
            directory / f"{name}.npz",
            labels=np.array(self.labels, dtype=str),
            weights=self.weights.astype(np.float16),  # half the archive, the same decisions
            bias=self.bias,
            slopes=self.slopes,
            offsets=self.offsets,
            thresholds=self.thresholds,
        )

    @classmethod
    def load(cls, directory: Path, name: str) -> "FlagsHead":
        """Read what ``save`` wrote."""
        with np.load(directory / f"{name}.npz", allow_pickle=False) as data:
            labels = tuple(str(label) for label in data["labels"])
            weights = data["weights"].astype(np.float32)
            kept = ("bias", "slopes", "offsets", "thresholds")
            return cls(labels, weights, *(data[name] for name in kept))


def _flag_truth(targets: Sequence[frozenset[str]]) -> tuple[tuple[str, ...], np.ndarray]:
    labels = tuple(sorted(set().union(*targets)))
    return labels, np.array([[label in target for label in labels] for target in targets])


def out_of_fold(
    rows: sparse.csr_matrix, truth: np.ndarray, writers: Sequence[str], *, c: float
) -> np.ndarray:
    """Scores of shape (n, labels), each sentence judged by a model that saw nothing of its
    writer (of few writers: nothing of its own part)."""
    scores = np.zeros(truth.shape)
    for seen, unseen in folds(truth, writers):
        weights, bias = fit_all(rows[seen], truth[seen], c=c)
        scores[unseen] = rows[unseen] @ weights + bias
    return scores


def best_threshold(chances: np.ndarray, right: np.ndarray, *, beta: float) -> float:
    """The probability from which on reporting a label gives the best F-beta."""
    order = np.argsort(-chances, kind="stable")
    hits = np.cumsum(right[order])
    said, cost = np.arange(1, len(right) + 1), beta**2
    f_score = (1 + cost) * hits / (said + cost * right.sum())
    return float(chances[order[int(np.argmax(f_score))]])


def folds(truth: np.ndarray, writers: Sequence[str]) -> list[tuple[np.ndarray, np.ndarray]]:
    if len(set(writers)) >= FOLDS:
        return list(GroupKFold(FOLDS).split(truth, groups=np.asarray(writers)))
    splitter = StratifiedKFold(FOLDS, shuffle=True, random_state=7)
    return list(splitter.split(truth, truth.argmax(axis=1)))


def fit_all(
    rows: sparse.csr_matrix, truth: np.ndarray, *, c: float
) -> tuple[np.ndarray, np.ndarray]:
    """One model for each column of ``truth``: weights (columns, labels) and bias (labels,)."""
    positive = abs(rows)
    inside = truth.T.astype(np.float64) @ positive
    total = np.asarray(positive.sum(axis=0)).ravel()
    weights = np.zeros((rows.shape[1], truth.shape[1]), dtype=np.float32)
    bias = np.zeros(truth.shape[1], dtype=np.float32)

    def fit(label: int) -> None:
        scale = _ratios(np.asarray(inside[label]).ravel(), total)
        weights[:, label], bias[label] = _fit_one(rows, truth[:, label], scale, c=c)

    _in_threads(fit, range(truth.shape[1]))
    return weights, bias


def _ratios(inside: np.ndarray, total: np.ndarray) -> np.ndarray:
    """How much each feature counts for a label, around 1."""
    there, elsewhere = SMOOTHING + inside, SMOOTHING + total - inside
    ratio = np.abs(np.log((there / there.sum()) / (elsewhere / elsewhere.sum())))
    ratio = np.minimum(ratio, 4.0)
    mean = float(ratio.mean()) or 1.0
    return np.clip(1 - RATIO_SHARE + RATIO_SHARE * ratio / mean, *RATIO_LIMITS)


def _fit_one(
    rows: sparse.csr_matrix, truth: np.ndarray, scale: np.ndarray, *, c: float
) -> tuple[np.ndarray, float]:
    if truth.all() or not truth.any():
        return np.zeros(rows.shape[1]), 1.0 if truth.all() else -1.0
    scaled = sparse.csr_matrix(
        (rows.data * scale[rows.indices], rows.indices, rows.indptr), shape=rows.shape
    )
    model = LinearSVC(C=c, class_weight="balanced", tol=0.01, max_iter=200, random_state=7)
    model.fit(scaled, truth)
    return model.coef_[0] * scale, float(model.intercept_[0])


def _in_threads(work: Callable[[int], None], items: Sequence[int]) -> None:
    """The solver gives up the interpreter's lock: threads use every core."""
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        list(pool.map(work, items))


def best_temperature(scores: np.ndarray, truth: np.ndarray) -> float:
    """The temperature under which the probabilities fit best (log-likelihood)."""
    index = truth.argmax(axis=1)

    def loss(log_temperature: float) -> float:
        scaled = log_softmax(scores / np.exp(log_temperature), axis=1)
        return float(-scaled[np.arange(len(index)), index].mean())

    return float(np.exp(minimize_scalar(loss, bounds=(-4, 2), method="bounded").x))


def _curve(scores: np.ndarray, right: np.ndarray) -> tuple[float, float]:
    """Slope and offset of the logistic curve through scores and truth (Platt's way)."""

    def loss(point: np.ndarray) -> float:
        fitted = point[0] * scores + point[1]
        return float(np.logaddexp(0.0, np.where(right, -fitted, fitted)).mean())

    slope, offset = minimize(loss, np.array([2.0, 0.0]), method="Nelder-Mead").x
    return max(float(slope), 1e-3), float(offset)

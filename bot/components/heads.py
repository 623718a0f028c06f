"""Small linear models over one feature matrix: which topic, how sure, and what else is in it.

A head is one-against-the-rest logistic regression (liblinear's dual solver: two seconds where the
multinomial one took forty on the same rows); the topic head's probabilities are a softmax with one
temperature, fitted on out-of-fold scores so that "0.8" is right eight times in ten.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import sparse
from scipy.optimize import minimize_scalar
from scipy.special import expit, log_softmax, softmax
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict

FOLDS = 5
FLAG_FOLDS = 3
MISSED_COSTS = 1.5
"""How much more a missed second topic costs than a superfluous one (the beta of F-beta)."""


@dataclass
class ChoiceHead:
    """One of several labels. ``probabilities`` has shape (n, len(labels))."""

    labels: tuple[str, ...]
    weights: np.ndarray
    bias: np.ndarray
    temperature: float = 1.0

    @classmethod
    def fit(
        cls, rows: sparse.csr_matrix, targets: Sequence[str], *, c: float, calibrate: bool = False
    ) -> "ChoiceHead":
        """Train on rows and their labels; ``calibrate`` fits the temperature too and takes the time
        to converge."""
        model = _regression(c, rough=not calibrate)
        temperature = _temperature(_regression(c, rough=True), rows, targets) if calibrate else 1.0
        model.fit(rows, targets)
        weights, bias = model.coef_, model.intercept_
        if len(model.classes_) == 2:
            weights, bias = np.vstack([-weights / 2, weights / 2]), np.r_[-bias / 2, bias / 2]
        labels = tuple(str(label) for label in model.classes_)
        return cls(labels, weights.astype(np.float32), bias.astype(np.float32), temperature)

    def probabilities(self, rows: sparse.csr_matrix) -> np.ndarray:
        """Calibrated probabilities, one row a message."""
        scores = rows @ self.weights.T + self.bias
        return np.asarray(softmax(scores / self.temperature, axis=1))

    def save(self, directory: Path, name: str) -> None:
        """Write arrays and labels without pickling."""
        np.savez(
            directory / f"{name}.npz",
            labels=np.array(self.labels, dtype=str),
            weights=self.weights,
            bias=self.bias,
            temperature=np.array(self.temperature),
        )

    @classmethod
    def load(cls, directory: Path, name: str) -> "ChoiceHead":
        """Read what ``save`` wrote."""
        with np.load(directory / f"{name}.npz", allow_pickle=False) as data:
            labels = tuple(str(label) for label in data["labels"])
            return cls(labels, data["weights"], data["bias"], float(data["temperature"]))


@dataclass
class FlagsHead:
    """Any number of labels, each on its own, with the threshold at which each is reported.

    The threshold of a label is where its F-score is best on out-of-fold scores.
    """

    labels: tuple[str, ...]
    weights: np.ndarray
    bias: np.ndarray
    thresholds: np.ndarray

    @classmethod
    def fit(
        cls,
        rows: sparse.csr_matrix,
        targets: Sequence[frozenset[str]],
        *,
        c: float,
        first: Sequence[str] | None = None,
    ) -> "FlagsHead":
        """Train one yes/no model per label that occurs, rare ones weighted up.

        ``first`` names the label that is known otherwise (the main topic): a threshold is fitted
        on the messages where its label is not the first, for only there it is asked.
        """
        labels = tuple(sorted(set().union(*targets)))
        weights = np.zeros((len(labels), rows.shape[1]), dtype=np.float32)
        bias = np.zeros(len(labels), dtype=np.float32)
        thresholds = np.full(len(labels), 0.5)
        for index, label in enumerate(labels):
            truth = np.array([label in target for target in targets])
            model = _regression(c, rough=True)
            asked = np.array([label != known for known in first or [""] * len(targets)])
            thresholds[index] = _best_threshold(model, rows, truth, asked)
            model.fit(rows, truth)
            weights[index], bias[index] = model.coef_[0], model.intercept_[0]
        return cls(labels, weights, bias, thresholds)

    def found(self, rows: sparse.csr_matrix) -> list[dict[str, float]]:
        """Per message the labels over their threshold, with their probability."""
        chances = self.probabilities(rows)
        return [
            {
                label: float(chance)
                for label, chance, bar in zip(self.labels, row, self.thresholds, strict=True)
                if chance >= bar
            }
            for row in chances
        ]

    def probabilities(self, rows: sparse.csr_matrix) -> np.ndarray:
        """Independent probabilities, one row a message."""
        return np.asarray(expit(rows @ self.weights.T + self.bias))

    def save(self, directory: Path, name: str) -> None:
        """Write arrays and labels without pickling."""
        np.savez(
            directory / f"{name}.npz",
            labels=np.array(self.labels, dtype=str),
            weights=self.weights,
            bias=self.bias,
            thresholds=self.thresholds,
        )

    @classmethod
    def load(cls, directory: Path, name: str) -> "FlagsHead":
        """Read what ``save`` wrote."""
        with np.load(directory / f"{name}.npz", allow_pickle=False) as data:
            labels = tuple(str(label) for label in data["labels"])
            return cls(labels, data["weights"], data["bias"], data["thresholds"])


def _regression(c: float, *, rough: bool = False) -> LogisticRegression:
    """``rough`` stops early: a third of the time at the same accuracy to half a point, enough
    for thresholds and for the smaller heads."""
    return LogisticRegression(
        C=c,
        class_weight="balanced",
        solver="liblinear",
        dual=True,
        max_iter=50 if rough else 200,
        tol=0.05 if rough else 1e-4,
        random_state=7,
    )


def _best_threshold(
    model: LogisticRegression, rows: sparse.csr_matrix, truth: np.ndarray, asked: np.ndarray
) -> float:
    """The probability from which on reporting a label gives the best F-score, out of fold."""
    if min(truth.sum(), len(truth) - truth.sum()) < FLAG_FOLDS or not truth[asked].any():
        return 0.5
    splitter = StratifiedKFold(FLAG_FOLDS, shuffle=True, random_state=7)
    scores = cross_val_predict(model, rows, truth, cv=splitter, method="decision_function")
    scores, truth = scores[asked], truth[asked]
    order = np.argsort(-scores)
    hits = np.cumsum(truth[order])
    said, beta = np.arange(1, len(truth) + 1), MISSED_COSTS**2
    f_score = (1 + beta) * hits / (said + beta * truth.sum())
    return float(expit(scores[order[int(np.argmax(f_score))]]))


def _temperature(
    model: LogisticRegression, rows: sparse.csr_matrix, targets: Sequence[str]
) -> float:
    """The temperature under which out-of-fold probabilities fit best (log-likelihood)."""
    smallest = min(np.unique(np.asarray(targets), return_counts=True)[1])
    folds = min(FOLDS, int(smallest))
    if folds < 2:
        return 1.0
    splitter = StratifiedKFold(folds, shuffle=True, random_state=7)
    scores = cross_val_predict(model, rows, targets, cv=splitter, method="decision_function")
    labels = np.unique(np.asarray(targets))
    if scores.ndim == 1:
        scores = np.column_stack([-scores / 2, scores / 2])
    index = np.searchsorted(labels, np.asarray(targets))

    def loss(log_temperature: float) -> float:
        scaled = log_softmax(scores / np.exp(log_temperature), axis=1)
        return float(-scaled[np.arange(len(index)), index].mean())

    return float(np.exp(minimize_scalar(loss, bounds=(-3, 2), method="bounded").x))

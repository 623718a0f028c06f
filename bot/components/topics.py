"""What a message is about: scores of all topics, their order where two are close, probabilities,
and the decision to answer, ask back or refuse."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from scipy import sparse
from scipy.special import softmax

from components.decision import OUT_OF_SCOPE, Decision
from components.features import InquiryFeatures
from components.heads import ChoiceHead, Rows, best_temperature, fit_all, folds
from components.order import Order, Places, close_pair, pair_row

NO_SUBJECT = frozenset(
    {OUT_OF_SCOPE, "smalltalk", "human", "expert_session"}
    | {"affirm", "deny", "go_back", "start_over", "ask_why", "choose"}
)
"""Labels that are no subject: they have no order among the subjects of a message."""

Ranking = list[tuple[str, float]]


@dataclass
class TopicModel:
    """The fitted parts; ``rank`` and ``decide`` are what a message needs."""

    head: ChoiceHead
    order: Order
    decision: Decision

    @classmethod
    def fit(
        cls,
        features: InquiryFeatures,
        rows: sparse.csr_matrix,
        texts: Sequence[str],
        targets: Sequence[str],
        writers: Sequence[str],
        *,
        c: float,
        several: Sequence[bool] | None = None,
    ) -> "TopicModel":
        """Train on all sentences; order, temperature and thresholds are fitted on scores of
        models that had not seen the sentence's writer. ``several`` marks the sentences with more
        than one subject: there the order divides the confidence, the temperature is for others.
        """
        head = ChoiceHead.fit(rows, targets, c=c)
        labels = head.labels
        truth = np.array([[label == target for label in labels] for target in targets])
        scores = np.zeros(truth.shape)
        pairs: dict[int, tuple[tuple[int, int], np.ndarray]] = {}
        allowed = _subjects(labels)
        for seen, unseen in folds(truth, writers):
            weights, bias = fit_all(rows[seen], truth[seen], c=c)
            scores[unseen] = rows[unseen] @ weights + bias
            for at in unseen:
                pair = close_pair(scores[at], allowed)
                if pair is not None:
                    places = features.places(texts[at])
                    pairs[int(at)] = (pair, pair_row(places, scores[at], pair, weights))
        order = _fit_order(labels, pairs, truth)
        alone = ~np.asarray(several if several is not None else [False] * len(targets))
        head.temperature = best_temperature(scores[alone], truth[alone])
        chances = softmax(scores / head.temperature, axis=1)
        for at, (pair, row) in pairs.items():
            _share(chances[at], pair, order.chance(row))
        return cls(head, order, Decision.fit(chances, labels, targets))

    def refit(self, rows: sparse.csr_matrix, targets: Sequence[str], *, c: float) -> "TopicModel":
        """New weights for nearly the same sentences; temperature, order and thresholds stay.

        Raises:
            ValueError: other labels than before.
        """
        head = self.head.refit(rows, targets, c=c)
        if head.labels != self.head.labels:
            raise ValueError("a calibration is of other labels")
        return replace(self, head=head)

    def rank(self, row: Rows, places: Places) -> Ranking:
        """All labels with their probabilities, the likeliest first."""
        scores = self.head.scores(row)[0]
        chances = softmax(scores / self.head.temperature)
        pair = close_pair(scores, _subjects(self.head.labels))
        if pair is not None:
            known = pair_row(places, scores, pair, self.head.weights)
            _share(chances, pair, self.order.chance(known))
        return [(self.head.labels[i], float(chances[i])) for i in np.argsort(-chances)]

    def decide(self, ranking: Ranking) -> tuple[str | None, float]:
        """The label to act on and its probability; None means: ask back."""
        return self.decision.decide(ranking)

    def save(self, directory: Path) -> None:
        """Write all parts without pickling."""
        self.head.save(directory, "topic")
        self.order.save(directory)
        self.decision.save(directory)

    @classmethod
    def load(cls, directory: Path) -> "TopicModel":
        """Read what ``save`` wrote."""
        head = ChoiceHead.load(directory, "topic")
        return cls(head, Order.load(directory), Decision.load(directory))


def _fit_order(
    labels: tuple[str, ...],
    pairs: dict[int, tuple[tuple[int, int], np.ndarray]],
    truth: np.ndarray,
) -> Order:
    """Only pairs that hold the true topic teach which of the two comes first."""
    told = {at: one for at, one in pairs.items() if truth[at, list(one[0])].any()}
    rows = [row for _, row in told.values()]
    return Order.fit(labels, rows, [bool(truth[at, pair[0]]) for at, (pair, _) in told.items()])


def _share(chances: np.ndarray, pair: tuple[int, int], first: float) -> None:
    """Deal what the two topics have together out anew."""
    both = chances[pair[0]] + chances[pair[1]]
    chances[pair[0]], chances[pair[1]] = both * first, both * (1 - first)


def _subjects(labels: Sequence[str]) -> np.ndarray:
    return np.array([label not in NO_SUBJECT for label in labels])

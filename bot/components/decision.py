"""Answer, ask back or "not our business": the rule and its thresholds, chosen on sentences of
writers the model had not seen. It knows probabilities only."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

OUT_OF_SCOPE = "out_of_scope"
REFUSED_WRONGLY = 0.03
"""At most this share of messages that are our business may be refused."""
ASKING_COSTS = 0.6
"""What a question back costs a visitor, where a wrong answer costs 1: a click and a moment,
against an answer to read, to correct and to distrust afterwards."""


@dataclass(frozen=True)
class Decision:
    """``refuse_at``: probability of ``out_of_scope`` from which a message is refused;
    ``answer_at``: probability of the best other label from which it is answered."""

    answer_at: float = 0.4
    refuse_at: float = 0.5

    @classmethod
    def fit(cls, chances: np.ndarray, labels: Sequence[str], targets: Sequence[str]) -> "Decision":
        """Choose both thresholds on probabilities of shape (n, labels) and the true labels."""
        if OUT_OF_SCOPE not in labels:
            return cls()
        column = labels.index(OUT_OF_SCOPE)
        truth = np.asarray(targets)
        ours = truth != OUT_OF_SCOPE
        refuse_at = max(float(np.quantile(chances[ours, column], 1 - REFUSED_WRONGLY)), 0.05)
        kept = chances[:, column] < refuse_at
        others = np.delete(chances, column, axis=1)[kept]
        names = np.asarray([label for label in labels if label != OUT_OF_SCOPE])
        right = names[others.argmax(axis=1)] == truth[kept]
        return cls(_cheapest(others.max(axis=1), right), refuse_at)

    def decide(self, ranking: Sequence[tuple[str, float]]) -> tuple[str | None, float]:
        """The label to act on and its probability; None means: ask back."""
        refused = dict(ranking).get(OUT_OF_SCOPE, 0.0)
        if refused >= self.refuse_at:
            return OUT_OF_SCOPE, refused
        name, chance = next(item for item in ranking if item[0] != OUT_OF_SCOPE)
        return (name, chance) if chance >= self.answer_at else (None, chance)

    def save(self, directory: Path) -> None:
        """Write the thresholds as JSON."""
        (directory / "decision.json").write_text(json.dumps(asdict(self), sort_keys=True))

    @classmethod
    def load(cls, directory: Path) -> "Decision":
        """Read what ``save`` wrote."""
        return cls(**json.loads((directory / "decision.json").read_text()))


def _cheapest(chances: np.ndarray, right: np.ndarray) -> float:
    """The threshold under which wrong answers and questions together cost least."""
    order = np.argsort(chances, kind="stable")
    asked = np.arange(len(order) + 1) * ASKING_COSTS
    wrong = np.concatenate([[0], np.cumsum(~right[order])])
    costs = asked + (wrong[-1] - wrong)
    best = int(np.argmin(costs))
    return float(chances[order[best - 1]]) if best else 0.0

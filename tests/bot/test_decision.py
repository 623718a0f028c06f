"""Answer, ask back, refuse: the thresholds come from sentences, the rule from them."""

from pathlib import Path

import numpy as np
import pytest
from components.decision import ASKING_COSTS, REFUSED_WRONGLY, Decision

LABELS = ("designs", "out_of_scope", "patents")

RULE = Decision(answer_at=0.4, refuse_at=0.3)

CASES = [
    ([("patents", 0.7), ("designs", 0.2), ("out_of_scope", 0.1)], "patents"),
    ([("patents", 0.6), ("out_of_scope", 0.35), ("designs", 0.05)], "out_of_scope"),
    ([("out_of_scope", 0.9), ("patents", 0.1), ("designs", 0.0)], "out_of_scope"),
    ([("patents", 0.38), ("designs", 0.37), ("out_of_scope", 0.25)], None),
]


@pytest.mark.parametrize(("ranking", "expected"), CASES)
def test_the_rule(ranking: list[tuple[str, float]], expected: str | None) -> None:
    assert RULE.decide(ranking)[0] == expected


def _judged(seed: int = 4) -> tuple[np.ndarray, list[str]]:
    rng = np.random.default_rng(seed)
    targets = [LABELS[i % 3] for i in range(3000)]
    scores = rng.normal(size=(3000, 3))
    scores[np.arange(3000), [LABELS.index(t) for t in targets]] += 2.5
    chances = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    return chances, targets


def test_no_more_of_our_business_is_refused_than_allowed() -> None:
    chances, targets = _judged()
    fitted = Decision.fit(chances, LABELS, targets)

    ours = chances[[t != "out_of_scope" for t in targets], 1]

    assert (ours >= fitted.refuse_at).mean() <= REFUSED_WRONGLY + 1e-9


def test_asking_back_is_chosen_where_it_costs_least() -> None:
    chances, targets = _judged()
    fitted = Decision.fit(chances, LABELS, targets)

    def cost(rule: Decision) -> float:
        total = 0.0
        for row, target in zip(chances, targets, strict=True):
            ranked = sorted(zip(LABELS, row.tolist(), strict=True), key=lambda x: -x[1])
            if row[1] < fitted.refuse_at:
                said = rule.decide(ranked)[0]
                total += ASKING_COSTS if said is None else float(said != target)
        return total

    others = [Decision(at, fitted.refuse_at) for at in (0.0, 0.2, 0.6, 0.8)]
    assert all(cost(fitted) <= cost(other) for other in others)


def test_without_an_out_of_scope_label_nothing_is_refused() -> None:
    fitted = Decision.fit(np.array([[0.9, 0.1]]), ("a", "b"), ["a"])
    assert fitted.decide([("a", 0.9), ("b", 0.1)])[0] == "a"


def test_what_was_saved_is_loaded(tmp_path: Path) -> None:
    RULE.save(tmp_path)
    assert Decision.load(tmp_path) == RULE

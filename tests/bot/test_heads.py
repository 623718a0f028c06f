"""The linear heads: they learn what separates labels, and their confidence is about strangers."""

from pathlib import Path

import numpy as np
from components.heads import (
    ChoiceHead,
    FlagsHead,
    best_temperature,
    best_threshold,
    out_of_fold,
)
from scipy import sparse

LABELS = ("a", "b", "c")


def _rows(count: int, *, noise: float, seed: int = 1) -> tuple[sparse.csr_matrix, list[str]]:
    """Three columns that tell the label, seventeen that tell nothing."""
    rng = np.random.default_rng(seed)
    targets = [LABELS[i % 3] for i in range(count)]
    rows = rng.random((count, 20)) * noise
    for at, target in enumerate(targets):
        rows[at, LABELS.index(target)] += 1.0
    return sparse.csr_matrix(rows), targets


def test_a_choice_finds_the_label_its_features_tell() -> None:
    rows, targets = _rows(90, noise=0.3)
    head = ChoiceHead.fit(rows, targets, c=0.2)

    found = [head.labels[i] for i in head.probabilities(rows).argmax(axis=1)]

    assert found == targets


def test_probabilities_of_a_choice_sum_to_one() -> None:
    rows, targets = _rows(60, noise=0.5)
    chances = ChoiceHead.fit(rows, targets, c=0.2).probabilities(rows)
    assert np.allclose(chances.sum(axis=1), 1.0)


def test_a_writer_is_judged_by_models_that_saw_nothing_of_hers() -> None:
    """Writer x calls everything of label a "b": seen, she would be followed; unseen, she is not."""
    rows, targets = _rows(120, noise=0.1)
    writers = [("x", "y", "z")[i // 40] for i in range(120)]
    told = ["b" if w == "x" and t == "a" else t for w, t in zip(writers, targets, strict=True)]
    truth = np.array([[label == one for label in LABELS] for one in told])

    scores = out_of_fold(rows, truth, writers, c=0.2)

    hers = [i for i, w in enumerate(writers) if w == "x" and targets[i] == "a"]
    assert {LABELS[i] for i in scores[hers].argmax(axis=1)} == {"a"}


def test_the_temperature_is_higher_where_scores_mislead() -> None:
    rng = np.random.default_rng(3)
    truth = np.eye(3, dtype=bool)[rng.integers(0, 3, 600)]
    good = truth * 2.0 + rng.normal(scale=0.3, size=truth.shape)
    assert best_temperature(good, truth) < best_temperature(rng.permutation(good), truth)


def test_a_loaded_head_answers_like_the_saved_one(tmp_path: Path) -> None:
    rows, targets = _rows(60, noise=0.3)
    head = ChoiceHead.fit(rows, targets, c=0.2)
    head.save(tmp_path, "topic")

    loaded = ChoiceHead.load(tmp_path, "topic")

    assert loaded.labels == head.labels
    assert np.allclose(loaded.probabilities(rows), head.probabilities(rows), atol=1e-2)


def test_flags_are_found_together_and_each_on_its_own(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    truth = rng.random((200, 2)) < 0.4
    rows = sparse.csr_matrix(np.hstack([truth + rng.random((200, 2)) * 0.2, rng.random((200, 9))]))
    targets = [frozenset(name for name, on in zip("pq", row, strict=True) if on) for row in truth]
    writers = [str(i % 4) for i in range(200)]

    head = FlagsHead.fit(rows, targets, c=0.2, writers=writers)
    head.save(tmp_path, "flags")

    agreed = [set(f) == t for f, t in zip(head.found(rows), targets, strict=True)]
    assert np.mean(agreed) > 0.95
    assert [set(f) for f in FlagsHead.load(tmp_path, "flags").found(rows)] == [
        set(f) for f in head.found(rows)
    ]


def test_a_label_whose_misses_cost_more_is_reported_earlier() -> None:
    rng = np.random.default_rng(2)
    right = rng.random(400) < 0.3
    chances = np.clip(right * 0.3 + rng.random(400) * 0.6, 0, 1)
    assert best_threshold(chances, right, beta=3.0) <= best_threshold(chances, right, beta=0.5)

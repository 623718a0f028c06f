"""Two subjects in one message: where their evidence stands tells which one comes first."""

from pathlib import Path

import numpy as np
from components.order import Order, Places, close_pair, pair_row

VOCABULARY = {"特許": 0, "商標": 1, "です": 2}
IDF = np.ones(3)
WEIGHTS = np.array([[1.0, 0.0], [0.0, 1.0], [0.1, 0.1]])
EVEN = np.array([0.3, 0.3])


def _row(text: str, scores: np.ndarray = EVEN) -> np.ndarray:
    return pair_row(Places.of(text, VOCABULARY, IDF), scores, (0, 1), WEIGHTS)


def _learned() -> Order:
    texts = [
        "特許のこと、それと商標です",
        "特許です。商標も",
        "商標のこと、それと特許です",
        "商標です。特許も",
    ]
    return Order.fit(
        ("patents", "trademarks"), [_row(t) for t in texts * 5], [True, True, False, False] * 5
    )


def test_what_is_asked_first_comes_first() -> None:
    order = _learned()
    assert order.chance(_row("特許を出したい。商標も出したい")) > 0.5
    assert order.chance(_row("商標を出したい。特許も出したい")) < 0.5


def test_only_close_topics_are_compared() -> None:
    allowed = np.array([True, True])
    assert close_pair(np.array([0.5, 0.2]), allowed) == (0, 1)
    assert close_pair(np.array([0.2, 0.5]), allowed) == (1, 0)
    assert close_pair(np.array([2.0, 0.2]), allowed) is None


def test_a_label_that_is_no_subject_has_no_order() -> None:
    assert close_pair(np.array([0.5, 0.4]), np.array([True, False])) is None


def test_a_text_without_known_words_says_nothing_about_order() -> None:
    row = _row("んんん")
    assert row[1] == row[2] == 0.0


def test_without_pairs_to_learn_from_the_likelier_topic_stays_first() -> None:
    order = Order.fit(("patents", "trademarks"), [], [])
    assert order.chance(_row("商標です。特許も")) > 0.5


def test_what_was_saved_is_loaded(tmp_path: Path) -> None:
    order = _learned()
    order.save(tmp_path)
    row = _row("商標です。特許も")
    assert abs(Order.load(tmp_path).chance(row) - order.chance(row)) < 1e-4

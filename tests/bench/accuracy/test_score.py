"""The figures of the accuracy table on messages small enough to count by hand."""

import math
from typing import Any

import pytest

from knowledge.training.data import Example
from tests.bench.accuracy.deciding import facts, pair_f1
from tests.bench.accuracy.gold import Gold, Said
from tests.bench.accuracy.score import (
    calibration_error,
    other_figures,
    reliability,
    topic_figures,
)


def _gold(topic: str, **labels: Any) -> Gold:
    return Gold("文", topic, Example(text="文", **labels))


PAIRS = [
    (_gold("patents", register="polite", difficulty="easy"), Said("patents", 0.95)),
    (_gold("patents", register="angry", difficulty="hard"), Said("trademarks", 0.55)),
    (_gold("trademarks", register="polite", difficulty="easy"), Said("trademarks", 0.95)),
    (_gold("out_of_scope", register="polite", difficulty="easy"), Said("out_of_scope", 0.9)),
    (_gold("out_of_scope", register="angry", difficulty="hard"), Said("patents", 0.4)),
]


def test_topics_are_scored_alike_whatever_their_number() -> None:
    found = topic_figures(PAIRS)
    assert found.accuracy == pytest.approx(3 / 5)
    assert found.by_topic["patents"] == pytest.approx(0.5)
    assert found.by_topic["trademarks"] == pytest.approx(2 / 3)
    assert found.macro_f1 == pytest.approx((0.5 + 2 / 3 + 2 / 3) / 3)


def test_out_of_scope_has_its_recall_and_its_false_alarms() -> None:
    refused = [*PAIRS, (_gold("designs"), Said("out_of_scope", 0.5))]
    assert topic_figures(PAIRS).out_recall == 0.5
    assert topic_figures(PAIRS).false_alarms == 0.0
    assert topic_figures(refused).false_alarms == pytest.approx(1 / 4)


def test_registers_and_difficulties_are_counted_apart() -> None:
    found = topic_figures(PAIRS)
    assert found.by_register == {"angry": 0.0, "polite": 1.0}
    assert found.by_difficulty == {"easy": 1.0, "hard": 0.0}


def test_confidence_is_compared_with_how_often_it_was_right() -> None:
    surely_wrong = [(_gold("patents"), Said("designs", 1.0))] * 4
    honest = [(_gold("patents"), Said("patents", 0.75))] * 3
    honest += [(_gold("patents"), Said("designs", 0.75))]
    assert calibration_error(surely_wrong) == pytest.approx(1.0)
    assert calibration_error(honest) == pytest.approx(0.0)
    ((confidence, right, count),) = reliability(honest)
    assert confidence == pytest.approx(0.75)
    assert (right, count) == (0.75, 4)


def test_every_confidence_falls_into_one_tenth() -> None:
    pairs = [(_gold("patents"), Said("patents", n / 20)) for n in range(21)]
    assert sum(count for _, _, count in reliability(pairs)) == len(pairs)


def test_a_second_topic_counts_where_it_is_said_first_or_second() -> None:
    gold = _gold("patents", also=("trademarks",))
    pairs = [
        (gold, Said("patents", 1.0, secondary=("trademarks",))),
        (gold, Said("trademarks", 1.0)),
        (gold, Said("patents", 1.0)),
        (_gold("patents"), Said("patents", 1.0, secondary=("designs",))),
    ]
    found = other_figures(pairs)
    assert found.secondary == pytest.approx(2 / 3)
    assert found.false_secondary == 1.0


def test_need_desk_asker_wishes_and_the_reserved_are_asked_where_they_are_labelled() -> None:
    pairs = [
        (
            _gold("patents", need="cost", desk="a", asker="sme", wants=("human",), judgement=True),
            Said(
                "patents", 1.0, wants=("human",), need="cost", asker="sme", judgement=True, desk="a"
            ),
        ),
        (_gold("patents", need="learn", desk="b"), Said("patents", 1.0, need="cost", desk="a")),
    ]
    found = other_figures(pairs)
    assert (found.desk, found.asker, found.wants, found.judgement_recall) == (0.5, 1.0, 1.0, 1.0)
    assert found.judgement_false == 0.0
    assert found.need_macro_f1 == pytest.approx((2 / 3 + 0) / 2)


def test_what_nobody_labelled_has_no_figure() -> None:
    assert math.isnan(other_figures(PAIRS).desk)


def test_entities_are_compared_by_kind_and_value() -> None:
    marked = facts({"prefecture": "静岡県", "rights": ["patents"], "dates": ["2026-09-01"]})
    answered = facts(
        {
            "prefecture": "静岡県",
            "city": None,
            "rights": ["patents", "designs"],
            "dates": [{"date": "2026-09-01", "text": "9月1日"}],
        }
    )
    assert marked < answered
    assert pair_f1([(marked, answered)]) == pytest.approx(2 * 3 / 7)

"""The gate counts sentences; the report names them by key; the interval is honest."""

import pytest

from knowledge.training import gate, report
from knowledge.training.gate import TopicScore
from knowledge.training.judging import Question, Said, key_of
from knowledge.training.statistics import calibration, interval, median


def _topic(before: int | None, after: int, n: int = 50, intent: str = "patents") -> TopicScore:
    return TopicScore(intent=intent, n=n, before=before, after=after)


def test_losing_as_many_as_the_margin_is_let_through() -> None:
    assert gate.judge([_topic(40, 38)], protected_broken=0) == ()


def test_losing_one_more_than_the_margin_is_not() -> None:
    (reason,) = gate.judge([_topic(40, 37)], protected_broken=0)

    assert (reason.code, reason.intent, reason.lost, reason.margin) == ("topic", "patents", 3, 2)


def test_the_margin_grows_with_the_sentences() -> None:
    assert [gate.margin(n) for n in (1, 50, 67, 100, 200)] == [2, 2, 3, 3, 6]


def test_one_broken_protected_sentence_closes_the_gate() -> None:
    (reason,) = gate.judge([_topic(40, 50)], protected_broken=1)

    assert reason.code == "protected"


def test_many_small_losses_close_it_too() -> None:
    topics = [_topic(40, 38, intent=f"t{n}") for n in range(6)]

    assert [reason.code for reason in gate.judge(topics, protected_broken=0)] == ["total"]


def test_without_a_live_model_only_protected_sentences_count() -> None:
    assert gate.judge([_topic(None, 0)], protected_broken=0) == ()


def _asked(n: int = 10) -> list[Question]:
    intents = ("patents", "trademarks")
    return [Question(key_of(f"文{i}"), f"文{i}", "heldout", intents[i % 2]) for i in range(n)] + [
        Question("p1", "特許を出したい", "protected", "patents"),
        Question("t1", "屋号の件", "taught", "trademarks"),
        Question("m1", "きのうの文", "recent"),
    ]


def _answers(asked: list[Question], **wrong: str) -> dict[str, Said]:
    return {
        q.key: Said(wrong.get(q.key, q.intent or "patents"), q.intent or "patents", 0.9, 2.0)
        for q in asked
    }


def test_the_report_names_what_was_right_and_is_now_wrong() -> None:
    asked = _asked()
    flipped = key_of("文0")

    made = report.make(
        asked,
        after=_answers(asked, **{flipped: "designs"}),
        before=_answers(asked, **{key_of("文1"): "nlu_fallback"}),
        against="old",
    )

    assert [(f.key, f.intent, f.before, f.after) for f in made.now_wrong] == [
        (flipped, "patents", "patents", "designs")
    ]
    assert [f.key for f in made.now_right] == [key_of("文1")]
    assert [(c.intent, c.got, c.n) for c in made.confused] == [("patents", "designs", 1)]
    assert (made.right_before, made.right, made.n) == (9, 9, 10)
    assert not made.blocked


def test_swapped_labels_of_one_topic_are_held_back() -> None:
    asked = _asked(40)
    poisoned = {q.key: "trademarks" for q in asked if q.by == "heldout" and q.intent == "patents"}

    made = report.make(
        asked, after=_answers(asked, **poisoned), before=_answers(asked), against="old"
    )

    assert [reason.code for reason in made.reasons] == ["topic", "total"]
    assert made.blocked


def test_a_broken_protected_sentence_and_the_shadow_run_are_told() -> None:
    asked = _asked()

    made = report.make(
        asked,
        after=_answers(asked, p1="designs", m1="overseas", t1="patents"),
        before=_answers(asked),
        against="old",
    )

    assert [f.key for f in made.protected_broken] == ["p1"]
    assert [(f.key, f.before, f.after) for f in made.shadow] == [("m1", "patents", "overseas")]
    assert (made.taught.right, made.taught.n, made.shadow_n) == (0, 1, 1)


def test_a_protected_sentence_that_was_wrong_already_is_told_but_holds_nothing_back() -> None:
    asked = _asked()
    wrong = _answers(asked, p1="designs")

    made = report.make(asked, after=wrong, before=wrong, against="old")

    assert [f.key for f in made.protected_broken] == ["p1"]
    assert not made.blocked


def test_the_first_model_has_nothing_to_lose() -> None:
    asked = _asked()

    made = report.make(asked, after=_answers(asked), before=None, against=None)

    assert (made.right_before, made.now_wrong, made.shadow, made.blocked) == (None, (), (), False)


def test_no_word_of_a_sentence_is_in_a_report() -> None:
    asked = _asked()

    made = report.make(asked, after=_answers(asked, p1="x", m1="y"), before=None, against=None)

    assert not any(q.text in made.model_dump_json() for q in asked)


def test_asking_back_is_not_right() -> None:
    asked = _asked(2)

    made = report.make(
        asked, after=_answers(asked, **{key_of("文0"): "nlu_fallback"}), before=None, against=None
    )

    assert made.right == 1


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"), [(0, 10, 0.0, 0.28), (10, 10, 0.72, 1.0), (50, 100, 0.4, 0.6)]
)
def test_the_interval_is_wilsons(hits: int, of: int, low: float, high: float) -> None:
    found = interval(hits, of)

    assert (round(found.low, 2), round(found.high, 2)) == (low, high)


def test_nothing_counted_says_nothing() -> None:
    assert interval(0, 0).high == 1.0
    assert median([]) == 0.0
    assert calibration([]) == ((), 0.0)


def test_calibration_compares_what_was_said_with_what_was_right() -> None:
    bins, error = calibration([(0.95, True)] * 9 + [(0.95, False)] + [(0.2, False)] * 10)

    assert [(one.low, one.n, one.right) for one in bins] == [(0.2, 10, 0), (0.9, 10, 9)]
    assert round(error, 3) == 0.125

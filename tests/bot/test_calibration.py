"""Fine-tuning keeps what was fitted on unseen writers, as long as it still holds."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from components import calibration
from components.calibration import CalibratedOn
from components.inquiry_classifier import InquiryClassifier
from components.tokenizer import GinzaTokenizer
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

WORDS = {
    "trademarks": ("商標", "店の名前", "ロゴ", "ブランド"),
    "patents": ("特許", "発明", "実用新案", "審査請求"),
    "out_of_scope": ("天気", "年賀状", "確定申告", "引っ越し"),
}
ENDS = ("を知りたい", "のことで相談", "って何", "の期限は", "はいくら", "を頼みたい", "、急ぎです")


def _message(text: str, intent: str, by: str, **labels: Any) -> Message:
    example = {"by": by, **labels}
    return Message.build(text, intent=intent, intent_metadata=None, example_metadata=example)


def _sentences() -> list[Message]:
    return [
        _message(f"{opening}{word}{end}", intent, str(number % 4), need=("learn", "cost")[at % 2])
        for intent, words in WORDS.items()
        for number, word in enumerate(words)
        for at, end in enumerate(ENDS)
        for opening in ("", "すみません、", "うちの")
    ]


class Workshop:
    """Trains and loads one classifier after the other in one storage."""

    def __init__(self, folder: Path) -> None:
        self._storage = LocalModelStorage(folder)
        self._context = ExecutionContext(GraphSchema({}))
        self._tokenizer = GinzaTokenizer.create(
            GinzaTokenizer.get_default_config(), self._storage, Resource("words"), self._context
        )

    def train(self, messages: list[Message], *, after: bool) -> InquiryClassifier:
        self._tokenizer.process(messages)
        given = (InquiryClassifier.get_default_config(), self._storage, Resource("inquiry"))
        make = InquiryClassifier.load if after else InquiryClassifier.create
        classifier = make(*given, self._context)
        classifier.train(TrainingData(messages))
        return classifier

    def first_of(self, classifier: InquiryClassifier, text: str) -> str:
        message = Message.build(text)
        self._tokenizer.process([message])
        classifier.process([message])
        return str(message.get("intent_ranking")[0]["name"])


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    return Workshop(tmp_path)


def _calibration(classifier: InquiryClassifier) -> tuple[Any, ...]:
    topics, flags = classifier._topics, classifier._flags
    assert topics is not None
    assert flags is not None
    return (topics.head.temperature, topics.decision, flags.thresholds.tolist())


def _count_fits(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    from components import heads

    fits: list[int] = []
    fit = heads._fit_one

    def counted(*args: Any, **named: Any) -> Any:
        fits.append(1)
        return fit(*args, **named)

    monkeypatch.setattr(heads, "_fit_one", counted)
    return fits


def test_one_more_sentence_is_learned_under_the_old_calibration(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    fits = _count_fits(monkeypatch)
    first = workshop.train(_sentences(), after=False)
    whole = len(fits)
    assert workshop.first_of(first, "ぽんぽこ焼の看板") != "patents"
    added = _message("ぽんぽこ焼の看板", "patents", "own", need="learn")
    second = workshop.train([*_sentences(), added], after=True)
    assert _calibration(second) == _calibration(first)
    assert workshop.first_of(second, "ぽんぽこ焼の看板") == "patents"
    assert len(fits) - whole < whole * 0.6


def test_many_small_steps_do_not_drift_away_from_the_calibration(workshop: Workshop) -> None:
    first = workshop.train(_sentences(), after=False)
    on = first._calibrated_on
    messages = _sentences()
    for step in range(1, 4):
        messages.append(_message(f"{step}番目の新しい話", "patents", "own", need="learn"))
        tuned = workshop.train(messages, after=True)
        kept = tuned._calibrated_on is not None and np.array_equal(
            tuned._calibrated_on.digests, on.digests if on else []
        )
        assert kept is (step <= calibration.CHANGED_AT_MOST * len(_sentences()))


def test_another_intent_is_fitted_from_the_start(workshop: Workshop) -> None:
    workshop.train(_sentences(), after=False)
    other = _message("見本の種苗", "agriculture", "own", need="learn")
    tuned = workshop.train([*_sentences(), other], after=True)
    assert tuned._topics is not None
    assert "agriculture" in tuned._topics.head.labels


def test_other_code_does_not_keep_the_calibration(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    workshop.train(_sentences(), after=False)
    monkeypatch.setattr(calibration, "_code", lambda: "another")
    tuned = workshop.train(_sentences(), after=True)
    assert tuned._calibrated_on is not None
    assert tuned._calibrated_on.code == "another"


@pytest.mark.parametrize(
    ("changed", "holds"), [(0, True), (5, True), (10, True), (11, False), (500, False)]
)
def test_a_calibration_holds_for_nearly_the_same_sentences(changed: int, *, holds: bool) -> None:
    before = CalibratedOn.now(("patents", f"文{n}") for n in range(1000))
    after = CalibratedOn.now(("patents", f"文{n}") for n in range(1000 + changed))
    assert before.holds_for(after) is holds


def test_a_sentence_under_another_topic_is_a_change() -> None:
    before = CalibratedOn.now(("patents", f"文{n}") for n in range(1000))
    after = CalibratedOn.now(("designs", f"文{n}") for n in range(1000))
    assert not before.holds_for(after)


def test_a_model_without_a_record_is_trained_in_full(tmp_path: Path) -> None:
    assert CalibratedOn.load(tmp_path) is None


def test_no_sentence_stands_in_the_record(tmp_path: Path) -> None:
    CalibratedOn.now([("patents", "ひみつの配合")]).save(tmp_path)
    assert "ひみつの配合".encode() not in (tmp_path / calibration.FILE).read_bytes()

"""One contract for every custom component, and what each of ours promises beyond it."""

import threading
from typing import Any

import pytest
from components import ginza
from components.decision import Decision
from components.field_entities import FieldEntities
from components.inquiry_classifier import InquiryClassifier
from components.tokenizer import READING_KEY, VECTOR_KEY
from rasa.engine.storage.resource import Resource
from rasa.nlu.constants import TOKENS_NAMES

OUTPUTS = ("intent", "intent_ranking", "inquiry", "entities")

TOKENS = [
    ("商標登録の費用", [("商標", 0, 2), ("登録", 2, 4), ("の", 4, 5), ("費用", 5, 7)]),
    ("浜松市のパン屋", [("浜松市", 0, 3), ("の", 3, 4), ("パン屋", 4, 7)]),
    ("J-PlatPatの 使い方", None),
]

SAME_READING = [
    ("商標", "shohyo"),
    ("商標", "shouhyou"),
    ("特許", "tokkyo"),
    ("意匠", "衣装"),
    ("登録", "とうろく"),
]

ENTITIES = [
    ("静岡でパン屋をしています", [("prefecture", "静岡県", 0, 2)]),
    ("浜松市の町工場です", [("city", "静岡県浜松市", 0, 3)]),
    ("j-platpatの使い方", [("programme", "j-platpat", 0, 9)]),
    ("特許を取りたい", []),
]


def test_defaults_are_settings_and_no_secrets(trained: Any) -> None:
    config = trained.kind.get_default_config()
    assert isinstance(config, dict)
    assert config == trained.kind.get_default_config()


def test_a_loaded_component_answers_like_the_trained_one(trained: Any, message: Any) -> None:
    before, after = message("浜松市で商標を登録したい"), message("浜松市で商標を登録したい")
    trained.component.process([before])
    trained.load().process([after])
    for key in OUTPUTS:
        assert before.get(key) == after.get(key), key


def test_training_twice_persists_the_same_bytes(trained: Any, storage: Any) -> None:
    def stored() -> dict[str, bytes]:
        with storage.read_from(trained.resource) as folder:
            return {p.name: p.read_bytes() for p in folder.iterdir() if p.suffix != ".npz"}

    first = stored()
    assert first
    assert first == stored()


def test_an_empty_message_passes_untouched(trained: Any, message: Any) -> None:
    empty = message("")
    trained.component.process([empty])
    assert not empty.get("intent")


@pytest.mark.parametrize(("text", "expected"), TOKENS)
def test_tokens_carry_text_and_offsets(
    text: str, expected: list[tuple[str, int, int]] | None, message: Any
) -> None:
    tokens = message(text).get(TOKENS_NAMES["text"])
    assert all(text[t.start : t.end] == t.text for t in tokens)
    if expected is not None:
        assert [(t.text, t.start, t.end) for t in tokens] == expected


@pytest.mark.parametrize(("left", "right"), SAME_READING)
def test_spellings_of_one_word_share_their_reading(left: str, right: str, message: Any) -> None:
    assert message(left).get(READING_KEY) == message(right).get(READING_KEY)


def test_the_vector_has_unit_length_or_is_zero(message: Any) -> None:
    assert abs(float((message("商標登録").get(VECTOR_KEY) ** 2).sum()) - 1.0) < 1e-5
    assert float(message("。").get(VECTOR_KEY).sum()) == 0.0


def test_the_tokenizer_survives_many_threads(message: Any) -> None:
    expected = [t.text for t in ginza.shared().doc("商標登録の費用はいくらですか")]
    failures: list[object] = []

    def work() -> None:
        for _ in range(50):
            found = [t.text for t in ginza.shared().doc("商標登録の費用はいくらですか")]
            if found != expected:
                failures.append(found)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


@pytest.mark.parametrize("trained", [InquiryClassifier], indirect=True)
def test_an_inquiry_gets_topic_ranking_and_axes(trained: Any, message: Any) -> None:
    asked = message("商標を登録したい")
    trained.component.process([asked])
    ranking = asked.get("intent_ranking")
    assert ranking[0]["name"] == "trademarks"
    assert abs(sum(item["confidence"] for item in ranking) - 1.0) < 0.01
    assert asked.get("inquiry").keys() == {
        "secondary_topics",
        "secondary_chances",
        "wants",
        "need",
        "asker",
        "judgement_or_drafting",
    }


@pytest.mark.parametrize("trained", [InquiryClassifier], indirect=True)
def test_below_the_bar_the_visitor_is_asked_back(trained: Any, message: Any) -> None:
    trained.component._topics.decision = Decision(answer_at=1.01)
    asked = message("商標を登録したい")
    trained.component.process([asked])
    assert asked.get("intent")["name"] == "nlu_fallback"
    assert asked.get("intent_ranking")[0]["name"] == "trademarks"


@pytest.mark.parametrize("trained", [FieldEntities], indirect=True)
@pytest.mark.parametrize(("text", "expected"), ENTITIES)
def test_names_are_marked_with_value_and_offsets(
    trained: Any, message: Any, text: str, expected: list[tuple[str, str, int, int]]
) -> None:
    asked = message(text)
    trained.component.process([asked])
    found = [(e["entity"], e["value"], e["start"], e["end"]) for e in asked.get("entities")]
    assert found == expected


def test_components_name_what_must_be_installed(tokenizer: Any) -> None:
    assert "ja_ginza" in tokenizer.required_packages()
    assert Resource("x").name == "x"

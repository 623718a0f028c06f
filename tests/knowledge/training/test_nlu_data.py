"""The shipped language data: whatever is committed has passed the linter."""

from functools import cache
from pathlib import Path

import pytest

from knowledge.training.data import Example, IntentFile, Part, intent_files
from knowledge.training.heldout import heldout_hash
from knowledge.training.lint import check
from knowledge.training.registry import INTENTS, read_registry
from knowledge.vocabulary import ASKERS, NEEDS, REGISTERS, TOPICS

NLU_DATA = Path(__file__).parents[3] / "nlu_data"


@cache
def _files(part: Part) -> tuple[IntentFile, ...]:
    return tuple(file for _, file in intent_files([NLU_DATA], part))


def _examples(part: Part) -> list[Example]:
    return [example for file in _files(part) for example in file.examples]


def test_the_linter_finds_nothing() -> None:
    assert [str(finding) for finding in check([NLU_DATA])] == []


def test_the_heldout_set_is_the_recorded_one() -> None:
    recorded = (NLU_DATA / "heldout.sha256").read_text(encoding="ascii").strip()

    assert heldout_hash(NLU_DATA) == recorded


def test_the_registry_describes_every_intent_in_full_sentences() -> None:
    registry, problems = read_registry([NLU_DATA])

    assert problems == ()
    assert list(registry.intents) == list(INTENTS)
    assert [n for n, intent in registry.intents.items() if not intent.meaning.endswith("。")] == []


@pytest.mark.parametrize("topic", TOPICS)
def test_a_topic_is_written_in_many_voices(topic: str) -> None:
    files = [file for file in _files("train") if file.intent == topic]

    voices = {example.register_ for file in files for example in file.examples}

    assert voices == set(REGISTERS)


def test_every_need_and_asker_is_learned() -> None:
    examples = _examples("train")

    assert {example.need for example in examples} - {None} == set(NEEDS)
    assert {example.asker for example in examples} - {None} == set(ASKERS)


@pytest.mark.parametrize("part", ["train", "heldout"])
def test_judgement_and_secondary_topics_are_learned_and_judged(part: Part) -> None:
    examples = _examples(part)

    assert sum(example.judgement for example in examples) >= 40
    assert sum(bool(example.also) for example in examples) >= 40

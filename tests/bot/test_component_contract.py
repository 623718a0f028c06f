"""The one contract every graph component of ours keeps, whatever it does.

Settings complete · trained, stored and loaded it answers the same · its fingerprint depends on
its input alone · any text passes, also empty ones · many threads at once see what one sees.
"""

import inspect
import math
import threading
from typing import Any

import pytest
from components.field_entities import FieldEntities
from components.inquiry_classifier import InquiryClassifier
from components.tokenizer import GinzaTokenizer
from rasa.engine.graph import ExecutionContext, GraphComponent, GraphSchema, SchemaNode
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.engine.training.fingerprinting import calculate_fingerprint_key
from rasa.nlu.constants import TOKENS_NAMES
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

COMPONENTS = [GinzaTokenizer, InquiryClassifier, FieldEntities]
OUTPUTS = ("intent", "intent_ranking", "inquiry", "entities")
TEXTS = [
    "浜松市で商標を登録したい",
    "",
    " ",
    "。。。",
    "😀👩‍👩‍👧",
    "ﾊﾝｶｸ ｶﾅ",
    "Ａ１㈱㍿①",
    "e\u0301 İstanbul ß",
    "\u0000\u200b\ufeff",
    "あ" * 5000,
    "مرحبا 你好 привет",
]
THREADS = 32
TEXT_IDS = [f"text{number}" for number in range(len(TEXTS))]
ROUNDING = 2e-4
"""Confidences are rounded to four digits; sums may be taken in another order."""


def _alike(one: Any, other: Any) -> bool:
    """Equal, numbers but for rounding."""
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, abs_tol=ROUNDING)
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_alike(one[k], other[k]) for k in one)
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(_alike, one, other))
    return bool(one == other)


class Made:
    """One component, trained as training leaves it and loaded as serving loads it."""

    def __init__(self, kind: Any, tokenizer: Any, data: TrainingData, storage: Any) -> None:
        self.kind = kind
        self._tokenizer = tokenizer
        context = ExecutionContext(GraphSchema({}))
        config, resource = kind.get_default_config(), Resource(kind.__name__)
        self.trained = kind.create(config, storage, resource, context)
        if hasattr(self.trained, "train"):
            self.trained.train(data)
        self.loaded = kind.load(config, storage, resource, context)

    def answer(self, component: Any, text: str) -> dict[str, Any]:
        """What the component makes of a text."""
        message = Message.build(text)
        if self.kind is not GinzaTokenizer:
            self._tokenizer.process([message])
        component.process([message])
        tokens = message.get(TOKENS_NAMES["text"]) or []
        found = {key: message.get(key) for key in OUTPUTS}
        return {**found, "tokens": [(t.text, t.start, t.end, t.lemma) for t in tokens]}


@pytest.fixture(params=COMPONENTS, ids=lambda kind: kind.__name__)
def made(
    request: pytest.FixtureRequest,
    storage: LocalModelStorage,
    tokenizer: GinzaTokenizer,
    training_data: TrainingData,
) -> Made:
    """Each of our components in turn."""
    data = tokenizer.process_training_data(training_data)
    return Made(request.param, tokenizer, data, storage)


def test_every_component_of_ours_is_here() -> None:
    import importlib
    import pkgutil

    import components

    found = set()
    for module in pkgutil.iter_modules(components.__path__, "components."):
        for _, kind in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
            if issubclass(kind, GraphComponent) and kind.__module__ == module.name:
                found.add(kind)
    assert found == set(COMPONENTS)


def test_its_default_settings_are_complete_fresh_and_plain(made: Made) -> None:
    config = made.kind.get_default_config()
    assert config is not made.kind.get_default_config()
    source = inspect.getsource(inspect.getmodule(made.kind))
    read = {
        line.split('config["')[1].split('"]')[0]
        for line in source.splitlines()
        if 'config["' in line
    }
    assert read <= set(config), "a setting without a default is read"
    assert all(isinstance(v, str | int | float | bool | None | list) for v in config.values())


def test_it_is_registered_with_the_recipe_and_says_what_it_needs(made: Made) -> None:
    assert made.kind.__name__ in DefaultV1Recipe._registered_components
    assert all(inspect.isclass(needed) for needed in made.kind.required_components())
    assert all(isinstance(name, str) for name in made.kind.required_packages())


@pytest.mark.parametrize("text", TEXTS, ids=TEXT_IDS)
def test_loaded_it_answers_as_it_did_when_trained(made: Made, text: str) -> None:
    assert _alike(made.answer(made.loaded, text), made.answer(made.trained, text))


@pytest.mark.parametrize("text", TEXTS, ids=TEXT_IDS)
def test_the_same_text_gets_the_same_answer_and_right_offsets(made: Made, text: str) -> None:
    first = made.answer(made.loaded, text)
    assert first == made.answer(made.loaded, text)
    assert all(text[start:end] == word for word, start, end, _ in first["tokens"])
    for entity in first["entities"] or []:
        assert 0 <= entity["start"] < entity["end"] <= len(text)


def test_its_fingerprint_depends_on_its_input_alone(
    made: Made, training_data: TrainingData
) -> None:
    node = SchemaNode(
        needs={},
        uses=made.kind,
        constructor_name="create",
        fn="train",
        config=made.kind.get_default_config(),
    )

    def key(data: TrainingData) -> str:
        return str(calculate_fingerprint_key(node.uses, node.config, {"training_data": data}))

    other = TrainingData([Message.build("別の文", intent="patents")])
    assert key(training_data) == key(training_data)
    assert key(training_data) != key(other)


def test_trained_again_it_is_stored_alike(
    made: Made, training_data: TrainingData, tokenizer: GinzaTokenizer, tmp_path: Any
) -> None:
    folder = tmp_path / "again"
    folder.mkdir()
    data = tokenizer.process_training_data(training_data)
    again = Made(made.kind, tokenizer, data, LocalModelStorage.create(folder))
    for text in TEXTS:
        assert _alike(again.answer(again.loaded, text), made.answer(made.loaded, text))


def test_many_threads_see_what_one_sees(made: Made) -> None:
    expected = {text: made.answer(made.loaded, text) for text in TEXTS}
    wrong: list[object] = []
    start = threading.Barrier(THREADS)

    def work(number: int) -> None:
        start.wait()
        for count in range(11):
            text = TEXTS[(number + count) % len(TEXTS)]
            try:
                found = made.answer(made.loaded, text)
            except RuntimeError as error:  # what Sudachi raises when two threads meet
                wrong.append(error)
                continue
            if found != expected[text]:
                wrong.append((text, found))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []

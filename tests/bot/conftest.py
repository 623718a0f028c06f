"""Fixtures of the bot environment: a tiny training set, storage in a temporary folder."""

from pathlib import Path
from typing import Any

import pytest
from components.field_entities import FieldEntities
from components.inquiry_classifier import InquiryClassifier
from components.tokenizer import GinzaTokenizer
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.training_data.formats.rasa_yaml import RasaYAMLReader
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

SENTENCES = {
    "trademarks": [
        "店の名前を商標登録したい",
        "ロゴを登録するには",
        "商標の更新はいつですか",
        "屋号を商標にしたい",
        "ブランド名を守りたい",
        "商標の区分がわからない",
    ],
    "patents": [
        "特許を出願したい",
        "発明を特許にする手順",
        "拒絶理由通知が届いた",
        "特許の審査請求をしたい",
        "実用新案と特許の違い",
        "機械の仕組みを特許で守りたい",
    ],
    "smalltalk": ["こんにちは", "ありがとう", "はじめまして", "おはよう", "どうも", "よろしく"],
}

NAMES = """
version: "3.1"
nlu:
- lookup: prefecture
  examples: |
    - 静岡県
    - 静岡
- lookup: city
  examples: |
    - 浜松市
    - 浜松
- lookup: programme
  examples: |
    - J-PlatPat
- synonym: 静岡県
  examples: |
    - prefecture:静岡県
    - prefecture:静岡
- synonym: 静岡県浜松市
  examples: |
    - city:浜松市
    - city:浜松
- synonym: j-platpat
  examples: |
    - programme:J-PlatPat
"""


@pytest.fixture(scope="session")
def training_data() -> TrainingData:
    """Eighteen sentences and a handful of names, read as Rasa reads an export."""
    lines = ['version: "3.1"', "nlu:"]
    for intent, texts in SENTENCES.items():
        lines += [f"- intent: {intent}", "  examples:"]
        for number, text in enumerate(texts):
            lines += [f"  - text: {text}"]
            if intent != "smalltalk":
                need = "procedure" if number % 2 else "learn"
                lines += ["    metadata:", f"      need: {need}", "      asker: sme"]
    reader = RasaYAMLReader()
    return reader.reads("\n".join(lines)).merge(RasaYAMLReader().reads(NAMES))


@pytest.fixture
def storage(tmp_path: Path) -> LocalModelStorage:
    """An empty model folder."""
    return LocalModelStorage.create(tmp_path)


@pytest.fixture
def context() -> ExecutionContext:
    """What Rasa hands to a component."""
    return ExecutionContext(GraphSchema({}))


@pytest.fixture
def tokenizer(storage: LocalModelStorage, context: ExecutionContext) -> GinzaTokenizer:
    """The tokenizer as the pipeline makes it."""
    component = GinzaTokenizer.create(
        GinzaTokenizer.get_default_config(), storage, Resource("tokenizer"), context
    )
    assert isinstance(component, GinzaTokenizer)
    return component


class Trained:
    """A trained component and what it needs to be loaded again."""

    def __init__(self, kind: Any, storage: Any, context: Any, data: TrainingData) -> None:
        self.kind, self.storage, self.context = kind, storage, context
        self.config = kind.get_default_config()
        self.resource = Resource(kind.__name__)
        self.component = kind.create(self.config, storage, self.resource, context)
        self.component.train(data)

    def load(self) -> Any:
        """The component as another process would load it."""
        return self.kind.load(self.config, self.storage, self.resource, self.context)


@pytest.fixture(params=[InquiryClassifier, FieldEntities])
def trained(
    request: pytest.FixtureRequest,
    storage: LocalModelStorage,
    context: ExecutionContext,
    tokenizer: GinzaTokenizer,
    training_data: TrainingData,
) -> Trained:
    """Each trainable component of ours in turn: the shared contract check runs on all."""
    data = tokenizer.process_training_data(training_data)
    return Trained(request.param, storage, context, data)


@pytest.fixture
def message(tokenizer: GinzaTokenizer) -> Any:
    """Make a tokenised message of a text."""

    def make(text: str) -> Message:
        made = Message.build(text)
        tokenizer.process([made])
        return made

    return make

"""Cuts a message into GiNZA tokens with offsets and lemmas; keeps mean vector and reading.

Trained, it knows the names of the field as words (``user_dictionary``).
"""

from contextlib import suppress
from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from components import ginza, user_dictionary

VECTOR_KEY = "ginza_vector"
READING_KEY = "ginza_reading"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=True)
class GinzaTokenizer(Tokenizer):
    """Tokens of one message; offsets refer to the text Rasa was given (already normalised)."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Rasa's tokenizer settings; intents are never split."""
        return {
            "intent_tokenization_flag": False,
            "intent_split_symbol": "_",
            "token_pattern": None,
        }

    @staticmethod
    def required_packages() -> list[str]:
        """Packages that must be importable before this component is created."""
        return ["ja_ginza", "sudachipy", "sudachidict_core"]

    def __init__(
        self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource
    ) -> None:
        super().__init__(config)
        self._model_storage = model_storage
        self._resource = resource
        self._ginza: ginza.Ginza | None = None

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "GinzaTokenizer":
        """A tokenizer that knows Sudachi's own words."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Make the names of the field words; they stay inside the model."""
        tables = [t for t in training_data.lookup_tables if t["name"] in user_dictionary.KINDS]
        with self._model_storage.write_to(self._resource) as folder:
            user_dictionary.build([name for t in tables for name in t["elements"]], folder)
            self._know(folder)
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "GinzaTokenizer":
        """A tokenizer with the words of the model.

        Raises:
            WrongDictionaryError: they were made for another dictionary version.
        """
        tokenizer = cls(config, model_storage, resource)
        # One tokenizer is made, the one that is used: each costs some 80 MB.
        # An archive from before there were such words has no folder for them.
        with suppress(ValueError), model_storage.read_from(resource) as folder:
            tokenizer._know(folder)
        tokenizer._words()  # no visitor waits for it
        return tokenizer

    def _words(self) -> ginza.Ginza:
        if self._ginza is None:
            self._ginza = ginza.shared()
        return self._ginza

    def _know(self, folder: Path) -> None:
        self._ginza = ginza.shared(user_dictionary.find(folder))

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        """Tokens of ``attribute``; mean vector and reading are set on the message beside them."""
        doc = self._words().doc(message.get(attribute) or "")
        message.set(VECTOR_KEY, ginza.mean_vector(doc))
        message.set(READING_KEY, ginza.reading(doc))
        return [
            Token(t.text, t.idx, t.idx + len(t.text), lemma=t.lemma_ or t.text)
            for t in doc
            if not t.is_space
        ]

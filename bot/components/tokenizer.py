"""Cuts a message into GiNZA tokens with offsets and lemmas; keeps mean vector and reading."""

from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.training_data.message import Message

from components import ginza

VECTOR_KEY = "ginza_vector"
READING_KEY = "ginza_reading"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
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
        return ["spacy", "ginza", "ja_ginza", "sudachipy"]

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        """Tokens of ``attribute``; mean vector and reading are set on the message beside them."""
        doc = ginza.shared().doc(message.get(attribute) or "")
        message.set(VECTOR_KEY, ginza.mean_vector(doc))
        message.set(READING_KEY, ginza.reading(doc))
        return [
            Token(t.text, t.idx, t.idx + len(t.text), lemma=t.lemma_ or t.text)
            for t in doc
            if not t.is_space
        ]

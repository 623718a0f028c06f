"""Marks the names the field knows: prefectures and cities, countries, rights, company kinds,
programmes. It knows names only; dates and amounts carry arithmetic and are read by knowledge.

Names and their canonical values come as Rasa lookup tables and synonyms from the export.
"""

import json
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import TOKENS_NAMES
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

PLACE_ENDS = "市区町村県府都道"

Names = dict[str, list[tuple[str, str]]]
"""Folded name → (kind, canonical value) pairs; one name may be of several kinds."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class FieldEntities(GraphComponent, EntityExtractorMixin):
    """Longest match over the lookup tables, on token borders for short names."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """``free_length``: names at least this long match inside a token too."""
        return {"free_length": 4}

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        names: Names | None = None,
    ) -> None:
        self._free_length = config["free_length"]
        self._model_storage = model_storage
        self._resource = resource
        self._set_names(names or {})

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "FieldEntities":
        """Make an extractor that knows no names yet."""
        return cls(config, model_storage, resource)

    def _set_names(self, names: Names) -> None:
        self._names = names
        lengths: dict[str, set[int]] = {}
        for name in names:
            lengths.setdefault(name[0], set()).add(len(name))
        self._lengths = {first: sorted(found, reverse=True) for first, found in lengths.items()}

    def train(self, training_data: TrainingData) -> Resource:
        """Take lookup tables and synonyms (keyed ``kind:name``) from the export; persist them."""
        names: Names = {}
        synonyms = training_data.entity_synonyms
        for table in training_data.lookup_tables:
            kind = table["name"]
            for element in table["elements"]:
                value = synonyms.get(f"{kind}:{element}", element)
                names.setdefault(element.lower(), []).append((kind, value))
        self._set_names(names)
        with self._model_storage.write_to(self._resource) as directory:
            text = json.dumps(names, ensure_ascii=False, sort_keys=True)
            (directory / "names.json").write_text(text)
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "FieldEntities":
        """Read the names that training persisted."""
        with model_storage.read_from(resource) as directory:
            stored = json.loads((directory / "names.json").read_text())
        names = {name: [(kind, value) for kind, value in found] for name, found in stored.items()}
        return cls(config, model_storage, resource, names)

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the entities found to each message."""
        for message in messages:
            text = message.get(TEXT)
            if text:
                found = self._find(text, message.get(TOKENS_NAMES[TEXT]) or [])
                entities = [*message.get(ENTITIES, []), *self.add_extractor_name(found)]
                message.set(ENTITIES, entities, add_to_output=True)
        return messages

    def _find(self, text: str, tokens: list[Any]) -> list[dict[str, Any]]:
        starts, ends = {t.start for t in tokens}, {t.end for t in tokens}
        lowered, found, at = text.lower(), [], 0
        if len(lowered) != len(text):  # a letter whose lower case is longer: offsets would lie
            lowered = text
        while at < len(text):
            end = self._longest(lowered, at, starts, ends)
            if end is None:
                at += 1
                continue
            for kind, value in self._names[lowered[at:end]]:
                found.append(
                    {"entity": kind, "value": value, "start": at, "end": end, "confidence": 1.0}
                )
            at = end
        return found

    def _longest(self, text: str, at: int, starts: set[int], ends: set[int]) -> int | None:
        for length in self._lengths.get(text[at], ()):
            end = at + length
            if text[at:end] not in self._names:
                continue
            if length >= self._free_length or (at in starts and end in ends):
                return end
            # "横浜市港北区" is one token: the city in it ends where its own suffix says.
            if at in starts and length > 2 and text[end - 1] in PLACE_ENDS:
                return end
        return None

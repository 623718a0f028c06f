"""Says what an inquiry is about, how sure that is, what else it touches, and who needs what.

It sets Rasa's intent and ranking, and beside them the key ``inquiry``: ``secondary_topics, wants,
need, asker, judgement_or_drafting``. It decides nothing about desks; that is knowledge's work.
"""

from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.constants import TOKENS_NAMES
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy import sparse

from components import ginza
from components.features import InquiryFeatures, Sentence
from components.heads import ChoiceHead, FlagsHead
from components.tokenizer import READING_KEY, VECTOR_KEY

NOT_SAID = "not_said"
ASK_BACK = "nlu_fallback"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class InquiryClassifier(GraphComponent, IntentClassifier):
    """Linear models over one feature row; see ``get_default_config`` for the decision rule."""

    @classmethod
    def required_components(cls) -> list[type]:
        """The tokenizer's lemmas and vector are read."""
        from components.tokenizer import GinzaTokenizer

        return [GinzaTokenizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Settings; thresholds are probabilities after calibration.

        ``answer_at``: below it the visitor is asked back. ``refuse_at``: "not our business" is
        said only from here on. ``asker_at``: who asks is reported from here on. Thresholds of
        second topics, wishes and reserved questions are fitted with the model.
        """
        return {
            "c": 8.0,
            "vector_weight": 1.0,
            "answer_at": 0.40,
            "refuse_at": 0.50,
            "asker_at": 0.25,
        }

    def __init__(
        self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource
    ) -> None:
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._features: InquiryFeatures | None = None
        self._topic: ChoiceHead | None = None
        self._need: ChoiceHead | None = None
        self._asker: ChoiceHead | None = None
        self._flags: FlagsHead | None = None

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "InquiryClassifier":
        """Make an untrained classifier."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Fit features and heads on the examples and their metadata; persist them."""
        examples = [m for m in training_data.intent_examples if m.get(TEXT)]
        sentences = [_sentence(m) for m in examples]
        self._features = InquiryFeatures.fit(sentences, vector_weight=self._config["vector_weight"])
        rows = self._features.transform(sentences)
        labels = [_labels(m) for m in examples]
        c = self._config["c"]
        self._topic = ChoiceHead.fit(rows, [m.get(INTENT) for m in examples], c=c, calibrate=True)
        self._need = _fit_where(rows, [x.get("need") for x in labels], c=c)
        # Who asks is seldom said: silence is a label of its own.
        self._asker = _fit_where(rows, [x.get("asker") or NOT_SAID for x in labels], c=c)
        flags = [_flags(m, x) for m, x in zip(examples, labels, strict=True)]
        first = [f"topic:{m.get(INTENT)}" for m in examples]
        self._flags = FlagsHead.fit(rows, flags, c=c, first=first)
        self._persist()
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Set intent, ranking and the ``inquiry`` axes on each message."""
        for message in messages:
            if message.get(TEXT):
                self._understand(message)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Nothing later in the pipeline learns from our output."""
        return training_data

    def _understand(self, message: Message) -> None:
        if self._features is None or self._topic is None or self._flags is None:
            return
        rows = self._features.transform([_sentence(message)])
        chances = self._topic.probabilities(rows)[0]
        order = np.argsort(-chances)
        ranking = [
            {"name": self._topic.labels[i], "confidence": round(float(chances[i]), 4)}
            for i in order
        ]
        flags = self._flags.found(rows)[0]
        message.set(INTENT, self._decide(ranking), add_to_output=True)
        message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
        message.set("inquiry", self._axes(ranking, flags, rows), add_to_output=True)

    def _decide(self, ranking: list[dict[str, Any]]) -> dict[str, Any]:
        first = ranking[0]
        bar = "refuse_at" if first["name"] == "out_of_scope" else "answer_at"
        if first["confidence"] >= self._config[bar]:
            return first
        return {"name": ASK_BACK, "confidence": round(1.0 - first["confidence"], 4)}

    def _axes(
        self, ranking: list[dict[str, Any]], flags: dict[str, float], rows: sparse.csr_matrix
    ) -> dict[str, Any]:
        first = ranking[0]["name"]
        also = {k[6:]: p for k, p in flags.items() if k.startswith("topic:") and k[6:] != first}
        return {
            "secondary_topics": sorted(also, key=lambda topic: -also[topic]),
            "wants": sorted(k[5:] for k in flags if k.startswith("want:")),
            "need": _best(self._need, rows),
            "asker": _best(self._asker, rows, besides=NOT_SAID, at=self._config["asker_at"]),
            "judgement_or_drafting": "judgement" in flags,
        }

    def _persist(self) -> None:
        with self._model_storage.write_to(self._resource) as directory:
            if self._features:
                self._features.save(directory)
            for name, head in self._heads().items():
                if head is not None:
                    head.save(directory, name)

    def _heads(self) -> dict[str, ChoiceHead | FlagsHead | None]:
        return {
            "topic": self._topic,
            "need": self._need,
            "asker": self._asker,
            "flags": self._flags,
        }

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "InquiryClassifier":
        """Read what training persisted, and warm up GiNZA so that no visitor waits for it."""
        classifier = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as directory:
            classifier._features = InquiryFeatures.load(directory)
            classifier._topic = ChoiceHead.load(directory, "topic")
            classifier._flags = FlagsHead.load(directory, "flags")
            for name in ("need", "asker"):
                if (directory / f"{name}.npz").exists():
                    setattr(classifier, f"_{name}", ChoiceHead.load(directory, name))
        ginza.shared()
        return classifier


def _sentence(message: Message) -> Sentence:
    tokens = message.get(TOKENS_NAMES[TEXT]) or []
    return Sentence(
        text=message.get(TEXT),
        reading=message.get(READING_KEY) or "",
        lemmas=tuple(token.lemma for token in tokens),
        vector=message.get(VECTOR_KEY),
    )


def _labels(message: Message) -> dict[str, Any]:
    """What the exporter wrote beside the example (see knowledge/training/export.py)."""
    metadata = message.get("metadata") or {}
    return dict(metadata.get("example") or {})


def _flags(message: Message, labels: dict[str, Any]) -> frozenset[str]:
    intent = message.get(INTENT)
    topics = [intent, *labels.get("also", [])]
    wants = [*labels.get("wants", [])]
    if intent in ("human", "expert_session"):
        topics, wants = topics[1:], [intent, *wants]
    flags = {f"topic:{t}" for t in topics if t not in ("smalltalk", "out_of_scope")}
    flags |= {f"want:{w}" for w in wants}
    return frozenset(flags | ({"judgement"} if labels.get("judgement") else set()))


def _fit_where(
    rows: sparse.csr_matrix, targets: list[str | None], *, c: float
) -> ChoiceHead | None:
    known = [i for i, target in enumerate(targets) if target]
    values = [str(targets[i]) for i in known]
    return ChoiceHead.fit(rows[known], values, c=c) if len(set(values)) > 1 else None


def _best(
    head: ChoiceHead | None, rows: sparse.csr_matrix, *, besides: str = "", at: float = 0.0
) -> str | None:
    """The likeliest label other than ``besides``, if it is likely enough."""
    if head is None:
        return None
    chances = head.probabilities(rows)[0]
    for winner in np.argsort(-chances):
        if head.labels[winner] != besides:
            return head.labels[winner] if chances[winner] >= at else None
    return None

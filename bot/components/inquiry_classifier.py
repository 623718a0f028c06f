"""Says what an inquiry is about, how sure that is, what else it touches, and who needs what.

It sets Rasa's intent and ranking, and beside them the key ``inquiry``: ``secondary_topics,
secondary_chances, wants, need, asker, judgement_or_drafting``. It decides nothing about desks;
that is knowledge's work.
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
from components.calibration import CalibratedOn
from components.features import InquiryFeatures, Sentence
from components.heads import ChoiceHead, FlagsHead
from components.quick import Row
from components.tokenizer import READING_KEY, VECTOR_KEY
from components.topics import Ranking, TopicModel

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
        """Settings: ``c``, how closely the models follow the sentences; ``vector_weight``, the
        share of GiNZA's vector in a row; ``asker_at``, the probability from which it is reported
        who asks. All other thresholds are fitted with the model (``Decision``, ``FlagsHead``).
        """
        return {"c": 0.2, "vector_weight": 1.0, "asker_at": 0.25}

    def __init__(
        self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource
    ) -> None:
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._features: InquiryFeatures | None = None
        self._topics: TopicModel | None = None
        self._need: ChoiceHead | None = None
        self._asker: ChoiceHead | None = None
        self._flags: FlagsHead | None = None
        self._calibrated_on: CalibratedOn | None = None

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
        """Fit features and heads on the examples and their metadata; persist them.

        Fine-tuning an earlier model keeps its calibration where that still holds.
        """
        examples = [m for m in training_data.intent_examples if m.get(TEXT)]
        sentences = [_sentence(m) for m in examples]
        self._features, rows = InquiryFeatures.fit_transform(
            sentences, vector_weight=self._config["vector_weight"]
        )
        on = CalibratedOn.now(_identity(m) for m in examples)
        kept = self._calibrated_on is not None and self._calibrated_on.holds_for(on)
        if not (kept and self._refit(rows, examples)):
            self._fit(rows, examples)
            self._calibrated_on = on
        self._fit_axes(rows, examples)
        self._persist()
        return self._resource

    def _fit(self, rows: sparse.csr_matrix, examples: list[Message]) -> None:
        labels, c = [_labels(m) for m in examples], self._config["c"]
        intents = [m.get(INTENT) for m in examples]
        writers = _writers([x.get("by") or "?" for x in labels], intents)
        several = [bool(x.get("also")) for x in labels]
        texts = [m.get(TEXT) for m in examples]
        self._topics = TopicModel.fit(
            self._features, rows, texts, intents, writers, c=c, several=several
        )
        first = [f"topic:{intent}" for intent in intents]
        flags = [_flags(m) for m in examples]
        self._flags = FlagsHead.fit(rows, flags, c=c, writers=writers, first=first)

    def _refit(self, rows: sparse.csr_matrix, examples: list[Message]) -> bool:
        """New weights under the earlier calibration; False if it is of other labels."""
        if self._topics is None or self._flags is None:
            return False
        c = self._config["c"]
        try:
            topics = self._topics.refit(rows, [m.get(INTENT) for m in examples], c=c)
            flags = self._flags.refit(rows, [_flags(m) for m in examples], c=c)
        except ValueError:
            return False
        self._topics, self._flags = topics, flags
        return True

    def _fit_axes(self, rows: sparse.csr_matrix, examples: list[Message]) -> None:
        labels, c = [_labels(m) for m in examples], self._config["c"]
        self._need = _fit_where(rows, [x.get("need") for x in labels], c=c)
        # Who asks is seldom said: silence is a label of its own.
        self._asker = _fit_where(rows, [x.get("asker") or NOT_SAID for x in labels], c=c)

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
        if self._features is None or self._topics is None or self._flags is None:
            return
        sentence = _sentence(message)
        row = self._features.row(sentence)
        ranked = self._topics.rank(row, self._features.places(sentence.text))
        ranking = [{"name": n, "confidence": round(chance, 4)} for n, chance in ranked]
        intent = self._decide(ranked)
        axes = self._axes(intent["name"], ranked, self._flags.found(row)[0], row)
        message.set(INTENT, intent, add_to_output=True)
        message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
        message.set("inquiry", axes, add_to_output=True)

    def _decide(self, ranked: Ranking) -> dict[str, Any]:
        name, chance = self._topics.decide(ranked) if self._topics else (None, 0.0)
        if name is None:
            return {"name": ASK_BACK, "confidence": round(1.0 - chance, 4)}
        return {"name": name, "confidence": round(chance, 4)}

    def _axes(
        self, name: str, ranked: Ranking, flags: dict[str, float], rows: Row
    ) -> dict[str, Any]:
        first = ranked[0][0] if name == ASK_BACK else name
        also = {k[6:]: p for k, p in flags.items() if k.startswith("topic:") and k[6:] != first}
        return {
            "secondary_topics": sorted(also, key=lambda topic: -also[topic]),
            "secondary_chances": {topic: round(chance, 4) for topic, chance in also.items()},
            "wants": sorted(k[5:] for k in flags if k.startswith("want:")),
            "need": _best(self._need, rows),
            "asker": _best(self._asker, rows, besides=NOT_SAID, at=self._config["asker_at"]),
            "judgement_or_drafting": "judgement" in flags,
        }

    def _persist(self) -> None:
        with self._model_storage.write_to(self._resource) as directory:
            if self._features and self._topics:
                self._features.save(directory)
                self._topics.save(directory)
            if self._calibrated_on:
                self._calibrated_on.save(directory)
            for name, head in self._heads().items():
                if head is not None:
                    head.save(directory, name)

    def _heads(self) -> dict[str, ChoiceHead | FlagsHead | None]:
        return {
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
            classifier._calibrated_on = CalibratedOn.load(directory)
            classifier._features = InquiryFeatures.load(directory)
            classifier._topics = TopicModel.load(directory)
            classifier._flags = FlagsHead.load(directory, "flags")
            for name in ("need", "asker"):
                if (directory / f"{name}.npz").exists():
                    setattr(classifier, f"_{name}", ChoiceHead.load(directory, name))
        ginza.vectors()
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


def _identity(message: Message) -> tuple[object, ...]:
    return (message.get(INTENT), message.get(TEXT), *sorted(_labels(message).items()))


def _flags(message: Message) -> frozenset[str]:
    intent, labels = message.get(INTENT), _labels(message)
    topics = [intent, *labels.get("also", [])]
    wants = [*labels.get("wants", [])]
    if intent in ("human", "expert_session"):
        topics, wants = topics[1:], [intent, *wants]
    flags = {f"topic:{t}" for t in topics if t not in ("smalltalk", "out_of_scope")}
    flags |= {f"want:{w}" for w in wants}
    return frozenset(flags | ({"judgement"} if labels.get("judgement") else set()))


def _writers(written_by: list[str], intents: list[str]) -> list[str]:
    """Who wrote each sentence; an intent of a single writer is dealt out to several, or a fold
    would hold all of it."""
    of_intent: dict[str, set[str]] = {}
    for writer, intent in zip(written_by, intents, strict=True):
        of_intent.setdefault(intent, set()).add(writer)
    alone = {intent for intent, writers in of_intent.items() if len(writers) == 1}
    return [
        f"{writer}.{at % 3}" if intent in alone else writer
        for at, (writer, intent) in enumerate(zip(written_by, intents, strict=True))
    ]


def _fit_where(
    rows: sparse.csr_matrix, targets: list[str | None], *, c: float
) -> ChoiceHead | None:
    known = [i for i, target in enumerate(targets) if target]
    values = [str(targets[i]) for i in known]
    return ChoiceHead.fit(rows[known], values, c=c) if len(set(values)) > 1 else None


def _best(head: ChoiceHead | None, rows: Row, *, besides: str = "", at: float = 0.0) -> str | None:
    """The likeliest label other than ``besides``, if it is likely enough."""
    if head is None:
        return None
    chances = head.probabilities(rows)[0]
    for winner in np.argsort(-chances):
        if head.labels[winner] != besides:
            return head.labels[winner] if chances[winner] >= at else None
    return None

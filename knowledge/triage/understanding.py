"""What the bot understood of one message, as a value; it knows neither Rasa nor a desk.

``Understanding.from_parse`` is the only place that reads Rasa's parse format.
"""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from knowledge.vocabulary import NO_SUBJECT, TOPICS

ASK_BACK_INTENT = "nlu_fallback"
"""The intent Rasa reports when the classifier was not sure enough to answer."""


class Entity(BaseModel):
    """One marked span; offsets refer to the normalised text, ``value`` is canonical."""

    model_config = ConfigDict(frozen=True)

    kind: str
    value: str
    text: str
    start: int
    end: int


class Guess(BaseModel):
    """A topic and how sure the classifier was, 0 to 1."""

    model_config = ConfigDict(frozen=True)

    topic: str
    confidence: float


class Understanding(BaseModel):
    """One understood message.

    ``secondary_chances`` holds how likely each further topic is (0–1), where the model says so.
    ``topic`` is one of ``TOPICS`` or ``NO_SUBJECT``, or a dialogue intent for words about the
    conversation itself; ``sure`` is false where the decision rule says to ask back.
    """

    model_config = ConfigDict(frozen=True)

    text: str
    topic: str
    confidence: float
    sure: bool = True
    ranking: tuple[Guess, ...] = ()
    secondary_topics: tuple[str, ...] = ()
    secondary_chances: Mapping[str, float] = Field(default_factory=dict)
    wants: tuple[str, ...] = ()
    need: str | None = None
    asker: str | None = None
    judgement_or_drafting: bool = False
    entities: tuple[Entity, ...] = ()
    model_id: str | None = Field(default=None)

    @classmethod
    def from_parse(
        cls, parse: Mapping[str, Any], *, text: str, model_id: str | None = None
    ) -> "Understanding":
        """Read Rasa's parse result (``intent``, ``intent_ranking``, ``entities``, ``inquiry``)."""
        ranking = tuple(
            Guess(topic=item["name"], confidence=float(item["confidence"]))
            for item in parse.get("intent_ranking", [])
            if item["name"] != ASK_BACK_INTENT
        )
        intent = parse["intent"]
        sure = intent["name"] != ASK_BACK_INTENT
        first = ranking[0] if ranking else Guess(topic="out_of_scope", confidence=0.0)
        if sure and (not ranking or intent["name"] != first.topic):
            first = Guess(topic=intent["name"], confidence=float(intent.get("confidence") or 0.0))
        axes = parse.get("inquiry") or {}
        return cls(
            text=text,
            topic=first.topic,
            confidence=first.confidence,
            sure=sure,
            ranking=ranking,
            secondary_topics=tuple(axes.get("secondary_topics", ())),
            secondary_chances=axes.get("secondary_chances") or {},
            wants=tuple(axes.get("wants", ())),
            need=axes.get("need"),
            asker=axes.get("asker"),
            judgement_or_drafting=bool(axes.get("judgement_or_drafting", False)),
            entities=tuple(_entity(item, text) for item in parse.get("entities", [])),
            model_id=model_id,
        )

    @property
    def is_inquiry(self) -> bool:
        """Whether the message is about a subject or a wish, not about the conversation."""
        return self.topic in TOPICS or self.topic in NO_SUBJECT

    def values(self, kind: str) -> tuple[str, ...]:
        """Canonical values of one kind of entity, in order of appearance, without repeats."""
        return tuple(dict.fromkeys(e.value for e in self.entities if e.kind == kind))


def _entity(item: Mapping[str, Any], text: str) -> Entity:
    start, end = int(item["start"]), int(item["end"])
    return Entity(
        kind=item["entity"], value=str(item["value"]), text=text[start:end], start=start, end=end
    )

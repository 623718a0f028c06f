"""The held-out messages with what they mean, and what a candidate said of each."""

from dataclasses import dataclass
from typing import Any

from api.runtime.paths import NLU_DATA
from knowledge.text import normalise
from knowledge.training.data import Example, intent_files

OUT = "out_of_scope"
SIX = ("patents", "trademarks", "designs", "trade_secrets", "overseas", "startups")


@dataclass(frozen=True)
class Gold:
    """One held-out message: normalised text, topic, and its labels."""

    text: str
    topic: str
    labels: Example


@dataclass(frozen=True)
class Said:
    """What was decided for one message; candidates know a topic and a confidence only."""

    topic: str
    confidence: float
    secondary: tuple[str, ...] = ()
    wants: tuple[str, ...] = ()
    need: str | None = None
    asker: str | None = None
    judgement: bool = False
    desk: str | None = None
    asked_back: bool = False


def heldout() -> list[Gold]:
    """Every held-out message, in the order of the files."""
    return [
        Gold(normalise(example.text), file.intent, example)
        for _, file in intent_files((NLU_DATA,), "heldout")
        for example in file.examples
    ]


def best(parse: dict[str, Any]) -> Said:
    """The likeliest topic of a parse, no rule applied."""
    first = parse["intent_ranking"][0]
    return Said(first["name"], float(first["confidence"]))

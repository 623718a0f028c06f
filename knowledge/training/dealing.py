"""Deals an approved sentence to training or to the held-out set, by a fixed rule.

Nobody chooses: a person who could would, without meaning to, judge the model by what it learned.
"""

import hashlib

from knowledge.text import fold
from knowledge.training.data import Part
from knowledge.training.known import KnownSentences
from knowledge.vocabulary import DIALOGUE_INTENTS, NO_SUBJECT, TOPICS, WANTS

EVERY = 5
"""One sentence in five judges, four teach."""
INTENTS = (*TOPICS, *NO_SUBJECT, *DIALOGUE_INTENTS)


def deal(text: str, known: KnownSentences) -> Part:
    """Where a sentence goes.

    Beside its likes: a near copy of a held-out sentence must not be learned from, and one of a
    training sentence cannot judge. Else the hash of its folded text decides, so that the same
    sentence always goes the same way.
    """
    if known.closest(text, part="heldout") is not None:
        return "heldout"
    if known.closest(text, part="train") is not None:
        return "train"
    digest = hashlib.sha256(fold(text).encode()).digest()
    return "heldout" if int.from_bytes(digest[:4], "big") % EVERY == 0 else "train"


def skill_of(intent: str) -> str:
    """The folder of an intent's sentences."""
    if intent in TOPICS:
        return "inquiry"
    if intent in WANTS:
        return "handoff"
    return "dialogue" if intent in DIALOGUE_INTENTS else "chitchat"

"""Whether a candidate may go live: counted in sentences, decided by rule; it knows no database.

A topic is judged by some fifty sentences: a point of its score is half a sentence, so margins in
points would be noise. Training is deterministic, so whatever flips, flips for a reason.
"""

import math
from collections.abc import Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict

LEAST_MARGIN = 2
"""Sentences any topic may lose on balance: two of fifty are within what rewording does."""
SHARE = 0.03
"""Of a topic judged by many sentences it may lose this share."""
LEAST_TOTAL = 5
TOTAL_SHARE = 0.005
Code = Literal["protected", "topic", "total"]


class TopicScore(BaseModel):
    """Held-out sentences of an intent: how many, right by the live model, right by the candidate.

    ``before`` is None where there is no live model to compare with.
    """

    model_config = ConfigDict(frozen=True)

    intent: str
    n: int
    before: int | None
    after: int

    @property
    def lost(self) -> int:
        """Sentences lost on balance (negative: won)."""
        return 0 if self.before is None else self.before - self.after


class Reason(BaseModel):
    """Why a candidate is held back; ``lost`` and ``margin`` in sentences."""

    model_config = ConfigDict(frozen=True)

    code: Code
    intent: str | None = None
    lost: int = 0
    margin: int = 0


def margin(n: int) -> int:
    """How many of a topic's ``n`` sentences may be lost on balance."""
    return max(LEAST_MARGIN, math.ceil(SHARE * n))


def total_margin(n: int) -> int:
    """The same over all sentences."""
    return max(LEAST_TOTAL, math.ceil(TOTAL_SHARE * n))


def judge(topics: Sequence[TopicScore], *, protected_broken: int) -> tuple[Reason, ...]:
    """What speaks against the candidate; nothing: the gate is open."""
    found: list[Reason] = []
    if protected_broken:
        found.append(Reason(code="protected", lost=protected_broken))
    for topic in topics:
        if topic.lost > margin(topic.n):
            found.append(
                Reason(code="topic", intent=topic.intent, lost=topic.lost, margin=margin(topic.n))
            )
    lost, all_of_them = sum(t.lost for t in topics), sum(t.n for t in topics)
    if lost > total_margin(all_of_them):
        found.append(Reason(code="total", lost=lost, margin=total_margin(all_of_them)))
    return tuple(found)

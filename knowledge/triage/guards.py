"""Decides whether a message looks like an unpublished secret; it stores and quotes nothing.

The text is already normalised. Nothing is read before the first message.
"""

from dataclasses import dataclass

from knowledge.triage.guard_features import patterns


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the guard thinks of one message.

    ``withhold``: stop it before it is kept. ``disclosed``: the visitor says it is public already,
    so her clock starts. ``score`` is 0 to 1. ``reasons`` name features, never words of the text.
    """

    withhold: bool
    disclosed: bool
    score: float
    reasons: tuple[str, ...]


def inspect(text: str) -> Verdict:
    """Look at one normalised message."""
    table = patterns()
    found = table.found(text)
    disclosed = table.disclosed(text)
    total = sum(table.weights[name] for name in found)
    withhold = total >= table.threshold and not disclosed
    return Verdict(withhold=withhold, disclosed=disclosed, score=min(total / 2, 1.0), reasons=found)

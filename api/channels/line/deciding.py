"""Decides what comes after a try to answer with a reply token; pure.

A token works once. After an unclear end (a 5xx, a time-out, our own death) the same token is tried
once more: LINE either takes it, then the first had not arrived, or calls it used, then nobody can
tell. What nobody can tell is never pushed: it would be said twice.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import Final

from api.channels.line.client import Outcome

PAUSES: Final = (0.2, 0.5, 1.0, 2.0, 4.0)
"""Seconds before the next try after LINE said "not now": nothing was sent then."""


class Step(StrEnum):
    """What to do next."""

    SENT = "sent"
    RETRY = "retry"
    PUSH = "push"
    UNCLEAR = "unclear"
    REFUSED = "refused"


def next_step(ends: Sequence[Outcome], *, in_time: bool) -> Step:
    """After these ends of tries with one token; ``in_time``: the token is still good."""
    last = ends[-1]
    doubtful = sum(end == Outcome.UNCLEAR for end in ends)
    if last == Outcome.SENT:
        return Step.SENT
    if last == Outcome.REFUSED:
        return Step.UNCLEAR if doubtful else Step.REFUSED
    if last == Outcome.UNCLEAR:
        return Step.RETRY if doubtful == 1 and in_time else Step.UNCLEAR
    if last == Outcome.TOKEN:
        return Step.UNCLEAR if doubtful else Step.PUSH
    # Not now (429), or no connection: nothing happened.
    if in_time and len(ends) <= len(PAUSES):
        return Step.RETRY
    return Step.UNCLEAR if doubtful else Step.PUSH


def pause_before(tries: int, last: Outcome) -> float:
    """Seconds to wait before the next try."""
    return PAUSES[min(tries, len(PAUSES)) - 1] if last != Outcome.UNCLEAR else PAUSES[0]

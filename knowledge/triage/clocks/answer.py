"""Decides the shape in which last days are handed on; works nothing out."""

import datetime
from dataclasses import dataclass
from typing import Literal

from knowledge.sources import Source

Urgency = Literal["normal", "soon", "urgent"]


@dataclass(frozen=True, slots=True)
class Later:
    """A day after the last day: the end of an extended period, or of the window after expiry.

    `unshifted` moves nothing at all for holidays, so it is the safe one.
    """

    kind: Literal["extension", "late"]
    date: datetime.date
    unshifted: datetime.date
    confirmed: bool


@dataclass(frozen=True, slots=True)
class Deadline:
    """One last day. `date` is moved off closed days, `unshifted` is not and is the safe one.

    `if_right` is set where the right is not known and this is a candidate. `confirmed` is false
    where the period, or the move of this very date, was not seen on an official page.
    """

    date: datetime.date
    unshifted: datetime.date
    basis: str
    rule: str
    right: str | None
    if_right: str | None
    extension: str | None
    confirmed: bool
    source: Source
    opens: datetime.date | None = None
    later: tuple[Later, ...] = ()


@dataclass(frozen=True, slots=True)
class ClockAnswer:
    """What can be said: `deadlines` the nearest first, facts still needed, sentences to show.

    `stated` repeats the day the other side or the court set; it is never worked out.
    """

    deadlines: tuple[Deadline, ...]
    ask: tuple[str, ...]
    notes: tuple[str, ...]
    urgency: Urgency
    stated: datetime.date | None = None

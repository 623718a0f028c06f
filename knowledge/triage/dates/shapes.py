"""Decides the shape in which a found date is handed on; finds nothing."""

import datetime
from dataclasses import dataclass
from typing import Literal

Precision = Literal["day", "month", "year", "range"]


@dataclass(frozen=True, slots=True)
class FoundDate:
    """Words that name a day. `text == whole[start:end]`.

    `date` is the first day meant and `until` the last; both are null where the words name a time
    without saying which (先日) or a day that does not exist (2月30日).
    """

    start: int
    end: int
    text: str
    date: datetime.date | None
    precision: Precision
    approximate: bool
    until: datetime.date | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """The days some words mean, before they are tied to their place in the text."""

    first: datetime.date | None
    last: datetime.date | None
    precision: Precision
    rough: bool = False

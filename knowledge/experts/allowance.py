"""Decides whether a desk may use an expert once more this fiscal year (DUTIES.md D5).

Amounts are yen, a fiscal year is named by the year of its April; INPIT sets the limits. Pure.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from knowledge.wording import say

WARN_FROM = 0.8
"""Share of a limit from which a desk is warned: early enough to plan the rest of the year."""

Verdict = Literal["free", "warn", "refuse"]


@dataclass(frozen=True, slots=True)
class Limit:
    """What INPIT set, or what has been used: a number of uses and yen."""

    uses: int
    yen: int


@dataclass(frozen=True, slots=True)
class Allowed:
    """The verdict on one more use, said in a sentence (empty where nothing is to be said)."""

    verdict: Verdict
    text: str = ""


def fiscal_year(day: date) -> int:
    """The Japanese fiscal year of a day: 2027-03-31 is 2026, 2027-04-01 is 2027."""
    return day.year if day.month >= 4 else day.year - 1


def one_more(*, limit: Limit | None, used: Limit, cost_yen: int) -> Allowed:
    """Whether one more use of ``cost_yen`` passes: warned before a limit, refused after it.

    Without limits set by INPIT the use passes with a warning, since nothing can be checked.
    """
    if limit is None:
        return Allowed("warn", say("bookings.allowance_unset"))
    uses, yen = used.uses + 1, used.yen + cost_yen
    figures = {"uses": uses, "most": limit.uses, "yen": f"{yen:,}", "budget": f"{limit.yen:,}"}
    if uses > limit.uses or yen > limit.yen:
        return Allowed("refuse", say("bookings.allowance_passed", **figures))
    if uses >= limit.uses * WARN_FROM or yen >= limit.yen * WARN_FROM:
        return Allowed("warn", say("bookings.allowance_near", **figures))
    return Allowed("free")

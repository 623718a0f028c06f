"""Decides which of the days of a message starts the period of an event, and which end it names.

The table (`starts.roles` in ``knowledge/content/clocks.yml``) says which days may start what; where
only an unfitting one is told, none is taken and the right one is asked for.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import yaml

from knowledge.triage.clocks import ClockTable, parse_table
from knowledge.triage.clocks.table import DEFAULT, Role
from knowledge.triage.date_roles import RoledDay

CLOCKS_FILE: Final = Path(__file__).parent.parent / "content" / "clocks.yml"

VARIANTS: Final[Mapping[str, tuple[tuple[re.Pattern[str], str], ...]]] = {
    event: tuple((re.compile(words), variant) for words, variant in pairs)
    for event, pairs in {
        "office_action": (("離島", "remote_island"),),
        "exam_request": (("分割", "divisional"),),
        "customs_procedure": (("生鮮", "perishable"),),
        "pct_national_phase": (("欧州|ヨーロッパ|EPO", "europe"),),
        "data_breach": (("持ち出|退職|不正", "malicious"),),
        "plant_novelty": (("海外|外国", "sold_abroad"),),
        "utility_to_patent": (
            (
                r"(?<!自分で)技術評価[^。]{0,16}(?:通知|知らせ|連絡|届|請求され|手紙)",
                "evaluation_notice",
            ),
            (r"(?:他人|他社|第三者|よそ|相手|誰か)[^。]{0,10}技術評価", "evaluation_notice"),
        ),
    }.items()
}
"""Words of a text that call for a special row of the table."""
PRIORITIES: Final = frozenset({"priority", "domestic_priority", "pct_national_phase"})
"""Events that never save what was disclosed before the first filing."""
_OTHERS: Final = re.compile(
    "他社|他人|よそ|相手|競合|同業|ライバル|隣の|第三者|取引先が|誰か|偽物|模倣"
)
NO_START: Final = frozenset({"warning_letter", "lawsuit"})
"""Letters whose last day is only the one they name."""
BLOCK_OTHER: Final = frozenset({"receipt", "drafting", "paid"})
"""A day of these kinds shows that an unexplained day beside it is not the one looked for."""
FUTURE: Final = frozenset({"other", "disclosure"})
"""Days to come of these kinds are plans and start nothing."""


@lru_cache(maxsize=1)
def shipped_clocks() -> ClockTable:
    """The shipped table, read once."""
    return parse_table(yaml.safe_load(CLOCKS_FILE.read_text(encoding="utf-8")))


def variant_of(event: str, text: str) -> str | None:
    """The special row of the event that the words of a normalised text call for."""
    pairs = VARIANTS.get(event, ())
    return next((variant for words, variant in pairs if words.search(text)), None)


def event_of(events: tuple[str, ...], days: tuple[RoledDay, ...], text: str) -> str | None:
    """The event to answer: a disclosure before any filing outweighs a wish for priority."""
    roles = {day.role for day in days}
    first = events[0] if events else None
    own = any(day.role == "disclosure" and day.past for day in days) and not _OTHERS.search(text)
    told = own or "novelty_grace" in events
    if first is None and own:
        return "novelty_grace"
    if first in PRIORITIES and told and not roles & {"filing", "priority"}:
        return "novelty_grace"
    return first


def settle(
    event: str | None,
    days: tuple[RoledDay, ...],
    *,
    variant: str | None = None,
    at: int | None = None,
    answering: bool = False,
) -> dict[str, Any]:
    """The facts about days: which starts the event, which end is named, what is only a receipt.

    ``at`` is where the event stands in the text; ``answering`` says that the message has no event
    of its own and tells the day that was asked for.
    """
    roles = _allowed(event, variant)
    if answering and roles and "other" not in roles:
        roles = (*roles, "other")
    start = None if event in NO_START else _start(days, roles, at)
    end = next((day.date for day in days if day.role == "end"), None)
    till = next((day.date for day in days if day.role == "till"), None)
    letter = event is None or event in NO_START
    disclosed = [day.date for day in days if day.role == "disclosure" and day.past]
    received = any(day.role == "receipt" for day in days)
    return {
        "event_date": start,
        "ends_on": None if event in NO_START else end,
        "stated_date": till or (end if letter else None),
        "disclosed_on": min(disclosed, default=None),
        "receipt_only": received and start is None,
    }


def _allowed(event: str | None, variant: str | None) -> tuple[Role, ...]:
    """The roles that may start the event, the best first; any but ends where no event is known."""
    if event is None:
        return ("dispatch", "service", "gazette", "dated", "filing", "registration", "other")
    table = shipped_clocks()
    rules = table.events[event].rules if event in table.events else ()
    wanted = [rule for rule in rules if (variant or DEFAULT) in rule.when] or list(rules)
    starts = dict.fromkeys(rule.start for rule in wanted if rule.start)
    return tuple(dict.fromkeys(role for start in starts for role in table.starts[start].roles))


def _start(days: tuple[RoledDay, ...], roles: Iterable[Role], at: int | None) -> date | None:
    blocked = {day.role for day in days} & BLOCK_OTHER - set(roles)
    for role in roles:
        if role == "other" and blocked:
            continue
        fitting = [day for day in days if day.role == role]
        fitting = [day for day in fitting if day.past or role not in FUTURE]
        fitting = [day for day in fitting if day.last] or fitting
        if fitting:
            return _one(fitting, role, at)
    return None


def _one(fitting: list[RoledDay], role: Role, at: int | None) -> date:
    """The earliest, which is the safe one; of unexplained days the one nearest to the event."""
    if role == "other" and at is not None and not any(day.either for day in fitting):
        return min(fitting, key=lambda day: abs(day.start - at)).date
    return min(day.date for day in fitting)

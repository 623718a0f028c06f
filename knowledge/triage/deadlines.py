"""Decides which clock an inquiry calls for and with which facts; works no day out itself."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any, Final

import yaml

from knowledge.text import normalise
from knowledge.triage.clocks import ClockAnswer, ClockTable, Urgency, deadlines, parse_table
from knowledge.triage.facts import Facts
from knowledge.triage.routing.case import leaked
from knowledge.triage.signals import SIGNALS_FILE, Signals
from knowledge.vocabulary import DESKLESS, TOPICS

CLOCKS_FILE: Final = SIGNALS_FILE.parent / "clocks.yml"

URGENT: Final = frozenset(
    {
        "lawsuit",
        "customs_notice",
        "ec_takedown",
        "suspicious_invoice",
        "distress_or_threat",
    }
)
"""Signals that wait for nothing (R6, R8, DOMAIN §4-10)."""
SOON: Final = frozenset({"warning_letter"})
SOON_EVENTS: Final = frozenset(
    {
        "office_action",
        "refusal_appeal",
        "registration_fee",
        "restoration",
        "court_appeal",
        "formality_order",
    }
)
"""Notices that run on days although the date is not known yet."""

NO_DAY: Final = frozenset({"restoration", "warning_letter", "lawsuit"})
"""Events for which the day a visitor names is not the day the period starts from."""
NOVELTY_TOPICS: Final = frozenset(
    {"patents", "designs", "startups", "university", "overseas", "ip_management", "e_filing"}
)
NOT_OWN_MATTER: Final = frozenset({"infringed", "accused", "contract", "subsidy"})
TOPIC_RIGHTS: Final = {"trademarks": "trademarks", "designs": "designs"}
VARIANTS: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "office_action": (("離島", "remote_island"),),
    "exam_request": (("分割", "divisional"),),
    "customs_procedure": (("生鮮", "perishable"),),
    "pct_national_phase": (("欧州", "europe"), ("EPO", "europe")),
    "data_breach": (("持ち出", "malicious"), ("退職", "malicious"), ("不正", "malicious")),
    "plant_novelty": (("海外", "sold_abroad"), ("外国", "sold_abroad")),
}
SELF_KEPT: Final = frozenset(
    {
        "annuity",
        "trademark_renewal",
        "trademark_second_instalment",
        "priority",
        "domestic_priority",
        "exam_request",
        "restoration",
        "plant_novelty",
        "utility_to_patent",
        "opposition",
    }
)
"""Periods people also mention when they ask about money or forms: told when asked for."""
NO_RIGHTS_IN: Final = frozenset({"other_ip", "patent_search", "contracts", "e_filing"})
_LEVELS: Final[tuple[Urgency, ...]] = ("normal", "soon", "urgent")


@lru_cache(maxsize=1)
def shipped_clocks() -> ClockTable:
    """The shipped table, read once."""
    return parse_table(yaml.safe_load(CLOCKS_FILE.read_text(encoding="utf-8")))


def answer(
    facts: Facts, signals: Signals, *, text: str, topic: str, need: str | None, today: date
) -> ClockAnswer | None:
    """What can be said about a last day, or ``None`` where no clock is touched."""
    event = _event(facts, signals, topic, need)
    if event is None:
        return None
    options: dict[str, Any] = {
        "event": event,
        "right": _right(facts, topic, event),
        "on": None if event in NO_DAY else facts.event_date,
        "today": today,
        "abroad": facts.abroad,
        "variant": _variant(event, normalise(text)),
        "years_paid": facts.years_paid,
        "stated": facts.stated_date,
        "receipt_only": facts.receipt_only,
    }
    return deadlines(shipped_clocks(), **options)


def level(
    signals: Signals,
    clock: ClockAnswer | None,
    facts: Facts,
    *,
    topic: str,
    need: str | None,
    today: date,
) -> Urgency:
    """The higher of what the clock and what the signals say; a stated day counts as a last day."""
    found: list[Urgency] = ["normal"]
    if clock is not None:
        found.append(clock.urgency)
        if facts.stated_date is not None:
            found.append(_days_left((facts.stated_date - today).days))
        if SOON_EVENTS & {facts.event}:
            found.append("soon")
    if signals.names & SOON:
        found.append("soon")
    if signals.names & URGENT or leaked(signals, topic, need):
        found.append("urgent")
    return max(found, key=_LEVELS.index)


def _days_left(days: int) -> Urgency:
    thresholds = shipped_clocks().thresholds
    if days > thresholds.soon_days:
        return "normal"
    return "urgent" if days <= thresholds.urgent_days else "soon"


def _event(facts: Facts, signals: Signals, topic: str, need: str | None) -> str | None:
    event = facts.event
    if event is None or topic in DESKLESS or topic not in TOPICS:
        return None
    if event == "novelty_grace":
        if "plant_varieties" in facts.rights or topic == "agriculture":
            return "plant_novelty"
        return event if _novelty(facts, signals, topic, need) else None
    if event in SELF_KEPT and not _asked_when(facts, topic, need):
        return None
    return event


def _asked_when(facts: Facts, topic: str, need: str | None) -> bool:
    """Whether a period of a right is what the visitor wants to know."""
    if topic in NO_RIGHTS_IN and not facts.rights:
        return False
    return need in {"deadline", None} or facts.event_date is not None


def _novelty(facts: Facts, signals: Signals, topic: str, need: str | None) -> bool:
    if not signals.has("disclosed"):
        return True
    if need in NOT_OWN_MATTER:
        return False
    return topic in NOVELTY_TOPICS or bool({"patents", "designs"} & set(facts.rights))


def _right(facts: Facts, topic: str, event: str) -> str | None:
    held = {
        right
        for rule in shipped_clocks().events[event].rules
        for right in rule.rights
        if right not in {"all", "none"}
    }
    named = [right for right in facts.rights if right in held or not held]
    if not named and facts.rights:
        named = list(facts.rights)
    if len(named) == 1:
        return named[0]
    if named:
        return None
    if len(held) == 1:
        return next(iter(held))
    return TOPIC_RIGHTS.get(topic)


def _variant(event: str, text: str) -> str | None:
    return next((variant for word, variant in VARIANTS.get(event, ()) if word in text), None)

"""Decides which clock an inquiry calls for and with which facts; works no day out itself."""

import re
from datetime import date
from typing import Any, Final

from knowledge.text import normalise
from knowledge.triage.clocks import ClockAnswer, Urgency, deadlines
from knowledge.triage.facts import Facts
from knowledge.triage.routing.case import leaked
from knowledge.triage.signals import Signals
from knowledge.triage.start_days import NO_START, PRIORITIES, shipped_clocks, variant_of
from knowledge.vocabulary import DESKLESS, TOPICS

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

NOVELTY_TOPICS: Final = frozenset(
    {"patents", "designs", "startups", "university", "overseas", "ip_management", "e_filing"}
)
NOT_OWN_MATTER: Final = frozenset({"infringed", "accused", "contract", "subsidy"})
TOPIC_RIGHTS: Final = {"trademarks": "trademarks", "designs": "designs"}
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
NOVELTY: Final = frozenset({"novelty_grace", "plant_novelty"})
_UNSURE: Final = re.compile(
    "(?:特許|商標|意匠|実用新案)(?:なの)?か(?:、|わから|分から|不明|は|も|$)|どちらか|どれか"
)
"""The rights named are guesses of which one holds."""
_LEVELS: Final[tuple[Urgency, ...]] = ("normal", "soon", "urgent")


def answer(
    facts: Facts, signals: Signals, *, text: str, topic: str, need: str | None, today: date
) -> ClockAnswer | None:
    """What can be said about a last day, or ``None`` where no clock is touched."""
    event = _event(facts, signals, topic, need)
    if event is None:
        return None
    on = facts.event_date
    if event != facts.event and event in NOVELTY:
        on = facts.disclosed_on or on
    several = _several(facts, event)
    options: dict[str, Any] = {
        "event": event,
        "right": None if several else _right(facts, topic, event),
        "rights": () if _UNSURE.search(text) else several,
        "on": None if event in NO_START else on,
        "today": today,
        "abroad": facts.abroad,
        "variant": variant_of(event, normalise(text)) or _kept_variant(facts, event),
        "years_paid": facts.years_paid,
        "stated": facts.stated_date,
        "receipt_only": facts.receipt_only,
        "ends_on": facts.ends_on,
        "disclosed": facts.disclosed_on if need not in NOT_OWN_MATTER else None,
    }
    return _lapsed(options) or deadlines(shipped_clocks(), **options)


def _lapsed(options: dict[str, Any]) -> ClockAnswer | None:
    """A right that ended on a day named: first the window after it, then its restoration."""
    end, right = options["ends_on"], options["right"]
    if options["event"] != "restoration" or end is None or right is None:
        return None
    event = "trademark_renewal" if right == "trademarks" else "annuity"
    named = deadlines(shipped_clocks(), **(options | {"event": event, "variant": None}))
    last = max((later.date for one in named.deadlines for later in one.later), default=None)
    if last is None or last >= options["today"]:
        return named
    late = options | {"ends_on": None, "on": options["on"] or last}
    return deadlines(shipped_clocks(), **late)


def _kept_variant(facts: Facts, event: str) -> str | None:
    return facts.variant if event == facts.event else None


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
    if event in PRIORITIES and facts.disclosed_on and facts.event_date is None:
        event = "novelty_grace"
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
    return need in {"deadline", None} or bool(facts.event_date or facts.ends_on)


def _novelty(facts: Facts, signals: Signals, topic: str, need: str | None) -> bool:
    if "novelty_grace" in signals.events and not signals.has("disclosed"):
        return True
    if need in NOT_OWN_MATTER:
        return False
    return topic in NOVELTY_TOPICS or bool({"patents", "designs"} & set(facts.rights))


def _right(facts: Facts, topic: str, event: str) -> str | None:
    held = _held(event)
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


def _held(event: str) -> frozenset[str]:
    """The rights the table has rows for."""
    rules = shipped_clocks().events[event].rules
    return frozenset(r for rule in rules for r in rule.rights) - {"all", "none"}


def _several(facts: Facts, event: str) -> tuple[str, ...]:
    """The rights named where they are more than one, all of which are answered."""
    named = tuple(right for right in facts.rights if right in _held(event))
    return named if len(named) > 1 else ()

"""Decides where a rule of DOMAIN.md moves the topic the classifier chose; the choice stays second.

Without a rule the classifier's topic stands.
"""

from collections.abc import Callable
from dataclasses import dataclass

from knowledge.triage.facts import Facts
from knowledge.triage.routing.case import Step
from knowledge.triage.signals import Signals
from knowledge.triage.understanding import Understanding
from knowledge.vocabulary import NO_SUBJECT, TOPICS

RIGHT_TOPICS = {
    "patents": "patents",
    "utility_models": "patents",
    "designs": "designs",
    "trademarks": "trademarks",
    "plant_varieties": "agriculture",
}
Move = tuple[str, str, str]
"""Topic, rule, key of the sentence."""


@dataclass(frozen=True, slots=True)
class Topics:
    """The topic after the rules, the others in order, and the rules that moved it."""

    topic: str
    secondary: tuple[str, ...]
    moved: tuple[Step, ...] = ()


def settle_topics(understanding: Understanding, signals: Signals, facts: Facts) -> Topics:
    """The topic and its companions; words about the conversation itself count as small talk."""
    topic = understanding.topic if understanding.is_inquiry else "smalltalk"
    secondary = tuple(t for t in understanding.secondary_topics if t != topic)
    for rule in MOVES:
        move = rule(topic, signals, facts)
        if move is not None and move[0] != topic:
            also = ("trademarks",) if move[1] == "R17" else ()
            left = (topic, *also) if topic not in NO_SUBJECT else also
            kept = tuple(dict.fromkeys((*left, *secondary)))
            kept = tuple(t for t in kept if t != move[0] and t in TOPICS)
            return Topics(move[0], kept, (Step(None, move[1], move[2]),))
    return Topics(topic, secondary)


def right_topic(facts: Facts, *, otherwise: str) -> str:
    """The topic of the right the visitor names."""
    return next((RIGHT_TOPICS[r] for r in facts.rights if r in RIGHT_TOPICS), otherwise)


def _suspicious_invoice(topic: str, signals: Signals, _: Facts) -> Move | None:
    if signals.has("suspicious_invoice") and topic != "fee_reduction":
        return ("overseas", "DOMAIN§4-10", "invoice")
    return None


def _secret_filing(topic: str, signals: Signals, _: Facts) -> Move | None:
    if signals.has("secret_order") and topic in {"patents", "ip_management", *NO_SUBJECT}:
        return ("overseas", "DOMAIN§4-13", "secret_filing")
    return None


def _company_name(topic: str, signals: Signals, _: Facts) -> Move | None:
    if signals.has("shogo_registration") and topic in {"trademarks", "ip_management", *NO_SUBJECT}:
        return ("other_ip", "R17", "registry")
    return None


def _conceal_or_file(topic: str, signals: Signals, _: Facts) -> Move | None:
    if signals.has("conceal_or_file") and topic in {"patents", "ip_management"}:
        return ("trade_secrets", "E15", "conceal")
    return None


def _prior_use(topic: str, signals: Signals, _: Facts) -> Move | None:
    if signals.has("prior_use_shop_name") and topic == "trade_secrets":
        return ("trademarks", "R14", "prior_use_name")
    if signals.has("prior_use_patent") and topic == "patents":
        return ("trade_secrets", "R14", "prior_use_patent")
    return None


def _plain_faster_examination(topic: str, signals: Signals, facts: Facts) -> Move | None:
    plain = signals.has("faster_exam") and not signals.has("startup_words")
    if signals.has("super_early", "interview_exam"):
        return None
    if plain and topic == "startups" and facts.asker != "founder":
        return ("patents", "R13", "faster_exam")
    return None


def _fakes_coming_in(topic: str, signals: Signals, facts: Facts) -> Move | None:
    if signals.has("counterfeit_border_in") and topic == "overseas":
        return (right_topic(facts, otherwise="trademarks"), "R16", "fakes_in")
    return None


def _certificates(topic: str, signals: Signals, facts: Facts) -> Move | None:
    if topic != "e_filing" or signals.has("cert_electronic"):
        return None
    if signals.has("cert_right"):
        return (right_topic(facts, otherwise="patents"), "R5", "certificate_right")
    if signals.has("cert_reduction"):
        return ("fee_reduction", "R5", "certificate_reduction")
    return None


def _geographical_indication(topic: str, signals: Signals, _: Facts) -> Move | None:
    named = signals.has("gi", "liquor_gi") and not signals.has("trademark_word")
    if named and topic in {"trademarks", "other_ip", *NO_SUBJECT}:
        return ("agriculture", "R15", "gi")
    return None


MOVES: tuple[Callable[[str, Signals, Facts], Move | None], ...] = (
    _suspicious_invoice,
    _secret_filing,
    _company_name,
    _conceal_or_file,
    _prior_use,
    _plain_faster_examination,
    _fakes_coming_in,
    _certificates,
    _geographical_indication,
)
"""The first that applies moves the topic; one move at most."""

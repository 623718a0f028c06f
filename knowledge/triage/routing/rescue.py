"""Decides the subject where the classifier named none or was not sure; papers and plain words do.

The right named comes first, then the best fitting subject of the ranking, then 「その他」.
"""

from collections.abc import Callable, Iterable

from knowledge.triage.facts import Facts
from knowledge.triage.signals import Signals
from knowledge.triage.understanding import Understanding
from knowledge.vocabulary import TOPICS

RIGHT_TOPICS = {
    "patents": "patents",
    "utility_models": "patents",
    "designs": "designs",
    "trademarks": "trademarks",
    "plant_varieties": "agriculture",
}
Move = tuple[str, str, str]
"""Topic, rule, key of the sentence."""

OF_PAPERS = frozenset(
    {"patents", "trademarks", "designs", "trade_secrets", "contracts", "agriculture", "other_ip"}
)
"""Subjects a paper about rights may have; a price or a search tool is none."""
OF_FAKES = frozenset({"patents", "trademarks", "designs", "other_ip"})
EXAMINED = frozenset({"patents", "designs", "trademarks"})
PAPERS = ("warning_letter", "lawsuit", "customs_notice", "ec_takedown", "ip_paper")
FROM_THE_OFFICE = frozenset(
    {"office_action", "refusal_appeal", "formality_order", "registration_fee"}
)


def right_topic(facts: Facts, *, otherwise: str) -> str:
    """The topic of the right the visitor names."""
    return next((RIGHT_TOPICS[r] for r in facts.rights if r in RIGHT_TOPICS), otherwise)


def best_subject(
    understanding: Understanding,
    facts: Facts,
    *,
    among: Iterable[str] = TOPICS,
    otherwise: str = "other_ip",
) -> str:
    """By the right, else the ranking's best of these subjects."""
    allowed = frozenset(among)
    ranked = (guess.topic for guess in understanding.ranking if guess.topic in allowed)
    return right_topic(facts, otherwise=next(ranked, otherwise))


def about_rights(signals: Signals) -> bool:
    """Whether a paper or a question speaks of rights, not of some other quarrel."""
    return signals.has("ip_word") and not signals.has("outside_matter")


def rescue(topic: str, understanding: Understanding, signals: Signals, facts: Facts) -> Move | None:
    """A subject for a message that has none, or whose guessed one is not to be trusted."""
    if topic == "out_of_scope":
        return next(
            (move for rule in RESCUES if (move := rule(understanding, signals, facts))), None
        )
    if not understanding.sure and signals.has(*PAPERS) and topic not in OF_PAPERS:
        return _guessed(topic, understanding, signals, facts)
    return None


def _guessed(
    topic: str, understanding: Understanding, signals: Signals, facts: Facts
) -> Move | None:
    if topic == "overseas" and signals.has("abroad_word"):
        return None
    found = best_subject(understanding, facts, among=OF_PAPERS)
    return (found, "R8", "paper_subject")


def _paper(understanding: Understanding, signals: Signals, facts: Facts) -> Move | None:
    of_the_office = not FROM_THE_OFFICE.isdisjoint(signals.events) and signals.has("ip_paper")
    if of_the_office and not signals.has("outside_matter"):
        found = best_subject(understanding, facts, among=EXAMINED, otherwise="patents")
        return (found, "R8", "paper_subject")
    plain = signals.has("ip_paper") and not signals.has("outside_matter")
    if plain or (signals.has(*PAPERS) and about_rights(signals)):
        return (best_subject(understanding, facts, among=OF_PAPERS), "R8", "paper_subject")
    return None


def _model_region(_: Understanding, signals: Signals, __: Facts) -> Move | None:
    return ("ip_management", "J1", "model_region_subject") if signals.has("model_region") else None


def _dealings(_: Understanding, signals: Signals, __: Facts) -> Move | None:
    if signals.has("dealings_named", "fp_gmen", "customer_demands_drawings"):
        return ("contracts", "E10", "dealings")
    return None


def _secrets(_: Understanding, signals: Signals, __: Facts) -> Move | None:
    if signals.has("leak", "leaving_with_secrets") and not signals.has("outside_matter"):
        return ("trade_secrets", "E2", "secrets")
    return None


def _subsidy(understanding: Understanding, signals: Signals, facts: Facts) -> Move | None:
    if signals.has("merged_subsidy"):
        return ("overseas" if signals.has("abroad_word") else "ip_management", "DOMAIN§5", "merged")
    if "draft_subsidy" in signals.reserved:
        return (right_topic(facts, otherwise="ip_management"), "DOMAIN§6", "declined")
    return None


def _declined(understanding: Understanding, signals: Signals, facts: Facts) -> Move | None:
    """What is refused is triaged all the same: the desk is the way on (DOMAIN §6)."""
    if signals.has("outside_matter"):
        return None
    if signals.has("damages_asked"):
        return (best_subject(understanding, facts, among=OF_PAPERS), "DOMAIN§6", "declined")
    if signals.reserved and signals.has("ip_word"):
        if "best_attorney" in signals.reserved:
            return ("ip_management", "DOMAIN§6", "declined")
        return (best_subject(understanding, facts), "DOMAIN§6", "declined")
    return None


def _works(_: Understanding, signals: Signals, __: Facts) -> Move | None:
    return ("other_ip", "R12", "copyright") if signals.has("orphan_work") else None


def _subject_word(understanding: Understanding, signals: Signals, facts: Facts) -> Move | None:
    """Not sure that it is no matter of ours, and a word of ours is there."""
    if understanding.sure or not about_rights(signals):
        return None
    return (best_subject(understanding, facts), "ARCH3", "subject_word")


RESCUES: tuple[Callable[[Understanding, Signals, Facts], Move | None], ...] = (
    _paper,
    _model_region,
    _dealings,
    _secrets,
    _subsidy,
    _declined,
    _works,
    _subject_word,
)
"""The first that applies gives the subject."""

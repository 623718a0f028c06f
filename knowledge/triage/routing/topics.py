"""Decides where a rule of DOMAIN.md moves the topic the classifier chose; the choice stays second.

Without a rule the classifier's topic stands.
"""

from collections.abc import Callable
from dataclasses import dataclass

from knowledge.triage.facts import Facts
from knowledge.triage.routing.case import Step
from knowledge.triage.routing.rescue import (
    EXAMINED,
    OF_FAKES,
    OF_PAPERS,
    PAPERS,
    Move,
    best_subject,
    rescue,
    right_topic,
)
from knowledge.triage.signals import Signals
from knowledge.triage.understanding import Understanding
from knowledge.vocabulary import NO_SUBJECT, TOPICS


@dataclass(frozen=True, slots=True)
class Topics:
    """The topic after the rules, the others in order, and the rules that moved it."""

    topic: str
    secondary: tuple[str, ...]
    moved: tuple[Step, ...] = ()


def settle_topics(understanding: Understanding, signals: Signals, facts: Facts) -> Topics:
    """The topic and its companions; words about the conversation itself count as small talk."""
    topic = understanding.topic if understanding.is_inquiry else "smalltalk"
    others = understanding.secondary_topics
    moved: list[Step] = []
    found = rescue(topic, understanding, signals, facts)
    if found is not None and found[0] != topic:
        others = tuple(t for t in others if understanding.sure or t != topic)
        topic = found[0]
        moved.append(Step(None, found[1], found[2]))
    move = _move(topic, understanding, signals, facts)
    if move is not None:
        others = (topic, *others)
        if move[2] in AT_HOME:
            others = tuple(t for t in others if t != "overseas")
        topic = move[0]
        moved.append(Step(None, move[1], move[2]))
    if signals.has(*REGISTRY) and topic == "other_ip":
        others = ("trademarks", *others)
    return Topics(topic, _others(topic, others, signals, facts), tuple(moved))


def _move(topic: str, understanding: Understanding, signals: Signals, facts: Facts) -> Move | None:
    """The first rule that leads to another topic."""
    ranked = (rule(topic, understanding, signals, facts) for rule in BY_RANKING)
    plain = (rule(topic, signals, facts) for rule in MOVES)
    moves = (*ranked, *plain)
    return next((move for move in moves if move is not None and move[0] != topic), None)


def _others(topic: str, others: tuple[str, ...], signals: Signals, facts: Facts) -> tuple[str, ...]:
    """The further subjects once each; a school is no subject where only the asker comes from it."""
    kept = [t for t in dict.fromkeys(others) if t != topic and t in TOPICS]
    learner = facts.asker == "individual" and not signals.has("university_partner")
    return tuple(t for t in kept if t != "university" or not learner)


def _fakes_at_home(
    topic: str, understanding: Understanding, signals: Signals, facts: Facts
) -> Move | None:
    """A fake sold in Japan, on the words: nothing says abroad (DOMAIN §4-3)."""
    abroad = signals.has("abroad_word", "bonin_shohyo", "counterfeit_border_in")
    if topic != "overseas" or not signals.has("counterfeit") or abroad or facts.countries:
        return None
    return (best_subject(understanding, facts, among=OF_FAKES), "R16", "fakes_at_home")


def _damages(
    topic: str, understanding: Understanding, signals: Signals, facts: Facts
) -> Move | None:
    if topic == "fee_reduction" and signals.has("damages_asked"):
        return (best_subject(understanding, facts, among=OF_PAPERS), "DOMAIN§6", "declined")
    return None


def _learner(
    topic: str, understanding: Understanding, signals: Signals, facts: Facts
) -> Move | None:
    """A pupil's or a teacher's own matter is no dealing with a university (DOMAIN §9)."""
    if topic != "university" or facts.asker != "individual" or signals.has("university_partner"):
        return None
    others = frozenset(TOPICS) - {"university", "startups"}
    found = best_subject(understanding, facts, among=others, otherwise="patents")
    return (found, "DOMAIN§9", "subject_first")


def _no_founder(
    topic: str, understanding: Understanding, signals: Signals, facts: Facts
) -> Move | None:
    """Somebody who said she is something else is not sent to the founders' programmes (R13)."""
    told = facts.asker_said or facts.company_kind is not None
    may_be = facts.asker in {"founder", None, "support_body", "university"}
    if topic != "startups" or may_be or not told or signals.has("startup_words"):
        return None
    if signals.has("faster_exam", "super_early", "interview_exam"):
        return ("patents", "R13", "faster_exam")
    partner = signals.has("university_partner")
    others = frozenset(TOPICS) - {"startups"} - (set() if partner else {"university"})
    found = best_subject(understanding, facts, among=others, otherwise="ip_management")
    return (found, "R13", "no_startup")


HOME_OF_NEED = {
    "use_money": "ip_management",
    "subsidy": "ip_management",
    "people": "ip_management",
    "search": "patent_search",
    "cost": "fee_reduction",
}
"""Valuing or selling a right, grants, finding people, looking up, a price: not about the right
(§4, §9, ARCHITECTURE §3)."""
PLAUSIBLE = 0.03
"""How likely the classifier must hold the home of a need for the move to count."""


def _home_of_need(
    topic: str, understanding: Understanding, signals: Signals, facts: Facts
) -> Move | None:
    """A right named in a question about money, a price, people or looking up (DOMAIN §9)."""
    home = HOME_OF_NEED.get(understanding.need or "")
    if home is None or topic not in {"patents", "trademarks", "designs"}:
        return None
    likely = any(g.topic == home and g.confidence >= PLAUSIBLE for g in understanding.ranking)
    return (home, "DOMAIN§9", "home_of_need") if likely else None


KEPT_ALIVE = frozenset(
    {"annuity", "trademark_renewal", "trademark_second_instalment", "restoration"}
)
"""Clocks of a right that is kept by paying (see ``signals.yml``)."""


def _kept_alive(
    topic: str, understanding: Understanding, signals: Signals, facts: Facts
) -> Move | None:
    """Until when a right is to be paid for, and one that has lapsed: the right itself (§4-11)."""
    asked = understanding.need == "deadline" and not KEPT_ALIVE.isdisjoint(signals.events)
    if topic != "fee_reduction" or not asked or signals.has("relief_word"):
        return None
    of_names = not {"trademark_renewal", "trademark_second_instalment"}.isdisjoint(signals.events)
    otherwise = "trademarks" if of_names else "patents"
    found = best_subject(understanding, facts, among=EXAMINED, otherwise=otherwise)
    return (found, "DOMAIN§4-11", "kept_alive")


BY_RANKING: tuple[Callable[[str, Understanding, Signals, Facts], Move | None], ...] = (
    _fakes_at_home,
    _damages,
    _learner,
    _no_founder,
    _home_of_need,
    _kept_alive,
)
"""Moves to the best fitting subject of the ranking, before the plain ones."""


def _suspicious_invoice(topic: str, signals: Signals, _: Facts) -> Move | None:
    if signals.has("suspicious_invoice") and topic != "fee_reduction":
        return ("overseas", "DOMAIN§4-10", "invoice")
    return None


def _secret_filing(topic: str, signals: Signals, _: Facts) -> Move | None:
    if signals.has("secret_order") and topic in {"patents", "ip_management", *NO_SUBJECT}:
        return ("overseas", "DOMAIN§4-13", "secret_filing")
    return None


def _company_name(topic: str, signals: Signals, _: Facts) -> Move | None:
    near = {"trademarks", "ip_management", "patent_search", "startups", *NO_SUBJECT}
    if signals.has(*REGISTRY) and topic in near:
        return ("other_ip", "R17", "registry")
    return None


def _foreign_asker(topic: str, signals: Signals, facts: Facts) -> Move | None:
    """For a firm abroad Japan is the subject, not the country it comes from."""
    ours = facts.asker == "foreign" and facts.asker_said and signals.has("about_japan")
    if ours and topic == "overseas" and not signals.has("jpo_international"):
        return (right_topic(facts, otherwise="ip_management"), "R9", "foreign_in_japan")
    return None


def _merged_subsidy(topic: str, signals: Signals, _: Facts) -> Move | None:
    if signals.has("merged_subsidy") and topic in {"startups", "ip_management", "trademarks"}:
        return ("overseas", "DOMAIN§5", "merged")
    return None


def _staff_abroad(topic: str, signals: Signals, facts: Facts) -> Move | None:
    near = {"ip_management", "startups", "other_ip", *NO_SUBJECT}
    there = signals.has("abroad_group") or (bool(facts.countries) and signals.has("group_word"))
    other = signals.has("about_japan", *PAPERS)
    if there and signals.has("ip_word") and topic in near and not other:
        return ("overseas", "E3", "abroad_group")
    return None


def _leaving_with_secrets(topic: str, signals: Signals, _: Facts) -> Move | None:
    near = {"contracts", "ip_management", "other_ip", "startups", "human", "expert_session"}
    told = signals.has("leaving_with_secrets", "leak_dealing", "leak_used")
    if told and topic in near:
        return ("trade_secrets", "E2", "leaving_with_secrets")
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


AT_HOME = frozenset({"fakes_at_home", "foreign_in_japan"})
"""Moves that say the matter is not abroad: the old topic would lead there, so it is not kept."""
REGISTRY = ("shogo_registration", "registry_named")
"""Signals of the register of firms (R17)."""

MOVES: tuple[Callable[[str, Signals, Facts], Move | None], ...] = (
    _suspicious_invoice,
    _secret_filing,
    _company_name,
    _foreign_asker,
    _leaving_with_secrets,
    _merged_subsidy,
    _staff_abroad,
    _conceal_or_file,
    _prior_use,
    _plain_faster_examination,
    _fakes_coming_in,
    _certificates,
    _geographical_indication,
)
"""The first that applies moves the topic; one move at most, after a rescue perhaps."""

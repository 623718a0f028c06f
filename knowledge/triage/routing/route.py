"""Decides desks, reasons, questions and notices of one inquiry, all by named rules; pure."""

from collections.abc import Iterator
from typing import Protocol

from knowledge.desks.entry import Desk
from knowledge.desks.prefectures import Prefecture
from knowledge.triage.facts import Facts
from knowledge.triage.routing import desks as d
from knowledge.triage.routing.beside import beside
from knowledge.triage.routing.case import Case, Reason, Routing, Step
from knowledge.triage.routing.lead import lead
from knowledge.triage.routing.topics import Topics, settle_topics
from knowledge.triage.signals import Signals
from knowledge.triage.understanding import Understanding
from knowledge.vocabulary import DESKLESS

ASK_PREFECTURE = "prefecture"
ASK_RIGHT = "right"
ASK_CERTIFICATE = "certificate"

LIKELY = 0.5
"""Chance from which a further topic may decide which desk leads: more likely there than not."""

FALSE_PREMISES = "fp_"
"""Signals of this prefix are mistaken beliefs; each has a notice of the same name."""


class Desks(Protocol):
    """What routing asks of the catalogue."""

    def desk(self, id: str, /) -> Desk | None:  # noqa: A002
        """The desk of an id."""

    def prefecture(self, value: str, /) -> Prefecture | None:
        """The prefecture of a name."""


def route(
    understanding: Understanding, facts: Facts, signals: Signals, catalogue: Desks
) -> Routing:
    """Topic × need × asker × place → the leading desk and those beside it, each with its rule.

    A desk the catalogue does not hold is left out; the first one held moves up.
    """
    topics = settle_topics(understanding, signals, facts)
    case = _case(understanding, facts, signals, topics, catalogue)
    first = lead(case)
    steps = [first, *beside(case, first)]
    held = [s for s in steps if s.desk is not None and catalogue.desk(s.desk) is not None]
    desks = [s.desk for s in held if s.desk is not None] if first.desk else []
    return Routing(
        topic=topics.topic,
        secondary=topics.secondary,
        desk=desks[0] if desks else None,
        other_desks=tuple(desks[1:]),
        reasons=tuple(_reasons(case, topics, held or [first])),
        ask=tuple(_ask(case, desks)),
        notices=tuple(_notices(case, desks)),
    )


def _case(
    understanding: Understanding,
    facts: Facts,
    signals: Signals,
    topics: Topics,
    catalogue: Desks,
) -> Case:
    return Case(
        topic=topics.topic,
        secondary=topics.secondary,
        need=_need(understanding, signals),
        asker=facts.asker,
        wants=understanding.wants,
        signals=signals,
        facts=facts,
        prefecture=catalogue.prefecture(facts.prefecture) if facts.prefecture else None,
        sure=understanding.sure,
        doubtful=frozenset(_doubtful(understanding)) - {topics.topic},
    )


def _doubtful(understanding: Understanding) -> Iterator[str]:
    for topic, chance in understanding.secondary_chances.items():
        if chance < LIKELY:
            yield topic


def _need(understanding: Understanding, signals: Signals) -> str | None:
    if understanding.need is not None:
        return understanding.need
    if signals.has("warning_letter", "lawsuit", "customs_notice", "ec_takedown"):
        return "accused"
    if signals.has("leak", "counterfeit"):
        return "infringed"
    return None


def _reasons(case: Case, topics: Topics, steps: list[Step]) -> Iterator[Reason]:
    told: set[tuple[str, str]] = set()
    place = case.prefecture.name if case.prefecture else ""
    extra = [*topics.moved, *steps, *_about_the_place(case, steps), *_about_the_asker(case)]
    for step in extra:
        if (step.rule, step.key) not in told:
            told.add((step.rule, step.key))
            yield step.reason(prefecture=place)


def _about_the_place(case: Case, steps: list[Step]) -> Iterator[Step]:
    if any(step.desk == d.PREFECTURE for step in steps):
        yield Step(None, "C3", "company_place" if case.prefecture else "company_place_unknown")
        if case.prefecture:
            yield Step(None, "R3", "not_nearest")
    if "expert_session" in {case.topic, *case.wants}:
        yield Step(None, "R2", "meeting")


def _about_the_asker(case: Case) -> Iterator[Step]:
    if case.large:
        yield Step(None, "R9", "large")
    elif case.asker in {"attorney", "foreign"} or case.has("student"):
        yield Step(None, "R9", "not_prefecture_client")
    elif case.asker == "individual":
        yield Step(None, "R9", "individual")
    elif case.asker in {"support_body", "municipality"}:
        yield Step(None, "R9", "support_body")


def _ask(case: Case, desks: list[str]) -> Iterator[str]:
    if d.PREFECTURE in desks and case.prefecture is None:
        yield ASK_PREFECTURE
    if region_unclear(case):
        yield ASK_RIGHT
    if certificate_unclear(case):
        yield ASK_CERTIFICATE


def region_unclear(case: Case) -> bool:
    """A regional brand without a word for the right: asked once (R15)."""
    subject = {"trademarks", "agriculture", "ip_management", "other_ip"}
    named = case.has("region_right_named", "liquor_gi") or bool(case.facts.rights)
    return case.has("region_brand") and not named and case.topic in subject


def certificate_unclear(case: Case) -> bool:
    """「証明書」 alone means three things (R5)."""
    known = case.has("cert_electronic", "cert_right", "cert_reduction", "disclosed")
    return case.has("certificate") and not known and case.topic != "trade_secrets"


def _notices(case: Case, desks: list[str]) -> Iterator[str]:
    yield from (NOTICES[name] for name in NOTICES if case.has(name) and _told(case, name))
    for name in sorted(case.signals.names):
        if name.startswith(FALSE_PREMISES) and _believed(case, name):
            yield f"false_premise_{name.removeprefix(FALSE_PREMISES)}"
    if case.leaked:
        yield "evidence"
    if d.UNIVERSITY in desks[:1]:
        yield "contact_unknown"
    if region_unclear(case):
        yield "region_unclear"
    if certificate_unclear(case):
        yield "certificate_kinds"
    if case.asker == "individual" and case.has("visit_wanted"):
        yield "no_visits"


NOTICES = {
    "distress_or_threat": "distress_or_threat",
    "suspicious_invoice": "suspicious_invoice",
    "ec_takedown": "takedown",
    "english_input": "english_input",
    "chinese_input": "chinese_input",
    "secret_order": "secret_order",
    "pass_application": "false_premise_pass",
    "vc_ipas": "false_premise_vc_ipas",
    "model_region": "false_premise_model_region",
    "super_early": "false_premise_super_early",
    "warning_outgoing": "false_premise_warning_outgoing",
}
"""Signals that are answered by a notice (``triage.notice_<key>``)."""


def _believed(case: Case, name: str) -> bool:
    """Whether the mistaken belief is about the subject of the inquiry."""
    if case.topic in DESKLESS:
        return False
    return name != "fp_third" or case.topic in ABOUT_FEES


ABOUT_FEES = frozenset({"fee_reduction", "startups", "patents", "overseas", "ip_management"})


def _told(case: Case, name: str) -> bool:
    if name == "warning_outgoing":
        return "utility_models" in case.facts.rights
    if name == "super_early":
        return (
            case.topic != "startups" and case.asker != "founder" and not case.has("startup_words")
        )
    if name == "model_region":
        return case.asker != "municipality"
    return name == "distress_or_threat" or case.topic not in {"smalltalk"}

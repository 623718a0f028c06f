"""Decides the one desk that leads; who stands beside it is decided elsewhere.

Order where several would lead: papers with a clock > abroad > secrets and strategy > university >
e-filing > the rest (ARCHITECTURE §4); the subject beats the asker.
"""

from collections.abc import Callable

from knowledge.triage.routing import desks as d
from knowledge.triage.routing.case import Case, Step
from knowledge.vocabulary import DESKLESS, WANTS

PROCEDURAL = frozenset({"procedure", "deadline", "cost", "record_change"})
INDUSTRIAL = frozenset({"patents", "trademarks", "designs"})
MAY_BE_ABROAD = frozenset({"contracts", "trade_secrets", "ip_management", "other_ip"})
"""Topics that become an overseas matter when the other side or the market is abroad."""
QUARREL = frozenset({"accused", "infringed", "strategy"})
"""What a telephone guide cannot take: a letter received, a copy found, what to do (R8, R12)."""
DEALING = frozenset({"trade_secrets", "contracts", "patents", "designs", "ip_management"})


def lead(case: Case) -> Step:
    """The leading desk and its rule."""
    for rule in LEADS:
        step = rule(case)
        if step is not None:
            return _for_asker(case, step)
    return _for_asker(case, Step(d.PREFECTURE, "ARCH4", "prefecture"))


def abroad(case: Case) -> bool:
    """Whether the inquiry is about something abroad."""
    if case.topic == "e_filing" and case.has("jpo_international"):
        return False  # the software for PCT filings is the e-filing centre's (R5)
    second = "overseas" in case.secondary and "overseas" not in case.doubtful
    if second or (case.topic == "overseas" and case.told("overseas")):
        return True
    return case.has("abroad_business", "bonin_shohyo") and case.topic in MAY_BE_ABROAD


def secrets(case: Case) -> bool:
    """Whether the inquiry is about secrets or rules for a portfolio."""
    return case.concerns("trade_secrets") or case.has("portfolio_rules")


def _no_subject(case: Case) -> Step | None:
    return Step(None, "ARCH3", "no_subject") if case.topic in DESKLESS else None


def _company_name(case: Case) -> Step | None:
    named = case.has("shogo_registration", "registry_named")
    if named and case.topic == "other_ip" and "trademarks" in case.secondary:
        return Step(d.REGISTRY, "R17", "registry")
    return None


def _papers_with_a_clock(case: Case) -> Step | None:
    if case.need == "subsidy" or case.has("litigation_insurance"):
        return None
    if case.has("lawsuit"):
        return Step(d.LAWYER, "R8", "lawsuit")
    if case.has("customs_notice"):
        return Step(d.CUSTOMS, "R8", "customs_notice")
    if case.has("ec_takedown") and case.topic not in {"patent_search", "e_filing"}:
        return Step(d.LAWYER, "R8", "takedown")
    return None


def _fakes_coming_in(case: Case) -> Step | None:
    if case.has("counterfeit_border_in") and case.topic not in {"overseas", "e_filing"}:
        return Step(d.CUSTOMS, "R16", "fakes_in")
    return None


def _warned(case: Case) -> Step | None:
    """A warning letter; abroad only where something says so, secrets only where they are told."""
    if not case.has("warning_letter") or case.need == "subsidy":
        return None
    foreign = abroad(case) and case.has("abroad_word", "bonin_shohyo")
    if foreign or case.has("suspicious_invoice") or secrets(case) or case.leaked:
        return None
    if case.topic in {"patent_search", "e_filing", "university"} and case.sure:
        return None
    return Step(d.PREFECTURE, "R8", "warning")


def _dealings(case: Case) -> Step | None:
    asked = case.has("dealings_named", "fp_gmen")
    if asked and case.topic in {"contracts", "ip_management", "other_ip", *WANTS}:
        return Step(d.DEALINGS, "E10", "dealings")
    return None


def _merged_subsidy(case: Case) -> Step | None:
    if case.has("merged_subsidy"):
        return Step(d.PREFECTURE, "DOMAIN§5", "merged")
    return None


def _abroad(case: Case) -> Step | None:
    if not abroad(case):
        return None
    for rule in (_abroad_money, _abroad_fakes, _abroad_forms):
        step = rule(case)
        if step is not None:
            return step
    if case.has("suspicious_invoice"):
        return Step(d.OVERSEAS, "DOMAIN§4-10", "invoice")
    return _kansai_first(case, Step(d.OVERSEAS, "R1", "abroad"), "E3")


def _abroad_money(case: Case) -> Step | None:
    if case.has("litigation_insurance"):
        return Step(d.CHAMBER, "R1", "insurance")
    money = case.need == "subsidy" or case.has("subsidy_abroad", "enforcement_subsidy")
    if not money or case.has("suspicious_invoice") or "agriculture" in case.topics:
        return None
    attacked = case.has("enforcement_subsidy", "bonin_shohyo", "defence_abroad", "counterfeit")
    if attacked:
        return Step(d.JETRO, "R1", "jetro")
    if case.has("municipal_grant"):
        return Step(d.PREFECTURE, "DOMAIN§9", "municipal_grant")
    return Step(d.FILING_SUBSIDY, "R1", "filing_subsidy")


def _abroad_fakes(case: Case) -> Step | None:
    accused = case.need == "accused" or case.has("warning_letter")
    if case.has("counterfeit_online") and not accused and not case.has("bonin_shohyo"):
        return Step(d.COUNTERFEITS, "R1", "fakes_online")
    return None


def _abroad_forms(case: Case) -> Step | None:
    if case.need in PROCEDURAL and case.has("jpo_international"):
        return Step(d.PROCEDURE, "R1", "international_forms")
    return None


def _pressed_for_drawings(case: Case) -> Step | None:
    if case.has("customer_demands_drawings") and not DEALING.isdisjoint(case.topics):
        return Step(d.DEALINGS, "R7", "drawings")
    return None


def _secrets(case: Case) -> Step | None:
    if not secrets(case):
        return None
    if case.leaked:
        return _kansai_first(case, Step(d.SECRETS, "R6", "leak"), "E2")
    if case.has("conceal_or_file"):
        return _kansai_first(case, Step(d.SECRETS, "E15", "conceal"), "E2")
    if case.has("prior_use_patent"):
        return _kansai_first(case, Step(d.SECRETS, "R14", "prior_use_patent"), "E2")
    return _kansai_first(case, Step(d.SECRETS, "E2", "secrets"), "E2")


def _asks_the_price(case: Case) -> bool:
    """Amounts are the fee desk's, whoever the other side is (ARCHITECTURE §3)."""
    return case.topic == "fee_reduction" and case.need == "cost"


def _university(case: Case) -> Step | None:
    if case.concerns("university") and not _asks_the_price(case):
        return Step(d.UNIVERSITY, "E4", "university")
    return None


def _e_filing(case: Case) -> Step | None:
    if _asks_the_price(case) or not case.concerns("e_filing"):
        return None
    if case.has("cert_right") and not case.has("cert_electronic"):
        return Step(d.PROCEDURE, "R5", "certificate_right")
    if case.has("what_to_write"):
        return Step(d.PROCEDURE, "R5", "what_to_write")
    return Step(d.E_FILING, "E6", "e_filing")


def _searching(case: Case) -> Step | None:
    if case.topic != "patent_search":
        return None
    if case.has("register_proof"):
        return Step(d.INSPECTION, "R4", "register_proof")
    if case.has("jplatpat_operation") or (case.need == "procedure" and not case.has("fopiser")):
        return Step(d.J_PLATPAT, "R4", "jplatpat")  # how a search is operated
    return Step(d.PREFECTURE, "F4", "searching")


def _farming(case: Case) -> Step | None:
    if case.topic != "agriculture":
        return None
    if case.has("liquor_gi"):
        return Step(d.LIQUOR, "R11", "liquor")
    return Step(d.PREFECTURE, "E8", "farming")


def _works(case: Case) -> Step | None:
    if case.topic != "other_ip" or case.need in QUARREL:
        return None
    if case.has("copyright", "orphan_work"):
        return Step(d.COPYRIGHT, "R12", "copyright")
    return None


def _model_region(case: Case) -> Step | None:
    if case.has("model_region") and case.asker in {"municipality", "support_body"}:
        return Step(d.MODEL_REGIONS, "J1", "model_region")
    return None


def _forms_and_fees(case: Case) -> Step | None:
    if case.topic == "fee_reduction" and case.told("fee_reduction"):
        return Step(d.PROCEDURE, "ARCH4", "fees")
    if case.topic not in INDUSTRIAL or case.need in {"accused", "infringed"}:
        return None
    if not case.sure and not case.has("ip_word"):
        return None
    if case.has("register_proof"):
        return Step(d.PROCEDURE, "R4", "register_proof")
    if case.need in PROCEDURAL:
        return Step(d.PROCEDURE, "E5", "procedure")
    if case.need == "learn" and case.asker is None and not case.wants:
        return Step(d.PROCEDURE, "E5", "system")  # how the system works, no business told
    return None


def _by_need(case: Case) -> Step | None:
    if case.need == "accused" or case.has("warning_letter"):
        return Step(d.PREFECTURE, "R8", "warning")
    if case.topic == "startups":
        return Step(d.PREFECTURE, "R13", "startups")
    if {"expert_session", "human"} & {case.topic, *case.wants}:
        return Step(d.PREFECTURE, "R2", "meeting")
    return None


def _kansai_first(case: Case, step: Step, rule: str) -> Step:
    if case.in_kansai and case.face_to_face:
        return Step(d.KANSAI, rule, "kansai_first")
    return step


def _for_asker(case: Case, step: Step) -> Step:
    if step.desk != d.PREFECTURE or case.prefecture_client:
        return step
    broad = case.topic in {"ip_management", "contracts"} and case.need not in PROCEDURAL
    if case.large and (case.need == "strategy" or broad or case.has("strategy_word")):
        return _kansai_first(case, Step(d.SECRETS, "R9", "large_strategy"), "E2")
    return Step(d.PROCEDURE, "R9", "large_procedure" if case.large else "not_prefecture_client")


LEADS: tuple[Callable[[Case], Step | None], ...] = (
    _no_subject,
    _company_name,
    _model_region,
    _papers_with_a_clock,
    _fakes_coming_in,
    _merged_subsidy,
    _dealings,
    _warned,
    _abroad,
    _pressed_for_drawings,
    _secrets,
    _university,
    _e_filing,
    _searching,
    _farming,
    _works,
    _forms_and_fees,
    _by_need,
)

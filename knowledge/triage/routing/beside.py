"""Decides which desks and partner bodies stand beside the leading one, in the order shown."""

from collections.abc import Callable, Iterator

from knowledge.triage.routing import desks as d
from knowledge.triage.routing.case import Case, Step
from knowledge.triage.routing.lead import abroad, secrets

SPECIAL = frozenset({d.SECRETS, d.OVERSEAS, d.UNIVERSITY, d.KANSAI})
"""Desks with which the prefecture desk works as one (E1)."""
ABROAD_OFFICES = frozenset(
    {d.JETRO, d.FILING_SUBSIDY, d.CHAMBER, d.COUNTERFEITS, d.LAWYER, d.PROCEDURE}
)


def beside(case: Case, lead: Step) -> tuple[Step, ...]:
    """Every further desk once, without the leading one."""
    if lead.desk is None:
        return ()
    found: dict[str | None, Step] = {}
    for rule in RULES:
        for step in rule(case, lead):
            if step.desk != lead.desk:
                found.setdefault(step.desk, step)
    return tuple(found.values())


def _drawings(case: Case, lead: Step) -> Iterator[Step]:
    if lead.rule == "R7":
        yield from _prefecture(case, lead)
        yield Step(d.SECRETS, "R7", "drawings_secrets")
        yield Step(d.FAIR_TRADE, "R7", "drawings_report")
        yield Step(d.SME_AGENCY, "R7", "drawings_report")


def _kansai(case: Case, lead: Step) -> Iterator[Step]:
    if lead.desk == d.KANSAI:
        if lead.rule == "E3":
            yield Step(d.OVERSEAS, "R1", "abroad")
        else:
            yield Step(d.SECRETS, "E2", "secrets")
    elif case.in_kansai and lead.desk in {d.SECRETS, d.OVERSEAS}:
        rule = "E2" if lead.desk == d.SECRETS else "E3"
        yield Step(d.KANSAI, rule, "kansai_beside")


def _prefecture(case: Case, lead: Step) -> Iterator[Step]:
    if lead.desk == d.UNIVERSITY:
        yield Step(d.PREFECTURE, "R10", "university_contact")
    elif lead.desk == d.MODEL_REGIONS or not _prefecture_stays(case, lead):
        return
    elif lead.desk in SPECIAL:
        yield Step(d.PREFECTURE, "E1", "one_support")
    else:
        yield Step(d.PREFECTURE, "ARCH4", "prefecture_beside")


def _prefecture_stays(case: Case, lead: Step) -> bool:
    """Whether the asker is one the prefecture desk supports together with a special desk (L11)."""
    university = case.asker == "university" and lead.desk in SPECIAL
    return case.prefecture_client and not university


def _leak(case: Case, lead: Step) -> Iterator[Step]:
    if not case.leaked or lead.rule == "R7":
        return
    if secrets(case):
        yield Step(d.POLICE, "R6", "police")
    if case.has("cyber"):
        yield Step(d.IPA, "R6", "cyber")
    if case.has("personal_data_leak", "personal_data_report"):
        yield Step(d.PRIVACY, "R6", "personal_data")
    yield Step(d.LAWYER, "R6", "lawyer")


def _papers(case: Case, lead: Step) -> Iterator[Step]:
    if case.has("damages_asked"):
        yield Step(d.LAWYER, "DOMAIN§6", "lawyer")
    if lead.desk == d.CUSTOMS and case.has("customs_notice"):
        yield Step(d.LAWYER, "R8", "lawyer")
    if case.has("litigation_insurance") and not case.has("lawsuit", "warning_letter"):
        return  # somebody who insures against a suit has none yet
    warned = case.has("warning_letter", "lawsuit") or case.need == "accused"
    if warned:
        yield Step(d.LAWYER, "R8", "lawyer")
        yield Step(d.ATTORNEYS, "R8", "attorneys")
    if case.has("foreign_sender") and (warned or case.has("ec_takedown")):
        yield Step(d.OVERSEAS, "R8", "foreign_sender")


def _abroad(case: Case, lead: Step) -> Iterator[Step]:
    if not abroad(case) or lead.rule in {"R7", "R17"}:
        return
    if lead.desk == d.PROCEDURE:
        yield Step(d.INTERNATIONAL, "R1", "international_office")
    if lead.desk in ABROAD_OFFICES:
        yield Step(d.OVERSEAS, "R1", "abroad_beside")
    if lead.desk == d.CHAMBER:
        yield Step(d.SOCIETY, "R1", "insurance")
        yield Step(d.FEDERATION, "R1", "insurance")
    if lead.desk == d.COUNTERFEITS:
        yield Step(d.CUSTOMS, "R1", "fakes_border")
    if case.has("counterfeit", "bonin_shohyo") and lead.desk in {d.OVERSEAS, d.KANSAI}:
        yield Step(d.JETRO, "R1", "jetro")
        if case.has("counterfeit"):
            yield Step(d.COUNTERFEITS, "R1", "fakes_online")
    if case.has("secret_order"):
        yield Step(d.NON_DISCLOSURE, "DOMAIN§4-13", "secret_filing")
        yield Step(d.PROCEDURE, "DOMAIN§4-13", "secret_filing")
    if case.has("suspicious_invoice"):
        yield Step(d.PROCEDURE, "DOMAIN§4-10", "invoice_check")


def _fakes_at_home(case: Case, lead: Step) -> Iterator[Step]:
    if abroad(case) or lead.rule == "R7":
        return
    if case.has("counterfeit_online") and case.need in {"infringed", None}:
        yield Step(d.COUNTERFEITS, "R16", "fakes_online")
    if case.has("counterfeit_border_in"):
        yield Step(d.COUNTERFEITS, "R16", "fakes_online")


def _asker(case: Case, lead: Step) -> Iterator[Step]:
    if case.asker == "university" and lead.desk in {d.SECRETS, d.PREFECTURE, d.PROCEDURE}:
        yield Step(d.UNIVERSITY, "E4", "university_beside")
    if case.has("model_region") and lead.desk != d.MODEL_REGIONS:
        yield Step(d.MUNICIPALITY, "J1", "model_region_company")
    if case.has("municipal_grant"):
        yield Step(d.MUNICIPALITY, "DOMAIN§9", "municipal_grant")


def _subject(case: Case, lead: Step) -> Iterator[Step]:
    topics = case.topics
    if "agriculture" in topics:
        yield Step(d.FARM_MINISTRY, "R11", "farm_ministry")
        yield Step(d.FARM_INSTITUTE, "E8", "farm_institute")
    works = case.has("copyright", "orphan_work")
    if lead.desk == d.COPYRIGHT or ("other_ip" in topics and works):
        yield Step(d.COPYRIGHT, "R12", "copyright")
        yield Step(d.CULTURE, "R12", "culture")
    if lead.desk in {d.J_PLATPAT, d.INSPECTION} or case.has("register_proof"):
        yield Step(d.PROCEDURE, "R4", "register_proof")
    if lead.desk == d.PREFECTURE and case.topic in {"patents", "trademarks", "designs"}:
        yield Step(d.PROCEDURE, "ARCH4", "procedure_beside")
    law = "contracts" in topics and lead.desk == d.PREFECTURE and case.has("fp_shitauke_law")
    if law or case.has("dealings_named", "fp_gmen", "leak_dealing"):
        yield Step(d.DEALINGS, "E10", "dealings")
    if "ip_management" in topics and lead.desk == d.PREFECTURE and case.has("bank"):
        yield Step(d.YOROZU, "E9", "yorozu")


RULES: tuple[Callable[[Case, Step], Iterator[Step]], ...] = (
    _drawings,
    _leak,
    _kansai,
    _prefecture,
    _papers,
    _abroad,
    _fakes_at_home,
    _asker,
    _subject,
)

"""Decides which sentences stand beside the figures; every one informs, none judges the case."""

from collections.abc import Iterator

from knowledge.fees.amounts import Draft, doubled
from knowledge.fees.case import Case
from knowledge.fees.models import Tier
from knowledge.fees.pricing import Choice, Priced, Standing
from knowledge.fees.tables import MeasureRow
from knowledge.wording import say


def tier_words(tier: Tier) -> str:
    """What is paid, in words."""
    if tier == "full":
        return say("fees.tier_full")
    if tier == "exempt":
        return say("fees.tier_exempt")
    return say("fees.tier_part", parts=tier[-1])


def reasons(case: Case, priced: Priced, choices: tuple[Choice, ...]) -> tuple[str, ...]:
    """Why this tier, and the notes of the procedure."""
    return tuple(dict.fromkeys(_reasons(case, priced, choices)))


def _reasons(case: Case, priced: Priced, choices: tuple[Choice, ...]) -> Iterator[str]:
    yield from case.procedure.notes
    if case.procedure.reducible:
        for index, choice in enumerate(choices):
            who = say("fees.who", number=index + 1) if len(choices) > 1 else ""
            yield _of_choice(choice, who)
        if any(choice.tier == "1/3" for choice in choices):
            yield say("fees.trap_third")
        if len(choices) > 1:
            yield say("fees.joint")
        yield from _of_system(case, priced)
        yield from _also(case, priced)
    yield from _of_years(case, priced.drafts)
    yield from _of_payment(case)


def _of_choice(choice: Choice, who: str) -> str:
    if choice.measure is None:
        return say("fees.reason_none", who=who)
    tier = tier_words(choice.tier)
    return say("fees.reason_measure", who=who, measure=choice.measure.name, tier=tier)


def _of_system(case: Case, priced: Priced) -> Iterator[str]:
    on = case.system_day(priced.request_day)
    procedure = case.request.procedure
    national = procedure in ("exam_request", "patent_annuity")
    if national and on < case.tables.limits.new_system_from:
        yield say("fees.old_system")
    wipo = [d for d in priced.drafts if d.fee in ("pct_international_filing", "pct_handling")]
    if wipo and on < case.tables.limits.wipo_support_from:
        yield say("fees.wipo_before_2024")


def _also(case: Case, priced: Priced) -> Iterator[str]:
    for standing in priced.standings:
        for verdicts in standing.verdicts.values():
            for measure, verdict in verdicts:
                note = measure.also.get(case.request.procedure)
                if note is not None and verdict.holds:
                    yield note


def _of_years(case: Case, drafts: tuple[Draft, ...]) -> Iterator[str]:
    years = [draft.year for draft in drafts if draft.year is not None]
    if case.request.procedure == "patent_annuity" and max(years, default=0) > 10:
        yield say("fees.years_after_ten")
    if case.request.procedure == "patent_annuity" and max(years, default=0) > (
        case.tables.limits.patent_normal_term
    ):
        yield say("fees.years_extended")
    if case.request.late:
        late = [doubled(case, draft.fee, draft.year) for draft in drafts]
        if any(late):
            yield say("fees.late")
        if not all(late):
            yield say("fees.late_not")


def _of_payment(case: Case) -> Iterator[str]:
    fee = case.fees[0]
    variant = case.variant(fee)
    if fee.startswith("trademark_re") and variant != "lump":
        yield say("fees.instalment")
        if variant == "second_old":
            yield say("fees.second_old")
    if case.request.on_paper:
        yield say("fees.paper") if case.procedure.paper else say("fees.paper_not")
        if case.request.procedure == "exam_request":
            yield say("fees.paper_exam")


def conditions(
    case: Case, priced: Priced, choices: tuple[Choice, ...], missing: tuple[str, ...]
) -> tuple[str, ...]:
    """What has to be confirmed before the figures can be relied on."""
    return tuple(dict.fromkeys(_conditions(case, priced, choices, missing)))


def _conditions(
    case: Case, priced: Priced, choices: tuple[Choice, ...], missing: tuple[str, ...]
) -> Iterator[str]:
    for choice, standing in zip(choices, priced.standings, strict=True):
        if choice.measure is not None:
            yield from choice.measure.conditions
            yield from _assumed(case, choice.measure, standing)
    yield from case.procedure.conditions
    request, procedure = case.request, case.request.procedure
    if procedure == "exam_request" and request.filed_on is None and "filed_on" not in missing:
        yield say("fees.assumed_filing")
    if procedure == "patent_annuity" and request.requested_on is None:
        yield say("fees.assumed_request")
    capped = any(choice.measure and choice.measure.capped for choice in choices)
    if capped and procedure == "exam_request":
        yield say("fees.cap", most=case.tables.limits.cap.requests)
    if procedure.startswith("pct_") and len(choices) > 1:
        yield say("fees.pct_joint")
    if procedure == "pct_filing" and any(choice.tier == "1/3" for choice in choices):
        yield say("fees.pct_rounding")
    if any(not draft.source.confirmed for draft in priced.drafts):
        yield say("fees.unconfirmed_tariff")
    if any(choice.measure and not choice.measure.confirmed for choice in choices):
        yield say("fees.unconfirmed_measure")


def _assumed(case: Case, measure: MeasureRow, standing: Standing) -> Iterator[str]:
    one = standing.applicant
    told = (one.largest_large_company_share, one.total_large_company_share)
    matters = "uncontrolled" in measure.requires and one.kind != "sole_proprietor"
    if matters and all(share is None for share in told):
        yield say("fees.assumed_control")
    industry = case.tables.limits.industries.get(one.industry) if one.industry else None
    if industry is not None and "size" in measure.requires and industry.note:
        yield industry.note
    if industry is not None and "small" in measure.requires and industry.small_note:
        yield industry.small_note


def documents(case: Case, priced: Priced, measures: tuple[MeasureRow, ...]) -> tuple[str, ...]:
    """What has to be written or attached for the measures in question."""
    if not measures:
        return ()
    old = case.system_day(priced.request_day) < case.tables.limits.new_system_from
    row = case.procedure
    texts = [*(row.old_documents if old and row.old_documents else row.documents)]
    for measure in measures:
        texts += measure.documents.get(case.request.procedure, ())
    return tuple(dict.fromkeys(texts))

"""Decides whether a request can be answered at all; names every field that stands against it."""

from collections.abc import Iterable, Iterator
from datetime import date
from fractions import Fraction

from knowledge.clock import japanese_date
from knowledge.errors import FieldProblem, InvalidInputError
from knowledge.fees.amounts import needed_units
from knowledge.fees.case import Case
from knowledge.fees.models import Applicant
from knowledge.wording import say

MOST_CLASSES = 45
"""There are no more classes of goods and services (as the e-filing software checks)."""
MOST = 100_000
"""No count of these is larger; a larger number is a slip of the keyboard."""
MOST_APPLICANTS = 20
"""More holders of one right are not met; the sheet would not be readable."""
COUNTS = ("claims", "classes", "designs", "pages", "requests_this_fiscal_year")


def check(case: Case) -> None:
    """Raises InvalidInputError (422) with each field and the reason in Japanese."""
    problems = tuple(_problems(case))
    if problems:
        raise InvalidInputError(say("fees.invalid"), fields=problems)


def _problems(case: Case) -> Iterator[FieldProblem]:
    yield from _counts(case)
    yield from _applicants(case)
    years = tuple(_years(case))
    yield from years
    if not case.fees:
        yield FieldProblem("fee_items", say("fees.bad_items"))
    elif not years:
        yield from _days(case)
        yield from _order_of_days(case)


def _counts(case: Case) -> Iterator[FieldProblem]:
    needed = needed_units(case)
    for name in COUNTS:
        value = getattr(case.request, name)
        if value is None:
            continue
        if value < 0:
            yield FieldProblem(name, say("fees.negative"))
        elif value > MOST:
            yield FieldProblem(name, say("fees.too_many", most=f"{MOST:,}"))
        elif value == 0 and name in needed:
            yield FieldProblem(name, say("fees.at_least_one"))
        elif name == "classes" and name in needed and value > MOST_CLASSES:
            yield FieldProblem(name, say("fees.too_many", most=MOST_CLASSES))


def _years(case: Case) -> Iterator[FieldProblem]:
    terms = [case.tables.fees[fee].term for fee in case.fees]
    term = next((term for term in terms if term is not None), None)
    span = case.request.years
    if span is None or term is None or case.procedure.years is not None:
        return
    if case.request.procedure == "design_registration":
        term = _design_term(case)
    if span[0] < 1:
        yield FieldProblem("years", say("fees.years_from_one"))
    elif span[0] > span[1]:
        yield FieldProblem("years", say("fees.years_order"))
    elif span[1] > term:
        yield FieldProblem("years", say("fees.years_past_term", term=term))


def _design_term(case: Case) -> int:
    row = case.tables.limits.design_term
    filed = case.request.filed_on
    return row.before if filed is not None and filed < row.valid_from else row.after


def _days(case: Case) -> Iterator[FieldProblem]:
    """Days for which no tariff is held."""
    named: set[str] = set()
    fees = (*case.fees, "paper") if case.on_paper else case.fees
    for fee in fees:
        for filed_on in case.filing_days():
            field, day = _field(case, fee), case.tariff_day(fee, filed_on)
            first = _first_day(case, fee)
            if first is not None and day < first and field not in named:
                named.add(field)
                yield FieldProblem(field, _no_table(case, fee, first))
    request_from = case.tables.limits.annuity_requests_from
    requested = case.request.requested_on
    if case.request.procedure == "patent_annuity" and requested and requested < request_from:
        yield FieldProblem("requested_on", _no_table(case, "patent_annuity", request_from))


def _order_of_days(case: Case) -> Iterator[FieldProblem]:
    """Nobody asks for the examination of what is not yet filed."""
    filed, requested = case.request.filed_on, case.request.requested_on
    if case.request.procedure == "exam_request" and filed and requested and requested < filed:
        yield FieldProblem("requested_on", say("fees.requested_before_filed"))


def _no_table(case: Case, fee: str, first: date) -> str:
    day = japanese_date(first).partition("（")[0]
    return say("fees.before_table", fee=case.tables.fees[fee].label, first=day)


def _field(case: Case, fee: str) -> str:
    if case.variant(fee) == "second_old":
        return "first_instalment_on"
    if fee == "paper" and case.request.procedure == "exam_request":
        return "requested_on"
    if fee == "paper" and case.request.procedure == "utility_evaluation":
        return "paid_on"
    return case.tables.fees[fee].day


def _first_day(case: Case, fee: str) -> date | None:
    rows: Iterable[date] = (
        row.valid_from
        for year in case.years_of(fee)
        for row in case.tables.rows(fee, variant=case.variant(fee), year=year)
    )
    return min(rows, default=None)


def _applicants(case: Case) -> Iterator[FieldProblem]:
    if len(case.applicants) > MOST_APPLICANTS:
        yield FieldProblem("applicants", say("fees.too_many", most=MOST_APPLICANTS))
        return
    last = max(case.today, *(case.status_day(day) for day in case.request_days()))
    for index, applicant in enumerate(case.applicants):
        for name, reason in _facts(applicant, last):
            yield FieldProblem(f"applicants.{index}.{name}", reason)
    yield from _shares(case.applicants)


def _facts(applicant: Applicant, last: date) -> Iterator[tuple[str, str]]:
    for name in ("employees", "capital_yen"):
        value = getattr(applicant, name)
        if value is not None and value < 0:
            yield name, say("fees.negative")
    for name in ("largest_large_company_share", "total_large_company_share", "share"):
        value = getattr(applicant, name)
        if value is not None and not 0 <= value <= 1:
            yield name, say("fees.share_range")
    if applicant.founded_on is not None and applicant.founded_on > last:
        yield "founded_on", say("fees.founded_ahead")


def _shares(applicants: tuple[Applicant, ...]) -> Iterator[FieldProblem]:
    known = [one.share for one in applicants if one.share is not None]
    total = sum(known, Fraction(0))
    complete = len(known) == len(applicants)
    if any(not 0 <= share <= 1 for share in known):
        return
    if (complete and total != 1) or total > 1:
        for index, one in enumerate(applicants):
            if one.share is not None:
                yield FieldProblem(f"applicants.{index}.share", say("fees.share_sum"))

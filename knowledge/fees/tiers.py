"""Decides which measures may be open to one applicant; knows no amount.

Every requirement is answered yes, no or unknown. What was told decides; a special circumstance
that was not told counts as none, except where it is the only question (a private person).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import get_args

from knowledge.fees.case import Case, years_after
from knowledge.fees.models import Applicant, Kind, Tier
from knowledge.fees.tables import RATES, IndustryLimit, MeasureRow
from knowledge.wording import say

ASKED_OF_A_PERSON = ("welfare", "resident_tax_exempt", "income_tax_exempt")
"""What a private person must be asked: nothing else lowers the fees."""
WITH_CAPITAL = ("company", "cooperative", "npo")
BUSINESS_FACTS = ("industry", "employees", "founded_on")


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a measure is open: yes, no (and why), or unknown (and which facts are missing)."""

    holds: bool | None
    missing: tuple[str, ...] = ()
    why: tuple[str, ...] = ()


YES = Verdict(holds=True)


@dataclass(frozen=True, slots=True)
class Person:
    """An applicant taken as one kind, on the day that counts."""

    applicant: Applicant
    kind: Kind
    case: Case
    request_day: date

    @property
    def on(self) -> date:
        """The day on which the conditions are looked at."""
        return self.case.status_day(self.request_day)


def money(yen: int) -> str:
    """A round sum as people say it: 3億円, 5,000万円."""
    if yen % 100_000_000 == 0:
        return say("fees.money_oku", number=yen // 100_000_000)
    return say("fees.money_man", number=f"{yen // 10_000:,}")


def kinds_of(applicant: Applicant) -> tuple[Kind, ...]:
    """The kinds an applicant may be."""
    if applicant.kind is not None:
        return (applicant.kind,)
    if applicant.capital_yen is not None:
        return ("company",)
    if any(getattr(applicant, name) is not None for name in BUSINESS_FACTS):
        return ("company", "sole_proprietor")
    kinds: tuple[Kind, ...] = get_args(Kind)
    return kinds


def tier_of(measure: MeasureRow, fee: str, year: int | None, on: date) -> Tier:
    """What is paid of a fee under a measure that is open."""
    given = [grant.tier for grant in measure.grants if grant.holds(fee, year, on)]
    return min(given, key=RATES.__getitem__, default="full")


def judge(measure: MeasureRow, person: Person) -> Verdict:
    """Whether a measure is open to a person; one clear no outweighs what is unknown."""
    if person.kind not in measure.kinds:
        return Verdict(holds=False)
    verdicts = [_flag(measure, person), _filed(measure, person), _cap(measure, person)]
    verdicts += [REQUIREMENTS[name](person) for name in measure.requires]
    refused = [one for one in verdicts if one.holds is False]
    if refused:
        return Verdict(holds=False, why=_joined(one.why for one in refused))
    unknown = [one for one in verdicts if one.holds is None]
    if unknown:
        return Verdict(holds=None, missing=_joined(one.missing for one in unknown))
    return YES


def _joined(parts: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for part in parts for text in part))


def _flag(measure: MeasureRow, person: Person) -> Verdict:
    if measure.flag is None:
        return YES
    told: bool | None = getattr(person.applicant, measure.flag)
    if told:
        return YES
    if told is None and person.kind == "individual" and measure.flag in ASKED_OF_A_PERSON:
        return Verdict(holds=None, missing=(measure.flag,))
    return Verdict(holds=False, why=(say("fees.why_not_told", need=measure.need),))


def _filed(measure: MeasureRow, person: Person) -> Verdict:
    window, filed = measure.filed, person.case.request.filed_on
    if window is None or filed is None or window.first <= filed <= window.last:
        return YES
    first, last = f"{window.first:%Y-%m-%d}", f"{window.last:%Y-%m-%d}"
    return Verdict(holds=False, why=(say("fees.why_filed", first=first, last=last),))


def _cap(measure: MeasureRow, person: Person) -> Verdict:
    cap = person.case.tables.limits.cap
    request = person.case.request
    counted = request.requests_this_fiscal_year or 0
    if (
        not measure.capped
        or request.procedure != "exam_request"
        or person.request_day < cap.valid_from
        or counted <= cap.requests
    ):
        return YES
    return Verdict(holds=False, why=(say("fees.why_cap", most=cap.requests, count=counted),))


def _industries(person: Person) -> tuple[IndustryLimit, ...]:
    industries = person.case.tables.limits.industries
    named = person.applicant.industry
    return (industries[named],) if named else tuple(industries.values())


def _within(value: int | None, limit: int) -> bool | None:
    return None if value is None else value <= limit


def _either(left: bool | None, right: bool | None) -> bool | None:
    if left or right:
        return True
    return None if left is None or right is None else False


def _decided(answers: Iterable[bool | None]) -> bool | None:
    found = set(answers)
    return found.pop() if len(found) == 1 else None


def _size(person: Person) -> Verdict:
    """Employees or capital within the limits of the industry; persons and NPOs: employees."""
    one = person.applicant
    with_capital = person.kind == "company" or (
        person.kind == "cooperative" and one.capital_yen is not None
    )
    capital = one.capital_yen if with_capital else None
    answers = [
        _either(
            _within(one.employees, limit.employees),
            _within(capital, limit.capital_yen) if with_capital else False,
        )
        for limit in _industries(person)
    ]
    holds = _decided(answers)
    if holds is not None:
        return YES if holds else Verdict(holds=False, why=(_too_large(person, with_capital),))
    asked = ("industry", "employees", "capital_yen") if with_capital else ("industry", "employees")
    return Verdict(holds=None, missing=tuple(n for n in asked if getattr(one, n) is None))


def _too_large(person: Person, with_capital: bool) -> str:
    limits = _industries(person)
    if len(limits) > 1:
        return say("fees.why_too_large")
    limit = limits[0]
    if not with_capital:
        return say("fees.why_employees", industry=limit.label, most=limit.employees)
    capital = money(limit.capital_yen)
    return say("fees.why_size", industry=limit.label, employees=limit.employees, capital=capital)


def _small(person: Person) -> Verdict:
    """At most 20 employees, 5 in commerce and services."""
    one = person.applicant
    holds = _decided(_within(one.employees, limit.small_employees) for limit in _industries(person))
    if holds is None:
        asked = ("industry", "employees")
        return Verdict(holds=None, missing=tuple(n for n in asked if getattr(one, n) is None))
    if holds:
        return YES
    limits = _industries(person)
    most = max(limit.small_employees for limit in limits)
    why = [say("fees.why_not_small", most=most, count=one.employees)]
    if len(limits) == 1 and limits[0].small_note:
        why.append(limits[0].small_note)
    return Verdict(holds=False, why=tuple(why))


def _young(person: Person) -> Verdict:
    """Less than ten years old; for bodies also a capital of at most 300 million yen."""
    one, limit = person.applicant, person.case.tables.limits.startup
    why: list[str] = []
    if one.founded_on and person.on >= years_after(one.founded_on, limit.under_years):
        why.append(say("fees.why_not_young", years=limit.under_years))
    with_capital = person.kind in WITH_CAPITAL
    if with_capital and _within(one.capital_yen, limit.capital_yen) is False:
        why.append(say("fees.why_capital", capital=money(limit.capital_yen)))
    if why:
        return Verdict(holds=False, why=tuple(why))
    asked = ("founded_on", "capital_yen") if with_capital else ("founded_on",)
    missing = tuple(name for name in asked if getattr(one, name) is None)
    return Verdict(holds=None, missing=missing) if missing else YES


def _uncontrolled(person: Person) -> Verdict:
    """No large company holds half, all together not two thirds; not told counts as none."""
    one, limit = person.applicant, person.case.tables.limits.control
    if person.kind == "sole_proprietor":
        return YES
    largest = one.largest_large_company_share or 0
    total = one.total_large_company_share or 0
    if largest >= limit.largest or total >= limit.total:
        return Verdict(holds=False, why=(say("fees.why_controlled"),))
    return YES


def _not_too_large(person: Person) -> Verdict:
    """The told size, where it is told, does not speak against; cooperatives have no limit."""
    verdict = YES if person.kind == "cooperative" else _size(person)
    return verdict if verdict.holds is False else YES


def _little_capital(person: Person) -> Verdict:
    """The told capital, where it is told, is at most 300 million yen."""
    limit = person.case.tables.limits.startup.capital_yen
    if _within(person.applicant.capital_yen, limit) is False:
        return Verdict(holds=False, why=(say("fees.why_capital", capital=money(limit)),))
    return YES


REQUIREMENTS: dict[str, Callable[[Person], Verdict]] = {
    "size": _size,
    "small": _small,
    "young": _young,
    "uncontrolled": _uncontrolled,
    "not_too_large": _not_too_large,
    "little_capital": _little_capital,
}

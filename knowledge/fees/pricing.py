"""Decides what is paid, at least and at most, and which facts stand between the two.

A request is priced once for each day of filing and of request that its facts leave open.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from itertools import product

from knowledge.fees.amounts import Draft, Part, drafts, reduced
from knowledge.fees.case import Case
from knowledge.fees.models import Applicant, Kind, Tier
from knowledge.fees.tables import RATES, MeasureRow
from knowledge.fees.tiers import Person, Verdict, judge, kinds_of, tier_of

FACTS = tuple(Applicant.model_fields)
"""The facts in the order in which they are asked for."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A tier and the measure that gives it (none at the full price)."""

    tier: Tier
    measure: MeasureRow | None

    @property
    def rate(self) -> Fraction:
        """What is paid of the full price."""
        return RATES[self.tier]


FULL = Choice("full", None)


@dataclass(frozen=True, slots=True)
class Outcome:
    """One line for one applicant: what is sure, what is possible, what would decide."""

    sure: Choice
    possible: Choice
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """One applicant under one system: the verdict on every measure, for each kind it may be."""

    applicant: Applicant
    verdicts: dict[Kind, tuple[tuple[MeasureRow, Verdict], ...]]
    system_day: date
    found: dict[tuple[str, int | None], Outcome] = field(default_factory=dict, compare=False)

    def outcome(self, draft: Draft) -> Outcome:
        """What this applicant pays of a line; worked out once."""
        key = (draft.fee, draft.year)
        if key not in self.found:
            self.found[key] = self._outcome(draft)
        return self.found[key]

    def _outcome(self, draft: Draft) -> Outcome:
        pairs = {kind: self._choices(draft, kind) for kind in self.verdicts}
        sure = max((pair[0] for pair in pairs.values()), key=lambda one: one.rate)
        possible = min((pair[1] for pair in pairs.values()), key=lambda one: one.rate)
        if sure.rate == possible.rate:
            return Outcome(sure, possible, ())
        return Outcome(sure, possible, tuple(dict.fromkeys(self._missing(draft, pairs))))

    def _choices(self, draft: Draft, kind: Kind) -> tuple[Choice, Choice]:
        sure = possible = FULL
        for measure, verdict in self.verdicts[kind]:
            choice = Choice(tier_of(measure, draft.fee, draft.year, self.system_day), measure)
            if verdict.holds and choice.rate < sure.rate:
                sure = choice
            if verdict.holds is not False and choice.rate < possible.rate:
                possible = choice
        return sure, possible

    def _missing(self, draft: Draft, pairs: dict[Kind, tuple[Choice, Choice]]) -> Iterator[str]:
        tiers = {(sure.tier, possible.tier) for sure, possible in pairs.values()}
        if self.applicant.kind is None and len(tiers) > 1:
            yield "kind"
        for kind, (sure, _) in pairs.items():
            for measure, verdict in self.verdicts[kind]:
                tier = tier_of(measure, draft.fee, draft.year, self.system_day)
                if verdict.holds is None and RATES[tier] < sure.rate:
                    yield from verdict.missing


@dataclass(frozen=True, slots=True)
class Priced:
    """One possible reading of the request, line by line."""

    filed_on: date
    request_day: date
    drafts: tuple[Draft, ...]
    standings: tuple[Standing, ...]
    low: tuple[int, ...]
    high: tuple[int, ...]

    @property
    def full(self) -> int:
        """The sum without any reduction."""
        return sum(draft.full for draft in self.drafts)


def standings(case: Case, request_day: date) -> tuple[Standing, ...]:
    """Every applicant under the system of one day."""
    return tuple(_standing(case, one, request_day) for one in case.applicants)


def _standing(case: Case, applicant: Applicant, request_day: date) -> Standing:
    persons = [Person(applicant, kind, case, request_day) for kind in kinds_of(applicant)]
    verdicts = {
        person.kind: tuple((row, judge(row, person)) for row in case.tables.measures)
        for person in persons
    }
    return Standing(applicant, verdicts, case.system_day(request_day))


def price(case: Case) -> tuple[Priced, ...]:
    """Each reading of the request, the likeliest (the newest) last."""
    found = product(case.filing_days(), case.request_days())
    return tuple(_priced(case, filed_on, request_day) for filed_on, request_day in found)


def _priced(case: Case, filed_on: date, request_day: date) -> Priced:
    lines = drafts(case, filed_on)
    those = standings(case, request_day)
    bounds = [_bounds(draft, those) for draft in lines]
    return Priced(
        filed_on=filed_on,
        request_day=request_day,
        drafts=lines,
        standings=those,
        low=tuple(low for low, _ in bounds),
        high=tuple(high for _, high in bounds),
    )


def _bounds(draft: Draft, those: tuple[Standing, ...]) -> tuple[int, int]:
    outcomes = [one.outcome(draft) for one in those]
    low = [one.possible.rate for one in outcomes]
    high = [one.sure.rate for one in outcomes]
    shares = shares_of(tuple(one.applicant for one in those))
    if shares is None:
        return reduced(draft, [(Fraction(1), min(low))]), reduced(draft, [(Fraction(1), max(high))])
    return reduced(draft, _parts(shares, low)), reduced(draft, _parts(shares, high))


def _parts(shares: tuple[Fraction, ...], rates: list[Fraction]) -> list[Part]:
    return list(zip(shares, rates, strict=True))


def shares_of(applicants: tuple[Applicant, ...]) -> tuple[Fraction, ...] | None:
    """The share of each; a single applicant holds all; null while one is unknown."""
    if len(applicants) == 1:
        return (Fraction(1),)
    known = [one.share for one in applicants if one.share is not None]
    return tuple(known) if len(known) == len(applicants) else None


def missing_facts(case: Case, found: tuple[Priced, ...]) -> tuple[str, ...]:
    """The names of the facts that would decide; empty where the amount is certain."""
    if min(sum(one.low) for one in found) == max(sum(one.high) for one in found):
        return ()
    names: list[str] = []
    if len(case.filing_days()) > 1:
        names.append("filed_on")
    if len({(sum(one.low), sum(one.high)) for one in found}) > 1 and len(case.request_days()) > 1:
        names.append("requested_on")
    for one in found:
        names += _undecided(one)
    return tuple(dict.fromkeys(names))


def _undecided(one: Priced) -> Iterator[str]:
    joint = len(one.standings) > 1
    rates: set[Fraction] = set()
    for draft in one.drafts:
        outcomes = [standing.outcome(draft) for standing in one.standings]
        for index, outcome in enumerate(outcomes):
            names = sorted(outcome.missing, key=FACTS.index)
            yield from (f"applicants.{index}.{name}" if joint else name for name in names)
        rates = {rate for o in outcomes for rate in (o.sure.rate, o.possible.rate)}
        if len(rates) > 1 and shares_of(tuple(s.applicant for s in one.standings)) is None:
            for index, standing in enumerate(one.standings):
                if standing.applicant.share is None:
                    yield f"applicants.{index}.share"

"""Decides the full amount of each line and what is left after a reduction; knows no measure.

Rounding: a line is cut to 10 yen once, after the shares are weighted by their rates and added up;
the annuity of each year is a line of its own, and the lines are added last. Payment in the six
months after the term doubles what was cut.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from knowledge.fees.case import Case
from knowledge.fees.tables import Tariff
from knowledge.sources import Source
from knowledge.wording import say

UNIT_KEYS = {"claim": "claims", "class": "classes", "design": "designs", "page": "pages"}
"""Which key of the request counts a unit."""

Part = tuple[Fraction, Fraction]
"""A share of the right and the rate its holder pays."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A line before anybody's reduction: the amount once, and whether it is doubled."""

    fee: str
    year: int | None
    label: str
    unit: str
    quantity: int
    amount: int
    factor: int
    source: Source

    @property
    def full(self) -> int:
        """What is paid without any reduction."""
        return self.amount * self.factor


def floor10(value: Fraction) -> int:
    """Down to whole tens of yen."""
    return int(value // 10) * 10


def reduced(draft: Draft, parts: Iterable[Part]) -> int:
    """What is left of a line when each share pays its rate."""
    weighted = sum((share * rate for share, rate in parts), Fraction(0))
    return floor10(draft.amount * weighted) * draft.factor


def needed_units(case: Case) -> tuple[str, ...]:
    """The counts without which there is no amount, in the order of the sheet."""
    units = [row.unit for _, row in case.tariffs(case.filing_days()[-1])]
    names = [UNIT_KEYS[unit] for unit in units if unit in UNIT_KEYS]
    if _years_unknown(case):
        names += [UNIT_KEYS[u] for fee in case.fees for u in _units(case, fee) if u in UNIT_KEYS]
    return tuple(dict.fromkeys(names))


def missing_counts(case: Case) -> tuple[str, ...]:
    """Counts and years that were not told."""
    counts = [name for name in needed_units(case) if quantity_of(case, name) is None]
    return (*counts, "years") if _years_unknown(case) else tuple(counts)


def _years_unknown(case: Case) -> bool:
    return any(not case.years_of(fee) for fee in case.fees)


def _units(case: Case, fee: str) -> Iterator[str]:
    yield from {row.unit for row in case.tables.tariffs if row.fee == fee}


def quantity_of(case: Case, name: str) -> int | None:
    """A count of the request; one design is meant where none is named."""
    value: int | None = getattr(case.request, name)
    return 1 if value is None and name == "designs" else value


def drafts(case: Case, filed_on: date) -> tuple[Draft, ...]:
    """The lines for one day of filing; call it only when no count is missing."""
    return tuple(_draft(case, year, row) for year, row in case.tariffs(filed_on))


def _draft(case: Case, year: int | None, row: Tariff) -> Draft:
    name = UNIT_KEYS.get(row.unit)
    quantity = (quantity_of(case, name) if name else 1) or 0
    above = max(0, quantity - row.included)
    online = row.online_less and not case.request.on_paper
    amount = row.base + row.per_unit * above - (row.online_less if online else 0)
    return Draft(
        fee=row.fee,
        year=year,
        label=_label(case, row, year, above=above, online=bool(online)),
        unit=_unit(row.unit),
        quantity=quantity,
        amount=amount,
        factor=2 if doubled(case, row.fee, year) else 1,
        source=case.tables.source(row.source, confirmed=row.confirmed),
    )


def doubled(case: Case, fee: str, year: int | None) -> bool:
    """Whether late payment at double exists for this fee and is meant."""
    if not case.request.late:
        return False
    first = case.tables.fees[fee].doubled_from_year
    if first is not None and year is not None:
        return case.years_of(fee)[0] != 1 and year >= first
    return fee == "trademark_renewal" or (
        fee == "trademark_registration" and case.second_instalment
    )


def _unit(unit: str) -> str:
    if unit == "claim":
        return say("fees.unit_claim")
    if unit == "class":
        return say("fees.unit_class")
    if unit == "design":
        return say("fees.unit_design")
    return say("fees.unit_page") if unit == "page" else say("fees.unit_case")


def _label(case: Case, row: Tariff, year: int | None, *, above: int, online: bool) -> str:
    name = case.tables.fees[row.fee].label
    if year is not None:
        name = say("fees.label_year", fee=name, year=year)
    parts = [say("fees.part_base", yen=f"{row.base:,}")] if row.base else []
    if row.per_unit and (above or not row.included):
        parts.append(say("fees.part_units", yen=f"{row.per_unit:,}", count=above))
    told = say("fees.part_plus").join(parts)
    if online:
        told += say("fees.part_online", yen=f"{row.online_less:,}")
    label = say("fees.label", fee=name, formula=told)
    return say("fees.label_late", label=label) if doubled(case, row.fee, year) else label

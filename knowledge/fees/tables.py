"""Decides what a valid set of fee tables looks like and reads it; computes no amount.

All of it is content (``knowledge/content/fees``): a new tariff or measure is a new row, no code.
"""

from datetime import date
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from knowledge.errors import ContentError
from knowledge.fees.models import FlagName, Industry, Kind, Procedure, Tier
from knowledge.sources import Source

FEES_DIR = Path(__file__).parent.parent / "content" / "fees"

Unit = Literal["claim", "class", "design", "page", "case"]
Day = Literal["filed_on", "paid_on"]
Requirement = Literal["size", "small", "young", "uncontrolled", "not_too_large", "little_capital"]

RATES: dict[Tier, Fraction] = {
    "exempt": Fraction(0),
    "1/4": Fraction(1, 4),
    "1/3": Fraction(1, 3),
    "1/2": Fraction(1, 2),
    "full": Fraction(1),
}
"""What is paid, the best tier first."""


class Shape(BaseModel):
    """Frozen, and a misspelt key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Tariff(Shape):
    """One row: ``base + per_unit x (units above included)``, less for online filing."""

    fee: str
    variant: str | None = None
    years: tuple[int, int] | None = None
    valid_from: date
    valid_to: date | None
    base: int = 0
    unit: Unit = "case"
    per_unit: int = 0
    included: int = 0
    online_less: int = 0
    source: str
    confirmed: bool

    def holds(self, on: date) -> bool:
        """Whether the row was in force on a day."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)

    def covers(self, year: int | None) -> bool:
        """Whether the row is about this year of a right."""
        if self.years is None or year is None:
            return self.years is None and year is None
        return self.years[0] <= year <= self.years[1]


class Fee(Shape):
    """A fee by name; ``doubled_from_year``: the first year that may be paid late at double."""

    label: str
    day: Day
    term: int | None = None
    doubled_from_year: int | None = None


class ProcedureRow(Shape):
    """What is paid in a procedure and what is said beside it."""

    label: str
    fees: tuple[str, ...]
    years: tuple[int, int] | None = None
    paper: bool = False
    reducible: bool = False
    notes: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    old_documents: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    late_sources: tuple[str, ...] = ()


class Grant(Shape):
    """What one measure gives for one fee, for which years and on which days of the system."""

    fee: str
    tier: Tier
    years: tuple[int, int] | None = None
    valid_from: date | None = Field(default=None, alias="from")
    valid_to: date | None = Field(default=None, alias="to")

    def holds(self, fee: str, year: int | None, on: date) -> bool:
        """Whether it is given for this fee, year and day."""
        if self.fee != fee or not (self.valid_from or on) <= on <= (self.valid_to or on):
            return False
        return self.years is None or (year is not None and self.years[0] <= year <= self.years[1])


class Window(Shape):
    """Days of filing for which a measure is open."""

    first: date = Field(alias="from")
    last: date = Field(alias="to")


class MeasureRow(Shape):
    """A measure by its legal name, who may use it and what it asks."""

    id: str
    name: str
    kinds: tuple[Kind, ...]
    flag: FlagName | None = None
    requires: tuple[Requirement, ...] = ()
    filed: Window | None = None
    capped: bool = False
    grants: tuple[Grant, ...]
    conditions: tuple[str, ...]
    need: str
    also: dict[Procedure, str] = {}
    documents: dict[Procedure, tuple[str, ...]] = {}
    source: str
    more_sources: tuple[str, ...] = ()
    confirmed: bool


class IndustryLimit(Shape):
    """The borders of one industry, all up to and including."""

    label: str
    employees: int
    capital_yen: int
    small_employees: int
    note: str | None = None
    small_note: str | None = None


class StartupLimit(Shape):
    """Younger than so many years, and capital up to and including."""

    under_years: int
    capital_yen: int


class ControlLimit(Shape):
    """From these shares on a company counts as controlled by large companies."""

    largest: Fraction
    total: Fraction


class Cap(Shape):
    """How many reduced requests for examination a fiscal year, from which day of request on."""

    requests: int
    valid_from: date
    source: str


class DesignTerm(Shape):
    """Years of a design right by the day of filing."""

    valid_from: date = Field(alias="from")
    before: int
    after: int


class Limits(Shape):
    """All borders of the tiers."""

    industries: dict[Industry, IndustryLimit]
    startup: StartupLimit
    control: ControlLimit
    cap: Cap
    new_system_from: date
    taken_as_new_from: date
    wipo_support_from: date
    design_term: DesignTerm
    patent_normal_term: int
    annuity_requests_from: date
    exam_request_years: int


class FeeTables(Shape):
    """Everything the rules need to know."""

    sources: dict[str, Source]
    fees: dict[str, Fee]
    procedures: dict[Procedure, ProcedureRow]
    tariffs: tuple[Tariff, ...]
    measures: tuple[MeasureRow, ...]
    limits: Limits

    def source(self, key: str, *, confirmed: bool = True) -> Source:
        """A source as shown beside a figure that was, or was not, seen there."""
        found = self.sources[key]
        return found.model_copy(update={"confirmed": found.confirmed and confirmed})

    def rows(self, fee: str, *, variant: str | None, year: int | None) -> tuple[Tariff, ...]:
        """The rows of a fee over time, the oldest first."""
        found = (
            row
            for row in self.tariffs
            if row.fee == fee and row.variant == variant and row.covers(year)
        )
        return tuple(sorted(found, key=lambda row: row.valid_from))

    @model_validator(mode="after")
    def _names_are_known(self) -> Self:
        fees = [row.fee for row in self.tariffs]
        fees += [grant.fee for measure in self.measures for grant in measure.grants]
        fees += [fee for procedure in self.procedures.values() for fee in procedure.fees]
        if unknown := sorted(set(fees) - set(self.fees)):
            raise ValueError(f"unknown fees: {unknown}")
        named = [row.source for row in self.tariffs] + [row.source for row in self.measures]
        named += [key for row in self.measures for key in row.more_sources]
        named.append(self.limits.cap.source)
        for row in self.procedures.values():
            named += [*row.sources, *row.late_sources]
        if unknown := sorted(set(named) - set(self.sources)):
            raise ValueError(f"unknown sources: {unknown}")
        return self

    @model_validator(mode="after")
    def _rows_do_not_overlap(self) -> Self:
        seen: dict[tuple[str, str | None, tuple[int, int] | None], Tariff] = {}
        for row in sorted(self.tariffs, key=lambda row: row.valid_from):
            key = (row.fee, row.variant, row.years)
            before = seen.get(key)
            if before is not None and (before.valid_to or date.max) >= row.valid_from:
                raise ValueError(f"tariffs overlap: {key} from {row.valid_from}")
            seen[key] = row
        return self


def load_tables(root: Path = FEES_DIR) -> FeeTables:
    """Read and check a folder of tables.

    Raises:
        ContentError: a file is missing or a row is not as it should be; every finding is listed.
    """
    try:
        raw = {path.stem: _read(path) for path in sorted(root.glob("*.yml"))}
        tariffs = [row for stem, rows in raw.items() if stem.startswith("tariffs") for row in rows]
        return FeeTables.model_validate(
            {
                "sources": raw["sources"],
                **raw["procedures"],
                "tariffs": tariffs,
                "measures": raw["measures"],
                "limits": raw["limits"],
            }
        )
    except KeyError as error:
        raise ContentError(f"fees/{error.args[0]}.yml: missing") from error
    except ValidationError as error:
        found = (f"fees {'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise ContentError("\n".join(found)) from error


def _read(path: Path) -> Any:
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise ContentError(f"fees/{path.name}: {error}") from error


@lru_cache(maxsize=1)
def shipped_tables() -> FeeTables:
    """The shipped tables, read once."""
    return load_tables()

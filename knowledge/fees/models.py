"""The question and the answer of the fee calculator; works nothing out, refuses only bad shapes.

Every key may be left out or null. Amounts are whole yen. Shares are exact fractions.
"""

import datetime
import unicodedata
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema

from knowledge.sources import Source
from knowledge.wording import say

Procedure = Literal[
    "exam_request",
    "patent_annuity",
    "pct_filing",
    "pct_preliminary_examination",
    "patent_filing",
    "utility_filing",
    "utility_registration",
    "utility_evaluation",
    "design_filing",
    "design_registration",
    "trademark_filing",
    "trademark_registration",
    "trademark_renewal",
]
Kind = Literal[
    "company",
    "sole_proprietor",
    "individual",
    "cooperative",
    "npo",
    "university",
    "university_researcher",
    "tlo",
    "public_institute",
    "independent_agency",
]
Industry = Literal[
    "manufacturing",
    "construction",
    "transport",
    "wholesale",
    "service",
    "retail",
    "rubber",
    "software",
    "lodging",
    "other",
]
FeeItem = Literal[
    "transmittal", "search", "international_filing", "handling", "preliminary_examination"
]
Tier = Literal["full", "1/2", "1/3", "1/4", "exempt"]
OverallTier = Literal["full", "1/2", "1/3", "1/4", "exempt", "mixed"]
FlagName = Literal[
    "fukushima_plan",
    "welfare",
    "resident_tax_exempt",
    "income_tax_exempt",
    "business_tax_exempt",
    "corporate_tax_exempt",
    "r_and_d_sme",
]

LONGEST_SHARE = 40
"""Characters of a share: far more than any agreement writes, and short work to read."""


def _to_fraction(value: Any) -> Any:
    if value is None or isinstance(value, Fraction):
        return value
    text = unicodedata.normalize("NFKC", "" if isinstance(value, bool) else str(value))
    text = text.replace(" ", "")
    if len(text) > LONGEST_SHARE or "e" in text.lower():
        raise ValueError(say("fees.bad_share"))
    try:
        return Fraction(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except (ValueError, ZeroDivisionError):
        raise ValueError(say("fees.bad_share")) from None


def _no_bool(value: Any) -> Any:
    if isinstance(value, bool):
        raise ValueError(say("errors.bad_field"))  # noqa: TRY004 (pydantic names the field)
    return value


def _to_years(value: Any) -> Any:
    if isinstance(value, int) and not isinstance(value, bool):
        return [value, value]
    return [*value, *value] if isinstance(value, list | tuple) and len(value) == 1 else value


def _share_text(value: Any) -> Any:
    return None if value is None else str(value)


Share = Annotated[
    Fraction | None,
    BeforeValidator(_to_fraction),
    PlainSerializer(_share_text, return_type=str | None),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "number"}, {"type": "null"}]}),
]
Count = Annotated[int | None, BeforeValidator(_no_bool)]
Years = Annotated[tuple[int, int] | None, BeforeValidator(_to_years)]


class Applicant(BaseModel):
    """One applicant or holder; ``founded_on`` is the start of business for a sole proprietor.

    ``share`` is the part of the right it holds, the two large-company shares are the part of its
    own capital that one and that all large companies hold.
    """

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)

    kind: Kind | None = None
    industry: Industry | None = None
    employees: Count = None
    capital_yen: Count = None
    founded_on: datetime.date | None = None
    largest_large_company_share: Share = None
    total_large_company_share: Share = None
    fukushima_plan: bool | None = None
    welfare: bool | None = None
    resident_tax_exempt: bool | None = None
    income_tax_exempt: bool | None = None
    business_tax_exempt: bool | None = None
    corporate_tax_exempt: bool | None = None
    r_and_d_sme: bool | None = None
    share: Share = None


class FeeRequest(BaseModel):
    """What is to be paid, when, for how much, and by whom."""

    model_config = ConfigDict(frozen=True)

    procedure: Procedure
    claims: Count = Field(default=None, description="number of claims")
    classes: Count = Field(default=None, description="number of trademark classes")
    designs: Count = Field(default=None, description="number of designs; left out: 1")
    years: Years = Field(default=None, description="from and to, both included")
    pages: Count = Field(default=None, description="sheets (PCT, and filing on paper)")
    filed_on: datetime.date | None = Field(default=None, description="(international) filing date")
    requested_on: datetime.date | None = Field(
        default=None, description="day of the request for examination; picks the system"
    )
    paid_on: datetime.date | None = Field(default=None, description="left out: today")
    first_instalment_on: datetime.date | None = Field(
        default=None, description="given: the second instalment of a trademark is asked for"
    )
    late: bool | None = Field(default=None, description="paid in the six months after the term")
    isr_by: Literal["jpo", "other"] | None = Field(
        default=None, description="who made the international search report"
    )
    search_report_submitted: bool | None = None
    on_paper: bool | None = None
    paid_by_instalment: bool | None = None
    fee_items: tuple[FeeItem, ...] | None = Field(default=None, description="left out: all")
    requests_this_fiscal_year: Count = Field(default=None, description="this one included")
    applicants: tuple[Applicant, ...] | None = None


class Measure(BaseModel):
    """The measure applied; ids ``none`` and ``mixed`` where there is not exactly one."""

    model_config = ConfigDict(frozen=True)

    id: str
    name: str


class FeeLine(BaseModel):
    """One line of the sheet; ``reduced_yen`` is null while a fact is missing."""

    model_config = ConfigDict(frozen=True)

    label: str
    unit: str
    quantity: int
    full_yen: int
    reduced_yen: int | None
    source: Source


class AmountRange(BaseModel):
    """Between which amounts it lies."""

    model_config = ConfigDict(frozen=True)

    min: int
    max: int


class BetterTier(BaseModel):
    """The next better tier: what it would cost and what stands between."""

    model_config = ConfigDict(frozen=True)

    tier: Tier
    measure: Measure
    amount_yen: int | None
    applicant: int = Field(description="which applicant, from 0")
    reasons: tuple[str, ...]
    needs: tuple[str, ...]


class FeeEstimate(BaseModel):
    """The sheet: amounts, tier, lines, reasons and everything still to be confirmed."""

    model_config = ConfigDict(frozen=True)

    tier: OverallTier = Field(description="what is paid; while a fact is missing, the highest")
    measure: Measure
    full_amount_yen: int | None
    amount_yen: int | None
    amount_range_yen: AmountRange | None
    missing: tuple[str, ...]
    lines: tuple[FeeLine, ...]
    reasons: tuple[str, ...]
    better_tier: BetterTier | None
    conditions_to_confirm: tuple[str, ...]
    documents: tuple[str, ...]
    source: tuple[Source, ...]
    disclaimer: str

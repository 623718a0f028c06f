"""Short ways to ask the calculator; TODAY stands still."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from knowledge.fees import FeeEstimate, FeeRequest, estimate, load_tables

TABLES = load_tables()
TODAY = date(2026, 11, 20)
YEN_3_OKU = 300_000_000

# 250 people, 500 million yen, twenty years old: an SME by its employees, nothing better.
SME: dict[str, Any] = {
    "kind": "company",
    "industry": "manufacturing",
    "employees": 250,
    "capital_yen": 500_000_000,
    "founded_on": "2005-04-01",
    "largest_large_company_share": "0",
    "total_large_company_share": "0",
}
LARGE = {**SME, "employees": 5000}
SMALL = {**SME, "employees": 8}
PERSON = {
    "kind": "individual",
    "welfare": False,
    "resident_tax_exempt": False,
    "income_tax_exempt": False,
    "business_tax_exempt": False,
}
SOLE = {"kind": "sole_proprietor", "industry": "manufacturing", "founded_on": "2005-04-01"}
STARTUP = {**SME, "capital_yen": YEN_3_OKU, "founded_on": "2020-06-02"}
UNIVERSITY = {"kind": "university"}
DAYS = {"filed_on": "2025-06-02", "requested_on": "2025-06-02"}


@dataclass(frozen=True)
class Worked:
    """A case worked out by hand; ``how`` is the arithmetic from which the amount follows."""

    name: str
    body: dict[str, Any]
    tier: str
    full: int
    amount: int
    how: str


def ask(**body: Any) -> FeeEstimate:
    """The estimate for a body as it comes over the API."""
    return estimate(request=FeeRequest.model_validate(body), tables=TABLES, today=TODAY)


def exam(applicant: dict[str, Any], /, **body: Any) -> dict[str, Any]:
    """A request for examination with ten claims, 178,000 yen at the full price."""
    return {"procedure": "exam_request", "claims": 10, **DAYS, "applicants": [applicant], **body}


def annuity(applicant: dict[str, Any], first: int, last: int, /, **body: Any) -> dict[str, Any]:
    """Annuities of a patent with ten claims."""
    return {
        "procedure": "patent_annuity",
        "claims": 10,
        "years": [first, last],
        **DAYS,
        "paid_on": "2026-06-02",
        "applicants": [applicant],
        **body,
    }


def pct(applicant: dict[str, Any], /, **body: Any) -> dict[str, Any]:
    """An international application of thirty sheets, filed online."""
    return {"procedure": "pct_filing", "pages": 30, "applicants": [applicant], **body}

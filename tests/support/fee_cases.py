"""Facts for the fee calculator on which the conversation, the API and the page must agree."""

from typing import Any

COMPANY = {"kind": "company", "industry": "manufacturing", "capital_yen": 10_000_000}
EXAM = {"procedure": "exam_request", "claims": 10, "filed_on": "2025-06-02"}
ANNUITY = {"procedure": "patent_annuity", "claims": 7, "requested_on": "2020-04-01"}
NO_TAX = {"welfare": False, "resident_tax_exempt": False, "income_tax_exempt": False}

CASES: list[dict[str, Any]] = [
    {**EXAM, **COMPANY, "employees": 20, "founded_on": "2005-04-01"},
    {**EXAM, **COMPANY, "employees": 21, "founded_on": "2005-04-01"},
    {**EXAM, **COMPANY, "employees": 21, "founded_on": "2020-04-01"},
    {**EXAM, **COMPANY, "employees": 301, "capital_yen": 300_000_001, "founded": "old"},
    {**EXAM, "kind": "sole_proprietor", "industry": "retail", "employees": 6, "founded": "old"},
    {**EXAM, "kind": "individual", **NO_TAX, "resident_tax_exempt": True},
    {**EXAM, "kind": "university", "isr_by": "jpo"},
    {**ANNUITY, "years": [1, 10], **COMPANY, "employees": 8, "founded": "old"},
    {**ANNUITY, "years": [4, 6], "late": True, **COMPANY, "employees": 80, "founded": "old"},
    {"procedure": "pct_filing", "pages": 45, **COMPANY, "employees": 3, "founded": "young"},
    {"procedure": "pct_preliminary_examination", "kind": "university"},
    {"procedure": "patent_filing", "on_paper": True, "pages": 12},
    {"procedure": "utility_filing", "claims": 3, "kind": "individual", **NO_TAX, "welfare": True},
    {"procedure": "utility_registration", "claims": 3, "years": [4, 6], "kind": "company"},
    {"procedure": "utility_evaluation", "claims": 3, "kind": "company"},
    {"procedure": "design_filing", "designs": 2},
    {"procedure": "design_registration", "years": [3, 5]},
    {"procedure": "trademark_filing", "classes": 2},
    {"procedure": "trademark_registration", "classes": 2, "paid_by_instalment": True},
    {"procedure": "trademark_renewal", "classes": 3, "late": True},
]
"""Every procedure, and the tiers with their borders."""

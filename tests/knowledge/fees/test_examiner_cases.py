"""Cases an outside examiner worked out by hand from the tables, before reading the calculator.

Every figure is typed in; each list says on which rows it rests.
"""

from typing import Any

import pytest
from pydantic import ValidationError

from knowledge.errors import InvalidInputError
from tests.knowledge.fees.asking import ask

Body = dict[str, Any]
Row = tuple[str, Body, str, str | None, int, int]
"""Name, what is asked, tier, measure (null: not looked at), full amount, amount."""

DAYS = {"filed_on": "2025-06-02", "requested_on": "2025-06-02"}


def co(
    industry: str | None = "manufacturing",
    employees: Any = 250,
    capital: int | None = 500_000_000,
    founded: str | None = "2005-04-01",
    **more: Any,
) -> Body:
    """A company that nobody controls; left as it is: an SME by its employees only."""
    return {
        "kind": "company",
        "industry": industry,
        "employees": employees,
        "capital_yen": capital,
        "founded_on": founded,
        "largest_large_company_share": "0",
        "total_large_company_share": "0",
        **more,
    }


def per(**more: Any) -> Body:
    """A private person to whom nothing special applies."""
    return {
        "kind": "individual",
        "welfare": False,
        "resident_tax_exempt": False,
        "income_tax_exempt": False,
        "business_tax_exempt": False,
        **more,
    }


def sole(employees: int | None = 10, founded: str = "2005-04-01", **more: Any) -> Body:
    """A sole proprietor in manufacturing."""
    business = {"industry": "manufacturing", "employees": employees, "founded_on": founded}
    return {**per(), "kind": "sole_proprietor", **business, **more}


def ex(*applicants: Body, claims: Any = 10, **more: Any) -> Body:
    """A request for examination."""
    body = {"procedure": "exam_request", "claims": claims, **DAYS}
    return {**body, "applicants": list(applicants), **more}


def an(who: Body | list[Body], first: int, last: int, claims: int = 10, **more: Any) -> Body:
    """Annuities of a patent."""
    body = {"procedure": "patent_annuity", "claims": claims, "years": [first, last], **DAYS}
    applicants = who if isinstance(who, list) else [who]
    return {**body, "paid_on": "2026-06-02", "applicants": applicants, **more}


def p(procedure: str, *applicants: Body, **more: Any) -> Body:
    """Any other procedure."""
    return {"procedure": procedure, "applicants": list(applicants) or [co()], **more}


def sh(applicant: Body, share: str | float) -> Body:
    """An applicant with its share of the right."""
    return {**applicant, "share": share}


def pct(who: Body, items: list[str], day: str = "2025-09-01", **more: Any) -> Body:
    """An international application of thirty sheets, received and paid in September 2025."""
    days = {"filed_on": day, "requested_on": day, "paid_on": day}
    body = {"procedure": "pct_filing", "fee_items": items, "pages": 30, **days}
    return {**body, "applicants": [who], **more}


def pct6(who: Body, items: list[str], **more: Any) -> Body:
    """The same in February 2026."""
    return pct(who, items, "2026-02-02", **more)


def demand(who: Body, items: list[str], day: str, **more: Any) -> Body:
    """A demand for international preliminary examination."""
    return {**pct(who, items, day), "procedure": "pct_preliminary_examination", **more}


SME = co()
SMALL = co(employees=8)
LARGE = co(employees=5000)
ST = co(employees=250, capital=300_000_000, founded="2020-06-02")
UNI = {"kind": "university"}
FUKU = {**SME, "fukushima_plan": True}
HALF = {"largest_large_company_share": "1/2", "total_large_company_share": "1/2"}
ALL = ["transmittal", "search", "international_filing"]

# fee_tables §2 row 通常 (138,000 + 4,000 x 10 = 178,000) and §6 row 中小企業（会社）, 小規模企業.
WHO: list[Row] = [
    ("large", ex(LARGE), "full", None, 178_000, 178_000),
    ("sme 300 / cap over", ex(co(employees=300)), "1/2", "sme_company", 178_000, 89_000),
    ("301 / cap over", ex(co(employees=301)), "full", None, 178_000, 178_000),
    (
        "301 / cap exactly 3 oku",
        ex(co(employees=301, capital=300_000_000)),
        "1/2",
        "sme_company",
        178_000,
        89_000,
    ),
    (
        "301 / cap 3 oku +1",
        ex(co(employees=301, capital=300_000_001)),
        "full",
        None,
        178_000,
        178_000,
    ),
    ("20 emp", ex(co(employees=20)), "1/3", "small", 178_000, 59_330),
    ("21 emp", ex(co(employees=21)), "1/2", "sme_company", 178_000, 89_000),
    ("construction 20", ex(co("construction", 20)), "1/3", "small", 178_000, 59_330),
    ("transport 21", ex(co("transport", 21)), "1/2", "sme_company", 178_000, 89_000),
    ("other 300", ex(co("other", 300)), "1/2", "sme_company", 178_000, 89_000),
    ("wholesale 5", ex(co("wholesale", 5)), "1/3", "small", 178_000, 59_330),
    ("wholesale 6", ex(co("wholesale", 6)), "1/2", "sme_company", 178_000, 89_000),
    ("service 5", ex(co("service", 5)), "1/3", "small", 178_000, 59_330),
    ("service 6", ex(co("service", 6)), "1/2", "sme_company", 178_000, 89_000),
    ("retail 5", ex(co("retail", 5)), "1/3", "small", 178_000, 59_330),
    ("retail 6", ex(co("retail", 6)), "1/2", "sme_company", 178_000, 89_000),
    ("lodging 5", ex(co("lodging", 5)), "1/3", "small", 178_000, 59_330),
    ("lodging 6", ex(co("lodging", 6)), "1/2", "sme_company", 178_000, 89_000),
    ("lodging 200", ex(co("lodging", 200)), "1/2", "sme_company", 178_000, 89_000),
    (
        "lodging 201 cap 5000",
        ex(co("lodging", 201, 50_000_000)),
        "1/2",
        "sme_company",
        178_000,
        89_000,
    ),
    ("lodging 201 cap 5000+1", ex(co("lodging", 201, 50_000_001)), "full", None, 178_000, 178_000),
    ("rubber 900", ex(co("rubber", 900)), "1/2", "sme_company", 178_000, 89_000),
    ("rubber 901", ex(co("rubber", 901)), "full", None, 178_000, 178_000),
    (
        "rubber 901 cap 3oku",
        ex(co("rubber", 901, 300_000_000)),
        "1/2",
        "sme_company",
        178_000,
        89_000,
    ),
    ("software 300", ex(co("software", 300)), "1/2", "sme_company", 178_000, 89_000),
    ("software 301", ex(co("software", 301)), "full", None, 178_000, 178_000),
    (
        "software 301 cap 3oku",
        ex(co("software", 301, 300_000_000)),
        "1/2",
        "sme_company",
        178_000,
        89_000,
    ),
    ("wholesale 100", ex(co("wholesale", 100)), "1/2", "sme_company", 178_000, 89_000),
    ("wholesale 101", ex(co("wholesale", 101)), "full", None, 178_000, 178_000),
    (
        "wholesale 101 cap 1oku",
        ex(co("wholesale", 101, 100_000_000)),
        "1/2",
        "sme_company",
        178_000,
        89_000,
    ),
    (
        "wholesale 101 cap 1oku+1",
        ex(co("wholesale", 101, 100_000_001)),
        "full",
        None,
        178_000,
        178_000,
    ),
    ("retail 50", ex(co("retail", 50)), "1/2", "sme_company", 178_000, 89_000),
    ("retail 51", ex(co("retail", 51)), "full", None, 178_000, 178_000),
    ("retail 51 cap 5000", ex(co("retail", 51, 50_000_000)), "1/2", "sme_company", 178_000, 89_000),
    ("retail 51 cap 5000+1", ex(co("retail", 51, 50_000_001)), "full", None, 178_000, 178_000),
    ("service 100", ex(co("service", 100)), "1/2", "sme_company", 178_000, 89_000),
    (
        "service 101 cap 5000",
        ex(co("service", 101, 50_000_000)),
        "1/2",
        "sme_company",
        178_000,
        89_000,
    ),
    ("service 101 cap over", ex(co("service", 101, 60_000_000)), "full", None, 178_000, 178_000),
    ("zero employees", ex(co(employees=0)), "1/3", "small", 178_000, 59_330),
]

# fee_tables §6 row 中小スタートアップ企業: under ten years, capital up to 300 million yen.
STARTUPS: list[Row] = [
    ("startup 3oku <10y", ex(ST), "1/3", "startup", 178_000, 59_330),
    (
        "startup cap 3oku+1",
        ex(co(capital=300_000_001, founded="2020-06-02")),
        "1/2",
        "sme_company",
        178_000,
        89_000,
    ),
    (
        "founded exactly ten years",
        ex(co(capital=300_000_000, founded="2015-06-02")),
        "1/2",
        "sme_company",
        178_000,
        89_000,
    ),
    (
        "founded ten years less a day",
        ex(co(capital=300_000_000, founded="2015-06-03")),
        "1/3",
        "startup",
        178_000,
        59_330,
    ),
    (
        "startup 5000 employees, 3 oku",
        ex(co(employees=5000, capital=300_000_000, founded="2020-06-02")),
        "1/3",
        "startup",
        178_000,
        59_330,
    ),
    (
        "retail startup 51 people 3 oku",
        ex(co("retail", 51, 300_000_000, "2020-06-02")),
        "1/3",
        "startup",
        178_000,
        59_330,
    ),
    ("startup half-owned", ex({**ST, **HALF}), "full", None, 178_000, 178_000),
]

# fee_tables §6, 支配の判定: one large company half or more, several two thirds or more.
CONTROL: list[Row] = [
    ("largest 1/2", ex({**SME, **HALF}), "full", None, 178_000, 178_000),
    (
        "largest 0.49",
        ex({**SME, "largest_large_company_share": "0.49", "total_large_company_share": "0.49"}),
        "1/2",
        "sme_company",
        178_000,
        89_000,
    ),
    (
        "total 2/3",
        ex({**SME, "largest_large_company_share": "1/3", "total_large_company_share": "2/3"}),
        "full",
        None,
        178_000,
        178_000,
    ),
    (
        "total 0.66",
        ex({**SME, "largest_large_company_share": "0.33", "total_large_company_share": "0.66"}),
        "1/2",
        "sme_company",
        178_000,
        89_000,
    ),
    (
        "total 0.6666 <2/3",
        ex({**SME, "largest_large_company_share": "0.4", "total_large_company_share": "0.6666"}),
        "1/2",
        "sme_company",
        178_000,
        89_000,
    ),
    (
        "small, 2/3",
        ex({**SMALL, "largest_large_company_share": "0.4", "total_large_company_share": "2/3"}),
        "full",
        None,
        178_000,
        178_000,
    ),
]

# fee_tables §6 row 福島, DOMAIN §2: filings until 2028-03-31.
FUKUSHIMA: list[Row] = [
    ("fukushima sme", ex(FUKU), "1/4", "fukushima", 178_000, 44_500),
    ("fukushima small", ex({**SMALL, "fukushima_plan": True}), "1/4", "fukushima", 178_000, 44_500),
    ("fukushima large", ex({**LARGE, "fukushima_plan": True}), "full", None, 178_000, 178_000),
    (
        "fukushima filed 2028-04-01",
        ex(FUKU, filed_on="2028-04-03", requested_on="2028-04-03"),
        "1/2",
        "sme_company",
        178_000,
        89_000,
    ),
    (
        "fukushima sole",
        ex(sole(employees=100, fukushima_plan=True)),
        "1/4",
        "fukushima",
        178_000,
        44_500,
    ),
]

# fee_tables §6, the three rows 個人 and 中小企業（個人事業主）.
PERSONS: list[Row] = [
    ("person none", ex(per()), "full", None, 178_000, 178_000),
    ("person welfare", ex(per(welfare=True)), "exempt", "individual_welfare", 178_000, 0),
    (
        "person resident",
        ex(per(resident_tax_exempt=True)),
        "exempt",
        "individual_resident_tax",
        178_000,
        0,
    ),
    (
        "person income",
        ex(per(income_tax_exempt=True)),
        "1/2",
        "individual_income_tax",
        178_000,
        89_000,
    ),
    (
        "sole business tax, 400 employees",
        ex(sole(employees=400, business_tax_exempt=True)),
        "1/2",
        "individual_business_tax",
        178_000,
        89_000,
    ),
    ("sole 20", ex(sole(employees=20)), "1/3", "small", 178_000, 59_330),
    ("sole 21 old", ex(sole(employees=21)), "1/2", "sme_sole_proprietor", 178_000, 89_000),
    ("sole 300", ex(sole(employees=300)), "1/2", "sme_sole_proprietor", 178_000, 89_000),
    ("sole 301", ex(sole(employees=301)), "full", None, 178_000, 178_000),
    (
        "sole started 9y, 301 people",
        ex(sole(employees=301, founded="2016-01-01")),
        "1/3",
        "startup",
        178_000,
        59_330,
    ),
    (
        "sole welfare beats small",
        ex(sole(employees=3, welfare=True)),
        "exempt",
        "individual_welfare",
        178_000,
        0,
    ),
]

# fee_tables §6 rows 大学等 and 研究開発型中小企業, ... TLO; a size that is told counts.
BODIES: list[Row] = [
    ("university", ex(UNI), "1/2", "university", 178_000, 89_000),
    ("researcher", ex({"kind": "university_researcher"}), "1/2", "university", 178_000, 89_000),
    ("tlo", ex({"kind": "tlo"}), "1/2", "tlo", 178_000, 89_000),
    (
        "public institute",
        ex({"kind": "public_institute"}),
        "1/2",
        "public_institute",
        178_000,
        89_000,
    ),
    (
        "independent agency",
        ex({"kind": "independent_agency"}),
        "1/2",
        "independent_agency",
        178_000,
        89_000,
    ),
    (
        "npo 100",
        ex(
            {
                "kind": "npo",
                "industry": "service",
                "employees": 100,
                "founded_on": "2005-04-01",
                "capital_yen": None,
            }
        ),
        "1/2",
        "sme_npo",
        178_000,
        89_000,
    ),
    (
        "r&d controlled",
        ex({**SME, "r_and_d_sme": True, **HALF}),
        "1/2",
        "r_and_d_sme",
        178_000,
        89_000,
    ),
    (
        "research kind, 5000 people",
        ex({**LARGE, "r_and_d_sme": True}),
        "full",
        None,
        178_000,
        178_000,
    ),
    (
        "no corporate tax, exactly 3 oku",
        ex(co("service", 500, 300_000_000, corporate_tax_exempt=True)),
        "1/2",
        "corporate_tax_exempt",
        178_000,
        89_000,
    ),
    (
        "no corporate tax, a yen more",
        ex(co("service", 500, 300_000_001, corporate_tax_exempt=True)),
        "full",
        None,
        178_000,
        178_000,
    ),
    (
        "no corporate tax, half owned",
        ex(
            co(
                "retail",
                51,
                100_000_000,
                corporate_tax_exempt=True,
                largest_large_company_share="1/2",
            )
        ),
        "full",
        None,
        178_000,
        178_000,
    ),
]

# fee_tables §2, all four rows, new and old; 10円未満切捨て.
COUNTS: list[Row] = [
    ("1 claim small", ex(SMALL, claims=1), "1/3", "small", 142_000, 47_330),
    ("7 claims small", ex(SMALL, claims=7), "1/3", "small", 166_000, 55_330),
    ("1 claim fukushima", ex(FUKU, claims=1), "1/4", "fukushima", 142_000, 35_500),
    ("jpo isr 10 sme", ex(SME, isr_by="jpo"), "1/2", "sme_company", 107_000, 53_500),
    ("jpo isr 10 small", ex(SMALL, isr_by="jpo"), "1/3", "small", 107_000, 35_660),
    ("jpo isr 1 small", ex(SMALL, claims=1, isr_by="jpo"), "1/3", "small", 85_400, 28_460),
    ("other isr 10 small", ex(SMALL, isr_by="other"), "1/3", "small", 160_000, 53_330),
    ("report 10 small", ex(SMALL, search_report_submitted=True), "1/3", "small", 142_000, 47_330),
    (
        "old filing 2019-03-31 sme",
        ex(SME, filed_on="2019-03-31", requested_on="2019-04-01"),
        "1/2",
        "sme_company",
        158_000,
        79_000,
    ),
    (
        "new filing 2019-04-01",
        ex(SME, filed_on="2019-04-01", requested_on="2019-04-01"),
        "1/2",
        "sme_company",
        178_000,
        89_000,
    ),
    (
        "old filing jpo isr",
        ex(SMALL, filed_on="2018-10-01", requested_on="2021-09-30", isr_by="jpo"),
        "1/3",
        "small",
        95_000,
        31_660,
    ),
    (
        "old filing other isr",
        ex(SMALL, filed_on="2018-10-01", requested_on="2021-09-30", isr_by="other"),
        "1/3",
        "small",
        142_000,
        47_330,
    ),
    (
        "old filing report",
        ex(SME, filed_on="2018-10-01", requested_on="2021-09-30", search_report_submitted=True),
        "1/2",
        "sme_company",
        126_000,
        63_000,
    ),
]

# fee_tables §6, 件数上限: 180 a year from 2024-04-01, requests for examination only.
CAP: list[Row] = [
    ("180th", ex(SME, requests_this_fiscal_year=180), "1/2", "sme_company", 178_000, 89_000),
    ("181st", ex(SME, requests_this_fiscal_year=181), "full", None, 178_000, 178_000),
    ("181st small", ex(SMALL, requests_this_fiscal_year=181), "1/3", "small", 178_000, 59_330),
    ("181st startup", ex(ST, requests_this_fiscal_year=181), "1/3", "startup", 178_000, 59_330),
    ("181st uni", ex(UNI, requests_this_fiscal_year=181), "1/2", "university", 178_000, 89_000),
    (
        "181st welfare",
        ex(per(welfare=True), requests_this_fiscal_year=181),
        "exempt",
        None,
        178_000,
        0,
    ),
    (
        "181st income",
        ex(per(income_tax_exempt=True), requests_this_fiscal_year=181),
        "full",
        None,
        178_000,
        178_000,
    ),
    (
        "181st before the cap",
        ex(SME, filed_on="2024-03-01", requested_on="2024-03-31", requests_this_fiscal_year=181),
        "1/2",
        "sme_company",
        178_000,
        89_000,
    ),
    (
        "181 annuity",
        an(SME, 4, 4, requests_this_fiscal_year=181),
        "1/2",
        "sme_company",
        18_300,
        9_150,
    ),
]

# fee_tables §6, 共同出願: shares weighted by rates, added, cut once.
JOINT: list[Row] = [
    ("joint sme+large half", ex(sh(SME, "1/2"), sh(LARGE, "1/2")), "mixed", None, 178_000, 133_500),
    (
        "joint small 1/3 large 2/3",
        ex(sh(SMALL, "1/3"), sh(LARGE, "2/3")),
        "mixed",
        None,
        178_000,
        138_440,
    ),
    ("joint sme + uni", ex(sh(SME, "1/2"), sh(UNI, "1/2")), "1/2", None, 178_000, 89_000),
    (
        "joint small+sme 1/3 2/3",
        ex(sh(SMALL, "1/3"), sh(SME, "2/3")),
        "mixed",
        None,
        178_000,
        79_110,
    ),
    (
        "joint welfare+large",
        ex(sh(per(welfare=True), "1/2"), sh(LARGE, "1/2")),
        "mixed",
        None,
        178_000,
        89_000,
    ),
    ("joint small+uni", ex(sh(SMALL, "1/2"), sh(UNI, "1/2")), "mixed", None, 178_000, 74_160),
    (
        "joint three",
        ex(sh(SMALL, "1/3"), sh(SME, "1/3"), sh(LARGE, "1/3")),
        "mixed",
        None,
        178_000,
        108_770,
    ),
    ("joint 0.25/0.75", ex(sh(SME, 0.25), sh(LARGE, 0.75)), "mixed", None, 178_000, 155_750),
    (
        "joint annuity 1-3, small 1/2 large 1/2",
        an([sh(SMALL, "1/2"), sh(LARGE, "1/2")], 1, 3),
        "mixed",
        None,
        21_900,
        14_580,
    ),
    (
        "joint small+small",
        ex(sh(SMALL, "1/2"), sh(SMALL, "1/2"), claims=1),
        "1/3",
        None,
        142_000,
        47_330,
    ),
]

# fee_tables §3; cut per year, then added; reduction for years 1-10 only.
ANNUITIES: list[Row] = [
    ("an 1-3 sme", an(SME, 1, 3), "1/2", "sme_company", 21_900, 10_950),
    ("an 1-3 small 10", an(SMALL, 1, 3), "1/3", "small", 21_900, 7_290),
    ("an 1-3 small 1 claim", an(SMALL, 1, 3, claims=1), "1/3", "small", 13_800, 4_590),
    ("an 1-3 large 2 claims FAQ", an(LARGE, 1, 3, claims=2), "full", None, 14_700, 14_700),
    ("an 4-6 fuku", an(FUKU, 4, 6), "1/4", "fukushima", 54_900, 13_710),
    ("an 7-9 small", an(SMALL, 7, 9), "1/3", "small", 131_400, 43_800),
    ("an 10 small", an(SMALL, 10, 10), "1/3", "small", 105_400, 35_130),
    ("an 11 small full", an(SMALL, 11, 11), "full", None, 105_400, 105_400),
    ("an 10-11 sme", an(SME, 10, 11), "1/2", None, 210_800, 158_100),
    ("an 1-20 sme", an(SME, 1, 20), "1/2", None, 1_367_600, 1_210_800),
    ("an 1-20 full", an(LARGE, 1, 20), "full", None, 1_367_600, 1_367_600),
    ("an 1-3 welfare", an(per(welfare=True), 1, 3), "exempt", None, 21_900, 0),
    ("an 4-6 welfare half", an(per(welfare=True), 4, 6), "1/2", None, 54_900, 27_450),
    (
        "an 1-3 income",
        an(per(income_tax_exempt=True), 1, 3),
        "1/2",
        "individual_income_tax",
        21_900,
        10_950,
    ),
    ("an 4 late sme", an(SME, 4, 4, late=True), "1/2", "sme_company", 36_600, 18_300),
    ("an 4 late large", an(LARGE, 4, 4, late=True), "full", None, 36_600, 36_600),
    ("an 1 claim 4-6 small", an(SMALL, 4, 6, claims=1), "1/3", "small", 33_300, 11_100),
    ("an 1 claim 7-9 sme", an(SME, 7, 9, claims=1), "1/2", "sme_company", 80_100, 40_050),
]

# fee_tables §1, DOMAIN §2 (utility, design); 電子化手数料 2,400 + 800 a page.
FILINGS: list[Row] = [
    (
        "patent filing 1",
        p("patent_filing", SMALL, filed_on="2025-06-02"),
        "full",
        None,
        14_000,
        14_000,
    ),
    (
        "patent filing paper 30",
        p("patent_filing", SMALL, filed_on="2025-06-02", on_paper=True, pages=30),
        "full",
        None,
        40_400,
        40_400,
    ),
    (
        "utility filing 1 claim",
        p("utility_filing", LARGE, claims=1, filed_on="2025-06-02"),
        "full",
        None,
        20_600,
        20_600,
    ),
    (
        "utility filing 10",
        p("utility_filing", SMALL, claims=10, filed_on="2025-06-02"),
        "full",
        None,
        23_300,
        23_300,
    ),
    (
        "utility reg 1-3 1 claim",
        p("utility_registration", LARGE, claims=1, years=[1, 3], filed_on="2025-06-02"),
        "full",
        None,
        6_600,
        6_600,
    ),
    (
        "utility reg 4-6 2 claims",
        p(
            "utility_registration",
            LARGE,
            claims=2,
            years=[4, 6],
            filed_on="2022-06-02",
            paid_on="2025-06-02",
        ),
        "full",
        None,
        20_100,
        20_100,
    ),
    (
        "utility reg 7-10 1 claim",
        p(
            "utility_registration",
            LARGE,
            claims=1,
            years=[7, 10],
            filed_on="2019-06-02",
            paid_on="2026-05-02",
        ),
        "full",
        None,
        76_000,
        76_000,
    ),
    (
        "utility reg welfare",
        p("utility_registration", per(welfare=True), claims=1, years=[1, 3], filed_on="2025-06-02"),
        "exempt",
        None,
        6_600,
        0,
    ),
    (
        "utility eval 1",
        p("utility_evaluation", SMALL, claims=1, filed_on="2025-06-02", requested_on="2025-07-02"),
        "full",
        None,
        43_000,
        43_000,
    ),
    (
        "utility eval welfare",
        p(
            "utility_evaluation",
            per(welfare=True),
            claims=1,
            filed_on="2025-06-02",
            requested_on="2025-07-02",
        ),
        "exempt",
        None,
        43_000,
        0,
    ),
    (
        "utility eval income",
        p(
            "utility_evaluation",
            per(income_tax_exempt=True),
            claims=10,
            filed_on="2025-06-02",
            requested_on="2025-07-02",
        ),
        "1/2",
        None,
        52_000,
        26_000,
    ),
    (
        "utility eval business tax: none",
        p(
            "utility_evaluation",
            sole(employees=3, business_tax_exempt=True),
            claims=1,
            filed_on="2025-06-02",
            requested_on="2025-07-02",
        ),
        "full",
        None,
        43_000,
        43_000,
    ),
    (
        "design 1",
        p("design_filing", SMALL, filed_on="2025-06-02", designs=1),
        "full",
        None,
        16_000,
        16_000,
    ),
    (
        "design 3",
        p("design_filing", SMALL, filed_on="2025-06-02", designs=3),
        "full",
        None,
        48_000,
        48_000,
    ),
    (
        "design reg 1-3",
        p("design_registration", SMALL, years=[1, 3], filed_on="2025-06-02"),
        "full",
        None,
        25_500,
        25_500,
    ),
    (
        "design reg 3-4",
        p("design_registration", SMALL, years=[3, 4], filed_on="2025-06-02"),
        "full",
        None,
        25_400,
        25_400,
    ),
    (
        "design reg 1-25",
        p("design_registration", SMALL, years=[1, 25], filed_on="2025-06-02"),
        "full",
        None,
        397_300,
        397_300,
    ),
    (
        "design reg late 4",
        p(
            "design_registration",
            SMALL,
            years=[4, 4],
            filed_on="2022-06-02",
            paid_on="2026-06-02",
            late=True,
        ),
        "full",
        None,
        33_800,
        33_800,
    ),
]

# fee_tables §1 and §4, DOMAIN §2: old second instalments 16,400 and 22,600; late is double.
TRADEMARKS: list[Row] = [
    (
        "tm filing 1",
        p("trademark_filing", SMALL, classes=1, filed_on="2025-06-02"),
        "full",
        None,
        12_000,
        12_000,
    ),
    (
        "tm filing 3",
        p("trademark_filing", SMALL, classes=3, filed_on="2025-06-02"),
        "full",
        None,
        29_200,
        29_200,
    ),
    (
        "tm filing 45",
        p("trademark_filing", SMALL, classes=45, filed_on="2025-06-02"),
        "full",
        None,
        390_400,
        390_400,
    ),
    (
        "tm filing paper 4p",
        p("trademark_filing", SMALL, classes=1, filed_on="2025-06-02", on_paper=True, pages=4),
        "full",
        None,
        17_600,
        17_600,
    ),
    (
        "tm reg 2",
        p("trademark_registration", SMALL, classes=2, paid_on="2026-06-02"),
        "full",
        None,
        65_800,
        65_800,
    ),
    (
        "tm reg 2 inst",
        p(
            "trademark_registration",
            SMALL,
            classes=2,
            paid_on="2026-06-02",
            paid_by_instalment=True,
            first_instalment_on="2026-06-02",
        ),
        "full",
        None,
        34_400,
        34_400,
    ),
    (
        "tm reg second new",
        p(
            "trademark_registration",
            SMALL,
            classes=1,
            paid_on="2027-04-02",
            paid_by_instalment=True,
            first_instalment_on="2022-04-01",
        ),
        "full",
        None,
        17_200,
        17_200,
    ),
    (
        "tm reg second old",
        p(
            "trademark_registration",
            SMALL,
            classes=2,
            paid_on="2026-12-02",
            paid_by_instalment=True,
            first_instalment_on="2022-03-31",
        ),
        "full",
        None,
        32_800,
        32_800,
    ),
    (
        "tm reg second old late",
        p(
            "trademark_registration",
            SMALL,
            classes=1,
            paid_on="2026-12-02",
            paid_by_instalment=True,
            first_instalment_on="2021-12-31",
            late=True,
        ),
        "full",
        None,
        32_800,
        32_800,
    ),
    (
        "tm renewal 1",
        p("trademark_renewal", SMALL, classes=1, paid_on="2026-06-02"),
        "full",
        None,
        43_600,
        43_600,
    ),
    (
        "tm renewal 3",
        p("trademark_renewal", SMALL, classes=3, paid_on="2026-06-02"),
        "full",
        None,
        130_800,
        130_800,
    ),
    (
        "tm renewal inst",
        p(
            "trademark_renewal",
            SMALL,
            classes=1,
            paid_on="2026-06-02",
            paid_by_instalment=True,
            first_instalment_on="2026-06-02",
        ),
        "full",
        None,
        22_800,
        22_800,
    ),
    (
        "tm renewal second old",
        p(
            "trademark_renewal",
            SMALL,
            classes=1,
            paid_on="2026-12-02",
            paid_by_instalment=True,
            first_instalment_on="2022-03-31",
        ),
        "full",
        None,
        22_600,
        22_600,
    ),
    (
        "tm renewal late",
        p("trademark_renewal", SMALL, classes=1, paid_on="2026-06-02", late=True),
        "full",
        None,
        87_200,
        87_200,
    ),
]

# fee_tables §5, DOMAIN §2: 242,700 / 54,700 / 36,500 in 2025, 250,500 / 56,500 / 37,700 in 2026.
PCT: list[Row] = [
    ("pct transmittal small", pct(SMALL, ["transmittal"]), "1/3", None, 17_000, 5_660),
    ("pct search small", pct(SMALL, ["search"]), "1/3", None, 143_000, 47_660),
    ("pct own sme", pct(SME, ["transmittal", "search"]), "1/2", None, 160_000, 80_000),
    ("pct int 2025 sme", pct(SME, ["international_filing"]), "1/2", None, 188_000, 94_000),
    ("pct int 2026 sme", pct6(SME, ["international_filing"]), "1/2", None, 194_000, 97_000),
    ("pct int 2026 large", pct6(LARGE, ["international_filing"]), "full", None, 194_000, 194_000),
    (
        "pct int 2026 large 40p",
        pct6(LARGE, ["international_filing"], pages=40),
        "full",
        None,
        222_000,
        222_000,
    ),
    (
        "pct int 2025 31p",
        pct(LARGE, ["international_filing"], pages=31),
        "full",
        None,
        190_700,
        190_700,
    ),
    (
        "pct int filed 2025-12-31 paid 2026",
        pct(
            LARGE,
            ["international_filing"],
            filed_on="2025-12-31",
            requested_on="2025-12-31",
            paid_on="2026-01-15",
        ),
        "full",
        None,
        188_000,
        188_000,
    ),
    ("pct all large 2026", pct6(LARGE, ALL), "full", None, 354_000, 354_000),
    ("pct all small 2026", pct6(SMALL, ALL), "1/3", None, 354_000, 117_980),
    ("pct all fuku 2026", pct6(FUKU, ALL), "1/4", None, 354_000, 88_500),
    ("pct uni 2026", pct6(UNI, ALL), "1/2", None, 354_000, 177_000),
    (
        "pct paper 2026 large",
        pct6(LARGE, ["international_filing"], on_paper=True),
        "full",
        None,
        250_500,
        250_500,
    ),
    ("pct startup", pct6(ST, ["search"]), "1/3", None, 143_000, 47_660),
    (
        "prelim exam own large",
        demand(LARGE, ["preliminary_examination"], "2026-02-02"),
        "full",
        None,
        34_000,
        34_000,
    ),
    (
        "prelim exam own small",
        demand(SMALL, ["preliminary_examination"], "2026-02-02"),
        "1/3",
        None,
        34_000,
        11_330,
    ),
    (
        "prelim handling 2025 small",
        demand(SMALL, ["handling"], "2025-09-01"),
        "1/3",
        None,
        36_500,
        12_160,
    ),
    (
        "prelim handling 2026 fuku",
        demand(FUKU, ["handling"], "2026-02-02"),
        "1/4",
        None,
        37_700,
        9_420,
    ),
    (
        "prelim handling filed 2025 paid 2026",
        demand(LARGE, ["handling"], "2025-09-01", paid_on="2026-01-05"),
        "full",
        None,
        37_700,
        37_700,
    ),
    (
        "prelim both sme 2026",
        demand(SME, ["handling", "preliminary_examination"], "2026-02-02"),
        "1/2",
        None,
        71_700,
        35_850,
    ),
]

# No reduction exists for trademarks: the applicant does not matter.
NOBODY: list[Row] = [
    (
        "tm no applicant",
        {"procedure": "trademark_filing", "classes": 1},
        "full",
        None,
        12_000,
        12_000,
    ),
]

CASES = [
    *WHO,
    *STARTUPS,
    *CONTROL,
    *FUKUSHIMA,
    *PERSONS,
    *BODIES,
    *COUNTS,
    *CAP,
    *JOINT,
    *ANNUITIES,
    *FILINGS,
    *TRADEMARKS,
    *PCT,
    *NOBODY,
]


@pytest.mark.parametrize(("name", "body", "tier", "measure", "full", "amount"), CASES)
def test_an_outside_examiner_finds_the_same_figures(
    name: str, body: Body, tier: str, measure: str | None, full: int, amount: int
) -> None:
    answer = ask(**body)

    assert (answer.tier, answer.full_amount_yen, answer.amount_yen) == (tier, full, amount), name
    assert measure is None or answer.measure.id == measure
    assert sum(line.full_yen for line in answer.lines) == full
    assert sum(line.reduced_yen or 0 for line in answer.lines) == amount
    assert (answer.missing, answer.amount_range_yen) == ((), None)


@pytest.mark.parametrize("body", [case[1] for case in CASES], ids=[case[0] for case in CASES])
def test_nothing_is_promised_and_every_line_says_where_it_comes_from(body: Body) -> None:
    answer = ask(**body)
    told = answer.model_dump_json()

    assert not [word for word in ("対象です", "該当します", "間に合います") if word in told]
    assert answer.measure.id in ("none", "mixed") or "可能性があります" in " ".join(answer.reasons)
    assert all(line.source.url and line.source.as_of for line in answer.lines)
    open_line = any(not line.source.confirmed for line in answer.lines)
    assert not open_line or "要確認" in " ".join(answer.conditions_to_confirm)
    assert answer.disclaimer


# The same rows with a fact left out that decides: the ends of the range, what is asked first.
RANGES: list[tuple[str, Body, int, int, tuple[str, ...]]] = [
    ("kind null", ex({"kind": None}), 0, 178_000, ("kind",)),
    ("no applicants", {"procedure": "exam_request", "claims": 10, **DAYS}, 0, 178_000, ("kind",)),
    (
        "employees missing, cap small",
        ex(co(employees=None, capital=10_000_000)),
        59_330,
        89_000,
        ("employees",),
    ),
    ("employees missing, cap big", ex(co(employees=None)), 59_330, 178_000, ("employees",)),
    ("capital missing 350", ex(co(employees=350, capital=None)), 89_000, 178_000, ("capital_yen",)),
    (
        "capital missing young",
        ex(co(capital=None, founded="2020-06-02")),
        59_330,
        89_000,
        ("capital_yen",),
    ),
    (
        "founded missing cap 1oku",
        ex(co(capital=100_000_000, founded=None)),
        59_330,
        89_000,
        ("founded_on",),
    ),
    ("industry missing 8", ex(co(industry=None, employees=8)), 59_330, 89_000, ("industry",)),
    ("individual taxes missing", ex({"kind": "individual"}), 0, 178_000, ("welfare",)),
    ("sole employees missing old", ex(sole(employees=None)), 59_330, 178_000, ("employees",)),
    (
        "annuity, employees missing",
        an(co(employees=None, capital=10_000_000), 1, 3),
        7_290,
        10_950,
        ("employees",),
    ),
    (
        "nobody is named at all",
        {"procedure": "exam_request", "claims": 10, **DAYS},
        0,
        178_000,
        ("kind",),
    ),
]


@pytest.mark.parametrize(("name", "body", "low", "high", "first"), RANGES)
def test_a_missing_fact_leaves_a_range_and_is_named(
    name: str, body: Body, low: int, high: int, first: tuple[str, ...]
) -> None:
    answer = ask(**body)

    assert answer.amount_yen is None
    assert answer.amount_range_yen is not None, name
    assert (answer.amount_range_yen.min, answer.amount_range_yen.max) == (low, high)
    assert answer.missing[:1] == first


# Facts left out that change nothing.
NEEDLESS: list[tuple[str, Body, str, int]] = [
    ("capital missing 250 old", ex(co(capital=None)), "1/2", 89_000),
    ("founded missing cap 5oku", ex(co(founded=None)), "1/2", 89_000),
    (
        "8 people, capital and founded missing",
        ex(co(employees=8, capital=None, founded=None)),
        "1/3",
        59_330,
    ),
    ("5 people, industry missing", ex(co(industry=None, employees=5)), "1/3", 59_330),
    (
        "control unstated",
        ex({"kind": "company", "industry": "manufacturing", "employees": 8}),
        "1/3",
        59_330,
    ),
    ("tm with kind null", p("trademark_filing", {"kind": None}, classes=2), "full", 20_600),
    ("a university knows only its name", ex(UNI), "1/2", 89_000),
]


@pytest.mark.parametrize(("name", "body", "tier", "amount"), NEEDLESS)
def test_a_fact_that_changes_nothing_is_not_missed(
    name: str, body: Body, tier: str, amount: int
) -> None:
    answer = ask(**body)

    assert (answer.tier, answer.amount_yen, answer.missing) == (tier, amount, ()), name


@pytest.mark.parametrize(
    ("body", "tier", "missing"),
    [
        (ex(SMALL, claims=None), "1/3", ("claims",)),
        (ex(SME, claims=None), "1/2", ("claims",)),
        (ex(LARGE, claims=None), "full", ("claims",)),
        (ex(co(employees=None, capital=10_000_000), claims=None), "1/2", ("claims", "employees")),
        (an(SMALL, 1, 3, years=None), "1/3", ("years",)),
        (p("trademark_filing", SMALL), "full", ("classes",)),
    ],
)
def test_the_tier_is_told_also_while_a_count_is_missing(
    body: Body, tier: str, missing: tuple[str, ...]
) -> None:
    answer = ask(**body)

    assert (answer.tier, answer.missing) == (tier, missing)
    assert (answer.full_amount_yen, answer.amount_yen, answer.amount_range_yen) == (None,) * 3
    assert answer.better_tier is None or answer.better_tier.amount_yen is None


# What cannot be right, and the field that is named.
ERRORS: list[tuple[str, Body, str]] = [
    ("claims -1", ex(SME, claims=-1), "claims"),
    ("claims 0", ex(SME, claims=0), "claims"),
    ("claims huge", ex(SME, claims=10**12), "claims"),
    ("claims str", ex(SME, claims="many"), "claims"),
    ("claims 1.5", ex(SME, claims=1.5), "claims"),
    ("claims true", ex(SME, claims=True), "claims"),
    ("years 26", an(SME, 1, 26), "years"),
    ("years rev", an(SME, 5, 3), "years"),
    ("year 0", an(SME, 0, 3), "years"),
    ("years three", {**an(SME, 1, 3), "years": [1, 2, 3]}, "years"),
    (
        "utility year 11",
        p("utility_registration", LARGE, claims=1, years=[1, 11], filed_on="2025-06-02"),
        "years",
    ),
    (
        "design year 26",
        p("design_registration", LARGE, years=[1, 26], filed_on="2025-06-02"),
        "years",
    ),
    (
        "design filed 2019 year 21",
        p("design_registration", LARGE, years=[21, 21], filed_on="2019-06-02"),
        "years",
    ),
    ("shares .5+.6", ex(sh(SME, "1/2"), sh(LARGE, "0.6")), "applicants"),
    ("share 1/0", ex(sh(SME, "1/0"), sh(LARGE, "1")), "applicants"),
    ("share abc", ex(sh(SME, "abc")), "applicants"),
    ("share neg", ex(sh(SME, "-1/2"), sh(LARGE, "3/2")), "applicants"),
    ("shares 0.33*3", ex(sh(SME, 0.33), sh(SME, 0.33), sh(SME, 0.33)), "applicants"),
    (
        "control 1.5",
        ex({**SME, "largest_large_company_share": "1.5"}),
        "largest_large_company_share",
    ),
    ("employees -1", ex(co(employees=-1)), "employees"),
    ("capital -1", ex(co(capital=-1)), "capital_yen"),
    ("employees str", ex(co(employees="八人")), "employees"),
    ("industry unknown", ex(co("bakery")), "industry"),
    ("kind unknown", ex({"kind": "king"}), "kind"),
    ("founded bad", ex(co(founded="2025-13-40")), "founded_on"),
    ("procedure unknown", {"procedure": "utility_exam_request", "claims": 1}, "procedure"),
    ("procedure missing", {"claims": 1}, "procedure"),
    (
        "requested before filed",
        ex(SME, filed_on="2025-06-03", requested_on="2025-06-02"),
        "requested_on",
    ),
    ("filed 1990", ex(SME, filed_on="1990-01-01", requested_on="1990-01-02"), "filed_on"),
    ("tm classes 0", p("trademark_filing", classes=0), "classes"),
    ("tm classes 46", p("trademark_filing", classes=46), "classes"),
    ("designs 0", p("design_filing", designs=0), "designs"),
    (
        "tm paid before table",
        p("trademark_registration", classes=1, paid_on="1980-01-01"),
        "paid_on",
    ),
    ("annuity paid before table", an(SME, 4, 4, paid_on="1990-01-01"), "paid_on"),
    ("pct pages -1", pct6(SME, ALL, pages=-1), "pages"),
    (
        "pct filed before table",
        pct(SME, ALL, filed_on="2001-01-01", requested_on="2001-01-01", paid_on="2001-01-01"),
        "filed_on",
    ),
    ("pct item unknown", pct6(SME, ["lunch"]), "fee_items"),
    ("pct items empty", pct6(SME, []), "fee_items"),
    ("isr bad", ex(SME, isr_by="epo"), "isr_by"),
    ("count -1", ex(SME, requests_this_fiscal_year=-1), "requests_this_fiscal_year"),
    ("filed_on not date", ex(SME, filed_on="yesterday"), "filed_on"),
    ("founded in years to come", ex(co(founded="2052-04-01")), "founded_on"),
    ("employees true", ex(co(employees=True)), "employees"),
    ("21 applicants", ex(*[sh(SME, "1/21")] * 21), "applicants"),
]


@pytest.mark.parametrize(("name", "body", "field"), ERRORS)
def test_what_cannot_be_right_names_its_field(name: str, body: Body, field: str) -> None:
    with pytest.raises((InvalidInputError, ValidationError)) as refused:
        ask(**body)

    error = refused.value
    if isinstance(error, ValidationError):
        named = [".".join(map(str, one["loc"])) for one in error.errors()]
    else:
        assert isinstance(error, InvalidInputError)
        named = [one.field for one in error.fields]
        assert all(any("ぁ" <= sign <= "ん" for sign in one.reason) for one in error.fields)
    assert named
    assert all(field in one for one in named), name

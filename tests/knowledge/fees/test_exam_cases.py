"""出願審査請求: every tier and border, worked out by hand from the official tables.

2019-04-01 on: 138,000 + 4,000 x claims. Ten claims: 178,000; 1/2 89,000; 1/3 59,333 -> 59,330;
1/4 44,500. Before: 118,000 + 4,000 x 10 = 158,000; 1/2 79,000; 1/3 52,666 -> 52,660.
"""

from typing import Any

import pytest

from tests.knowledge.fees.asking import (
    LARGE,
    PERSON,
    SMALL,
    SME,
    SOLE,
    STARTUP,
    UNIVERSITY,
    YEN_3_OKU,
    Worked,
    ask,
    exam,
)

FULL, HALF, THIRD, QUARTER = 178_000, 89_000, 59_330, 44_500
PAYS = {"full": FULL, "1/2": HALF, "1/3": THIRD, "1/4": QUARTER, "exempt": 0}
HOW = {
    "full": "138000 + 4000 * 10",
    "1/2": "178000 / 2",
    "1/3": "178000 / 3",
    "1/4": "178000 / 4",
    "exempt": "178000 * 0",
}

PRICES = [
    Worked("one claim", exam(LARGE, claims=1), "full", 142_000, 142_000, "138000 + 4000"),
    Worked("one claim, half", exam(SME, claims=1), "1/2", 142_000, 71_000, "142000 / 2"),
    Worked("one claim, third", exam(SMALL, claims=1), "1/3", 142_000, 47_330, "142000 / 3"),
    Worked("two claims, third", exam(SMALL, claims=2), "1/3", 146_000, 48_660, "146000 / 3"),
    Worked("five claims, half", exam(SME, claims=5), "1/2", 158_000, 79_000, "158000 / 2"),
    Worked("five claims, third", exam(SMALL, claims=5), "1/3", 158_000, 52_660, "158000 / 3"),
    Worked("seven claims, third", exam(SMALL, claims=7), "1/3", 166_000, 55_330, "166000 / 3"),
    Worked(
        "twelve claims divide by three",
        exam(SMALL, claims=12),
        "1/3",
        186_000,
        62_000,
        "186000 / 3",
    ),
    Worked("hundred claims", exam(LARGE, claims=100), "full", 538_000, 538_000, "138000 + 400000"),
    Worked(
        "ISR by the office",
        exam(LARGE, isr_by="jpo"),
        "full",
        107_000,
        107_000,
        "83000 + 2400 * 10",
    ),
    Worked(
        "ISR by the office, half", exam(SME, isr_by="jpo"), "1/2", 107_000, 53_500, "107000 / 2"
    ),
    Worked(
        "ISR by the office, third", exam(SMALL, isr_by="jpo"), "1/3", 107_000, 35_660, "107000 / 3"
    ),
    Worked(
        "ISR elsewhere", exam(LARGE, isr_by="other"), "full", 160_000, 160_000, "124000 + 3600 * 10"
    ),
    Worked(
        "ISR elsewhere, third", exam(SMALL, isr_by="other"), "1/3", 160_000, 53_330, "160000 / 3"
    ),
    Worked(
        "search report",
        exam(LARGE, search_report_submitted=True),
        "full",
        142_000,
        142_000,
        "110000 + 3200 * 10",
    ),
    Worked(
        "search report, third",
        exam(SMALL, search_report_submitted=True),
        "1/3",
        142_000,
        47_330,
        "142000 / 3",
    ),
    Worked(
        "last day of the old price",
        exam(LARGE, filed_on="2019-03-31"),
        "full",
        158_000,
        158_000,
        "118000 + 4000 * 10",
    ),
    Worked(
        "first day of the new price",
        exam(LARGE, filed_on="2019-04-01"),
        "full",
        178_000,
        178_000,
        "138000 + 4000 * 10",
    ),
    Worked(
        "old price, new system, half",
        exam(SME, filed_on="2019-03-31", requested_on="2019-04-01"),
        "1/2",
        158_000,
        79_000,
        "158000 / 2",
    ),
    Worked(
        "old price, third (問13 of the office's Q&A)",
        exam(SMALL, claims=7, filed_on="2019-03-31"),
        "1/3",
        146_000,
        48_660,
        "(118000 + 4000 * 7) / 3",
    ),
    Worked(
        "old price, ISR by the office",
        exam(LARGE, filed_on="2018-01-10", isr_by="jpo"),
        "full",
        95_000,
        95_000,
        "71000 + 2400 * 10",
    ),
    Worked(
        "old price, ISR elsewhere",
        exam(LARGE, filed_on="2018-01-10", isr_by="other"),
        "full",
        142_000,
        142_000,
        "106000 + 3600 * 10",
    ),
    Worked(
        "old price, search report",
        exam(LARGE, filed_on="2018-01-10", search_report_submitted=True),
        "full",
        126_000,
        126_000,
        "94000 + 3200 * 10",
    ),
    Worked(
        "old price, ISR by the office, third",
        exam(SMALL, filed_on="2018-01-10", isr_by="jpo"),
        "1/3",
        95_000,
        31_660,
        "95000 / 3",
    ),
    Worked(
        "on paper, twelve sheets",
        exam(LARGE, on_paper=True, pages=12),
        "full",
        190_000,
        190_000,
        "178000 + 2400 + 800 * 12",
    ),
    Worked(
        "the surcharge is not reduced",
        exam(SMALL, on_paper=True, pages=2),
        "1/3",
        182_000,
        63_330,
        "59330 + 2400 + 800 * 2",
    ),
]


@pytest.mark.parametrize("case", PRICES, ids=lambda case: case.name)
def test_prices_and_what_is_left_of_them(case: Worked) -> None:
    answer = ask(**case.body)

    assert (answer.tier, answer.full_amount_yen, answer.amount_yen) == (
        case.tier,
        case.full,
        case.amount,
    )
    assert answer.missing == ()
    assert answer.amount_range_yen is None


def company(industry: str, employees: int, capital: int) -> dict[str, Any]:
    return {**SME, "industry": industry, "employees": employees, "capital_yen": capital}


# industry, most employees, most capital, most employees of a small one (政令10条1号・4号).
LIMITS = [
    ("manufacturing", 300, YEN_3_OKU, 20),
    ("construction", 300, YEN_3_OKU, 20),
    ("transport", 300, YEN_3_OKU, 20),
    ("other", 300, YEN_3_OKU, 20),
    ("wholesale", 100, 100_000_000, 5),
    ("service", 100, 50_000_000, 5),
    ("retail", 50, 50_000_000, 5),
    ("rubber", 900, YEN_3_OKU, 20),
    ("software", 300, YEN_3_OKU, 5),
    ("lodging", 200, 50_000_000, 5),
]


def _borders() -> list[tuple[str, dict[str, Any], str]]:
    found: list[tuple[str, dict[str, Any], str]] = []
    for industry, people, capital, small in LIMITS:
        found += [
            (
                f"{industry}: {people} people, capital above",
                company(industry, people, capital + 1),
                "1/2",
            ),
            (
                f"{industry}: {people + 1} people, capital at the limit",
                company(industry, people + 1, capital),
                "1/2",
            ),
            (
                f"{industry}: {people + 1} people, capital above",
                company(industry, people + 1, capital + 1),
                "full",
            ),
            (f"{industry}: {small} people", company(industry, small, capital + 1), "1/3"),
            (f"{industry}: {small + 1} people", company(industry, small + 1, capital + 1), "1/2"),
        ]
    return found


NONE_LARGE = "largest_large_company_share"
ALL_LARGE = "total_large_company_share"
TIERS = [
    *_borders(),
    (
        "one large company just under half",
        {**SME, NONE_LARGE: "49/100", ALL_LARGE: "49/100"},
        "1/2",
    ),
    ("one large company exactly half", {**SME, NONE_LARGE: "1/2", ALL_LARGE: "1/2"}, "full"),
    ("half, as a number", {**SME, NONE_LARGE: 0.5}, "full"),
    (
        "all large ones just under two thirds",
        {**SME, NONE_LARGE: "1/3", ALL_LARGE: "665/1000"},
        "1/2",
    ),
    ("all large ones exactly two thirds", {**SME, NONE_LARGE: "1/3", ALL_LARGE: "2/3"}, "full"),
    ("a small one under control", {**SMALL, NONE_LARGE: "1/2"}, "full"),
    ("a startup under control", {**STARTUP, ALL_LARGE: "2/3"}, "full"),
    (
        "under control, but of the research kind",
        {**SME, NONE_LARGE: "1/2", "r_and_d_sme": True},
        "1/2",
    ),
    (
        "no corporate tax",
        {**LARGE, "capital_yen": 200_000_000, "industry": "service", "corporate_tax_exempt": True},
        "1/2",
    ),
    ("ten years less a day", {**STARTUP, "founded_on": "2015-06-03"}, "1/3"),
    ("exactly ten years", {**STARTUP, "founded_on": "2015-06-02"}, "1/2"),
    ("ten years and a day", {**STARTUP, "founded_on": "2015-06-01"}, "1/2"),
    ("a startup with 300 million", {**STARTUP, "employees": 5000}, "1/3"),
    (
        "a startup one yen above",
        {**STARTUP, "employees": 5000, "capital_yen": YEN_3_OKU + 1},
        "full",
    ),
    ("Fukushima", {**SME, "fukushima_plan": True}, "1/4"),
    ("Fukushima, small", {**SMALL, "fukushima_plan": True}, "1/4"),
    ("Fukushima, a large company", {**LARGE, "fukushima_plan": True}, "full"),
    ("sole proprietor, 20", {**SOLE, "employees": 20}, "1/3"),
    ("sole proprietor, 21", {**SOLE, "employees": 21}, "1/2"),
    ("sole proprietor, 300", {**SOLE, "employees": 300}, "1/2"),
    ("sole proprietor, 301", {**SOLE, "employees": 301}, "full"),
    ("sole proprietor of a shop, 5", {**SOLE, "industry": "retail", "employees": 5}, "1/3"),
    ("sole proprietor of a shop, 6", {**SOLE, "industry": "retail", "employees": 6}, "1/2"),
    ("sole proprietor, new", {**SOLE, "employees": 301, "founded_on": "2020-01-01"}, "1/3"),
    ("sole proprietor on welfare", {**SOLE, "employees": 3, "welfare": True}, "exempt"),
    (
        "sole proprietor, no business tax",
        {**SOLE, "employees": 301, "business_tax_exempt": True},
        "1/2",
    ),
    ("a person", PERSON, "full"),
    ("a person on welfare", {**PERSON, "welfare": True}, "exempt"),
    ("a person without resident tax", {**PERSON, "resident_tax_exempt": True}, "exempt"),
    ("a person without income tax", {**PERSON, "income_tax_exempt": True}, "1/2"),
    ("a person without business tax", {**PERSON, "business_tax_exempt": True}, "1/2"),
    ("a university", UNIVERSITY, "1/2"),
    ("a researcher", {"kind": "university_researcher"}, "1/2"),
    ("a researcher on welfare", {"kind": "university_researcher", "welfare": True}, "exempt"),
    ("a TLO", {"kind": "tlo"}, "1/2"),
    ("a public institute", {"kind": "public_institute"}, "1/2"),
    ("an independent agency", {"kind": "independent_agency"}, "1/2"),
    ("a cooperative", {**SME, "kind": "cooperative"}, "1/2"),
    ("a large cooperative", {**LARGE, "kind": "cooperative"}, "1/2"),
    ("a cooperative under control", {**SME, "kind": "cooperative", NONE_LARGE: "1/2"}, "full"),
    ("a small cooperative", {**SMALL, "kind": "cooperative"}, "1/3"),
    (
        "an NPO, 100 in services",
        {**SME, "kind": "npo", "industry": "service", "employees": 100},
        "1/2",
    ),
    (
        "an NPO, 101 in services",
        {**SME, "kind": "npo", "industry": "service", "employees": 101},
        "full",
    ),
]


@pytest.mark.parametrize(("name", "applicant", "tier"), TIERS, ids=[name for name, _, _ in TIERS])
def test_tiers_and_their_borders(name: str, applicant: dict[str, Any], tier: str) -> None:
    answer = ask(**exam(applicant))

    assert answer.missing == ()
    assert (answer.tier, answer.amount_yen) == (tier, PAYS[tier]), HOW[tier]


# name, applicant, other keys, tier: 158,000 is the old price of ten claims.
OLD = [
    ("an ordinary SME", SME, "2019-03-31", "full", 158_000),
    ("a small company", SMALL, "2019-03-31", "1/3", 52_660),
    ("a startup", {**STARTUP, "founded_on": "2015-01-01"}, "2019-03-31", "1/3", 52_660),
    ("a small company before 2014", SMALL, "2014-03-31", "full", 158_000),
    ("a small company from 2014", SMALL, "2014-04-01", "1/3", 52_660),
    ("a small company in the gap of 2018", SMALL, "2018-07-08", "full", 158_000),
    ("a small company after the gap", SMALL, "2018-07-09", "1/3", 52_660),
    ("research kind", {**SME, "r_and_d_sme": True}, "2019-03-31", "1/2", 79_000),
    ("university", UNIVERSITY, "2019-03-31", "1/2", 79_000),
    ("cooperative", {**SME, "kind": "cooperative"}, "2019-03-31", "full", 158_000),
    ("person on welfare", {**PERSON, "welfare": True}, "2019-03-31", "exempt", 0),
    ("Fukushima", {**SME, "fukushima_plan": True}, "2019-03-31", "1/2", 79_000),
    ("the first day of the new system", SME, "2019-04-01", "1/2", 79_000),
]


@pytest.mark.parametrize(
    ("name", "applicant", "on", "tier", "amount"), OLD, ids=[o[0] for o in OLD]
)
def test_the_old_system_before_april_2019(
    name: str, applicant: dict[str, Any], on: str, tier: str, amount: int
) -> None:
    filed = "2018-05-01" if name == "Fukushima" else "2013-01-10"

    answer = ask(**exam(applicant, filed_on=filed, requested_on=on))

    assert (answer.tier, answer.amount_yen) == (tier, amount)


# 180 reduced requests a year from 2024-04-01, only for the measures named by the office.
CAP = [
    ("the 180th", SME, 180, "2025-06-02", "1/2"),
    ("the 181st", SME, 181, "2025-06-02", "full"),
    ("the 181st before the cap", SME, 181, "2024-03-31", "1/2"),
    ("the 181st on its first day", SME, 181, "2024-04-01", "full"),
    ("small has none", SMALL, 181, "2025-06-02", "1/3"),
    ("startup has none", STARTUP, 500, "2025-06-02", "1/3"),
    ("university has none", UNIVERSITY, 500, "2025-06-02", "1/2"),
    ("Fukushima has none", {**SME, "fukushima_plan": True}, 181, "2025-06-02", "1/4"),
    ("welfare has none", {**PERSON, "welfare": True}, 181, "2025-06-02", "exempt"),
    ("income tax has one", {**PERSON, "income_tax_exempt": True}, 181, "2025-06-02", "full"),
    ("business tax has one", {**PERSON, "business_tax_exempt": True}, 181, "2025-06-02", "full"),
    ("research kind has one", {**LARGE, "r_and_d_sme": True}, 181, "2025-06-02", "full"),
    (
        "no corporate tax has one",
        {**LARGE, "corporate_tax_exempt": True},
        181,
        "2025-06-02",
        "full",
    ),
    ("sole proprietor has one", {**SOLE, "employees": 100}, 181, "2025-06-02", "full"),
    ("cooperative has one", {**SME, "kind": "cooperative"}, 181, "2025-06-02", "full"),
]


@pytest.mark.parametrize(("name", "applicant", "count", "on", "tier"), CAP, ids=[c[0] for c in CAP])
def test_the_cap_of_the_fiscal_year(
    name: str, applicant: dict[str, Any], count: int, on: str, tier: str
) -> None:
    answer = ask(
        **exam(applicant, filed_on="2023-06-02", requested_on=on, requests_this_fiscal_year=count)
    )

    assert (answer.tier, answer.amount_yen) == (tier, PAYS[tier])


@pytest.mark.parametrize(
    ("filed", "tier"),
    [("2018-04-24", "1/2"), ("2018-04-25", "1/4"), ("2028-03-31", "1/4"), ("2028-04-01", "1/2")],
)
def test_fukushima_is_open_for_filings_of_its_years(filed: str, tier: str) -> None:
    requested = max(filed, "2025-06-02")
    answer = ask(**exam({**SME, "fukushima_plan": True}, filed_on=filed, requested_on=requested))

    assert answer.tier == tier


def _joint(*pairs: tuple[dict[str, Any], str | float]) -> dict[str, Any]:
    return exam({}, applicants=[{**one, "share": share} for one, share in pairs])


JOINT = [
    Worked(
        "half and full by halves",
        _joint((SME, "1/2"), (LARGE, "1/2")),
        "mixed",
        FULL,
        133_500,
        "178000 * (1/4 + 1/2)",
    ),
    Worked(
        "third and full by halves",
        _joint((SMALL, "1/2"), (LARGE, "1/2")),
        "mixed",
        FULL,
        118_660,
        "178000 * 2 / 3",
    ),
    Worked(
        "third and half by halves",
        _joint((SMALL, "1/2"), (SME, "1/2")),
        "mixed",
        FULL,
        74_160,
        "178000 * (1/6 + 1/4)",
    ),
    Worked(
        "one third of the right",
        _joint((SMALL, "1/3"), (LARGE, "2/3")),
        "mixed",
        FULL,
        138_440,
        "178000 * (1/9 + 2/3)",
    ),
    Worked(
        "exempt and full",
        _joint(({**PERSON, "welfare": True}, "1/2"), (LARGE, "1/2")),
        "mixed",
        FULL,
        89_000,
        "178000 / 2",
    ),
    Worked(
        "three of them",
        _joint((SMALL, "1/3"), (SME, "1/3"), (LARGE, "1/3")),
        "mixed",
        FULL,
        108_770,
        "178000 * (1/9 + 1/6 + 1/3)",
    ),
    Worked(
        "all at half: cut once",
        _joint((SME, "1/3"), (UNIVERSITY, "1/3"), ({"kind": "tlo"}, "1/3")),
        "1/2",
        FULL,
        89_000,
        "178000 / 2",
    ),
    Worked(
        "all at a third: cut once",
        _joint((SMALL, "1/2"), (STARTUP, "1/2")),
        "1/3",
        FULL,
        59_330,
        "178000 / 3",
    ),
    Worked(
        "quarter and full",
        _joint(({**SME, "fukushima_plan": True}, "3/4"), (LARGE, "1/4")),
        "mixed",
        FULL,
        77_870,
        "178000 * (3/16 + 1/4)",
    ),
    Worked(
        "three owners, three tiers: cut once at the end",
        _joint((SMALL, "1/3"), (SME, "1/3"), (LARGE, "1/3")),
        "mixed",
        FULL,
        108_770,
        "178000 * (1/9 + 1/6 + 1/3) = 108777.7",
    ),
    Worked(
        "nothing to pay and full",
        _joint(({"kind": "individual", "welfare": True}, "1/4"), (LARGE, "3/4")),
        "mixed",
        FULL,
        133_500,
        "178000 * 3/4",
    ),
    Worked(
        "third and half of a university, unequal shares",
        _joint((SMALL, "2/3"), ({"kind": "university"}, "1/3")),
        "mixed",
        FULL,
        69_220,
        "178000 * (2/9 + 1/6) = 69222.2",
    ),
    Worked(
        "quarter and third",
        _joint(({**SME, "fukushima_plan": True}, "1/2"), (STARTUP, "1/2")),
        "mixed",
        FULL,
        51_910,
        "178000 * (1/8 + 1/6) = 51916.6",
    ),
    Worked(
        "a share of nothing changes nothing",
        _joint((SMALL, "0"), (LARGE, "1")),
        "mixed",
        FULL,
        178_000,
        "178000",
    ),
    Worked(
        "shares as numbers",
        _joint((SME, 0.3), (LARGE, 0.7)),
        "mixed",
        FULL,
        151_300,
        "178000 * (0.15 + 0.7)",
    ),
]


@pytest.mark.parametrize("case", JOINT, ids=lambda case: case.name)
def test_joint_filings_by_share(case: Worked) -> None:
    answer = ask(**case.body)

    assert (answer.tier, answer.full_amount_yen, answer.amount_yen) == (
        case.tier,
        case.full,
        case.amount,
    ), case.how

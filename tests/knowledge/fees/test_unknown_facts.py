"""A missing fact that matters leaves a range and its name; one that does not matter is not asked."""

from typing import Any

import pytest

from tests.knowledge.fees.asking import (
    LARGE,
    PERSON,
    SMALL,
    SME,
    STARTUP,
    UNIVERSITY,
    YEN_3_OKU,
    annuity,
    ask,
    exam,
    pct,
)


def without(applicant: dict[str, Any], *names: str) -> dict[str, Any]:
    return {key: value for key, value in applicant.items() if key not in names}


# applicant, what is missing, the least and the most: 178,000 full, 89,000, 59,330, 44,500.
UNKNOWN = [
    (
        "capital, above the employees",
        {**without(SME, "capital_yen"), "employees": 301},
        ("capital_yen",),
        89_000,
        178_000,
    ),
    ("employees, above the capital", without(SME, "employees"), ("employees",), 59_330, 178_000),
    (
        "employees, within the capital",
        {**without(SME, "employees"), "capital_yen": YEN_3_OKU},
        ("employees",),
        59_330,
        89_000,
    ),
    (
        "age, with little capital",
        {**without(SME, "founded_on"), "capital_yen": YEN_3_OKU},
        ("founded_on",),
        59_330,
        89_000,
    ),
    (
        "capital of a young company",
        without(STARTUP, "capital_yen"),
        ("capital_yen",),
        59_330,
        89_000,
    ),
    (
        "the industry between 50 and 900 people",
        without(SME, "industry"),
        ("industry",),
        89_000,
        178_000,
    ),
    (
        "the industry of six people",
        {**without(SME, "industry"), "employees": 6},
        ("industry",),
        59_330,
        89_000,
    ),
    (
        "a person of whom nothing is known",
        {"kind": "individual"},
        ("welfare", "resident_tax_exempt", "income_tax_exempt"),
        0,
        178_000,
    ),
    (
        "a person who does not know one tax",
        {**PERSON, "income_tax_exempt": None},
        ("income_tax_exempt",),
        89_000,
        178_000,
    ),
]


@pytest.mark.parametrize(
    ("name", "applicant", "missing", "low", "high"), UNKNOWN, ids=[u[0] for u in UNKNOWN]
)
def test_what_would_decide_is_named_with_the_range(
    name: str, applicant: dict[str, Any], missing: tuple[str, ...], low: int, high: int
) -> None:
    answer = ask(**exam(applicant))

    assert answer.amount_yen is None
    assert answer.missing == missing
    assert answer.amount_range_yen is not None
    assert (answer.amount_range_yen.min, answer.amount_range_yen.max) == (low, high)
    assert [line.reduced_yen for line in answer.lines] == [None]
    assert answer.full_amount_yen == 178_000


# applicant, tier: none of the facts left out could change anything.
NEEDLESS = [
    (
        "a small company needs no capital and no age",
        without(SMALL, "capital_yen", "founded_on"),
        "1/3",
    ),
    ("a startup needs no employees", without(STARTUP, "employees", "industry"), "1/3"),
    ("an old SME by its employees needs no capital", without(SME, "capital_yen"), "1/2"),
    ("an SME with much capital needs no age", without(SME, "founded_on"), "1/2"),
    (
        "50 people are an SME in every industry",
        {**without(SME, "industry"), "employees": 50},
        "1/2",
    ),
    ("901 people and much capital in none", {**without(SME, "industry"), "employees": 901}, "full"),
    (
        "five people are small in every industry",
        {**without(SME, "industry"), "employees": 5},
        "1/3",
    ),
    (
        "eight people in a workshop, whatever its form",
        {"industry": "manufacturing", "employees": 8},
        "1/3",
    ),
    ("a university needs nothing", UNIVERSITY, "1/2"),
    ("welfare needs nothing else", {"kind": "individual", "welfare": True}, "exempt"),
    (
        "special circumstances count as none",
        without(SME, "largest_large_company_share", "total_large_company_share"),
        "1/2",
    ),
]


@pytest.mark.parametrize(("name", "applicant", "tier"), NEEDLESS, ids=[n[0] for n in NEEDLESS])
def test_what_cannot_change_the_amount_is_not_asked(
    name: str, applicant: dict[str, Any], tier: str
) -> None:
    answer = ask(**exam(applicant))

    assert answer.missing == ()
    assert answer.tier == tier
    assert answer.amount_yen is not None


def test_unstated_control_is_said_among_the_conditions() -> None:
    silent = without(SME, "largest_large_company_share", "total_large_company_share")

    assert any("支配はないものとして" in text for text in ask(**exam(silent)).conditions_to_confirm)
    assert not any(
        "支配はないものとして" in text for text in ask(**exam(SME)).conditions_to_confirm
    )


def test_an_unknown_form_is_asked_first() -> None:
    answer = ask(procedure="exam_request", claims=10)

    assert answer.missing[0] == "kind"
    assert answer.amount_range_yen is not None
    assert (answer.amount_range_yen.min, answer.amount_range_yen.max) == (0, 178_000)


@pytest.mark.parametrize(
    ("body", "missing"),
    [
        (exam(SMALL, claims=None), ("claims",)),
        (annuity(SMALL, 1, 3, claims=None), ("claims",)),
        (annuity(SMALL, 1, 3, claims=3, years=None), ("years",)),
        (annuity(SMALL, 1, 3, claims=None, years=None), ("claims", "years")),
        ({"procedure": "trademark_filing"}, ("classes",)),
        ({"procedure": "design_registration"}, ("years",)),
        ({"procedure": "patent_filing", "on_paper": True}, ("pages",)),
        (pct(SMALL, pages=None), ("pages",)),
    ],
)
def test_without_a_count_there_is_no_amount_and_no_range(
    body: dict[str, Any], missing: tuple[str, ...]
) -> None:
    answer = ask(**body)

    assert (answer.amount_yen, answer.full_amount_yen, answer.amount_range_yen) == (
        None,
        None,
        None,
    )
    assert answer.missing == missing
    assert answer.lines == ()
    assert answer.source


def test_one_design_is_meant_where_none_is_named() -> None:
    assert ask(procedure="design_filing").amount_yen == 16_000


def test_the_sheets_do_not_matter_for_the_fees_of_the_office() -> None:
    assert ask(**pct(SMALL, pages=None, fee_items=["transmittal", "search"])).amount_yen == 53_320


@pytest.mark.parametrize("requested", [None, "2022-04-01", "2026-06-02"])
def test_the_filing_day_follows_from_the_three_years(requested: str | None) -> None:
    answer = ask(**exam(SME, filed_on=None, requested_on=requested))

    assert answer.amount_yen == 89_000
    assert any("出願日" in text for text in answer.conditions_to_confirm)


def test_between_the_two_price_lists_the_filing_day_is_asked() -> None:
    answer = ask(**exam(SME, filed_on=None, requested_on="2021-06-02"))

    assert answer.missing == ("filed_on",)
    assert answer.full_amount_yen is None
    assert answer.amount_range_yen is not None
    # 158,000 / 2 and 178,000 / 2.
    assert (answer.amount_range_yen.min, answer.amount_range_yen.max) == (79_000, 89_000)


def test_an_old_request_means_the_old_price_list() -> None:
    assert ask(**exam(LARGE, filed_on=None, requested_on="2019-03-31")).amount_yen == 158_000


def test_the_day_of_request_is_asked_only_for_older_patents() -> None:
    def missing(year: int, applicant: dict[str, Any]) -> tuple[str, ...]:
        return ask(**annuity(applicant, year, year, requested_on=None)).missing

    assert missing(1, SME) == missing(4, SME) == missing(5, SME) == ()
    assert missing(8, SME) == ("requested_on",)
    assert missing(8, SMALL) == missing(8, LARGE) == missing(11, SME) == ()


def test_shares_are_asked_only_where_they_matter() -> None:
    def of(*applicants: dict[str, Any]) -> tuple[str, ...]:
        return ask(**exam({}, applicants=list(applicants))).missing

    assert of(SME, UNIVERSITY) == ()
    assert of(SME, LARGE) == ("applicants.0.share", "applicants.1.share")
    assert of({**SME, "share": "1/2"}, LARGE) == ("applicants.1.share",)


def test_facts_of_a_joint_applicant_are_named_with_its_place() -> None:
    pair = [{**SMALL, "share": "1/2"}, {**without(SME, "employees"), "share": "1/2"}]

    answer = ask(**exam({}, applicants=pair))

    assert answer.missing == ("applicants.1.employees",)
    assert answer.amount_range_yen is not None
    # 178,000 x (1/6 + 1/6) and 178,000 x (1/6 + 1/2) = 118,666 -> 118,660.
    assert (answer.amount_range_yen.min, answer.amount_range_yen.max) == (59_330, 118_660)

"""The office's own self-check page as an oracle, as far as it could be read.

Of the self-check pages (簡易判定, ``…/genmen/hantei_kani/``) one could be read in a stored copy: the
page for sole proprietors (``page09.html``). It is older than the present system: it knows no
reduction by size, and half instead of a third for a business of less than ten years.
"""

from typing import Any

import pytest

from knowledge.fees.tables import RATES
from tests.knowledge.fees.asking import DAYS, TABLES, ask

# Too many people for any reduction by size, and more than ten years old: only taxes decide.
BIG_SOLE = {
    "kind": "sole_proprietor",
    "industry": "manufacturing",
    "employees": 301,
    "founded_on": "2005-04-01",
}
# What the page says: examination, annuities of years 1-3, annuities of years 4-10.
PAGE09: list[tuple[str, tuple[str, str, str]]] = [
    ("welfare", ("exempt", "exempt", "1/2")),
    ("resident_tax_exempt", ("exempt", "exempt", "1/2")),
    ("income_tax_exempt", ("1/2", "1/2", "1/2")),
    ("business_tax_exempt", ("1/2", "1/2", "1/2")),
]
YEARS = {1: [1, 3], 2: [4, 10]}


def _tiers(applicant: dict[str, Any]) -> tuple[str, ...]:
    exam = ask(procedure="exam_request", claims=10, **DAYS, applicants=[applicant])
    annuities = [
        ask(procedure="patent_annuity", claims=10, years=years, applicants=[applicant])
        for years in YEARS.values()
    ]
    return (exam.tier, *(one.tier for one in annuities))


@pytest.mark.parametrize(("flag", "told"), PAGE09)
def test_the_self_check_page_for_sole_proprietors_agrees(
    flag: str, told: tuple[str, str, str]
) -> None:
    assert _tiers({**BIG_SOLE, flag: True}) == told


def test_without_any_of_its_rows_the_page_names_no_reduction_and_neither_do_we() -> None:
    assert _tiers(BIG_SOLE) == ("full", "full", "full")


def test_a_young_business_gets_today_more_than_the_older_page_says() -> None:
    """Half on the page; a third since the present system (施行令10条5号)."""
    young = _tiers({**BIG_SOLE, "founded_on": "2020-04-01"})

    assert young == ("1/3", "1/3", "1/3")
    assert all(RATES[tier] < RATES["1/2"] for tier in young)


def test_the_sheet_links_to_the_self_check_where_something_can_be_reduced() -> None:
    answer = ask(procedure="exam_request", claims=1, applicants=[BIG_SOLE])

    assert TABLES.sources["self_check"].url in {source.url for source in answer.source}

"""What cannot be right is refused with the field and a reason in Japanese."""

from typing import Any

import pytest
from pydantic import ValidationError

from knowledge.errors import InvalidInputError
from tests.knowledge.fees.asking import LARGE, SMALL, SME, annuity, ask, exam, pct


def fields(**body: Any) -> list[str]:
    with pytest.raises(InvalidInputError) as refused:
        ask(**body)
    assert refused.value.status == 422
    assert all(any("ぁ" <= c <= "ん" for c in problem.reason) for problem in refused.value.fields)
    return [problem.field for problem in refused.value.fields]


def pair(left: Any, right: Any) -> dict[str, Any]:
    return exam({}, applicants=[{**SME, "share": left}, {**LARGE, "share": right}])


TRADEMARK = {"procedure": "trademark_registration", "classes": 1}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (exam(SME, claims=-1), "claims"),
        (exam(SME, claims=0), "claims"),
        (exam(SME, claims=100_001), "claims"),
        (exam(SME, requests_this_fiscal_year=-1), "requests_this_fiscal_year"),
        (exam({**SME, "employees": -1}), "applicants.0.employees"),
        (exam({**SME, "capital_yen": -1}), "applicants.0.capital_yen"),
        (
            exam({**SME, "largest_large_company_share": "-1/2"}),
            "applicants.0.largest_large_company_share",
        ),
        (
            exam({**SME, "total_large_company_share": "3/2"}),
            "applicants.0.total_large_company_share",
        ),
        (exam({**SME, "share": "1/2"}), "applicants.0.share"),
        (exam({**SME, "share": "2"}), "applicants.0.share"),
        (exam(SME, filed_on="2004-03-31"), "filed_on"),
        (annuity(SME, 0, 3), "years"),
        (annuity(SME, 3, 1), "years"),
        (annuity(SME, 20, 26), "years"),
        (annuity(SME, 1, 3, paid_on="2022-03-31"), "paid_on"),
        (annuity(SME, 4, 4, requested_on="2004-03-31"), "requested_on"),
        ({"procedure": "utility_registration", "claims": 1, "years": [10, 11]}, "years"),
        ({"procedure": "design_registration", "years": [25, 26]}, "years"),
        (
            {"procedure": "design_registration", "years": [21, 21], "filed_on": "2020-03-31"},
            "years",
        ),
        ({"procedure": "trademark_filing", "classes": 0}, "classes"),
        ({"procedure": "trademark_filing", "classes": 46}, "classes"),
        ({"procedure": "trademark_filing", "classes": -1}, "classes"),
        ({"procedure": "design_filing", "designs": 0}, "designs"),
        ({"procedure": "patent_filing", "on_paper": True, "pages": 0}, "pages"),
        ({"procedure": "patent_filing", "filed_on": "2016-03-31"}, "filed_on"),
        (
            {"procedure": "patent_filing", "filed_on": "2022-03-31", "on_paper": True, "pages": 1},
            "filed_on",
        ),
        (
            exam(SME, filed_on="2022-01-05", requested_on="2022-03-31", on_paper=True, pages=1),
            "requested_on",
        ),
        (
            {
                "procedure": "utility_evaluation",
                "claims": 1,
                "pages": 1,
                "on_paper": True,
                "paid_on": "2022-03-31",
            },
            "paid_on",
        ),
        (exam({}, applicants=[{}] * 21), "applicants"),
        ({**TRADEMARK, "paid_on": "2022-03-31"}, "paid_on"),
        ({**TRADEMARK, "first_instalment_on": "2016-03-31"}, "first_instalment_on"),
        (pct(SME, filed_on="2022-10-31"), "filed_on"),
        (pct(SME, fee_items=["handling"]), "fee_items"),
        (pct(SME, fee_items=[]), "fee_items"),
        (pct(SME, filed_on="2026-01-05", pages=0), "pages"),
        ({"procedure": "pct_preliminary_examination", "paid_on": "2022-10-31"}, "paid_on"),
    ],
)
def test_a_field_that_cannot_be_right_is_named(body: dict[str, Any], field: str) -> None:
    assert fields(**body) == [field]


@pytest.mark.parametrize(
    ("left", "right"), [("1/2", "1/3"), (0.3, 0.69), ("1/3", 0.666), ("2/3", "2/3"), (1, 1)]
)
def test_shares_must_be_exactly_one(left: Any, right: Any) -> None:
    assert fields(**pair(left, right)) == ["applicants.0.share", "applicants.1.share"]


@pytest.mark.parametrize(
    ("left", "right"),
    [("1/3", "2/3"), (0.1, 0.9), ("0.25", "75%"), ("１／２", "1 / 2"), (1, 0), ("30%", "70％")],
)
def test_shares_may_be_written_in_several_ways(left: Any, right: Any) -> None:
    assert ask(**pair(left, right)).amount_yen is not None


def test_three_thirds_are_one() -> None:
    three = [{**SMALL, "share": "1/3"}] * 3

    assert ask(**exam({}, applicants=three)).amount_yen == 59_330


def test_a_part_already_above_one_is_refused_though_one_share_is_unknown() -> None:
    body = exam({}, applicants=[{**SME, "share": "2/3"}, {**SME, "share": "1/2"}, LARGE])

    assert fields(**body) == ["applicants.0.share", "applicants.1.share"]


@pytest.mark.parametrize("share", ["half", "1/0", "", "1e-3", "１／３／３", True, [1], "9" * 50])
def test_what_is_no_share_is_refused_in_japanese(share: Any) -> None:
    with pytest.raises(ValidationError, match="分数"):
        ask(**exam({**SME, "share": share}))


def test_every_problem_is_named_at_once() -> None:
    body = annuity({**SME, "employees": -5}, 9, 4, claims=-1)

    assert fields(**body) == ["claims", "applicants.0.employees", "years"]


@pytest.mark.parametrize(
    "body",
    [
        {"procedure": "exam"},
        exam({**SME, "kind": "shop"}),
        exam({**SME, "industry": "farming"}),
        exam(SME, filed_on="yesterday"),
        annuity(SME, 1, 3, years=[1, 2, 3]),
    ],
)
def test_unknown_words_are_refused(body: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ask(**body)


def test_one_year_may_be_written_alone() -> None:
    assert ask(**annuity(SME, 4, 4, years=4)).amount_yen == ask(**annuity(SME, 4, 4)).amount_yen
    assert ask(**annuity(SME, 4, 4, years=[4])).amount_yen == ask(**annuity(SME, 4, 4)).amount_yen


def test_counts_that_do_not_matter_may_be_anything_that_is_not_negative() -> None:
    assert ask(procedure="trademark_filing", classes=1, claims=0, pages=0).amount_yen == 12_000

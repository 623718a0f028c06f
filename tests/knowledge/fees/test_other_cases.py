"""Filing, utility models, designs and trademarks: worked out by hand from the official tables."""

from typing import Any

import pytest

from tests.knowledge.fees.asking import LARGE, PERSON, SMALL, SME, Worked, ask

WELFARE = {**PERSON, "welfare": True}
INCOME = {**PERSON, "income_tax_exempt": True}
BUSINESS = {**PERSON, "business_tax_exempt": True}


def _of(procedure: str, applicant: dict[str, Any] | None = None, **body: Any) -> dict[str, Any]:
    return {"procedure": procedure, "applicants": [applicant or SME], **body}


CASES = [
    Worked("patent filing", _of("patent_filing"), "full", 14_000, 14_000, "14000"),
    Worked(
        "patent filing is never reduced",
        _of("patent_filing", SMALL),
        "full",
        14_000,
        14_000,
        "14000",
    ),
    Worked(
        "patent filing on paper, 10 sheets",
        _of("patent_filing", on_paper=True, pages=10),
        "full",
        24_400,
        24_400,
        "14000 + 2400 + 800 * 10",
    ),
    Worked("design filing", _of("design_filing"), "full", 16_000, 16_000, "16000"),
    Worked("three designs", _of("design_filing", designs=3), "full", 48_000, 48_000, "16000 * 3"),
    Worked(
        "trademark, one class",
        _of("trademark_filing", classes=1),
        "full",
        12_000,
        12_000,
        "3400 + 8600",
    ),
    Worked(
        "trademark, two classes",
        _of("trademark_filing", classes=2),
        "full",
        20_600,
        20_600,
        "3400 + 8600 * 2",
    ),
    Worked(
        "trademark, 45 classes",
        _of("trademark_filing", classes=45),
        "full",
        390_400,
        390_400,
        "3400 + 8600 * 45",
    ),
    Worked(
        "trademark on paper, 3 sheets",
        _of("trademark_filing", classes=1, on_paper=True, pages=3),
        "full",
        16_800,
        16_800,
        "12000 + 2400 + 2400",
    ),
    Worked(
        "utility filing, one claim (FAQ 161)",
        _of("utility_filing", claims=1),
        "full",
        20_600,
        20_600,
        "14000 + (2100 + 100) * 3",
    ),
    Worked(
        "utility filing, ten claims",
        _of("utility_filing", claims=10),
        "full",
        23_300,
        23_300,
        "14000 + (2100 + 1000) * 3",
    ),
    Worked(
        "utility filing on paper",
        _of("utility_filing", claims=1, on_paper=True, pages=5),
        "full",
        27_000,
        27_000,
        "20600 + 2400 + 4000",
    ),
    Worked(
        "utility filing, small: nothing",
        _of("utility_filing", SMALL, claims=1),
        "full",
        20_600,
        20_600,
        "20600",
    ),
    Worked(
        "utility filing, welfare: filing stays",
        _of("utility_filing", WELFARE, claims=1),
        "exempt",
        20_600,
        14_000,
        "14000 + 0",
    ),
    Worked(
        "utility filing, income tax: only later",
        _of("utility_filing", INCOME, claims=1),
        "full",
        20_600,
        20_600,
        "20600",
    ),
    Worked(
        "utility evaluation (FAQ 161)",
        _of("utility_evaluation", claims=1),
        "full",
        43_000,
        43_000,
        "42000 + 1000",
    ),
    Worked(
        "utility evaluation, five claims",
        _of("utility_evaluation", claims=5),
        "full",
        47_000,
        47_000,
        "42000 + 5000",
    ),
    Worked(
        "utility evaluation, SME: nothing",
        _of("utility_evaluation", SMALL, claims=5),
        "full",
        47_000,
        47_000,
        "47000",
    ),
    Worked(
        "utility evaluation, welfare",
        _of("utility_evaluation", WELFARE, claims=5),
        "exempt",
        47_000,
        0,
        "0",
    ),
    Worked(
        "utility evaluation, income tax",
        _of("utility_evaluation", INCOME, claims=5),
        "1/2",
        47_000,
        23_500,
        "47000 / 2",
    ),
    Worked(
        "utility evaluation, business tax: nothing",
        _of("utility_evaluation", BUSINESS, claims=5),
        "full",
        47_000,
        47_000,
        "47000",
    ),
    Worked(
        "utility years 1-3",
        _of("utility_registration", claims=10, years=[1, 3]),
        "full",
        9_300,
        9_300,
        "3100 * 3",
    ),
    Worked(
        "utility years 4-6",
        _of("utility_registration", claims=10, years=[4, 6]),
        "full",
        27_300,
        27_300,
        "(6100 + 3000) * 3",
    ),
    Worked(
        "utility years 7-10",
        _of("utility_registration", claims=10, years=[7, 10]),
        "full",
        108_400,
        108_400,
        "(18100 + 9000) * 4",
    ),
    Worked(
        "utility year 4, late",
        _of("utility_registration", claims=1, years=[4, 4], late=True),
        "full",
        12_800,
        12_800,
        "6400 * 2",
    ),
    Worked(
        "utility years 4-6, welfare: nothing",
        _of("utility_registration", WELFARE, claims=1, years=[4, 6]),
        "full",
        19_200,
        19_200,
        "6400 * 3",
    ),
    Worked(
        "design year 1 (FAQ 161)",
        _of("design_registration", years=[1, 1]),
        "full",
        8_500,
        8_500,
        "8500",
    ),
    Worked(
        "design years 1-3",
        _of("design_registration", years=[1, 3]),
        "full",
        25_500,
        25_500,
        "8500 * 3",
    ),
    Worked(
        "design years 3-4",
        _of("design_registration", years=[3, 4]),
        "full",
        25_400,
        25_400,
        "8500 + 16900",
    ),
    Worked(
        "design year 25",
        _of("design_registration", years=[25, 25]),
        "full",
        16_900,
        16_900,
        "16900",
    ),
    Worked(
        "design, all years",
        _of("design_registration", years=[1, 25]),
        "full",
        397_300,
        397_300,
        "8500 * 3 + 16900 * 22",
    ),
    Worked(
        "design year 2, late",
        _of("design_registration", years=[2, 2], late=True),
        "full",
        17_000,
        17_000,
        "8500 * 2",
    ),
    Worked(
        "design, small: nothing",
        _of("design_registration", SMALL, years=[1, 3]),
        "full",
        25_500,
        25_500,
        "8500 * 3",
    ),
    Worked(
        "trademark registration",
        _of("trademark_registration", classes=1),
        "full",
        32_900,
        32_900,
        "32900",
    ),
    Worked(
        "trademark registration, 3 classes",
        _of("trademark_registration", classes=3),
        "full",
        98_700,
        98_700,
        "32900 * 3",
    ),
    Worked(
        "trademark, small: nothing",
        _of("trademark_registration", SMALL, classes=1),
        "full",
        32_900,
        32_900,
        "32900",
    ),
    Worked(
        "first instalment",
        _of("trademark_registration", classes=2, paid_by_instalment=True),
        "full",
        34_400,
        34_400,
        "17200 * 2",
    ),
    Worked(
        "second instalment, new",
        _of(
            "trademark_registration",
            classes=2,
            paid_by_instalment=True,
            first_instalment_on="2022-04-01",
        ),
        "full",
        34_400,
        34_400,
        "17200 * 2",
    ),
    Worked(
        "second instalment, old",
        _of(
            "trademark_registration",
            classes=2,
            paid_by_instalment=True,
            first_instalment_on="2022-03-31",
        ),
        "full",
        32_800,
        32_800,
        "16400 * 2",
    ),
    Worked(
        "second instalment, old, late",
        _of(
            "trademark_registration",
            classes=1,
            paid_by_instalment=True,
            first_instalment_on="2021-11-30",
            late=True,
        ),
        "full",
        32_800,
        32_800,
        "16400 * 2",
    ),
    Worked("renewal", _of("trademark_renewal", classes=1), "full", 43_600, 43_600, "43600"),
    Worked(
        "renewal, 2 classes, late",
        _of("trademark_renewal", classes=2, late=True),
        "full",
        174_400,
        174_400,
        "43600 * 2 * 2",
    ),
    Worked(
        "renewal, first instalment",
        _of("trademark_renewal", classes=1, paid_by_instalment=True),
        "full",
        22_800,
        22_800,
        "22800",
    ),
    Worked(
        "renewal, second, old",
        _of(
            "trademark_renewal",
            classes=3,
            paid_by_instalment=True,
            first_instalment_on="2021-12-15",
        ),
        "full",
        67_800,
        67_800,
        "22600 * 3",
    ),
    Worked(
        "renewal, second, new, late",
        _of(
            "trademark_renewal",
            classes=1,
            paid_by_instalment=True,
            first_instalment_on="2022-06-01",
            late=True,
        ),
        "full",
        45_600,
        45_600,
        "22800 * 2",
    ),
    Worked(
        "registration knows no double",
        _of("trademark_registration", classes=1, late=True),
        "full",
        32_900,
        32_900,
        "32900",
    ),
    Worked(
        "payment slips know no paper surcharge",
        _of("trademark_registration", LARGE, classes=1, on_paper=True, pages=9),
        "full",
        32_900,
        32_900,
        "32900",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_filing_and_registration(case: Worked) -> None:
    answer = ask(**case.body)

    assert (answer.tier, answer.full_amount_yen, answer.amount_yen) == (
        case.tier,
        case.full,
        case.amount,
    ), case.how
    assert answer.missing == ()


@pytest.mark.parametrize(
    "procedure",
    ["trademark_filing", "trademark_registration", "trademark_renewal", "design_filing"],
)
def test_nobody_is_asked_about_the_company_where_nothing_is_reduced(procedure: str) -> None:
    answer = ask(procedure=procedure, classes=1)

    assert answer.missing == ()
    assert answer.better_tier is None
    assert any("減免の制度は見当たりません" in reason for reason in answer.reasons)


def test_the_deferral_for_a_person_without_income_tax_is_told() -> None:
    assert any(
        "猶予" in reason for reason in ask(**_of("utility_filing", INCOME, claims=1)).reasons
    )

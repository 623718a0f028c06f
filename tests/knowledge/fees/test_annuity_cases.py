"""特許料: each year cut to 10 yen, then added; worked out by hand from the table of 2022-04-01.

Ten claims: years 1-3 4,300 + 3,000 = 7,300; 4-6 10,300 + 8,000 = 18,300;
7-9 24,800 + 19,000 = 43,800; 10-25 59,400 + 46,000 = 105,400.
Thirds of a year: 2,433 -> 2,430; 6,100; 14,600; 35,133 -> 35,130.
"""

import pytest

from tests.knowledge.fees.asking import (
    LARGE,
    PERSON,
    SMALL,
    SME,
    UNIVERSITY,
    Worked,
    annuity,
    ask,
)

WELFARE = {**PERSON, "welfare": True}
INCOME = {**PERSON, "income_tax_exempt": True}
FUKUSHIMA = {**SME, "fukushima_plan": True}
OLD = {"requested_on": "2019-03-31"}


def _joint(first: int, last: int, **body: object) -> dict[str, object]:
    return annuity(
        {}, first, last, applicants=[{**SMALL, "share": "1/2"}, {**LARGE, "share": "1/2"}], **body
    )


CASES = [
    Worked("registration", annuity(LARGE, 1, 3), "full", 21_900, 21_900, "7300 * 3"),
    Worked(
        "registration, two claims (FAQ 227)",
        annuity(LARGE, 1, 3, claims=2),
        "full",
        14_700,
        14_700,
        "(4300 + 300 * 2) * 3",
    ),
    Worked(
        "registration, one claim (FAQ 161)",
        annuity(LARGE, 1, 3, claims=1),
        "full",
        13_800,
        13_800,
        "(4300 + 300) * 3",
    ),
    Worked("registration, half", annuity(SME, 1, 3), "1/2", 21_900, 10_950, "3650 * 3"),
    Worked("registration, third", annuity(SMALL, 1, 3), "1/3", 21_900, 7_290, "2430 * 3"),
    Worked("registration, quarter", annuity(FUKUSHIMA, 1, 3), "1/4", 21_900, 5_460, "1820 * 3"),
    Worked(
        "one claim, third: 1,533 a year",
        annuity(SMALL, 1, 3, claims=1),
        "1/3",
        13_800,
        4_590,
        "1530 * 3",
    ),
    Worked(
        "seven claims, third: 2,133 a year",
        annuity(SMALL, 1, 3, claims=7),
        "1/3",
        19_200,
        6_390,
        "2130 * 3",
    ),
    Worked(
        "seven claims, half: 3,200 a year",
        annuity(SME, 1, 3, claims=7),
        "1/2",
        19_200,
        9_600,
        "3200 * 3",
    ),
    Worked(
        "three claims, half: 2,600 a year",
        annuity(SME, 1, 3, claims=3),
        "1/2",
        15_600,
        7_800,
        "2600 * 3",
    ),
    Worked(
        "quarter of one claim: 1,150 a year",
        annuity(FUKUSHIMA, 1, 3, claims=1),
        "1/4",
        13_800,
        3_450,
        "1150 * 3",
    ),
    Worked("year 4", annuity(LARGE, 4, 4), "full", 18_300, 18_300, "10300 + 800 * 10"),
    Worked("year 4, third", annuity(SMALL, 4, 4), "1/3", 18_300, 6_100, "18300 / 3"),
    Worked("years 4 to 6, half", annuity(SME, 4, 6), "1/2", 54_900, 27_450, "9150 * 3"),
    Worked(
        "years 4 to 6, seven claims, third",
        annuity(SMALL, 4, 6, claims=7),
        "1/3",
        47_700,
        15_900,
        "5300 * 3",
    ),
    Worked(
        "years 4 to 6, eight claims, third",
        annuity(SMALL, 4, 6, claims=8),
        "1/3",
        50_100,
        16_680,
        "5560 * 3",
    ),
    Worked("years 7 to 9", annuity(LARGE, 7, 9), "full", 131_400, 131_400, "43800 * 3"),
    Worked("years 7 to 9, third", annuity(SMALL, 7, 9), "1/3", 131_400, 43_800, "14600 * 3"),
    Worked(
        "years 7 to 9, five claims, quarter",
        annuity(FUKUSHIMA, 7, 9, claims=5),
        "1/4",
        102_900,
        25_710,
        "8570 * 3",
    ),
    Worked("year 10", annuity(LARGE, 10, 10), "full", 105_400, 105_400, "59400 + 4600 * 10"),
    Worked("year 10, third", annuity(SMALL, 10, 10), "1/3", 105_400, 35_130, "105400 / 3"),
    Worked("year 11 is not reduced", annuity(SMALL, 11, 11), "full", 105_400, 105_400, "105400"),
    Worked(
        "years 10 and 11, third", annuity(SMALL, 10, 11), "1/3", 210_800, 140_530, "35130 + 105400"
    ),
    Worked(
        "years 9 to 12, half",
        annuity(SME, 9, 12),
        "1/2",
        360_000,
        285_400,
        "21900 + 52700 + 105400 * 2",
    ),
    Worked(
        "years 3 and 4 over the border", annuity(SMALL, 3, 4), "1/3", 25_600, 8_530, "2430 + 6100"
    ),
    Worked(
        "years 6 and 7 over the border",
        annuity(LARGE, 6, 7),
        "full",
        62_100,
        62_100,
        "18300 + 43800",
    ),
    Worked(
        "the first ten years, third",
        annuity(SMALL, 1, 10),
        "1/3",
        313_600,
        104_520,
        "2430 * 3 + 6100 * 3 + 14600 * 3 + 35130",
    ),
    Worked("year 20", annuity(SMALL, 20, 20), "full", 105_400, 105_400, "105400"),
    Worked("year 25, the last", annuity(SMALL, 25, 25), "full", 105_400, 105_400, "105400"),
    Worked("welfare, registration", annuity(WELFARE, 1, 3), "exempt", 21_900, 0, "0"),
    Worked("welfare, year 4: half", annuity(WELFARE, 4, 4), "1/2", 18_300, 9_150, "18300 / 2"),
    Worked(
        "welfare, years 1 to 5",
        annuity(WELFARE, 1, 5),
        "exempt",
        58_500,
        18_300,
        "0 * 3 + 9150 * 2",
    ),
    Worked(
        "welfare, year 10: half", annuity(WELFARE, 10, 10), "1/2", 105_400, 52_700, "105400 / 2"
    ),
    Worked("welfare, year 11", annuity(WELFARE, 11, 11), "full", 105_400, 105_400, "105400"),
    Worked("income tax, registration", annuity(INCOME, 1, 3), "1/2", 21_900, 10_950, "3650 * 3"),
    Worked(
        "university, years 4 to 6", annuity(UNIVERSITY, 4, 6), "1/2", 54_900, 27_450, "9150 * 3"
    ),
    Worked("university, year 11", annuity(UNIVERSITY, 11, 11), "full", 105_400, 105_400, "105400"),
    Worked(
        "the cap is none for annuities",
        annuity(SME, 1, 3, requests_this_fiscal_year=999),
        "1/2",
        21_900,
        10_950,
        "3650 * 3",
    ),
    Worked("late, year 4", annuity(LARGE, 4, 4, late=True), "full", 36_600, 36_600, "18300 * 2"),
    Worked(
        "late, year 4, third", annuity(SMALL, 4, 4, late=True), "1/3", 36_600, 12_200, "6100 * 2"
    ),
    Worked(
        "late, year 10, third: cut, then doubled",
        annuity(SMALL, 10, 10, late=True),
        "1/3",
        210_800,
        70_260,
        "35130 * 2",
    ),
    Worked(
        "late, eight claims, third",
        annuity(SMALL, 5, 5, claims=8, late=True),
        "1/3",
        33_400,
        11_120,
        "5560 * 2",
    ),
    Worked(
        "registration knows no double",
        annuity(LARGE, 1, 3, late=True),
        "full",
        21_900,
        21_900,
        "7300 * 3",
    ),
    Worked("old system, ordinary SME", annuity(SME, 8, 8, **OLD), "full", 43_800, 43_800, "43800"),
    Worked("old system, small", annuity(SMALL, 8, 8, **OLD), "1/3", 43_800, 14_600, "43800 / 3"),
    Worked(
        "old system, university",
        annuity(UNIVERSITY, 8, 8, **OLD),
        "1/2",
        43_800,
        21_900,
        "43800 / 2",
    ),
    Worked(
        "new system, ordinary SME",
        annuity(SME, 7, 7, requested_on="2019-04-01"),
        "1/2",
        43_800,
        21_900,
        "43800 / 2",
    ),
    Worked(
        "first day of the table",
        annuity(LARGE, 4, 4, paid_on="2022-04-01"),
        "full",
        18_300,
        18_300,
        "18300",
    ),
    Worked(
        "joint, third and full",
        _joint(1, 3),
        "mixed",
        21_900,
        14_580,
        "4860 * 3, from 7300 * 2/3 = 4866.6",
    ),
    Worked("joint, years 4 to 6", _joint(4, 6), "mixed", 54_900, 36_600, "12200 * 3"),
    Worked("joint, late", _joint(4, 4, late=True), "mixed", 36_600, 24_400, "12200 * 2"),
    Worked(
        "three owners, each year cut once",
        annuity(
            {},
            1,
            3,
            applicants=[
                {**SMALL, "share": "1/3"},
                {**SME, "share": "1/3"},
                {**LARGE, "share": "1/3"},
            ],
        ),
        "mixed",
        21_900,
        13_380,
        "7300 * (1/9 + 1/6 + 1/3) = 4461.1 -> 4460, * 3",
    ),
    Worked(
        "joint, over year 10",
        _joint(10, 11),
        "mixed",
        210_800,
        175_660,
        "70260 + 105400, from 105400 * 2/3",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_annuities(case: Worked) -> None:
    answer = ask(**case.body)

    assert (answer.tier, answer.full_amount_yen, answer.amount_yen) == (
        case.tier,
        case.full,
        case.amount,
    ), case.how
    assert answer.missing == ()


def test_the_example_of_a_firm_that_was_told_it_paid_ten_yen_too_much() -> None:
    """Share 1/2 at half beside a full half: each year is cut, not the sum of three."""
    # Eleven claims: 4,300 + 3,300 = 7,600 a year; 7,600 * (1/4 + 1/2) = 5,700; three years 17,100.
    # Eight claims: 4,300 + 2,400 = 6,700 a year; 6,700 * 3/4 = 5,025 -> 5,020; three years 15,060.
    for claims, amount in ((11, 17_100), (8, 15_060)):
        pair = [{**SME, "share": "1/2"}, {**LARGE, "share": "1/2"}]

        assert ask(**annuity({}, 1, 3, claims=claims, applicants=pair)).amount_yen == amount


def test_each_year_is_a_line_of_its_own() -> None:
    lines = ask(**annuity(SMALL, 9, 11)).lines

    assert [line.full_yen for line in lines] == [43_800, 105_400, 105_400]
    assert [line.reduced_yen for line in lines] == [14_600, 35_130, 105_400]
    assert [line.quantity for line in lines] == [10, 10, 10]
    assert "第10年分" in lines[1].label

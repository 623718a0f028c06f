"""PCT: the office's fees and WIPO's, by their own days; worked out by hand.

Transmittal 17,000 and search 143,000 (1/3: 5,660 and 47,660, as the office prints them).
From 2026-01-01: 250,500 up to 30 sheets, 2,800 a sheet above, online 56,500 less; handling 37,700.
"""

from typing import Any

import pytest

from tests.knowledge.fees.asking import LARGE, PERSON, SMALL, SME, UNIVERSITY, Worked, ask, pct

IN_2026 = {"filed_on": "2026-02-01"}
IN_2025 = {"filed_on": "2025-06-02"}
OFFICE = {"fee_items": ["transmittal", "search"]}
WIPO = {"fee_items": ["international_filing"]}


def _demand(applicant: dict[str, Any], **body: Any) -> dict[str, Any]:
    return {"procedure": "pct_preliminary_examination", "applicants": [applicant], **body}


CASES = [
    Worked(
        "2026, online, 30 sheets",
        pct(LARGE, **IN_2026),
        "full",
        354_000,
        354_000,
        "17000 + 143000 + 250500 - 56500",
    ),
    Worked(
        "2026, one sheet",
        pct(LARGE, **IN_2026, pages=1),
        "full",
        354_000,
        354_000,
        "160000 + 194000",
    ),
    Worked(
        "2026, 31 sheets",
        pct(LARGE, **IN_2026, pages=31),
        "full",
        356_800,
        356_800,
        "354000 + 2800",
    ),
    Worked(
        "2026, 100 sheets",
        pct(LARGE, **IN_2026, pages=100, **WIPO),
        "full",
        390_000,
        390_000,
        "250500 + 2800 * 70 - 56500",
    ),
    Worked(
        "2026, on paper",
        pct(LARGE, **IN_2026, on_paper=True),
        "full",
        410_500,
        410_500,
        "160000 + 250500",
    ),
    Worked("2026, half", pct(SME, **IN_2026), "1/2", 354_000, 177_000, "8500 + 71500 + 97000"),
    Worked("2026, third", pct(SMALL, **IN_2026), "1/3", 354_000, 117_980, "5660 + 47660 + 64660"),
    Worked(
        "2026, quarter",
        pct({**SME, "fukushima_plan": True}, **IN_2026),
        "1/4",
        354_000,
        88_500,
        "4250 + 35750 + 48500",
    ),
    Worked("2026, university", pct(UNIVERSITY, **IN_2026), "1/2", 354_000, 177_000, "354000 / 2"),
    Worked(
        "2026, third, on paper, 40 sheets",
        pct(SMALL, **IN_2026, pages=40, on_paper=True, **WIPO),
        "1/3",
        278_500,
        92_830,
        "(250500 + 28000) / 3",
    ),
    Worked(
        "the last day of 2025",
        pct(LARGE, filed_on="2025-12-31"),
        "full",
        348_000,
        348_000,
        "160000 + 242700 - 54700",
    ),
    Worked(
        "the first day of 2026",
        pct(LARGE, filed_on="2026-01-01"),
        "full",
        354_000,
        354_000,
        "160000 + 194000",
    ),
    Worked("2025, half", pct(SME, **IN_2025), "1/2", 348_000, 174_000, "8500 + 71500 + 94000"),
    Worked("2025, third", pct(SMALL, **IN_2025), "1/3", 348_000, 115_980, "5660 + 47660 + 62660"),
    Worked(
        "the office's fees alone, third",
        pct(SMALL, **IN_2025, **OFFICE),
        "1/3",
        160_000,
        53_320,
        "5660 + 47660",
    ),
    Worked(
        "the day of receipt counts, not of payment",
        pct(LARGE, filed_on="2025-12-31", paid_on="2026-01-10", **WIPO),
        "full",
        188_000,
        188_000,
        "242700 - 54700",
    ),
    Worked(
        "2024-01-01: WIPO's fee is lowered",
        pct(SME, filed_on="2024-01-01", **WIPO),
        "1/2",
        168_600,
        84_300,
        "(217700 - 49100) / 2",
    ),
    Worked(
        "2023-12-31: WIPO's fee in full",
        pct(SME, filed_on="2023-12-31", **WIPO),
        "full",
        165_900,
        165_900,
        "214200 - 48300",
    ),
    Worked(
        "2023-12-31: the office's at half",
        pct(SME, filed_on="2023-12-31"),
        "1/2",
        325_900,
        245_900,
        "8500 + 71500 + 165900",
    ),
    Worked(
        "2022-11-01, the first day of the table",
        pct(LARGE, filed_on="2022-11-01", **WIPO),
        "full",
        147_400,
        147_400,
        "190300 - 42900",
    ),
    Worked(
        "a person on welfare: no such measure",
        pct({**PERSON, "welfare": True}, **IN_2026),
        "full",
        354_000,
        354_000,
        "354000",
    ),
    Worked(
        "no corporate tax: no such measure",
        pct({**LARGE, "corporate_tax_exempt": True}, **IN_2026),
        "full",
        354_000,
        354_000,
        "354000",
    ),
    Worked(
        "demand, 2026",
        _demand(LARGE, paid_on="2026-03-01"),
        "full",
        71_700,
        71_700,
        "34000 + 37700",
    ),
    Worked(
        "demand, 2026, half",
        _demand(SME, paid_on="2026-03-01"),
        "1/2",
        71_700,
        35_850,
        "17000 + 18850",
    ),
    Worked(
        "demand, 2026, third",
        _demand(SMALL, paid_on="2026-03-01"),
        "1/3",
        71_700,
        23_890,
        "11330 + 12560",
    ),
    Worked(
        "demand, paid at the end of 2025",
        _demand(LARGE, paid_on="2025-12-31"),
        "full",
        70_500,
        70_500,
        "34000 + 36500",
    ),
    Worked(
        "demand, January 2024 (the office's example)",
        _demand(LARGE, paid_on="2024-01-15"),
        "full",
        66_700,
        66_700,
        "34000 + 32700",
    ),
    Worked(
        "demand, 2023, handling in full",
        _demand(SME, paid_on="2023-12-31"),
        "1/2",
        66_200,
        49_200,
        "17000 + 32200",
    ),
    Worked(
        "handling alone",
        _demand(SMALL, paid_on="2026-03-01", fee_items=["handling"]),
        "1/3",
        37_700,
        12_560,
        "37700 / 3",
    ),
    Worked(
        "the examination alone",
        _demand(SMALL, paid_on="2026-03-01", fee_items=["preliminary_examination"]),
        "1/3",
        34_000,
        11_330,
        "34000 / 3",
    ),
    Worked(
        "all items named: only those of the step",
        pct(
            LARGE,
            **IN_2026,
            fee_items=[
                "transmittal",
                "search",
                "international_filing",
                "handling",
                "preliminary_examination",
            ],
        ),
        "full",
        354_000,
        354_000,
        "354000",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_pct(case: Worked) -> None:
    answer = ask(**case.body)

    assert (answer.tier, answer.full_amount_yen, answer.amount_yen) == (
        case.tier,
        case.full,
        case.amount,
    ), case.how
    assert answer.missing == ()


def test_the_two_owners_of_the_fees_are_told_apart() -> None:
    labels = [line.label for line in ask(**pct(SME, **IN_2026)).lines]

    assert ["特許庁" in label for label in labels] == [True, True, False]
    assert ["WIPO" in label for label in labels] == [False, False, True]


def test_the_end_of_the_grant_is_told_for_older_filings_only() -> None:
    def told(day: str) -> bool:
        return any("交付金" in reason for reason in ask(**pct(SME, filed_on=day)).reasons)

    assert told("2023-12-31")
    assert not told("2024-01-01")

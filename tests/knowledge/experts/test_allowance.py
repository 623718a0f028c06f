"""Budget and number of uses per fiscal year: warned before, refused after."""

from datetime import date

import pytest

from knowledge.experts.allowance import Limit, fiscal_year, one_more

LIMIT = Limit(uses=10, yen=100_000)


@pytest.mark.parametrize(
    ("day", "year"),
    [
        (date(2027, 3, 31), 2026),
        (date(2027, 4, 1), 2027),
        (date(2026, 12, 31), 2026),
        (date(2027, 1, 1), 2026),
    ],
)
def test_the_year_turns_on_the_first_of_april(day: date, year: int) -> None:
    assert fiscal_year(day) == year


@pytest.mark.parametrize(
    ("used", "cost", "verdict"),
    [
        (Limit(0, 0), 10_000, "free"),
        (Limit(6, 60_000), 10_000, "free"),
        (Limit(7, 0), 0, "warn"),
        (Limit(0, 70_000), 10_000, "warn"),
        (Limit(9, 90_000), 10_000, "warn"),
        (Limit(10, 0), 0, "refuse"),
        (Limit(0, 90_000), 10_001, "refuse"),
        (Limit(12, 200_000), 0, "refuse"),
    ],
)
def test_a_use_is_free_then_warned_then_refused(used: Limit, cost: int, verdict: str) -> None:
    allowed = one_more(limit=LIMIT, used=used, cost_yen=cost)

    assert allowed.verdict == verdict
    assert bool(allowed.text) is (verdict != "free")


def test_a_warning_tells_the_figures_after_this_use() -> None:
    text = one_more(limit=LIMIT, used=Limit(8, 50_000), cost_yen=5_000).text

    assert "9／10回" in text
    assert "55,000／100,000円" in text


def test_without_limits_from_inpit_nothing_is_checked_and_that_is_said() -> None:
    allowed = one_more(limit=None, used=Limit(0, 0), cost_yen=1)

    assert allowed.verdict == "warn"
    assert allowed.text

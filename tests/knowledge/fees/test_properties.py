"""What must hold whatever is asked."""

from datetime import date
from fractions import Fraction
from typing import Any, get_args

from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.fees import FeeEstimate
from knowledge.fees.models import Industry, Kind
from knowledge.fees.tables import RATES
from tests.knowledge.fees.asking import LARGE, SMALL, SME, annuity, ask, exam, pct

BEST_FIRST = tuple(RATES)
CLAIMS = st.integers(1, 400)
ANY_SPEED = settings(deadline=None)
"""A busy machine is slow; what must hold is the figures."""
FLAGS = (
    "fukushima_plan",
    "welfare",
    "resident_tax_exempt",
    "income_tax_exempt",
    "business_tax_exempt",
    "corporate_tax_exempt",
    "r_and_d_sme",
)

applicants = st.fixed_dictionaries(
    {},
    optional={
        "kind": st.sampled_from([None, *get_args(Kind)]),
        "industry": st.sampled_from([None, *get_args(Industry)]),
        "employees": st.none() | st.integers(0, 1200),
        "capital_yen": st.none() | st.integers(0, 600_000_000),
        "founded_on": st.none() | st.dates(date(1990, 1, 1), date(2026, 1, 1)),
        "largest_large_company_share": st.none() | st.sampled_from(["0", "1/3", "1/2"]),
        "total_large_company_share": st.none() | st.sampled_from(["0", "1/3", "2/3"]),
        **{name: st.none() | st.booleans() for name in FLAGS},
    },
)
bodies = st.one_of(
    st.builds(lambda one, claims: exam(one, claims=claims), applicants, CLAIMS),
    st.builds(
        lambda one, first, span, late: annuity(one, first, min(25, first + span), late=late),
        applicants,
        st.integers(1, 25),
        st.integers(0, 9),
        st.booleans(),
    ),
    st.builds(
        lambda one, pages: pct(one, pages=pages, filed_on="2026-02-01"),
        applicants,
        st.integers(1, 200),
    ),
    st.builds(
        lambda one: {"procedure": "utility_filing", "claims": 3, "applicants": [one]}, applicants
    ),
    st.builds(
        lambda one, n: {"procedure": "trademark_renewal", "classes": n, "applicants": [one]},
        applicants,
        st.integers(1, 45),
    ),
)


def amounts(answer: FeeEstimate) -> tuple[int, int]:
    if answer.amount_yen is not None:
        return answer.amount_yen, answer.amount_yen
    assert answer.amount_range_yen is not None
    return answer.amount_range_yen.min, answer.amount_range_yen.max


@ANY_SPEED
@given(bodies)
def test_an_answer_is_whole_within_its_bounds_and_says_where_it_comes_from(
    body: dict[str, Any],
) -> None:
    answer = ask(**body)
    low, high = amounts(answer)

    assert answer.full_amount_yen is not None
    assert 0 <= low <= high <= answer.full_amount_yen
    assert (answer.amount_yen is None) == bool(answer.missing)
    assert low % 10 == high % 10 == 0
    assert answer.source
    assert all(line.source in answer.source for line in answer.lines)
    assert "可能性があります" in answer.disclaimer


@ANY_SPEED
@given(bodies)
def test_the_lines_sum_to_the_whole(body: dict[str, Any]) -> None:
    answer = ask(**body)

    assert sum(line.full_yen for line in answer.lines) == answer.full_amount_yen
    if answer.amount_yen is not None:
        assert sum(line.reduced_yen or 0 for line in answer.lines) == answer.amount_yen


@ANY_SPEED
@given(bodies)
def test_the_next_better_tier_is_better_and_costs_no_more(body: dict[str, Any]) -> None:
    answer = ask(**body)
    better = answer.better_tier
    if better is None:
        return

    assert better.needs
    assert better.amount_yen is not None
    assert better.amount_yen <= amounts(answer)[1]


@ANY_SPEED
@given(applicants, CLAIMS, st.integers(1, 50))
def test_more_claims_never_cost_less(one: dict[str, Any], claims: int, more: int) -> None:
    few, many = ask(**exam(one, claims=claims)), ask(**exam(one, claims=claims + more))

    assert amounts(few)[0] <= amounts(many)[0]
    assert amounts(few)[1] <= amounts(many)[1]
    assert few.tier == many.tier


@ANY_SPEED
@given(st.integers(0, 2000), st.integers(0, 2000), st.sampled_from(get_args(Industry)))
def test_fewer_people_never_cost_more(left: int, right: int, industry: str) -> None:
    fewer, more = sorted((left, right))
    one = {**SME, "industry": industry}

    assert (ask(**exam({**one, "employees": fewer})).amount_yen or 0) <= (
        ask(**exam({**one, "employees": more})).amount_yen or 0
    )


@ANY_SPEED
@given(CLAIMS)
def test_a_better_tier_never_costs_more(claims: int) -> None:
    tiers = [
        {"kind": "individual", "welfare": True},
        {**SME, "fukushima_plan": True},
        SMALL,
        SME,
        LARGE,
    ]
    answers = [ask(**exam(one, claims=claims)) for one in tiers]

    assert [answer.tier for answer in answers] == list(BEST_FIRST)
    paid = [answer.amount_yen or 0 for answer in answers]
    assert paid == sorted(paid)


@ANY_SPEED
@given(applicants, st.integers(4, 24), st.integers(0, 5))
def test_years_paid_together_cost_what_they_cost_one_by_one(
    one: dict[str, Any], first: int, more: int
) -> None:
    last = min(25, first + more)
    together = ask(**annuity(one, first, last))
    alone = [amounts(ask(**annuity(one, year, year))) for year in range(first, last + 1)]

    assert amounts(together) == (sum(low for low, _ in alone), sum(high for _, high in alone))


@ANY_SPEED
@given(applicants, st.integers(4, 25))
def test_late_is_double(one: dict[str, Any], year: int) -> None:
    in_time, late = ask(**annuity(one, year, year)), ask(**annuity(one, year, year, late=True))

    assert amounts(late) == tuple(2 * amount for amount in amounts(in_time))


@ANY_SPEED
@given(CLAIMS, st.integers(1, 99))
def test_a_joint_filing_lies_between_its_parts(claims: int, percent: int) -> None:
    share = Fraction(percent, 100)
    pair = [{**SMALL, "share": str(share)}, {**LARGE, "share": str(1 - share)}]
    joint = ask(**exam({}, claims=claims, applicants=pair)).amount_yen or 0

    assert (ask(**exam(SMALL, claims=claims)).amount_yen or 0) <= joint
    assert joint <= (ask(**exam(LARGE, claims=claims)).amount_yen or 0)


@ANY_SPEED
@given(applicants, CLAIMS)
def test_whoever_shares_with_herself_pays_the_same(one: dict[str, Any], claims: int) -> None:
    alone = ask(**exam(one, claims=claims))
    thrice = ask(**exam({}, claims=claims, applicants=[{**one, "share": "1/3"}] * 3))

    assert amounts(alone) == amounts(thrice)
    assert thrice.tier == alone.tier


@ANY_SPEED
@given(applicants, CLAIMS, st.integers(1, 30))
def test_the_surcharge_on_paper_is_never_reduced(
    one: dict[str, Any], claims: int, pages: int
) -> None:
    online = ask(**exam(one, claims=claims))
    paper = ask(**exam(one, claims=claims, on_paper=True, pages=pages))

    assert amounts(paper) == tuple(amount + 2400 + 800 * pages for amount in amounts(online))

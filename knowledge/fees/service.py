"""Puts one fee estimate together; pure, the tables and the day are passed in."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from knowledge.fees import texts
from knowledge.fees.amounts import missing_counts
from knowledge.fees.better import better_tier
from knowledge.fees.case import Case
from knowledge.fees.checks import check
from knowledge.fees.models import (
    AmountRange,
    FeeEstimate,
    FeeLine,
    FeeRequest,
    Measure,
    OverallTier,
)
from knowledge.fees.pricing import FULL, Choice, Priced, Standing, missing_facts, price
from knowledge.fees.tables import FeeTables, MeasureRow
from knowledge.sources import Source
from knowledge.wording import say


def estimate(*, request: FeeRequest, tables: FeeTables, today: date) -> FeeEstimate:
    """What is to be paid, at which tier, why, and what is still open.

    A missing fact that changes the amount leaves ``amount_yen`` null, with the range (where it has
    ends) and the name of the fact in ``missing``.

    Raises:
        InvalidInputError: a field cannot be right; every such field is named.
    """
    case = Case(request=request, tables=tables, today=today)
    check(case)
    counts = missing_counts(case)
    if counts:
        return _without_amount(case, counts)
    found = price(case)
    return _answer(case, found, missing_facts(case, found))


def _answer(case: Case, found: tuple[Priced, ...], missing: tuple[str, ...]) -> FeeEstimate:
    priced = found[-1]
    low = min(sum(one.low) for one in found)
    high = max(sum(one.high) for one in found)
    known = low == high
    choices = tuple(_choice(one, found) for one in range(len(priced.standings)))
    same_full = len({one.full for one in found}) == 1
    return FeeEstimate(
        tier=_tier(choices),
        measure=_measure(choices),
        full_amount_yen=priced.full if same_full else None,
        amount_yen=high if known else None,
        amount_range_yen=None if known else AmountRange(min=low, max=high),
        missing=missing,
        lines=_lines(priced, known=known),
        reasons=texts.reasons(case, priced, choices),
        better_tier=better_tier(priced),
        conditions_to_confirm=texts.conditions(case, priced, choices, missing),
        documents=texts.documents(case, priced, _in_question(priced)),
        source=_sources(case, priced),
        disclaimer=say("fees.disclaimer"),
    )


def _without_amount(case: Case, counts: tuple[str, ...]) -> FeeEstimate:
    """Claims, classes, sheets or years are not told: no amount has ends without them.

    The tier does not depend on a count: it is looked for with one of each, over all years.
    """
    told: dict[str, Any] = dict.fromkeys(counts, 1)
    if "years" in told:
        terms = [case.tables.fees[fee].term or 1 for fee in case.fees]
        told |= {"years": (1, min(case.tables.limits.patent_normal_term, *terms)), "late": None}
    case = replace(case, request=case.request.model_copy(update=told))
    found = price(case)
    facts = missing_facts(case, found)
    answer = _answer(case, found, facts)
    better = answer.better_tier
    return answer.model_copy(
        update={
            "full_amount_yen": None,
            "amount_yen": None,
            "amount_range_yen": None,
            "missing": (*counts, *facts),
            "lines": (),
            "reasons": (*answer.reasons, say("fees.needs_count")),
            "better_tier": better and better.model_copy(update={"amount_yen": None}),
        }
    )


def _choice(index: int, found: tuple[Priced, ...]) -> Choice:
    """What one applicant surely pays on the first line that is reduced in every reading."""
    chosen = [_first(one, one.standings[index]) for one in found]
    return max(chosen, key=lambda choice: choice.rate)


def _first(priced: Priced, standing: Standing) -> Choice:
    outcomes = (standing.outcome(draft).sure for draft in priced.drafts)
    return next((sure for sure in outcomes if sure.measure is not None), FULL)


def _tier(choices: tuple[Choice, ...]) -> OverallTier:
    tiers = {choice.tier for choice in choices}
    return choices[0].tier if len(tiers) == 1 else "mixed"


def _measure(choices: tuple[Choice, ...]) -> Measure:
    rows = {choice.measure.id: choice.measure for choice in choices if choice.measure}
    if not rows:
        return Measure(id="none", name=say("fees.measure_none"))
    whole = all(choice.measure for choice in choices)
    if len(rows) == 1 and whole:
        (row,) = rows.values()
        return Measure(id=row.id, name=row.name)
    return Measure(id="mixed", name=say("fees.measure_mixed"))


def _lines(priced: Priced, *, known: bool) -> tuple[FeeLine, ...]:
    return tuple(
        FeeLine(
            label=draft.label,
            unit=draft.unit,
            quantity=draft.quantity,
            full_yen=draft.full,
            reduced_yen=high if known else None,
            source=draft.source,
        )
        for draft, high in zip(priced.drafts, priced.high, strict=True)
    )


def _in_question(priced: Priced) -> tuple[MeasureRow, ...]:
    """The measures that lower a line, surely or possibly."""
    rows: dict[str, MeasureRow] = {}
    for draft in priced.drafts:
        for standing in priced.standings:
            outcome = standing.outcome(draft)
            for row in (outcome.sure.measure, outcome.possible.measure):
                if row is not None:
                    rows.setdefault(row.id, row)
    return tuple(rows.values())


def _sources(case: Case, priced: Priced) -> tuple[Source, ...]:
    found = dict.fromkeys(_all_sources(case, priced))
    return tuple(found)


def _all_sources(case: Case, priced: Priced) -> Iterator[Source]:
    tables = case.tables
    yield from (draft.source for draft in priced.drafts)
    if not priced.drafts:
        rows = (row for row in tables.tariffs if row.fee in case.fees and row.holds(case.today))
        yield from (tables.source(row.source, confirmed=row.confirmed) for row in rows)
    measures = _in_question(priced)
    yield from (tables.source(row.source, confirmed=row.confirmed) for row in measures)
    yield from (tables.source(key) for row in measures for key in row.more_sources)
    if case.request.late:
        yield from (tables.source(key) for key in case.procedure.late_sources)
    if measures:
        yield from (tables.source(key) for key in case.procedure.sources)
    if case.request.procedure == "exam_request" and any(row.capped for row in measures):
        yield tables.source(tables.limits.cap.source, confirmed=False)
    if case.procedure.reducible:
        yield tables.source("self_check")

"""Decides which last day one row gives for one case; chooses no row and shows no note."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from knowledge.clock import japanese_date, next_open_day, office_closed, public_holiday
from knowledge.triage.clocks.answer import Deadline, Later
from knowledge.triage.clocks.periods import after_open_days, anniversary, end_of_period, opening_day
from knowledge.triage.clocks.table import ClockTable, Period, Rule, Statement

ASK_RIGHT = "right"
ASK_DATE = "date"
ASK_YEARS_PAID = "years_paid"
ASK_ABLE_ON = "able_on"

MOST_YEARS = 30
"""No term of these rights is counted in more years; a larger number is a slip of the keyboard."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What is known about the one inquiry; `label` names it where two periods are shown."""

    event: str
    right: str | None
    on: date | None
    today: date
    abroad: bool = False
    variant: str | None = None
    years_paid: int | None = None
    able_on: date | None = None
    disclosed: date | None = None
    stated: date | None = None
    receipt_only: bool = False
    ends_on: date | None = None
    rights: tuple[str, ...] = ()
    label: str | None = None


def rule_id(case: Case, rule: Rule, right: str) -> str:
    """`event/right/residence`, with the part where an event has several."""
    return "/".join(filter(None, (case.event, right, rule.residence, rule.part)))


def years_of(case: Case, rule: Rule) -> int | None:
    """The years an annuity or a renewed term covers; null while they must be asked for."""
    years = case.years_paid
    if rule.count == "term":
        years = years or (rule.period.length if rule.period else None)
    if years is None or not (rule.first_year or 1) <= years <= MOST_YEARS:
        return None
    return years


def missing(case: Case, rule: Rule) -> str | None:
    """The fact without which this row gives no date of its own."""
    if case.on is None or (case.receipt_only and rule.start in {"dispatch", "order"}):
        return ASK_DATE
    if rule.count != "period" and years_of(case, rule) is None:
        return ASK_YEARS_PAID
    return None


def deadline(table: ClockTable, case: Case, rule: Rule, right: str, on: date) -> Deadline:
    """The last day that follows from `on`; call it only when nothing is missing."""
    ends = _end(case, rule, on)
    return _told_end(table, case, rule, right, ends, basis(table, case, rule, on))


def named_deadline(table: ClockTable, case: Case, rule: Rule, right: str, end: date) -> Deadline:
    """The last day the visitor named herself, with what may come after it; nothing is added."""
    told = table.wording.basis["named"].format(on=_short(end))
    return _told_end(table, case, rule, right, (end, _shift(rule, end)), told)


def _told_end(
    table: ClockTable, case: Case, rule: Rule, right: str, ends: tuple[date, date], told: str
) -> Deadline:
    unshifted, shifted = ends
    later = tuple(_later(rule, unshifted, shifted))
    moved_on_trust = rule.shift == "unconfirmed" and shifted != unshifted
    belongs = None if right in {"all", "none"} else right
    return Deadline(
        date=shifted,
        unshifted=unshifted,
        basis=told,
        rule=rule_id(case, rule, right),
        right=case.right if belongs else None,
        if_right=belongs if case.right is None else None,
        extension=_extension(table, rule, later),
        confirmed=rule.confirmed and not moved_on_trust,
        source=rule.source,
        opens=opening_day(unshifted, rule.opens_months) if rule.opens_months else None,
        later=later,
    )


def _end(case: Case, rule: Rule, on: date) -> tuple[date, date]:
    unshifted, shifted = _own_end(case, rule, on)
    if rule.also is not None and case.able_on is not None:
        able = end_of_period(case.able_on, rule.also.unit, rule.also.length)
        unshifted, shifted = min((unshifted, shifted), (able, _shift(rule, able)))
    return unshifted, shifted


def _own_end(case: Case, rule: Rule, on: date) -> tuple[date, date]:
    years = years_of(case, rule)
    if rule.count != "period" and years is not None:
        unshifted = anniversary(on, years)
        return unshifted, _shift(rule, unshifted)
    period = rule.period
    if period is None:
        raise ValueError("this row gives no date: ask missing() first")
    if period.unit == "working_days":
        # Whether 12/29-1/3 count is not confirmed: the safe day counts them, the other does not.
        safe = after_open_days(on, period.length, public_holiday)
        return safe, after_open_days(on, period.length, office_closed)
    unshifted = end_of_period(on, period.unit, period.length, count_first=period.count_first)
    return unshifted, _shift(rule, unshifted)


def _shift(rule: Rule, day: date) -> date:
    return day if rule.shift == "no" else next_open_day(day)


def _later(rule: Rule, unshifted: date, shifted: date) -> Iterator[Later]:
    if rule.extension is not None:
        end = unshifted
        for step in rule.extension.steps:
            end = end_of_period(end, step.unit, step.length)
            yield Later("extension", next_open_day(end), end, rule.extension.confirmed)
    if rule.late is not None:
        period = rule.late.period
        safe = end_of_period(unshifted, period.unit, period.length)
        last = next_open_day(end_of_period(shifted, period.unit, period.length))
        yield Later("late", last, safe, rule.late.confirmed)


def _extension(table: ClockTable, rule: Rule, later: tuple[Later, ...]) -> str | None:
    words = table.wording
    parts: list[str] = []
    if rule.extension is not None:
        parts.append(_told(table, rule.extension))
        parts += [
            words.extended.format(date=japanese_date(one.date))
            for one in later
            if one.kind == "extension"
        ]
    if rule.late is not None:
        parts.append(_told(table, rule.late))
        parts += [
            words.late.format(date=japanese_date(one.date)) for one in later if one.kind == "late"
        ]
    parts += [_told(table, one) for one in (rule.fees, rule.rescue) if one is not None]
    return "".join(parts) or None


def _told(table: ClockTable, statement: Statement) -> str:
    return statement.text if statement.confirmed else statement.text + table.wording.check


def length(table: ClockTable, period: Period) -> str:
    """A period in words: 60日, 3か月."""
    return table.wording.units[period.unit].format(n=period.length)


def basis(table: ClockTable, case: Case, rule: Rule, on: date) -> str:
    """From which day and over which period the date was counted."""
    start = table.starts[rule.start or ""].label
    years = years_of(case, rule)
    period = length(table, rule.period) if rule.period else ""
    if rule.count == "period":
        kind = "first" if rule.period and rule.period.count_first else "period"
    else:
        kind = rule.count
    text = table.wording.basis[kind]
    told = text.format(start=start, on=_short(on), period=period, years=years)
    if rule.also is not None and case.able_on is not None:
        told += table.wording.basis["also"].format(
            on=_short(case.able_on), period=length(table, rule.also)
        )
    return told


def _short(day: date) -> str:
    return japanese_date(day).partition("（")[0]

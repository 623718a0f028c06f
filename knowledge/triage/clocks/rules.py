"""Decides which rows an event calls for, what must still be asked and how urgent it is.

Knows no clock, no database and no network: the table and today's date are passed in.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from knowledge.clock import japanese_date
from knowledge.triage.clocks.answer import ClockAnswer, Deadline, Urgency
from knowledge.triage.clocks.compute import (
    ASK_ABLE_ON,
    ASK_DATE,
    ASK_RIGHT,
    ASK_YEARS_PAID,
    Case,
    deadline,
    length,
    missing,
    named_deadline,
)
from knowledge.triage.clocks.table import DEFAULT, INDUSTRIAL, ClockTable, Event, Rule, Thresholds
from knowledge.vocabulary import RIGHTS

NOVELTY = "novelty_grace"

RIGHTS_WITH_CLOCKS = frozenset(RIGHTS)

Row = tuple[str, Rule]
"""A right and the rule that holds for it."""


class UnknownEventError(ValueError):
    """The caller named an event or variant the table does not know: a bug, no visitor's mistake."""


def deadlines(
    table: ClockTable,
    *,
    event: str,
    right: str | None,
    on: date | None,
    today: date,
    abroad: bool = False,
    variant: str | None = None,
    years_paid: int | None = None,
    able_on: date | None = None,
    disclosed: date | None = None,
    stated: date | None = None,
    receipt_only: bool = False,
    ends_on: date | None = None,
    rights: tuple[str, ...] = (),
) -> ClockAnswer:
    """What can be said about the last day of `event`, which happened (or started) on `on`.

    `variant` picks special rows (`divisional`, `perishable`, `woody`, ...), `years_paid` belongs to
    annuities and renewed terms, `able_on` to restoration, `disclosed` adds the novelty year,
    `stated` is a day the letter or the court itself names, `receipt_only` says that `on` is only
    the day the notice arrived, `ends_on` is a last day the visitor named, `rights` are those named
    where they are several (`right` is null then). Raises UnknownEventError.
    """
    _check(table, event, variant)
    case = Case(
        event=event,
        right=right,
        on=on,
        today=today,
        abroad=abroad,
        variant=variant,
        years_paid=years_paid,
        able_on=able_on,
        disclosed=disclosed,
        stated=stated,
        receipt_only=receipt_only,
        ends_on=ends_on,
        rights=rights,
    )
    if disclosed is not None and table.events[event].novelty:
        return _with_novelty(table, case)
    return _answer(table, case)


def urgency(found: Iterable[Deadline], today: date, thresholds: Thresholds) -> Urgency:
    """How near the nearest safe (unshifted) last day is; one that has passed is urgent."""
    left = min(((one.unshifted - today).days for one in found), default=None)
    if left is None or left > thresholds.soon_days:
        return "normal"
    return "urgent" if left <= thresholds.urgent_days else "soon"


def _check(table: ClockTable, event: str, variant: str | None) -> None:
    if event not in table.events:
        raise UnknownEventError(event)
    rules = table.events[event].rules
    if variant is not None and not any(variant in rule.when for rule in rules):
        raise UnknownEventError(f"{event}/{variant}")


def _answer(table: ClockTable, case: Case) -> ClockAnswer:
    event = table.events[case.event]
    rows = _rows(event, case)
    owners = {right for right, rule in rows if rule.has_period} or {right for right, _ in rows}
    if case.right is None and len(owners) == 1 and owners <= RIGHTS_WITH_CLOCKS:
        case = replace(case, right=owners.pop())
        rows = _rows(event, case)
    told = list(_dated(table, case, rows))
    told.sort(key=lambda pair: (pair[0].date, pair[0].unshifted))
    found = tuple(one for one, _ in told)
    return ClockAnswer(
        deadlines=found,
        ask=tuple(_ask(rows, case)),
        notes=tuple(dict.fromkeys(_notes(table, event, case, rows, told))),
        urgency=urgency(found, case.today, table.thresholds),
        stated=case.stated,
    )


def _dated(table: ClockTable, case: Case, rows: list[Row]) -> Iterable[tuple[Deadline, Rule]]:
    """The last days worked out, and the one named where it is another."""
    for right, rule in rows:
        if not rule.has_period:
            continue
        worked_out: set[date] = set()
        if case.on is not None and missing(case, rule) is None:
            one = deadline(table, case, rule, right, case.on)
            worked_out = {one.date, one.unshifted}
            yield one, rule
        if case.ends_on is not None and case.ends_on not in worked_out:
            yield named_deadline(table, case, rule, right, case.ends_on), rule


def _with_novelty(table: ClockTable, case: Case) -> ClockAnswer:
    name, year = table.events[case.event].name, table.events[NOVELTY].name
    answer = _answer(table, replace(case, label=name))
    on = case.disclosed
    novelty = _answer(
        table, replace(case, event=NOVELTY, on=on, ends_on=None, variant=None, label=year)
    )
    both = sorted(answer.deadlines + novelty.deadlines, key=lambda one: one.date)
    return replace(
        answer,
        deadlines=tuple(both),
        ask=tuple(dict.fromkeys(answer.ask + novelty.ask)),
        notes=tuple(dict.fromkeys(answer.notes + novelty.notes)),
        urgency=urgency(both, case.today, table.thresholds),
    )


def _rows(event: Event, case: Case) -> list[Row]:
    rows = [
        (case.right if name == "all" and case.right else name, rule)
        for rule in event.rules
        if _in_force(rule, case)
        for name in rule.rights
        if (_covers(name, case.right) if case.right else _named(name, case.rights))
    ]
    special = {right for right, rule in rows if case.variant in rule.when}
    return [
        (right, rule)
        for right, rule in rows
        if (case.variant if right in special else DEFAULT) in rule.when
    ]


def _in_force(rule: Rule, case: Case) -> bool:
    residence = "abroad" if case.abroad else "japan"
    return rule.residence in {residence, "any"} and rule.holds(case.on or case.today)


def _named(name: str, rights: tuple[str, ...]) -> bool:
    return not rights or name in {"all", "none", *rights}


def _covers(name: str, right: str) -> bool:
    return name in {right, "none"} or (name == "all" and right in INDUSTRIAL)


def _ask(rows: list[Row], case: Case) -> list[str]:
    ask: list[str] = []
    if len({right for right, _ in rows}) > 1 and not case.rights:
        ask.append(ASK_RIGHT)
    lacking = {missing(case, rule) for _, rule in rows if rule.has_period and not case.ends_on}
    ask += [fact for fact in (ASK_DATE, ASK_YEARS_PAID) if fact in lacking]
    if case.able_on is None and any(rule.also for _, rule in rows):
        ask.append(ASK_ABLE_ON)
    return ask


def _notes(
    table: ClockTable, event: Event, case: Case, rows: list[Row], told: list[tuple[Deadline, Rule]]
) -> Iterable[str]:
    words = table.wording
    if case.stated is not None:
        yield words.stated.format(date=japanese_date(case.stated))
    for one, rule in told:
        yield from _told(table, case, one, rule)
    yield from _periods_only(table, case, rows)
    if any(rule.residence == "abroad" for _, rule in rows):
        yield words.residence
    for _, rule in rows:
        yield from rule.note
    if not rows:
        known = any(_covers(n, case.right or n) for r in event.rules for n in r.rights)
        yield words.not_held if known else words.no_rule
    yield from event.note


def _told(table: ClockTable, case: Case, one: Deadline, rule: Rule) -> Iterable[str]:
    words, start = table.wording, table.starts[rule.start or ""]
    who = _who(table, case, rule, one.if_right)
    date_told = japanese_date(one.date)
    yield words.statement.format(who=who, date=date_told, authority=start.authority)
    if one.date != one.unshifted:
        yield words.unshifted.format(who=who, date=japanese_date(one.unshifted))
        if rule.shift == "unconfirmed":
            yield words.unconfirmed_shift.format(who=who)
    if not rule.confirmed:
        yield words.unconfirmed.format(who=who)
    if one.opens is not None:
        yield words.opens.format(who=who, date=japanese_date(one.opens))
    if one.date < case.today:
        yield words.overdue.format(who=who)
    if start.hint:
        yield start.hint


def _periods_only(table: ClockTable, case: Case, rows: list[Row]) -> Iterable[str]:
    words = table.wording
    for right, rule in rows:
        lacks = missing(case, rule) if rule.has_period and not case.ends_on else None
        if lacks == ASK_YEARS_PAID or (lacks and rule.period is None):
            yield words.years_paid
        elif lacks == ASK_DATE and rule.period is not None:
            start = table.starts[rule.start or ""]
            text = words.period_first if rule.period.count_first else words.period_only
            who = _who(table, case, rule, right if case.right is None else None)
            period = length(table, rule.period)
            yield text.format(who=who, start=start.label, period=period)
            if not rule.confirmed:
                yield words.unconfirmed.format(who=who)
            yield start.authority
            if case.receipt_only:
                yield words.receipt_only.format(start=start.label)
        if rule.also is not None and case.able_on is None:
            yield words.also.format(period=length(table, rule.also))


def _who(table: ClockTable, case: Case, rule: Rule, if_right: str | None) -> str:
    names = (case.label, rule.label, table.right_names.get(if_right or ""))
    name = "・".join(filter(None, names))
    return table.wording.who.format(right=name) if name else ""

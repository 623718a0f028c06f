"""Decides on which day a period ends; knows no right, no event and no wording.

Rules (特許法3条, DOMAIN.md §9): the first day is not counted; months and years run by the
calendar, and a period that begins on the 1st runs to the end of its last month; a day that month
does not have becomes its end.
"""

import calendar
from collections.abc import Callable
from datetime import date, timedelta
from typing import Literal

Unit = Literal["days", "months", "years", "working_days"]

ONE_DAY = timedelta(days=1)


def same_day(day: date, months: int) -> date:
    """The same day of the month `months` later (or earlier), or that month's end."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def month_end(day: date) -> date:
    """The last day of the month `day` lies in."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def end_of_months(first: date, months: int) -> date:
    """The last day of a period of `months` whose first counted day is `first`."""
    matching = same_day(first, months)
    if matching.day != first.day:
        return matching
    return matching - ONE_DAY


def after_open_days(day: date, count: int, closed: Callable[[date], bool]) -> date:
    """The `count`-th day after `day` that is not `closed`."""
    while count:
        day += ONE_DAY
        if not closed(day):
            count -= 1
    return day


def end_of_period(on: date, unit: Unit, length: int, *, count_first: bool = False) -> date:
    """The last day, not shifted, of a period that runs from the event day `on`.

    `count_first` is for the rare text that counts the event day itself.
    """
    first = on if count_first else on + ONE_DAY
    if unit == "days":
        return first + timedelta(days=length - 1)
    if unit == "working_days":
        raise ValueError("working days need a calendar: use after_open_days")
    return end_of_months(first, length * 12 if unit == "years" else length)


def anniversary(on: date, years: int) -> date:
    """The day matching `on` after `years`, as annuities and terms count; 29 Feb becomes 28 Feb."""
    return same_day(on, years * 12)


def opening_day(end: date, months: int) -> date:
    """The first day of the window of `months` that ends on `end`."""
    if end == month_end(end):
        return same_day(end.replace(day=1), 1 - months)
    return same_day(end, -months) + ONE_DAY

"""Decides what day it is in Tokyo and whether offices are closed; knows no deadline and no desk.

Public holidays come from jpholiday, which follows the Cabinet Office's list; years the Cabinet
Office has not announced yet are calculated by the library.
"""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import jpholiday

TOKYO = ZoneInfo("Asia/Tokyo")

WEEKDAYS = "月火水木金土日"


def now() -> datetime:
    """The present moment, aware, in Asia/Tokyo."""
    return datetime.now(TOKYO)


def today() -> date:
    """Today's date in Tokyo, whatever the machine's own time zone is."""
    return now().date()


def public_holiday(day: date) -> bool:
    """Saturday, Sunday or a Japanese public holiday (substitute holidays included)."""
    return day.weekday() >= 5 or jpholiday.is_holiday(day)


def office_closed(day: date) -> bool:
    """Whether government offices are closed: weekends, public holidays, 12/29 to 1/3."""
    year_end = (day.month == 12 and day.day >= 29) or (day.month == 1 and day.day <= 3)
    return year_end or public_holiday(day)


def next_open_day(day: date, *, including: bool = True) -> date:
    """The first open day from `day` on; with `including=False`, the first one after it."""
    if not including:
        day += timedelta(days=1)
    while office_closed(day):
        day += timedelta(days=1)
    return day


def japanese_date(day: date) -> str:
    """A date as shown to people: 2026年11月2日（月）."""
    return f"{day.year}年{day.month}月{day.day}日（{WEEKDAYS[day.weekday()]}）"

"""Decides which days matched words mean, seen from today; matches nothing itself."""

import calendar
import datetime
import re

from knowledge.triage.clocks.periods import month_end, same_day
from knowledge.triage.dates.shapes import Precision, Span
from knowledge.triage.dates.words import (
    ANCHORED,
    DAYS,
    DUE_NEXT,
    ERAS,
    FRACTIONS,
    KANJI,
    MONTHS,
    NOT_A_SHARE,
    RECENT_MONTHS,
    SEASON_YEARS,
    SEASONS,
    WEEKDAYS,
    WEEKS,
    YEARS,
)

Day = datetime.date
Match = re.Match[str]

NEAR = 12
"""Characters looked at before a match; no word we look for there is longer."""


def _number(text: str) -> int:
    if text.isdecimal() and text.isascii():
        return int(text)
    if "十" in text:
        tens, _, ones = text.partition("十")
        return KANJI.get(tens, 1) * 10 + KANJI.get(ones, 0)
    return int("".join(str(KANJI[c]) for c in text))


def _year(groups: dict[str, str | None], today: Day) -> int | None:
    if word := groups.get("ry"):
        return today.year + YEARS[word]
    if (era := groups.get("era")) and (ey := groups.get("ey")):
        return ERAS[era] + (1 if ey == "元" else _number(ey))
    y4 = groups.get("y4")
    return _number(y4) if y4 else None


def _single(year: int, month: int, day: int) -> Span:
    try:
        one = Day(year, month, day)
    except ValueError:
        return Span(None, None, "day")
    return Span(one, one, "day")


def _month(year: int, month: int) -> Span:
    first = Day(year, month, 1)
    return Span(first, month_end(first), "month")


def _part(year: int, month: int, part: str) -> Span:
    last = calendar.monthrange(year, month)[1]
    if part in {"末", "末日"}:
        return _single(year, month, last)
    middle = {"中旬": (11, 20), "半ば": (11, 20), "下旬": (21, last)}
    begin, end = middle.get(part, (1, 10))
    return Span(Day(year, month, begin), Day(year, month, end), "range", rough=True)


def _inside(year: int, month: int, groups: dict[str, str | None]) -> Span:
    if d := groups.get("d"):
        return _single(year, month, _number(d))
    if part := groups.get("part"):
        return _part(year, month, part)
    return _month(year, month)


def _nearest_year(month: int, day: int, today: Day) -> int:
    year = today.year if (month, day) <= (today.month, today.day) else today.year - 1
    back = same_day(today, -RECENT_MONTHS)
    return year if (year, month, day) >= (back.year, back.month, back.day) else year + 1


def named_month(match: Match, today: Day) -> Span | None:
    """9月1日, 昨年5月, 2026年3月末."""
    groups = match.groupdict()
    month = _number(match["m"])
    year = _year(groups, today)
    in_a_length = year is None and match.string[: match.start()].endswith("年")  # 1年6月
    if in_a_length or not 1 <= month <= 12:
        return None
    if year is None:
        year = _nearest_year(month, _number(groups["d"]) if groups["d"] else 1, today)
    return _inside(year, month, groups)


def numeric(match: Match, today: Day) -> Span | None:
    """2026/9/1, R8.3.1, 2026/9."""
    groups = match.groupdict()
    year, month = _year(groups, today) or today.year, _number(match["m"])
    if groups.get("d"):
        return _single(year, month, _number(match["d"]))
    return _month(year, month) if 1 <= month <= 12 else None


def short_year(match: Match, _today: Day) -> Span:
    """8年3月1日 and 26年9月1日: the era of today, or this century."""
    short = int(match["yy"])
    year = short + (2000 if short >= 20 else ERAS["令和"])
    return _single(year, _number(match["m"]), _number(match["d"]))


def slashed(match: Match, today: Day) -> Span | None:
    """9/1, unless it reads as a share of a fee."""
    month, day = int(match["m"]), int(match["d"])
    if (month, day) in FRACTIONS and not NOT_A_SHARE.match(match.string, match.end()):
        return None
    return _single(_nearest_year(month, day, today), month, day)


def relative_month(match: Match, today: Day) -> Span:
    """先月, 来月末, 今月5日."""
    day = same_day(today, MONTHS[match["rm"]])
    return _inside(day.year, day.month, match.groupdict())


def fiscal(match: Match, today: Day) -> Span:
    """今年度, 2026年度末."""
    groups = match.groupdict()
    current = today.year if today.month >= 4 else today.year - 1
    offset = YEARS.get(groups["ry"] or "", -1 if groups["prev"] else 0)
    named = None if groups["ry"] else _year(groups, today)
    year = named if named is not None else current + offset
    if groups["part"] == "末":
        return _single(year + 1, 3, 31)
    if groups["part"]:
        return _single(year, 4, 1)
    return Span(Day(year, 4, 1), Day(year + 1, 3, 31), "range")


def season(match: Match, today: Day) -> Span:
    """去年の夏, 来春."""
    groups = match.groupdict()
    short = groups["sy"]
    year = today.year + SEASON_YEARS[short] if short else _year(groups, today) or today.year
    first = Day(year, SEASONS[match["s"] or match["s2"]], 1)
    return Span(first, month_end(same_day(first, 2)), "range", rough=True)


def year_end(match: Match, today: Day) -> Span:
    """昨年末, 年末."""
    year = _year(match.groupdict(), today)
    if year is None:
        year = today.year - 1 if today.month <= 2 else today.year
    return Span(Day(year, 12, 21), Day(year, 12, 31), "range", rough=True)


def new_year(_match: Match, today: Day) -> Span:
    """年明け."""
    year = today.year if today.month <= 2 else today.year + 1
    return Span(Day(year, 1, 1), Day(year, 1, 15), "range", rough=True)


def weekday(match: Match, today: Day) -> Span | None:
    """先週金曜, 次の金曜, 金曜日."""
    wanted = WEEKDAYS.index(match["wd"])
    if match["wk"]:
        monday = today - datetime.timedelta(days=today.weekday())
        day = monday + datetime.timedelta(weeks=WEEKS[match["wk"]], days=wanted)
    elif match["next"] or DUE_NEXT.match(match.string, match.end()):
        day = today + datetime.timedelta(days=(wanted - today.weekday() - 1) % 7 + 1)
    else:
        day = today - datetime.timedelta(days=(today.weekday() - wanted) % 7)
    return Span(day, day, "day")


def week(match: Match, today: Day) -> Span:
    """来週, 先週末."""
    first = today - datetime.timedelta(days=today.weekday())
    first += datetime.timedelta(weeks=WEEKS[match["wk"]])
    last = first + datetime.timedelta(days=6)
    return Span(last - datetime.timedelta(days=1) if match["end"] else first, last, "range")


def counted(match: Match, today: Day) -> Span | None:
    """3日前, 1年半前, 10日後, unless counted from another day than today."""
    before = match.string[max(0, match.start() - NEAR) : match.start()]
    if ANCHORED[match["way"]].search(before):
        return None
    sign = -1 if match["way"] == "前" else 1
    unit = match["hu"] or match["u"]
    count = 1 if match["half"] else _number(match["n"])
    exact = before.endswith("ちょうど")
    try:
        day, precision = _count(today, sign * count, unit, match)
    except (ValueError, OverflowError):
        return None
    rough = bool(match["about"]) or (unit != "日" and not exact)
    return Span(day, day, "day" if exact else precision, rough=rough)


def _count(today: Day, count: int, unit: str, match: Match) -> tuple[Day, Precision]:
    if unit in {"日", "週間"}:
        days = count * (7 if unit == "週間" else 1)
        return today + datetime.timedelta(days=days), "day"
    if match["half"] and unit == "月":
        return today + datetime.timedelta(days=15 * count), "range"
    if unit == "年":
        half = 6 if match["plus"] else 0
        months = 6 * count if match["half"] else 12 * count + (half if count > 0 else -half)
        return same_day(today, months), "year" if months % 12 == 0 else "month"
    return same_day(today, count), "month"


def word(match: Match, today: Day) -> Span:
    """昨日, 明後日."""
    day = today + datetime.timedelta(days=DAYS[match[0]])
    return Span(day, day, "day")


def this_month_end(_match: Match, today: Day) -> Span:
    """月末."""
    last = month_end(today)
    return Span(last, last, "day")


def whole_year(match: Match, today: Day) -> Span:
    """2025年, 去年."""
    year = _year(match.groupdict(), today) or today.year
    return Span(Day(year, 1, 1), Day(year, 12, 31), "year")


def bare_day(match: Match, today: Day) -> Span | None:
    """5日に届いた, 20日必着."""
    wanted, step = _number(match["d"]), 1 if match["due"] else -1
    for months in range(0, 3 * step, step):
        month = same_day(today.replace(day=1), months)
        day = _single(month.year, month.month, wanted).first
        if day is not None and (day >= today if step > 0 else day <= today):
            return Span(day, day, "day")
    return None


def vague(_match: Match, _today: Day) -> Span:
    """先日: a time, but no day."""
    return Span(None, None, "range", rough=True)

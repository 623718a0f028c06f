"""Decides where a text names a day; what the words mean is decided in `resolve`.

Offsets are those of the text given. Full-width digits and signs are read as they are; only
one-to-one replacements are made, so a text that was not normalised keeps its offsets.
"""

import datetime
import re
from collections.abc import Callable, Iterator

from knowledge.triage.dates import resolve as means
from knowledge.triage.dates.shapes import FoundDate, Span
from knowledge.triage.dates.words import (
    AMOUNT,
    ARRIVED,
    ERA,
    FULL_WIDTH,
    MONTHS,
    NUM,
    ROUGH_AFTER,
    ROUGH_BEFORE,
    SEASON,
    TAIL,
    TODAY,
    VAGUE,
    WEEKDAYS,
    WEEKS,
    Y4,
    YEAR,
    any_of,
)

Resolver = Callable[[re.Match[str], datetime.date], Span | None]


def _calendar_dates() -> Iterator[tuple[str, Resolver]]:
    month_day = r"(?P<sep>[/.\-])(?P<m>[0-9]{1,2})(?P=sep)(?P<d>[0-9]{1,2})(?![0-9]|[/\-][0-9])"
    yield rf"(?<![0-9./\-]){Y4}{month_day}", means.numeric
    yield rf"{ERA}(?P<ey>元|[0-9]{{1,2}}){month_day}", means.numeric
    yield rf"(?<![0-9./\-]){Y4}/(?P<m>[0-9]{{1,2}})(?![0-9/])", means.numeric
    short = rf"(?P<yy>[0-9]{{1,2}})年(?P<m>{NUM})月(?P<d>{NUM})日(?!間)"
    yield rf"(?<![0-9和成RHS]){short}", means.short_year
    month = rf"(?<![0-9第一二三四五六七八九十])(?P<m>{NUM}) ?月"
    not_a_length = r"(?!以内|間|程|ほど|前|後|[延々額号]|期(?!限))"
    yield rf"(?:{YEAR} ?の?)?{month}{not_a_length} ?{TAIL}", means.named_month
    yield rf"(?P<rm>{any_of(MONTHS)}){TAIL}", means.relative_month


def _years_and_seasons() -> Iterator[tuple[str, Resolver]]:
    fiscal = rf"(?:{YEAR}度|(?P<prev>前年度)|年度(?=末|初め|はじめ))"
    yield rf"{fiscal}(?:の?(?P<part>末|初め|はじめ))?", means.fiscal
    yield SEASON, means.season
    yield rf"{YEAR}(?:の?年末|末)|年末(?!調整)", means.year_end
    yield r"年明け|年始", means.new_year


def _days_and_weeks() -> Iterator[tuple[str, Resolver]]:
    slashed = r"(?P<m>1[0-2]|0?[1-9])/(?P<d>3[01]|[12][0-9]|0?[1-9])"
    yield rf"(?<![0-9/.]){slashed}(?![0-9/])", means.slashed
    which = rf"(?:(?P<wk>{any_of(WEEKS)})の?|(?P<next>次の|今度の))?"
    weekday = rf"(?P<wd>[{WEEKDAYS}])曜日?(?![・や休]|営業|祝)"
    yield rf"(?<!毎週)(?<![毎各第0-9日(]){which}{weekday}", means.weekday
    yield rf"(?P<wk>{any_of(WEEKS)})(?P<end>末)?", means.week
    counted = rf"{AMOUNT}(?P<way>前(?![後半])|後(?!半))"
    yield rf"(?<![0-9数何一二三四五六七八九十]){counted}", means.counted
    yield TODAY, means.word


def _table() -> Iterator[tuple[str, Resolver]]:
    """The patterns, the more telling ones first: what an earlier one took, a later one leaves."""
    yield from _calendar_dates()
    yield from _years_and_seasons()
    yield from _days_and_weeks()
    yield r"月末", means.this_month_end
    yield rf"{YEAR}(?!度|前|後|間|半|以内|目|代)", means.whole_year
    yield rf"(?<![0-9月第])(?P<d>{NUM})日(?={ARRIVED}|(?P<due>必着|締切))", means.bare_day
    yield VAGUE, means.vague


PATTERNS: tuple[tuple[re.Pattern[str], Resolver], ...] = tuple(
    (re.compile(pattern), resolve) for pattern, resolve in _table()
)


def find_dates(text: str, *, today: datetime.date) -> tuple[FoundDate, ...]:
    """All days named in `text`, in order; words inside a longer expression are not told twice."""
    plain = text.translate(FULL_WIDTH).replace("\u3000", " ")
    found: list[FoundDate] = []
    for pattern, resolve in PATTERNS:
        for match in pattern.finditer(plain):
            start, end = match.span()
            if any(start < one.end and one.start < end for one in found):
                continue
            span = resolve(match, today)
            if span is not None:
                found.append(_found(text, plain, start, end, span))
    return tuple(sorted(found, key=lambda one: one.start))


def _found(text: str, plain: str, start: int, end: int, span: Span) -> FoundDate:
    rough = (
        span.rough
        or ROUGH_AFTER.match(plain, end)
        or ROUGH_BEFORE.search(plain[max(0, start - 6) : start])
    )
    return FoundDate(
        start, end, text[start:end], span.first, span.precision, bool(rough), span.last
    )

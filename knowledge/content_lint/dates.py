"""Checks dates: order, review days, and that what changes each April is looked at before."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from knowledge.articles.entry import Article
from knowledge.content_lint.findings import Content, Finding, at
from knowledge.programmes.entry import Programme

LONGEST = timedelta(days=366)
"""Every entry is looked at again within a year."""

MONEY_NEEDS = frozenset({"deadline", "subsidy"})
MONEY_KINDS = frozenset({"fee_measure", "subsidy", "insurance"})
TOLD_AS_HISTORY = frozenset({"event", "plan", "statistic-source"})
PRESENT = frozenset({"running", "unconfirmed", "plan"})
AMOUNT = re.compile(r"[0-9０-９][0-9０-９,，]*\s*(万|億)?円")


def order(content: Content) -> Iterator[Finding]:
    """Nothing ends before it begins."""
    for path, article in ((a.path, a.entry) for a in content.articles):
        if article.valid_to is not None and article.valid_to < article.valid_from:
            yield at(path, "valid_to", "valid_toがvalid_fromより前の日になっています。")
    for path, programme in ((p.path, p.entry) for p in content.programmes):
        for call in programme.rounds:
            if call.opens_on and call.closes_on and call.closes_on < call.opens_on:
                yield at(path, "rounds", f"「{call.name}」の終わりの日が始まりの日より前です。")


def review(content: Content) -> Iterator[Finding]:
    """The next review follows the last one, within a year, before April where money is told."""
    for path, article in ((a.path, a.entry) for a in content.articles):
        yield from _reviewed(path, article.valid_from, article.review_on, _money_article(article))
    for path, programme in ((p.path, p.entry) for p in content.programmes):
        told = _money_programme(programme)
        yield from _reviewed(path, programme.reviewed_on, programme.review_on, told)
    for path, desk in ((d.path, d.entry) for d in content.desks):
        yield from _reviewed(path, desk.reviewed_on, desk.review_on, money=False)


def overdue(content: Content, today: date) -> Iterator[Finding]:
    """Entries whose day of review has come."""
    for located in content.entries:
        if located.entry.review_on <= today:
            day = located.entry.review_on.isoformat()
            yield at(located.path, "review_on", f"見直しの日（{day}）が来ています。")


def seen_on(content: Content) -> Iterator[Finding]:
    """Phones and hours of desks carry the date they were seen."""
    for path, desk in ((d.path, d.entry) for d in content.desks):
        if desk.phone and not desk.phone_as_of:
            yield at(path, "phone", "電話番号には、いつの案内によるか（phone_as_of）が要ります。")
        if desk.hours and not desk.hours_as_of:
            yield at(path, "hours", "受付時間には、いつの案内によるか（hours_as_of）が要ります。")


def _reviewed(path: Path, last: date, following: date, money: bool) -> Iterator[Finding]:
    april = date(last.year + (1 if last >= date(last.year, 4, 1) else 0), 4, 1)
    if following <= last:
        yield at(path, "review_on", "見直しの日は、確認した日より後にしてください。")
    elif following - last > LONGEST:
        yield at(path, "review_on", "見直しの日は、1年以内にしてください。")
    elif money and following >= april:
        limit = april.isoformat()
        yield at(
            path,
            "review_on",
            f"金額や公募があります。見直しは {limit} より前にしてください。",
        )


def _money_article(article: Article) -> bool:
    changing = article.topic == "fee_reduction" or bool(MONEY_NEEDS & set(article.needs))
    return changing or AMOUNT.search(article.answer) is not None


def _money_programme(programme: Programme) -> bool:
    if programme.status not in PRESENT:
        return False
    text = "\n".join(t or "" for t in (programme.offers, programme.conditions, programme.numbers))
    told = programme.kind in MONEY_KINDS or bool(programme.rounds)
    return told or (programme.kind not in TOLD_AS_HISTORY and AMOUNT.search(text) is not None)

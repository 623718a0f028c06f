"""Decides which programmes and articles go with an inquiry and why; it promises none of them."""

from collections.abc import Iterator
from datetime import date
from statistics import mode
from typing import Final

from knowledge.articles.entry import Article
from knowledge.catalogue import Catalogue
from knowledge.programmes.entry import Programme
from knowledge.sources import Source
from knowledge.triage.answer import ArticleOut, NoticeOut, ProgrammeOut
from knowledge.triage.facts import Facts
from knowledge.triage.first_articles import first_article
from knowledge.triage.signals import Signals
from knowledge.vocabulary import TOPICS
from knowledge.wording import say

MOST_PROGRAMMES: Final = 5
MOST_ARTICLES: Final = 3
SURE_FIT: Final = 0.6
"""Score below which an article found by words is not trusted to answer: the first article of the
topic and need goes before it."""
ALIKE_FROM: Final = 0.5
"""Score from which a programme found by its words is worth showing."""
FILLED_UP_TO: Final = 3
"""Programmes of the same topic and need are added up to this number."""

BROWSED_TOPICS: Final = frozenset({"startups", "fee_reduction", "university"})
BROWSED_NEEDS: Final = frozenset({"subsidy", "people"})
"""Where people ask what there is at all: here a programme need not share a word with the text."""

PAST: Final = frozenset({"ended", "historic"})
NOT_OFFERED: Final = frozenset({"plan", "statistic-source", "desk", "partner", "event", "network"})
"""Kinds of entries nobody can use on their own; shown only when they are named."""

Offer = tuple[Programme, str]
"""A programme and the sentence why it is shown."""


def find_programmes(
    catalogue: Catalogue,
    *,
    text: str,
    topic: str,
    need: str | None,
    facts: Facts,
    signals: Signals,
    article: Article | None = None,
    leave_out: frozenset[str] = frozenset(),
) -> tuple[Offer, ...]:
    """At most five, the named ones first; what is over only when it is named."""
    if topic not in TOPICS:
        return ()
    found: dict[str, Offer] = {}
    sources = (
        _named(catalogue, facts),
        _signalled(catalogue, signals),
        _of_article(catalogue, article, facts.asker),
        _alike(catalogue, text, topic, facts.asker),
        _same_topic(catalogue, text, topic, need, facts.asker),
    )
    for at, source in enumerate(sources):
        for programme, why in source:
            if at == len(sources) - 1 and len(found) >= FILLED_UP_TO:
                break
            if programme.id not in leave_out:
                found.setdefault(programme.id, (programme, why))
    return tuple(found.values())[:MOST_PROGRAMMES]


def as_programme(offer: Offer) -> ProgrammeOut:
    """The public shape."""
    programme, why = offer
    return ProgrammeOut(
        id=programme.id,
        name=programme.name,
        why=why,
        status=programme.status,
        source=programme.source,
    )


def programme_notices(offers: tuple[Offer, ...], day: date) -> Iterator[NoticeOut]:
    """What is over, closed or not confirmed among the programmes shown."""
    for programme, _ in offers:
        if programme.status == "running":
            pass
        elif programme.status_note:
            note = say("triage.notice_not_running", name=programme.name, note=programme.status_note)
            code = "unconfirmed" if programme.status == "unconfirmed" else "not_running"
            yield NoticeOut(code=code, text=note)
        closed = all(call.state_on(day) == "closed" for call in programme.rounds)
        told = programme.rounds_note(day)
        if told and programme.rounds and closed:
            note = say("triage.notice_round_closed", name=programme.name, note=told)
            yield NoticeOut(code="round_closed", text=note)


def find_articles(
    catalogue: Catalogue,
    *,
    text: str,
    topic: str,
    need: str | None,
    day: date,
    asker: str | None = None,
    bound: str | None = None,
    right: str | None = None,
) -> tuple[ArticleOut, ...]:
    """At most three that are valid on the day, best first; none that has run out.

    An article written for certain askers is left out only where somebody else asks. ``bound``
    is the one that goes first whatever the words; ``right`` the right a price is asked for.
    """
    if topic not in TOPICS:
        return ()
    hits = catalogue.search_articles(text, limit=MOST_ARTICLES * 2, topic=topic, need=need)
    known_on = max(day, _written_on(catalogue, day))
    valid = [hit for hit in hits if hit.entry.valid_on(known_on) and _for_asker(hit.entry, asker)]
    ranked = {hit.entry.id: (hit.entry, hit.score) for hit in valid}
    first = catalogue.article(bound or first_article(topic, need, right=right) or "")
    if first is not None and (bound or not valid or valid[0].score < SURE_FIT):
        score = ranked.get(first.id, (first, SURE_FIT))[1]
        ranked = {first.id: (first, max(score, SURE_FIT))} | ranked
    return tuple(
        ArticleOut(id=entry.id, title=entry.title, score=round(score, 3), source=_cited(entry))
        for entry, score in list(ranked.values())[:MOST_ARTICLES]
    )


def _for_asker(article: Article, asker: str | None) -> bool:
    return not article.askers or asker is None or asker in article.askers


def _written_on(catalogue: Catalogue, day: date) -> date:
    """The day most articles were written: an older inquiry is answered by what is known since."""
    days = [article.valid_from for article in catalogue.articles]
    return mode(days) if days else day


def _cited(article: Article) -> Source:
    first = article.sources[0]
    return Source(title=first.title, url=first.url, as_of=first.as_of, confirmed=first.confirmed)


def _named(catalogue: Catalogue, facts: Facts) -> Iterator[Offer]:
    for id_ in facts.programmes:
        programme = catalogue.programme(id_)
        if programme is None:
            continue
        yield from _with_successor(catalogue, programme, say("triage.why_named"))


def _with_successor(catalogue: Catalogue, programme: Programme, why: str) -> Iterator[Offer]:
    """What came after a programme that is over stands before it."""
    successor = catalogue.programme(programme.successor or "")
    if successor is not None and programme.status in PAST:
        yield successor, say("triage.why_successor", name=programme.name)
    yield programme, why


def _signalled(catalogue: Catalogue, signals: Signals) -> Iterator[Offer]:
    for id_, _ in signals.programmes:
        programme = catalogue.programme(id_)
        if programme is not None:
            yield from _with_successor(catalogue, programme, say("triage.why_signal"))


def _of_article(
    catalogue: Catalogue, article: Article | None, asker: str | None
) -> Iterator[Offer]:
    """Programmes that the writer of the best article put beside it."""
    for id_ in article.programmes if article else ():
        programme = catalogue.programme(id_)
        if programme is not None and _offered(programme, asker):
            yield programme, say("triage.why_article")


def _alike(catalogue: Catalogue, text: str, topic: str, asker: str | None) -> Iterator[Offer]:
    for hit in catalogue.search_programmes(text, limit=MOST_PROGRAMMES * 2, topic=topic):
        if hit.score >= ALIKE_FROM and _offered(hit.entry, asker):
            yield hit.entry, say("triage.why_search")


def _same_topic(
    catalogue: Catalogue, text: str, topic: str, need: str | None, asker: str | None
) -> Iterator[Offer]:
    hits = catalogue.search_programmes(text, limit=MOST_PROGRAMMES * 3, topic=topic)
    candidates = [hit.entry for hit in hits]
    if topic in BROWSED_TOPICS or need in BROWSED_NEEDS:
        candidates += catalogue.programmes
    for programme in candidates:
        fits = programme.topics[0] == topic and need is not None and need in programme.needs
        if fits and programme.status == "running" and _offered(programme, asker):
            yield programme, say("triage.why_topic")


def _offered(programme: Programme, asker: str | None) -> bool:
    limited = bool(programme.askers) and asker is not None and asker not in programme.askers
    usable = programme.kind not in NOT_OFFERED and programme.status not in PAST | {"plan"}
    return usable and not limited

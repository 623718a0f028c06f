"""Puts one triage together from what the bot understood and what the rules say; pure.

It reads no database and no clock: the catalogue and the moment are passed in, nothing is stored.
"""

from collections.abc import Iterator
from datetime import date, datetime
from typing import TypedDict

from knowledge.catalogue import Catalogue
from knowledge.clock import TOKYO
from knowledge.desks.prefectures import Prefecture
from knowledge.triage import deadlines, offers
from knowledge.triage.answer import (
    ArticleOut,
    ClarifyOut,
    DeadlineOut,
    DeskOut,
    NoticeOut,
    ReasonOut,
    Triage,
    UrgencyOut,
)
from knowledge.triage.clocks import ClockAnswer
from knowledge.triage.facts import Facts, merge, read_facts
from knowledge.triage.first_articles import bound_article
from knowledge.triage.routing import Routing, route
from knowledge.triage.routing import desks as d
from knowledge.triage.routing.rescue import EXAMINED, right_topic
from knowledge.triage.signals import Signals, find_signals
from knowledge.triage.understanding import Understanding
from knowledge.vocabulary import DESKLESS, NO_SUBJECT, TOPICS
from knowledge.wording import say

MOST_CHOICES = 4
FALSE_PREMISE = "false_premise"


class _About(TypedDict):
    """What the clocks and the searches look at."""

    text: str
    topic: str
    need: str | None


def triage(
    *,
    understanding: Understanding,
    catalogue: Catalogue,
    now: datetime,
    facts: Facts | None = None,
    prefecture: str | None = None,
) -> Triage:
    """Topic, need and asker → desks, programmes, articles, last days, questions and notices.

    ``facts`` are those of earlier messages of the same conversation; ``prefecture`` is the place of
    the company as the caller knows it and wins over a place named in the text.
    """
    today = now.astimezone(TOKYO).date()
    signals = find_signals(understanding.text)
    known = gather_facts(
        understanding, signals, catalogue, today=today, facts=facts, prefecture=prefecture
    )
    routing = route(understanding, known, signals, catalogue)
    about = _About(text=understanding.text, topic=routing.topic, need=understanding.need)
    clock = deadlines.answer(known, signals, **about, today=today)
    articles, found = _published(catalogue, about, known, signals, routing, today)
    reserved = reserved_kinds(understanding, signals, routing.topic)
    desks = [_desk(id_, catalogue, known, now) for id_ in routing.desks]
    return Triage(
        topic=routing.topic,
        confidence=min(max(understanding.confidence, 0.0), 1.0),
        secondary_topics=routing.secondary,
        wants=_wants(understanding, signals),
        need=understanding.need,
        asker=known.asker,
        judgement_or_drafting=bool(reserved),
        desk=desks[0] if desks else None,
        other_desks=tuple(desk for desk in desks[1:] if desk),
        reasons=tuple(ReasonOut(rule=one.rule, text=one.text) for one in routing.reasons),
        programmes=tuple(offers.as_programme(one) for one in found),
        articles=articles,
        entities=known.entities(),
        urgency=_urgency(signals, clock, known, about, today),
        ask=_ask(routing, clock),
        notices=tuple(_notices(reserved, routing, clock, found, today)),
        clarify=tuple(_clarify(understanding)),
    )


def _published(
    catalogue: Catalogue,
    about: _About,
    known: Facts,
    signals: Signals,
    routing: Routing,
    today: date,
) -> tuple[tuple[ArticleOut, ...], tuple[offers.Offer, ...]]:
    """The articles that answer, best first, and the programmes that go with them."""
    sized = known.employees is not None or known.capital_yen is not None
    bound = bound_article(about["topic"], signals.reserved, sized=sized)
    articles = offers.find_articles(
        catalogue,
        **about,
        day=today,
        asker=known.asker,
        bound=bound,
        right=_priced(routing, known),
    )
    found = offers.find_programmes(
        catalogue,
        **about,
        facts=known,
        signals=signals,
        article=catalogue.article(articles[0].id) if articles else None,
        leave_out=frozenset(routing.desks),
    )
    return articles, _without_stray_reductions(found, known, routing.topic)


def _priced(routing: Routing, known: Facts) -> str | None:
    """The right a price question is about: the one named, else the subject that stands second."""
    second = next((topic for topic in routing.secondary if topic in EXAMINED), "")
    return right_topic(known, otherwise=second) or None


def gather_facts(
    understanding: Understanding,
    signals: Signals,
    catalogue: Catalogue,
    *,
    today: date,
    facts: Facts | None = None,
    prefecture: str | None = None,
) -> Facts:
    """This message's facts joined with those of the messages before it."""
    known = merge(facts, read_facts(understanding, signals, today=today))
    told = catalogue.prefecture(prefecture) if prefecture else None
    if told is None:
        return known
    city = known.city if known.prefecture in {None, told.name} else None
    return known.model_copy(update={"prefecture": told.name, "city": city})


def reserved_kinds(understanding: Understanding, signals: Signals, topic: str) -> tuple[str, ...]:
    """The kinds of judgement or drafting asked for; ``general`` where only the bot says so."""
    if topic in DESKLESS:
        return ()
    if signals.reserved:
        return signals.reserved
    return ("general",) if understanding.judgement_or_drafting else ()


def _wants(understanding: Understanding, signals: Signals) -> tuple[str, ...]:
    wants = list(understanding.wants)
    if signals.has("distress_or_threat") and "human" not in wants:
        wants.insert(0, "human")
    return tuple(wants)


def _desk(id_: str, catalogue: Catalogue, facts: Facts, now: datetime) -> DeskOut | None:
    desk = catalogue.desk(id_)
    if desk is None:
        return None
    place = _office(id_, catalogue, facts)
    return DeskOut(
        id=desk.id,
        office=place.office if place else None,
        name=desk.name,
        phone=desk.phone,
        phone_as_of=desk.phone_as_of if desk.phone else None,
        hours=desk.hours_text,
        open_now=desk.open_at(now),
        url=desk.url,
    )


def _office(id_: str, catalogue: Catalogue, facts: Facts) -> Prefecture | None:
    if id_ != d.PREFECTURE or facts.prefecture is None:
        return None
    return catalogue.prefecture(facts.prefecture)


def _urgency(
    signals: Signals, clock: ClockAnswer | None, facts: Facts, about: _About, today: date
) -> UrgencyOut:
    level = deadlines.level(
        signals, clock, facts, topic=about["topic"], need=about["need"], today=today
    )
    return UrgencyOut(level=level, deadlines=tuple(_deadlines(clock)))


def _deadlines(clock: ClockAnswer | None) -> Iterator[DeadlineOut]:
    for one in clock.deadlines if clock else ():
        yield DeadlineOut(
            date=one.date,
            unshifted=one.unshifted,
            basis=one.basis,
            rule=one.rule,
            if_right=one.if_right,
            extension=one.extension,
            source=one.source,
        )


def _ask(routing: Routing, clock: ClockAnswer | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*(clock.ask if clock else ()), *routing.ask)))


def _notices(
    reserved: tuple[str, ...],
    routing: Routing,
    clock: ClockAnswer | None,
    found: tuple[offers.Offer, ...],
    today: date,
) -> Iterator[NoticeOut]:
    for key in routing.notices:
        code = FALSE_PREMISE if key.startswith(FALSE_PREMISE) else key
        yield NoticeOut(code=code, text=say(f"triage.notice_{key}"))
    for kind in reserved:
        key = "judgement" if kind == "general" else f"judgement_{kind}"
        yield NoticeOut(code="judgement", text=say(f"triage.notice_{key}"))
    if clock is not None and clock.notes:
        yield NoticeOut(code="deadline", text="\n".join(clock.notes))
    yield from offers.programme_notices(found, today)
    if clock is not None and any(not one.confirmed for one in clock.deadlines):
        yield NoticeOut(code="unconfirmed", text=say("triage.notice_unconfirmed"))
    if any(programme.id in REDUCTIONS for programme, _ in found) and routing.topic in NOT_REDUCED:
        yield NoticeOut(
            code="not_reduced", text=say("triage.notice_false_premise_trademark_reduction")
        )


REDUCTIONS = frozenset({"genmen-shin", "genmen-kojin", "genmen-chusho", "genmen-startup-shokibo"})
NOT_REDUCED = frozenset({"trademarks", "designs"})


def _without_stray_reductions(
    found: tuple[offers.Offer, ...], facts: Facts, topic: str
) -> tuple[offers.Offer, ...]:
    """A right without a request for examination needs no reduction of its fee."""
    if facts.event != "exam_request" or topic not in NOT_REDUCED:
        return found
    return tuple(one for one in found if one[0].id not in REDUCTIONS)


def _clarify(understanding: Understanding) -> Iterator[ClarifyOut]:
    if understanding.sure:
        return
    names = [guess.topic for guess in understanding.ranking] or [understanding.topic]
    known = [name for name in names if name in TOPICS or name in NO_SUBJECT]
    offered = [name for name in known if name not in DESKLESS] or known
    for name in offered[:MOST_CHOICES]:
        yield ClarifyOut(topic=name, label=say(f"topics.{name}"))

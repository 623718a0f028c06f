"""What the product says by itself when the bot is silent: apology, search results, a contact."""

from datetime import datetime

from sqlmodel import Session

from knowledge import clock
from knowledge.catalogue import Catalogue, current
from knowledge.conversations import composing
from knowledge.conversations.replies import Basis, ChoicesPart, Part, Reply, TextPart
from knowledge.triage import guards
from knowledge.triage.service import triage
from knowledge.triage.understanding import Understanding
from knowledge.wording import say


def without_bot(*, catalogue: Catalogue, text: str, now: datetime) -> Reply:
    """The degraded answer: nothing is guessed, the general desk's card is always there."""
    found = composing.found_articles(catalogue, text) if text else []
    key = "dialogue.degraded" if found else "dialogue.degraded_no_search"
    unknown = Understanding(text="", topic="human", confidence=1.0)
    desk = composing.desk_parts(triage(understanding=unknown, catalogue=catalogue, now=now))
    parts: list[Part] = [TextPart(text=say(key)), *found, *desk]
    parts.append(ChoicesPart(choices=(composing.person_choice(),)))
    hits = catalogue.search_articles(text, limit=3) if text else ()
    return Reply(
        parts=tuple(parts),
        sources=composing.article_sources(hit.entry for hit in hits),
        basis=Basis(wording=(key,)),
        author="system",
    )


def warm_up(*, session: Session) -> None:
    """Load rules, guard, content and search once, so that the first visitor does not wait."""
    catalogue = current(session=session)
    catalogue.prepare()
    example = say("opening.greeting")
    guards.prepare()
    guards.inspect(example)
    without_bot(catalogue=catalogue, text=example, now=clock.now())

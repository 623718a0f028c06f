"""The shipped content as a catalogue without a database, and inquiries made by hand."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest

from knowledge.articles import service as articles
from knowledge.catalogue import Catalogue
from knowledge.clock import TOKYO
from knowledge.content_store.files import CONTENT_DIR
from knowledge.content_store.service import Stored
from knowledge.desks import service as desks
from knowledge.programmes import service as programmes
from knowledge.triage.answer import Triage
from knowledge.triage.facts import read_facts
from knowledge.triage.routing import Routing, route
from knowledge.triage.service import gather_facts, triage
from knowledge.triage.signals import find_signals
from knowledge.triage.understanding import Understanding

NOW = datetime(2026, 9, 10, 10, 0, tzinfo=TOKYO)
TODAY: date = NOW.date()

Router = Callable[..., Routing]
Triager = Callable[..., Triage]


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    def stored(entries: Any) -> dict[str, Any]:
        return {id_: Stored(entry, 1) for id_, entry in sorted(entries.items())}

    return Catalogue(
        stored_programmes=stored(programmes.shipped(root=CONTENT_DIR).by_id()),
        stored_articles=stored(articles.shipped(root=CONTENT_DIR).by_id()),
        stored_desks=stored(desks.shipped(root=CONTENT_DIR).by_id()),
    )


def understood(text: str, topic: str, need: str | None = None, **more: Any) -> Understanding:
    return Understanding(text=text, topic=topic, confidence=0.8, need=need, **more)


@pytest.fixture
def routed(catalogue: Catalogue) -> Router:
    """Route one inquiry: ``routed(text, topic, need, prefecture=..., asker=...)``."""

    def run(
        text: str,
        topic: str,
        need: str | None = None,
        *,
        prefecture: str | None = None,
        also: tuple[str, ...] = (),
        **more: Any,
    ) -> Routing:
        understanding = understood(text, topic, need, secondary_topics=also, **more)
        signals = find_signals(text)
        facts = gather_facts(understanding, signals, catalogue, today=TODAY, prefecture=prefecture)
        assert facts.dates == read_facts(understanding, signals, today=TODAY).dates
        return route(understanding, facts, signals, catalogue)

    return run


@pytest.fixture
def triaged(catalogue: Catalogue) -> Triager:
    """Triage one inquiry: ``triaged(text, topic, need, ...)``."""

    def run(
        text: str,
        topic: str,
        need: str | None = None,
        *,
        prefecture: str | None = None,
        now: datetime = NOW,
        facts: Any = None,
        **more: Any,
    ) -> Triage:
        return triage(
            understanding=understood(text, topic, need, **more),
            catalogue=catalogue,
            now=now,
            facts=facts,
            prefecture=prefecture,
        )

    return run

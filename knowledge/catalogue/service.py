"""A frozen snapshot of all active entries, kept per process until content changes.

It reads; who may edit and what is true is decided elsewhere.
"""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Final

from sqlmodel import Session

from knowledge.articles import service as articles
from knowledge.articles.entry import Article
from knowledge.catalogue.search import Hit, Searchable, SearchIndex, best_hits
from knowledge.content_store.files import CONTENT_DIR
from knowledge.content_store.service import Stored, revision
from knowledge.desks import service as desks
from knowledge.desks.entry import Desk
from knowledge.desks.prefectures import Prefecture, find_prefecture, prefectures
from knowledge.programmes import service as programmes
from knowledge.programmes.entry import Programme

OTHER_TOPIC = 0.6
"""Weight of an entry of another topic when one is asked for: later, not hidden."""
OTHER_NEED = 0.85
"""Likewise for the need."""
PAST = 0.9
"""Weight of what is over, so that its successor comes first."""

_MAKING: Final = threading.RLock()


@dataclass(frozen=True)
class Catalogue:
    """All active entries of one moment. Unknown ids give ``None``."""

    stored_programmes: Mapping[str, Stored[Programme]]
    stored_articles: Mapping[str, Stored[Article]]
    stored_desks: Mapping[str, Stored[Desk]]
    root: Path = field(default=CONTENT_DIR)

    @property
    def programmes(self) -> tuple[Programme, ...]:
        """Every programme, by id."""
        return tuple(stored.entry for stored in self.stored_programmes.values())

    @property
    def articles(self) -> tuple[Article, ...]:
        """Every article, by id."""
        return tuple(stored.entry for stored in self.stored_articles.values())

    @property
    def desks(self) -> tuple[Desk, ...]:
        """Every desk, office and partner, by id."""
        return tuple(stored.entry for stored in self.stored_desks.values())

    @property
    def prefectures(self) -> tuple[Prefecture, ...]:
        """The 47 prefectures, by JIS code."""
        return prefectures(self.root)

    def programme(self, id: str) -> Programme | None:  # noqa: A002
        """The programme of an id."""
        stored = self.stored_programmes.get(id)
        return stored.entry if stored else None

    def article(self, id: str) -> Article | None:  # noqa: A002
        """The article of an id."""
        stored = self.stored_articles.get(id)
        return stored.entry if stored else None

    def desk(self, id: str) -> Desk | None:  # noqa: A002
        """The desk, office or partner of an id."""
        stored = self.stored_desks.get(id)
        return stored.entry if stored else None

    def prefecture(self, value: str) -> Prefecture | None:
        """The prefecture of 静岡県, 静岡, しずおか or 22."""
        return find_prefecture(value, root=self.root)

    def version_of(self, id: str) -> str:  # noqa: A002
        """``id@version`` of an article, a programme or a desk, as answers keep it."""
        for kind in (self.stored_articles, self.stored_programmes, self.stored_desks):
            stored = kind.get(id)
            if stored is not None:
                return f"{id}@{stored.version}"
        return f"{id}@0"

    def search_articles(
        self, text: str, *, limit: int = 5, topic: str | None = None, need: str | None = None
    ) -> tuple[Hit[Article], ...]:
        """Articles that fit a text, best first; those of the topic and need come earlier."""

        def weight(article: Article) -> float:
            share = 1.0 if topic is None or topic in article.topics else OTHER_TOPIC
            return share if need is None or need in article.needs else share * OTHER_NEED

        entries = {id_: stored.entry for id_, stored in self.stored_articles.items()}
        scores = self._article_index.scores(text)
        return best_hits(entries, scores, limit=limit, weight=weight)

    def search_programmes(
        self, text: str, *, limit: int = 5, topic: str | None = None
    ) -> tuple[Hit[Programme], ...]:
        """Programmes that fit a text, best first; those of the topic come earlier."""

        def weight(programme: Programme) -> float:
            share = 1.0 if topic is None or topic in programme.topics else OTHER_TOPIC
            return share * PAST if programme.status in ("ended", "historic") else share

        entries = {id_: stored.entry for id_, stored in self.stored_programmes.items()}
        scores = self._programme_index.scores(text)
        return best_hits(entries, scores, limit=limit, weight=weight)

    def prepare(self) -> None:
        """Build the search indexes now, so that no visitor waits for them."""
        _ = self._article_index, self._programme_index

    @property
    def _article_index(self) -> SearchIndex:
        with _MAKING:
            return self._built_article_index

    @property
    def _programme_index(self) -> SearchIndex:
        with _MAKING:
            return self._built_programme_index

    @cached_property
    def _built_article_index(self) -> SearchIndex:
        return SearchIndex({a.id: _article_text(a) for a in self.articles})

    @cached_property
    def _built_programme_index(self) -> SearchIndex:
        return SearchIndex({p.id: _programme_text(p) for p in self.programmes})


class _Cache:
    """The latest snapshot of this process and what it was made from."""

    def __init__(self) -> None:
        self.revision: tuple[int, str] | None = None
        self.catalogue: Catalogue | None = None


_cache: Final = _Cache()


def snapshot(*, session: Session, root: Path = CONTENT_DIR) -> Catalogue:
    """Read all active entries anew.

    Raises:
        ContentError: a stored row does not fit its shape any more.
    """
    return Catalogue(
        stored_programmes=programmes.active(session=session),
        stored_articles=articles.active(session=session),
        stored_desks=desks.active(session=session),
        root=root,
    )


def current(*, session: Session) -> Catalogue:
    """The catalogue as committed; made anew only when content has changed."""
    now = revision(session=session)
    with _MAKING:
        if _cache.catalogue is None or now is None or _cache.revision != now:
            _cache.catalogue = snapshot(session=session)
            _cache.revision = now
        return _cache.catalogue


def _article_text(article: Article) -> Searchable:
    return Searchable(
        names=(article.title,),
        questions=article.questions,
        body="\n".join((article.answer, *article.points)),
    )


def _programme_text(programme: Programme) -> Searchable:
    said = (programme.offers, programme.audience, programme.conditions, programme.operator)
    return Searchable(
        names=(programme.name, *programme.aliases),
        questions=(programme.name_en,),
        body="\n".join(part for part in said if part),
    )

"""What rests on an entry: answers given, articles that name it, entries that quote its sources."""

from sqlalchemy import Text, cast
from sqlmodel import Session, col, func, select

from knowledge.articles.entry import Article
from knowledge.catalogue import Catalogue, current
from knowledge.conversations.models import Message
from knowledge.programmes.entry import Programme
from knowledge.staff.actor import Actor
from knowledge.training.rights import check_maintainer

Entry = Article | Programme


def answers_resting_on(*, session: Session, id: str, actor: Actor) -> int:  # noqa: A002
    """How many answers given to visitors rest on an entry, under any of its versions.

    Raises:
        NotAllowedError: no maintainer.
    """
    check_maintainer(actor)
    basis = cast(col(Message.basis), Text)
    found = select(func.count()).where(col(Message.basis).is_not(None), basis.like(f'%"{id}@%'))
    return session.exec(found).one()


def entries_resting_on(*, session: Session, id: str) -> tuple[Article, ...]:  # noqa: A002
    """Articles that name a programme."""
    articles = current(session=session).articles
    return tuple(article for article in articles if id in article.programmes)


def entries_sharing_sources(*, session: Session, entry: Entry) -> tuple[Entry, ...]:
    """Other entries that quote a page this one quotes: if it changes, they need a look too."""
    pages = _pages(entry)
    return tuple(
        other
        for other in _all(current(session=session))
        if other.id != entry.id and pages & _pages(other)
    )


def _all(catalogue: Catalogue) -> tuple[Entry, ...]:
    return (*catalogue.articles, *catalogue.programmes)


def _pages(entry: Entry) -> set[str]:
    cited = entry.sources if isinstance(entry, Article) else entry.cited
    return {source.url for source in cited if source.url}

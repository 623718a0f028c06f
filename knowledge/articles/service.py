"""Loads, reads and edits articles; it knows no other kind of content and commits nothing."""

from datetime import datetime
from pathlib import Path

from sqlmodel import Session

from knowledge.articles.entry import Article
from knowledge.articles.models import ArticleRow
from knowledge.content_store import service as store
from knowledge.content_store.files import Reading, read_folder
from knowledge.content_store.service import LoadReport, Stored


def shipped(*, root: Path) -> Reading[Article]:
    """The shipped articles below a content folder, with every problem of their files."""
    return read_folder(root / "articles", Article)


def load(*, session: Session, root: Path) -> LoadReport:
    """Bring the shipped articles into the database; edited ones are kept.

    Raises:
        ContentError: a file is not as it should be; nothing was written then.
    """
    return store.sync(session=session, table=ArticleRow, shipped=shipped(root=root).by_id())


def active(*, session: Session) -> dict[str, Stored[Article]]:
    """Every active article by id."""
    return store.stored(session=session, table=ArticleRow, shape=Article)


def edit(*, session: Session, entry: Article, at: datetime) -> int:
    """Store a person's edit and return the new version."""
    return store.edit(session=session, table=ArticleRow, entry=entry, at=at).version


def accept_shipped(*, session: Session, id: str) -> int:  # noqa: A002
    """Give up an edit for the shipped version that waits, and return the new version.

    Raises:
        NotFoundError: unknown id, or nothing waits.
    """
    return store.accept_shipped(session=session, table=ArticleRow, id=id).version

"""Loads, reads and edits programmes; it knows no other kind of content and commits nothing."""

from datetime import datetime
from pathlib import Path

from sqlmodel import Session

from knowledge.content_store import service as store
from knowledge.content_store.files import Reading, read_folder
from knowledge.content_store.service import LoadReport, Stored
from knowledge.programmes.entry import Programme
from knowledge.programmes.models import ProgrammeRow


def shipped(*, root: Path) -> Reading[Programme]:
    """The shipped programmes below a content folder, with every problem of their files."""
    return read_folder(root / "programmes", Programme)


def load(*, session: Session, root: Path) -> LoadReport:
    """Bring the shipped programmes into the database; edited ones are kept.

    Raises:
        ContentError: a file is not as it should be; nothing was written then.
    """
    return store.sync(session=session, table=ProgrammeRow, shipped=shipped(root=root).by_id())


def active(*, session: Session) -> dict[str, Stored[Programme]]:
    """Every active programme by id."""
    return store.stored(session=session, table=ProgrammeRow, shape=Programme)


def edit(*, session: Session, entry: Programme, at: datetime) -> int:
    """Store a person's edit and return the new version."""
    return store.edit(session=session, table=ProgrammeRow, entry=entry, at=at).version


def accept_shipped(*, session: Session, id: str) -> int:  # noqa: A002
    """Give up an edit for the shipped version that waits, and return the new version.

    Raises:
        NotFoundError: unknown id, or nothing waits.
    """
    return store.accept_shipped(session=session, table=ProgrammeRow, id=id).version

"""Keeps files that staff asked for; nothing else sent as a file is fetched or kept.

Bytes are stored encrypted and go with the conversation.
"""

import base64
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from sqlmodel import Session, select

from knowledge.audit import service as audit
from knowledge.errors import NotFoundError
from knowledge.line import contacts
from knowledge.line.models import LineFile
from knowledge.staff.actor import Actor

MOST_BYTES: Final = 10 * 1024 * 1024
"""A photo of a letter has 2 to 6 MB; a video is no document."""
PICTURES: Final = (
    ("image/png", b"\x89PNG\r\n\x1a\n"),
    ("image/jpeg", b"\xff\xd8\xff"),
    ("image/gif", b"GIF8"),
)
"""Types a browser may show in place, and how their bytes begin."""
DOCUMENTS: Final = (("application/pdf", b"%PDF-"),)
UNKNOWN: Final = "application/octet-stream"

Kind = Literal["picture", "document", "other"]


@dataclass(frozen=True, slots=True)
class FileView:
    """A kept file without its bytes; ``content_type`` is what they are, see ``kind_of``."""

    id: str
    name: str
    content_type: str
    size: int
    at: datetime


def wanted(*, session: Session, contact_key: str, now: datetime) -> bool:
    """Whether staff asked this chat for files and the day is not over."""
    until = contacts.read(session=session, key=contact_key).files_until
    return until is not None and until >= now


def keep(
    *,
    session: Session,
    conversation_id: str,
    event_id: str,
    name: str,
    content: bytes,
    now: datetime,
) -> None:
    """Keep one file; the same event again changes nothing. Its type is read from its bytes: what
    its sender calls it proves nothing."""
    if session.get(LineFile, event_id) is not None:
        return
    session.add(
        LineFile(
            id=event_id,
            conversation_id=conversation_id,
            name=name,
            content_type=type_of(content),
            size=len(content),
            content=base64.b64encode(content).decode(),
            at=now,
        )
    )


def type_of(content: bytes) -> str:
    """What the bytes are, of the few types a browser may be told; else just bytes."""
    known = (*PICTURES, *DOCUMENTS)
    return next((kind for kind, begin in known if content.startswith(begin)), UNKNOWN)


def kind_of(content_type: str) -> Kind:
    """What may be done with a type: shown in place, opened, or only kept."""
    if content_type in dict(PICTURES):
        return "picture"
    return "document" if content_type in dict(DOCUMENTS) else "other"


def of_conversation(*, session: Session, conversation_id: str) -> tuple[FileView, ...]:
    """The files of a conversation, the first one first. Need-to-know is the caller's affair."""
    rows = session.exec(
        select(LineFile).where(LineFile.conversation_id == conversation_id).order_by(LineFile.at)  # type: ignore[arg-type]
    )
    return tuple(FileView(r.id, r.name, r.content_type, r.size, r.at) for r in rows)


def read(
    *, session: Session, conversation_id: str, file_id: str, actor: Actor, now: datetime
) -> tuple[FileView, bytes]:
    """One file with its bytes; the look is audited (use a write transaction).

    Raises:
        NotFoundError: no such file in this conversation.
    """
    row = session.get(LineFile, file_id)
    if row is None or row.conversation_id != conversation_id:
        raise NotFoundError
    audit.record(
        session=session,
        actor=actor,
        action="line.file_read",
        subject=f"conversation:{conversation_id}",
        now=now,
        detail={"file": file_id},
    )
    shown = FileView(row.id, row.name, row.content_type, row.size, row.at)
    return shown, base64.b64decode(row.content)

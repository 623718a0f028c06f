"""What staff see and do of a chat of LINE beside the conversation: ask for a file, look at one.

Need-to-know is checked here, by the case; what a visitor sent is shown to nobody else.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from sqlmodel import Session

from knowledge.audit import service as audit
from knowledge.cases.models import Case
from knowledge.errors import ConflictError, NotFoundError
from knowledge.handoffs import access
from knowledge.handoffs.service import say_to_visitor
from knowledge.line import contacts, files
from knowledge.line.files import FileView
from knowledge.line.models import LineContact
from knowledge.staff.actor import Actor
from knowledge.wording import say

ENDINGS: Final = {"image/png": ".png", "image/jpeg": ".jpg", "image/gif": ".gif"}


@dataclass(frozen=True, slots=True)
class ChatView:
    """A chat as staff see it. ``files_until``: until then files are taken, ``None`` if not."""

    kind: str
    state: Literal["active", "blocked", "left"]
    files_until: datetime | None
    files: tuple[FileView, ...]


@dataclass(frozen=True, slots=True)
class Sent:
    """A file to hand out. ``content_type`` is what its bytes are, never what the sender called
    it; ``shows`` says whether a browser may show it in place."""

    name: str
    content_type: str
    content: bytes
    shows: bool


def chat_of(*, session: Session, reference: str, actor: Actor, now: datetime) -> ChatView | None:
    """The chat of LINE in which a case is led; ``None`` where there is none.

    Raises:
        NotFoundError: not to be seen.
    """
    case = _seen(session, reference, actor)
    contact = _contact(session, case)
    if contact is None or case.conversation_id is None:
        return None
    until = contact.files_until
    return ChatView(
        kind=contact.kind,
        state=contact.state,  # type: ignore[arg-type]
        files_until=until if until is not None and until >= now else None,
        files=files.of_conversation(session=session, conversation_id=case.conversation_id),
    )


def ask_for_files(*, session: Session, reference: str, actor: Actor, now: datetime) -> datetime:
    """Take files of this chat for a day, and tell the visitor so; until when.

    Raises:
        NotFoundError, AlreadyClaimedError, NotClaimedError: see ``handoffs.access``.
        ConflictError: no chat of LINE with one person, or it cannot be reached.
    """
    case, _ = access.open_case(session, reference, actor)
    access.check_mine(case, actor)
    contact = _contact(session, case)
    if contact is None or contact.kind != "user" or contact.state != "active":
        raise ConflictError(say("line_desk.no_chat"))
    say_to_visitor(
        session=session,
        reference=case.reference,
        text=say("line_desk.please_send"),
        actor=actor,
        now=now,
    )
    contacts.ask_for_files(
        session=session, conversation_id=contact.conversation_id or "", actor=actor, now=now
    )
    audit.record(
        session=session,
        actor=actor,
        action="line.files_asked",
        subject=f"case:{case.reference}",
        now=now,
    )
    return now + contacts.FILES_OPEN


def read_file(
    *, session: Session, reference: str, file_id: str, actor: Actor, now: datetime
) -> Sent:
    """One file of a case; the look is audited (use a write transaction).

    Raises:
        NotFoundError: no such file, or not to be seen: told apart by nobody.
    """
    case = _seen(session, reference, actor)
    shown, content = files.read(
        session=session,
        conversation_id=case.conversation_id or "",
        file_id=file_id,
        actor=actor,
        now=now,
    )
    return Sent(
        name=name_of(shown),
        content_type=shown.content_type,
        content=content,
        shows=files.kind_of(shown.content_type) == "picture",
    )


def name_of(file: FileView) -> str:
    """A name to save it under: her own for a file, one of ours for a photo (it has none)."""
    if "." in file.name:
        return file.name
    ending = ENDINGS.get(file.content_type, "")
    return say("line_desk.file_name", at=f"{file.at:%m%d-%H%M}") + ending


def _seen(session: Session, reference: str, actor: Actor) -> Case:
    case = session.get(Case, reference)
    if case is None or not access.may_see(case, actor):
        raise NotFoundError
    return case


def _contact(session: Session, case: Case) -> LineContact | None:
    if case.conversation_id is None:
        return None
    return contacts.of_conversation(session=session, conversation_id=case.conversation_id)

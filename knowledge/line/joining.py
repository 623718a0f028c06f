"""Joins a chat to the case that was opened elsewhere: by its reference and code, typed once.

From then on both ways lead into one conversation; a wrong code tells nothing.
"""

from datetime import datetime

from sqlmodel import Session

from knowledge.audit import service as audit
from knowledge.cases import service as cases
from knowledge.conversations.models import Conversation
from knowledge.errors import NotFoundError
from knowledge.line import contacts
from knowledge.staff.actor import Actor


def join(
    *, session: Session, contact_key: str, reference: str, code: str, now: datetime
) -> tuple[str, str]:
    """Show the case's conversation in this chat from now on; its conversation and reference.

    Raises:
        NotFoundError: wrong reference or code (told apart by nobody), or a deleted case.
    """
    contact = contacts.read(session=session, key=contact_key)
    actor = _actor(contact_key)
    case = cases.with_code(session=session, reference=reference, code=code)
    if case.conversation_id is None:
        raise NotFoundError
    contact.conversation_id = case.conversation_id
    conversation = session.get_one(Conversation, case.conversation_id)
    contact.seen_seq = conversation.next_seq - 1
    session.add(contact)
    _record(session, actor, "case.joined", f"case:{case.reference}", now)
    return case.conversation_id, case.reference


def refused(*, session: Session, contact_key: str, now: datetime) -> None:
    """Keep that somebody tried, in a transaction of its own: the try itself was rolled back."""
    _record(session, _actor(contact_key), "case.join_refused", "line", now)


def _actor(contact_key: str) -> Actor:
    return Actor(kind="visitor", id=contact_key[:16])


def _record(session: Session, actor: Actor, action: str, subject: str, now: datetime) -> None:
    audit.record(session=session, actor=actor, action=action, subject=subject, now=now)

"""Joins a chat to the case that was opened elsewhere: by its reference and code, or by the number
of an account link.

From then on both ways lead into one conversation; a wrong code tells nothing.
"""

from datetime import datetime

from sqlmodel import Session

from knowledge.audit import service as audit
from knowledge.cases import service as cases
from knowledge.cases.models import Case
from knowledge.conversations.models import Conversation
from knowledge.errors import NotFoundError
from knowledge.line import contacts, linking
from knowledge.staff.actor import Actor


def join(
    *, session: Session, contact_key: str, reference: str, code: str, now: datetime
) -> tuple[str, str]:
    """Show the case's conversation in this chat from now on; its conversation and reference.

    Raises:
        NotFoundError: wrong reference or code (told apart by nobody), or a deleted case.
    """
    case = cases.with_code(session=session, reference=reference, code=code)
    return _join(session, contact_key, case, now)


def join_by_link(
    *, session: Session, contact_key: str, nonce: str, at: datetime, now: datetime
) -> tuple[str, str]:
    """The same for the number that LINE hands over after an account link; ``at`` is the moment of
    the link itself (its event may come late).

    Raises:
        NotFoundError: unknown, used or too old, or the case was deleted.
    """
    reference = linking.redeem(session=session, nonce=nonce, contact_key=contact_key, at=at)
    case = session.get(Case, reference)
    if case is None:
        raise NotFoundError
    return _join(session, contact_key, case, now)


def refused(*, session: Session, contact_key: str, now: datetime) -> None:
    """Keep that somebody tried, in a transaction of its own: the try itself was rolled back."""
    _record(session, _actor(contact_key), "case.join_refused", "line", now)


def _join(session: Session, contact_key: str, case: Case, now: datetime) -> tuple[str, str]:
    contact = contacts.read(session=session, key=contact_key)
    if case.conversation_id is None:
        raise NotFoundError
    contact.conversation_id = case.conversation_id
    conversation = session.get_one(Conversation, case.conversation_id)
    contact.seen_seq = conversation.next_seq - 1
    session.add(contact)
    _record(session, _actor(contact_key), "case.joined", f"case:{case.reference}", now)
    return case.conversation_id, case.reference


def _actor(contact_key: str) -> Actor:
    return Actor(kind="visitor", id=contact_key[:16])


def _record(session: Session, actor: Actor, action: str, subject: str, now: datetime) -> None:
    audit.record(session=session, actor=actor, action=action, subject=subject, now=now)

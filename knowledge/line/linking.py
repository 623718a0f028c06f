"""Makes and takes back the one-time number (nonce) of LINE's account link.

The visitor proves on our page that a case is hers; LINE proves whose account it is and hands our
number back in its event. The number is random, lives ten minutes, works once, and is kept as a
keyed hash only. Neither reference nor code ever travel through LINE.
"""

import secrets
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete
from sqlmodel import Session, col, select

from knowledge.audit import service as audit
from knowledge.cases import service as cases
from knowledge.errors import NotFoundError
from knowledge.line import contacts
from knowledge.line.models import LineLink
from knowledge.staff.actor import Actor

NONCE_BYTES: Final = 24
"""192 bits, 32 signs: LINE asks for 10 to 255 signs and advises 128 bits or more."""
LIVES: Final = timedelta(minutes=10)
"""LINE's own link token lives as long."""
KEPT: Final = timedelta(days=1)
"""How long a number is kept for an event that comes late; it must have happened in time."""


def issue(*, session: Session, reference: str, code: str, now: datetime) -> str:
    """A number for who knows a case's reference and code; one asked for before is void.

    Raises:
        NotFoundError: wrong reference or code, or no conversation is left to join.
    """
    case = cases.with_code(session=session, reference=reference, code=code)
    if case.conversation_id is None:
        raise NotFoundError
    session.execute(delete(LineLink).where(col(LineLink.reference) == case.reference))
    nonce = secrets.token_urlsafe(NONCE_BYTES)
    key = contacts.key_of(session=session, line_id=nonce)
    session.add(LineLink(key=key, reference=case.reference, until=now + LIVES))
    audit.record(
        session=session,
        actor=Actor(kind="visitor", id=case.reference),
        action="case.link_asked",
        subject=f"case:{case.reference}",
        now=now,
    )
    return nonce


def redeem(*, session: Session, nonce: str, contact_key: str, at: datetime) -> str:
    """The case of a number, which is used up by this. ``at``: when the link happened.

    The chat that used it gets the same answer again: its event is tried anew after a crash.

    Raises:
        NotFoundError: unknown, used by another chat, or too old at that moment.
    """
    key = contacts.key_of(session=session, line_id=nonce)
    row = session.exec(select(LineLink).where(LineLink.key == key).with_for_update()).first()
    if row is None or row.until < at or row.used_by not in (None, contact_key):
        raise NotFoundError
    row.used_by = contact_key
    session.add(row)
    return row.reference


def sweep(*, session: Session, now: datetime) -> None:
    """Delete numbers that no late event can use any more."""
    session.execute(delete(LineLink).where(col(LineLink.until) < now - KEPT))

"""Keys for the API: made by a member of staff for herself, shown once, revoked at any time."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from knowledge.audit.service import record
from knowledge.errors import NotAllowedError, NotFoundError
from knowledge.staff import rules
from knowledge.staff.actor import Actor
from knowledge.staff.models import StaffToken
from knowledge.staff.secrets import digest, new_token
from knowledge.wording import say

LIFETIMES = (30, 90, 365)
"""Days a token may live: a forgotten key must die by itself."""
NOTED = timedelta(hours=1)
"""How exactly the last use is kept; more would be a write at every call."""


@dataclass(frozen=True, slots=True)
class TokenView:
    """A token as its owner sees it later: never the token itself."""

    id: str
    label: str
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None

    def works(self, now: datetime) -> bool:
        """Whether it opens anything at this moment."""
        return self.revoked_at is None and now < self.expires_at


@dataclass(frozen=True, slots=True)
class MadeToken:
    """A new token; ``token`` is shown once and cannot be read again."""

    token: str
    view: TokenView


def make(*, session: Session, actor: Actor, now: datetime, label: str, days: int) -> MadeToken:
    """Make a token with the rights of the actor's own account.

    Raises:
        NotAllowedError: the actor is no account. InvalidInputError: no name, or another lifetime.
    """
    if actor.kind != "staff":
        raise NotAllowedError
    cleaned = " ".join(label.split())
    if not 1 <= len(cleaned) <= 60:
        raise rules.refused("label", say("staff.bad_label"))
    if days not in LIFETIMES:
        raise rules.refused("days", say("staff.bad_lifetime"))
    token = new_token()
    row = StaffToken(
        id=secrets.token_urlsafe(9),
        account_id=actor.id,
        label=cleaned,
        token_hash=digest(token),
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    session.add(row)
    _record(session, actor, "token.made", row, now)
    return MadeToken(token, _view(row))


def tokens_of(*, session: Session, account_id: str) -> tuple[TokenView, ...]:
    """The tokens of an account, newest first, revoked ones included."""
    rows = session.exec(
        select(StaffToken)
        .where(StaffToken.account_id == account_id)
        .order_by(col(StaffToken.created_at).desc(), StaffToken.id)
    )
    return tuple(_view(row) for row in rows)


def revoke(*, session: Session, actor: Actor, now: datetime, token_id: str) -> None:
    """End a token at once; one's own, or as administrator anybody's.

    Raises:
        NotFoundError: unknown, or somebody else's.
    """
    row = session.get(StaffToken, token_id)
    if row is None or not (row.account_id == actor.id or actor.has("administrator")):
        raise NotFoundError
    if row.revoked_at is None:
        row.revoked_at = now
        session.add(row)
        _record(session, actor, "token.revoked", row, now)


def open_token(*, session: Session, token: str, now: datetime) -> str:
    """The account that a token belongs to.

    Raises:
        NotFoundError: unknown, revoked or expired: told apart by nobody.
    """
    row = _find(session, token)
    if row is None or not _view(row).works(now):
        raise NotFoundError
    return row.account_id


def is_use_to_note(*, session: Session, token: str, now: datetime) -> bool:
    """Whether the last noted use is long enough ago to write again."""
    row = _find(session, token)
    return row is not None and (row.last_used_at is None or now - row.last_used_at >= NOTED)


def note_use(*, session: Session, token: str, now: datetime) -> None:
    """Keep when the token was used last."""
    row = _find(session, token)
    if row is not None:
        row.last_used_at = now
        session.add(row)


def _find(session: Session, token: str) -> StaffToken | None:
    return session.exec(select(StaffToken).where(StaffToken.token_hash == digest(token))).first()


def _view(row: StaffToken) -> TokenView:
    return TokenView(
        id=row.id,
        label=row.label,
        created_at=row.created_at,
        expires_at=row.expires_at,
        last_used_at=row.last_used_at,
        revoked_at=row.revoked_at,
    )


def _record(session: Session, actor: Actor, action: str, row: StaffToken, now: datetime) -> None:
    record(
        session=session,
        actor=actor,
        action=action,
        subject=f"account:{row.account_id}",
        now=now,
        detail={"token": row.id},
    )

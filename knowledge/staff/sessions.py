"""Signing in and out: a right password, or a person the identity provider has named.

It knows no cookie. A refused try is a result, not an error: it must be committed to be counted.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import delete
from sqlmodel import Session, col, select

from knowledge.audit.service import record
from knowledge.errors import NotFoundError
from knowledge.staff import rules, secrets
from knowledge.staff.actor import Actor, system
from knowledge.staff.models import StaffAccount, StaffSession
from knowledge.staff.service import actor_of_account

IDLE = timedelta(hours=8)
"""A browser nobody used for a working day is signed out."""
LONGEST = timedelta(hours=24)
"""Nobody stays in longer than a day without showing who she is again."""
SEEN_STEP = timedelta(minutes=1)
"""How exactly the last use is kept; more would be a write at every click."""

Way = Literal["password", "provider"]


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new session; the token goes into the browser's cookie and is kept only as a hash."""

    token: str
    account_id: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Nobody was let in; ``until`` says from when a right password would be looked at again."""

    until: datetime | None = None


def sign_in(*, session: Session, login: str, password: str, now: datetime) -> SignedIn | Refused:
    """Let a person in by login and password; wrong ones are counted and slow down the next."""
    account = session.exec(
        select(StaffAccount).where(StaffAccount.login == _cleaned(login)).with_for_update()
    ).first()
    if account is not None and account.wait_until and now < account.wait_until:
        _record(session, account, "sign_in.waiting", now)
        return Refused(account.wait_until)
    fits = secrets.password_fits(account.password_hash if account else None, password)
    if account is None or not account.active or not fits:
        return _refuse(session, account, now)
    if account.password_hash and secrets.is_outdated(account.password_hash):
        account.password_hash = secrets.hash_password(password)
    return _let_in(session, account, now, "password")


def sign_in_named(
    *, session: Session, external_ids: tuple[str, ...], now: datetime
) -> SignedIn | Refused:
    """Let in whom the identity provider has named, if an administrator has entered that name."""
    wanted = [name.strip().lower() for name in external_ids if name.strip()]
    account = session.exec(
        select(StaffAccount).where(col(StaffAccount.external_id).in_(wanted)).with_for_update()
    ).first()
    if account is None or not account.active:
        return _refuse(session, account, now, counted=False)
    return _let_in(session, account, now, "provider")


def proves_password(*, session: Session, account_id: str, password: str, now: datetime) -> bool:
    """Whether somebody who is in already knows the password too; wrong ones count as at sign-in.

    The transaction must be committed either way, or a wrong one is not counted.
    """
    account = session.exec(
        select(StaffAccount).where(StaffAccount.id == account_id).with_for_update()
    ).first()
    if account is None or (account.wait_until and now < account.wait_until):
        return False
    if secrets.password_fits(account.password_hash, password):
        return True
    _refuse(session, account, now)
    return False


def sign_out(*, session: Session, token: str, now: datetime) -> None:
    """End a session; ending one that is over changes nothing."""
    row = session.get(StaffSession, secrets.digest(token))
    if row is not None:
        account = session.get(StaffAccount, row.account_id)
        session.delete(row)
        session.flush()
        _record(session, account, "sign_out", now)


def actor_of_session(*, session: Session, token: str, now: datetime) -> Actor:
    """The actor whose browser this is; it only reads.

    Raises:
        NotFoundError: unknown or ended session, or an account switched off.
    """
    row = session.get(StaffSession, secrets.digest(token))
    if row is None or now - row.last_seen_at > IDLE or now - row.created_at > LONGEST:
        raise NotFoundError
    return actor_of_account(session=session, account_id=row.account_id)


def is_seen_to_note(*, session: Session, token: str, now: datetime) -> bool:
    """Whether the last noted use is long enough ago to write again."""
    row = session.get(StaffSession, secrets.digest(token))
    return row is not None and now - row.last_seen_at >= SEEN_STEP


def note_seen(*, session: Session, token: str, now: datetime) -> None:
    """Keep when the session was used last."""
    row = session.get(StaffSession, secrets.digest(token))
    if row is not None:
        row.last_seen_at = now
        session.add(row)


def delete_ended(*, session: Session, now: datetime) -> int:
    """Delete the rows of sessions that are over; return how many."""
    ended = session.exec(
        delete(StaffSession).where(
            (col(StaffSession.last_seen_at) < now - IDLE)
            | (col(StaffSession.created_at) < now - LONGEST)
        )
    )
    return int(ended.rowcount)


def _cleaned(login: str) -> str:
    # PostgreSQL refuses NUL in a text instead of finding nothing.
    return login.strip().lower().replace("\x00", "")[:200]


def _let_in(session: Session, account: StaffAccount, now: datetime, way: Way) -> SignedIn:
    delete_ended(session=session, now=now)
    token = secrets.new_session()
    account.failed_tries, account.wait_until, account.last_sign_in_at = 0, None, now
    session.add(account)
    session.add(
        StaffSession(
            token_hash=secrets.digest(token),
            account_id=account.id,
            created_at=now,
            last_seen_at=now,
        )
    )
    _record(session, account, "sign_in", now, way=way)
    return SignedIn(token, account.id)


def _refuse(
    session: Session, account: StaffAccount | None, now: datetime, *, counted: bool = True
) -> Refused:
    """Count and audit; what was typed as a login is not kept (it may be a password)."""
    _record(session, account, "sign_in.refused", now)
    if account is None or not counted:
        return Refused()
    account.failed_tries += 1
    pause = rules.wait_after(account.failed_tries)
    account.wait_until = now + pause if pause else None
    session.add(account)
    return Refused(account.wait_until)


def _record(
    session: Session, account: StaffAccount | None, action: str, now: datetime, **detail: str
) -> None:
    record(
        session=session,
        actor=Actor(kind="staff", id=account.id) if account else system("console"),
        action=action,
        subject=f"account:{account.id}" if account else "account:unknown",
        now=now,
        detail=dict(detail),
    )

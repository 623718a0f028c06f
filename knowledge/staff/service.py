"""Accounts: made, changed, switched off, and turned into the actor of a request.

It knows no cookie, no browser and no case. Every change is audited in the same transaction.
"""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete
from sqlmodel import Session, col, select

from knowledge.audit.service import record
from knowledge.errors import ConflictError, NotAllowedError, NotFoundError
from knowledge.staff import rules
from knowledge.staff.actor import ROLES, Actor, Role
from knowledge.staff.models import StaffAccount, StaffGrant, StaffSession
from knowledge.staff.rules import Grant
from knowledge.staff.secrets import hash_password
from knowledge.staff.tokens import open_token
from knowledge.wording import say


@dataclass(frozen=True, slots=True)
class AccountView:
    """An account as an administrator sees it; never its password."""

    id: str
    login: str
    name: str
    active: bool
    grants: frozenset[Grant]
    external_id: str | None
    last_sign_in_at: datetime | None

    @property
    def roles(self) -> tuple[Role, ...]:
        """Its roles in their usual order."""
        return tuple(role for role in ROLES if any(held == role for held, _ in self.grants))


def add(
    *,
    session: Session,
    actor: Actor,
    now: datetime,
    login: str,
    name: str,
    grants: Iterable[tuple[str, str]],
    password: str | None = None,
    external_id: str | None = None,
) -> AccountView:
    """Make an account; without a password only the identity provider lets it in.

    Raises:
        NotAllowedError: the actor is no administrator. InvalidInputError: a field is not usable.
        ConflictError: the login or the provider's address is taken.
    """
    _check_administrator(actor)
    cleaned = rules.clean_login(login)
    if password is not None:
        rules.check_password(password, login=cleaned)
    if find(session=session, login=cleaned) is not None:
        raise ConflictError(say("staff.login_taken"))
    account = StaffAccount(
        id=secrets.token_urlsafe(9),
        login=cleaned,
        name=rules.clean_name(name),
        password_hash=hash_password(password) if password is not None else None,
        external_id=_external(session, external_id),
        created_at=now,
    )
    session.add(account)
    session.flush()
    _grant(session, account.id, rules.clean_grants(grants))
    _record(session, actor, "account.added", account.id, now, login=cleaned)
    return _view(session, account)


def change(
    *,
    session: Session,
    actor: Actor,
    now: datetime,
    account_id: str,
    name: str,
    grants: Iterable[tuple[str, str]],
    external_id: str | None = None,
) -> AccountView:
    """Give an account another name, other roles or another address at the identity provider.

    Raises:
        NotAllowedError: the actor is no administrator. NotFoundError: unknown id.
        ConflictError: nobody would be left who administers, or the address is taken.
    """
    _check_administrator(actor)
    account = _account(session, account_id)
    cleaned = rules.clean_grants(grants)
    if not any(role == "administrator" for role, _ in cleaned):
        _check_not_last(session, account_id)
    account.name = rules.clean_name(name)
    if external_id != account.external_id:
        account.external_id = _external(session, external_id)
    session.add(account)
    session.exec(delete(StaffGrant).where(col(StaffGrant.account_id) == account_id))
    _grant(session, account_id, cleaned)
    told = [f"{role}@{office}" if office else role for role, office in sorted(cleaned)]
    _record(session, actor, "account.changed", account_id, now, grants=told)
    return _view(session, account)


def set_active(
    *, session: Session, actor: Actor, now: datetime, account_id: str, active: bool
) -> None:
    """Switch an account off (its sessions end at once, its tokens open nothing) or on again.

    Raises:
        NotAllowedError: the actor is no administrator. NotFoundError: unknown id.
        ConflictError: nobody would be left who administers.
    """
    _check_administrator(actor)
    account = _account(session, account_id)
    if not active:
        _check_not_last(session, account_id)
        session.exec(delete(StaffSession).where(col(StaffSession.account_id) == account_id))
    account.active = active
    session.add(account)
    _record(session, actor, "account.enabled" if active else "account.disabled", account_id, now)


def set_password(
    *, session: Session, actor: Actor, now: datetime, account_id: str, password: str
) -> None:
    """Set a new password; every open session of the account ends.

    Raises:
        NotAllowedError: neither an administrator nor the account itself.
        NotFoundError: unknown id. InvalidInputError: the password is too easy.
    """
    if actor.id != account_id:
        _check_administrator(actor)
    account = _account(session, account_id)
    rules.check_password(password, login=account.login)
    account.password_hash = hash_password(password)
    account.failed_tries, account.wait_until = 0, None
    session.add(account)
    session.exec(delete(StaffSession).where(col(StaffSession.account_id) == account_id))
    _record(session, actor, "account.password_set", account_id, now)


def accounts(*, session: Session, actor: Actor) -> tuple[AccountView, ...]:
    """Every account, by login.

    Raises:
        NotAllowedError: the actor is no administrator.
    """
    _check_administrator(actor)
    rows = session.exec(select(StaffAccount).order_by(StaffAccount.login)).all()
    held: dict[str, set[Grant]] = {}
    for grant in session.exec(select(StaffGrant)):
        held.setdefault(grant.account_id, set()).update(rules.clean_grants([_pair(grant)]))
    return tuple(_of(row, frozenset(held.get(row.id, ()))) for row in rows)


def find(*, session: Session, login: str) -> AccountView | None:
    """The account of a login, as it is compared; ``None`` if there is none."""
    row = session.exec(
        select(StaffAccount).where(StaffAccount.login == login.strip().lower())
    ).first()
    return _view(session, row) if row else None


def any_account(*, session: Session) -> bool:
    """Whether anybody was ever given an account."""
    return session.exec(select(StaffAccount.id).limit(1)).first() is not None


def names(*, session: Session, ids: Iterable[str]) -> dict[str, str]:
    """The names of some accounts by id; unknown ids are left out."""
    rows = session.exec(
        select(StaffAccount.id, StaffAccount.name).where(col(StaffAccount.id).in_(set(ids)))
    )
    return dict(rows.all())


def actor_of_account(*, session: Session, account_id: str) -> Actor:
    """The actor of an account that may act just now.

    Raises:
        NotFoundError: unknown, or switched off.
    """
    account = session.get(StaffAccount, account_id)
    if account is None or not account.active:
        raise NotFoundError
    grants = _grants(session, account_id)
    return Actor(
        kind="staff",
        id=account.id,
        name=account.name,
        roles=frozenset(role for role, _ in grants),
        offices=rules.offices_seen(grants),
        grants=grants,
    )


def actor_of_token(*, session: Session, token: str, now: datetime) -> Actor:
    """The actor whose API token this is; it only reads.

    Raises:
        NotFoundError: unknown, revoked or expired token, or an account switched off.
    """
    account_id = open_token(session=session, token=token, now=now)
    return actor_of_account(session=session, account_id=account_id)


def _check_administrator(actor: Actor) -> None:
    if not (actor.kind == "system" or actor.has("administrator")):
        raise NotAllowedError


def _check_not_last(session: Session, account_id: str) -> None:
    """Refuse what would leave nobody who can let people in again."""
    others = session.exec(
        select(StaffAccount.id)
        .join(StaffGrant, col(StaffGrant.account_id) == col(StaffAccount.id))
        .where(
            StaffGrant.role == "administrator",
            col(StaffAccount.active).is_(True),
            StaffAccount.id != account_id,
        )
    ).first()
    own = session.get(StaffGrant, (account_id, "administrator", ""))
    if others is None and own is not None:
        raise ConflictError(say("staff.last_administrator"))


def _account(session: Session, account_id: str) -> StaffAccount:
    account = session.get(StaffAccount, account_id)
    if account is None:
        raise NotFoundError
    return account


def _external(session: Session, external_id: str | None) -> str | None:
    cleaned = (external_id or "").strip().lower() or None
    if cleaned is not None:
        taken = select(StaffAccount.id).where(StaffAccount.external_id == cleaned)
        if session.exec(taken).first() is not None:
            raise ConflictError(say("staff.external_id_taken"))
    return cleaned


def _grant(session: Session, account_id: str, grants: Iterable[Grant]) -> None:
    for role, office in grants:
        session.add(StaffGrant(account_id=account_id, role=role, office=office))
    session.flush()


def _grants(session: Session, account_id: str) -> frozenset[Grant]:
    rows: Sequence[StaffGrant] = session.exec(
        select(StaffGrant).where(StaffGrant.account_id == account_id)
    ).all()
    return rules.clean_grants(_pair(row) for row in rows)


def _pair(row: StaffGrant) -> tuple[str, str]:
    return row.role, row.office


def _view(session: Session, account: StaffAccount) -> AccountView:
    return _of(account, _grants(session, account.id))


def _of(account: StaffAccount, grants: frozenset[Grant]) -> AccountView:
    return AccountView(
        id=account.id,
        login=account.login,
        name=account.name,
        active=account.active,
        grants=grants,
        external_id=account.external_id,
        last_sign_in_at=account.last_sign_in_at,
    )


def _record(
    session: Session, actor: Actor, action: str, account_id: str, now: datetime, **detail: object
) -> None:
    record(
        session=session,
        actor=actor,
        action=action,
        subject=f"account:{account_id}",
        now=now,
        detail=dict(detail),
    )

"""Tables of accounts: who may enter, with which roles, who is in just now."""

from datetime import datetime

from sqlalchemy import Column, ForeignKey, String
from sqlmodel import Field, SQLModel

from knowledge.database import UtcDateTime


def _account() -> "Column[str]":
    """A column that belongs to an account and goes with it."""
    return Column(
        String, ForeignKey("staff_account.id", ondelete="CASCADE"), nullable=False, index=True
    )


class StaffAccount(SQLModel, table=True):
    """One person. No row is ever deleted: what she did must keep its name.

    ``password_hash`` is argon2 and empty where only the identity provider lets her in;
    ``external_id`` is the address or subject that provider calls her by. ``failed_tries`` counts
    wrong passwords since the last right one.
    """

    __tablename__ = "staff_account"

    id: str = Field(primary_key=True)
    login: str = Field(unique=True)
    name: str
    password_hash: str | None = None
    external_id: str | None = Field(default=None, unique=True)
    active: bool = True
    failed_tries: int = 0
    wait_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    created_at: datetime = Field(sa_type=UtcDateTime)
    last_sign_in_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class StaffGrant(SQLModel, table=True):
    """One role at one place; ``office`` is empty where a role is not bound to a place."""

    __tablename__ = "staff_grant"

    account_id: str = Field(
        sa_column=Column(
            String, ForeignKey("staff_account.id", ondelete="CASCADE"), primary_key=True
        )
    )
    role: str = Field(primary_key=True)
    office: str = Field(primary_key=True)


class StaffSession(SQLModel, table=True):
    """One browser that signed in; the cookie holds the token, the table only its hash."""

    __tablename__ = "staff_session"

    token_hash: str = Field(primary_key=True)
    account_id: str = Field(sa_column=_account())
    created_at: datetime = Field(sa_type=UtcDateTime)
    last_seen_at: datetime = Field(sa_type=UtcDateTime, index=True)


class StaffToken(SQLModel, table=True):
    """One key for the API, with the rights of its account; shown once, kept as a hash."""

    __tablename__ = "staff_token"

    id: str = Field(primary_key=True)
    account_id: str = Field(sa_column=_account())
    label: str
    token_hash: str = Field(unique=True)
    created_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    last_used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)

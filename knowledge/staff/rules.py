"""What a login, a password and a waiting time must be; values only, no clock and no table."""

import re
from collections.abc import Collection, Iterable
from datetime import timedelta

from knowledge.errors import FieldProblem, InvalidInputError
from knowledge.staff.actor import ROLES, Role
from knowledge.wording import say

MIN_PASSWORD, MAX_PASSWORD = 12, 200
"""Length is what counts (NIST SP 800-63B §3.1.1); no mixture of signs is asked for."""
LOGIN = re.compile(r"[a-z0-9][a-z0-9._@+-]{1,79}")
FREE_TRIES = 5
LONGEST_WAIT = timedelta(minutes=15)
"""A guesser gets 4 tries an hour at most; the person herself waits a quarter of an hour."""
BOUND_ROLES: tuple[Role, ...] = ("staff", "manager")
"""Roles that are held at a place; the others concern the whole installation."""

Grant = tuple[Role, str]


def clean_login(login: str) -> str:
    """The login as it is compared: without spaces at the ends, in small letters.

    Raises:
        InvalidInputError: it is empty, too long, or has other signs.
    """
    cleaned = login.strip().lower()
    if not LOGIN.fullmatch(cleaned):
        raise refused("login", say("staff.bad_login"))
    return cleaned


def clean_name(name: str) -> str:
    """The name as colleagues and visitors read it (1 to 60 characters).

    Raises:
        InvalidInputError: nothing is left, or too much.
    """
    cleaned = " ".join(name.split())
    if not 1 <= len(cleaned) <= 60:
        raise refused("name", say("staff.bad_name"))
    return cleaned


def check_password(password: str, *, login: str) -> None:
    """Refuse what is guessed first.

    Raises:
        InvalidInputError: too short, too long, a repetition, or the login itself.
    """
    if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        raise refused("password", say("staff.bad_password", least=MIN_PASSWORD))
    if login in password.lower() or len(set(password)) < MIN_PASSWORD // 2:
        raise refused("password", say("staff.easy_password"))


def clean_grants(grants: Iterable[tuple[str, str]]) -> frozenset[Grant]:
    """Roles with their places; staff and managers need a place, the others have none.

    Raises:
        InvalidInputError: an unknown role, or staff without a place.
    """
    known: dict[str, Role] = {role: role for role in ROLES}
    cleaned = set[Grant]()
    for role, office in grants:
        if role not in known:
            raise refused("roles", say("staff.bad_role"))
        place = office if role in BOUND_ROLES else ""
        if role == "staff" and not place:
            raise refused("offices", say("staff.no_office"))
        cleaned.add((known[role], place))
    return frozenset(cleaned)


def offices_seen(grants: Collection[Grant]) -> frozenset[str]:
    """The places whose cases these roles open."""
    return frozenset(office for role, office in grants if office and role in BOUND_ROLES)


def wait_after(failed_tries: int) -> timedelta | None:
    """How long nobody may try after so many wrong passwords in a row; ``None``: at once."""
    over = failed_tries - FREE_TRIES
    if over < 0:
        return None
    return min(timedelta(seconds=30) * (1 << min(over, 10)), LONGEST_WAIT)


def refused(field: str, reason: str) -> InvalidInputError:
    """One field that cannot be used, with the Japanese reason."""
    return InvalidInputError(reason, fields=(FieldProblem(field, reason),))

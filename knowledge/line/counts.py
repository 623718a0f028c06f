"""Counts what was sent through LINE and keeps what the platform says of the monthly limit.

A push is paid for per person and month, a reply is free; only pushes count against the limit.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from knowledge.clock import TOKYO
from knowledge.line.models import LineCount

Counted = Literal["reply", "push", "unclear"]
COUNTED: Final[tuple[Counted, ...]] = ("reply", "push", "unclear")
LIMIT: Final = "limit"
USED: Final = "used"
UNLIMITED: Final = -1


@dataclass(frozen=True, slots=True)
class Quota:
    """This month. ``replies`` (free), ``pushes`` and ``unclear`` are what we counted; ``limit``
    (``None``: ``unlimited`` or unknown) and ``used`` (all senders of the account) are the
    platform's own figures as of ``as_of``.
    """

    month: str
    replies: int
    pushes: int
    unclear: int
    limit: int | None = None
    used: int | None = None
    as_of: datetime | None = None
    unlimited: bool = False

    @property
    def left(self) -> int | None:
        """How many pushes are left this month; ``None`` where that is not known."""
        if self.limit is None or self.used is None:
            return None
        return max(self.limit - self.used, 0)


def add(*, session: Session, what: Counted, now: datetime) -> None:
    """Count one."""
    row = lock(session=session, name=f"{_month(now)}:{what}", now=now)
    row.value += 1
    row.at = now
    session.add(row)


def remember(*, session: Session, limit: int | None, used: int, now: datetime) -> None:
    """Keep the platform's own figures; ``limit`` is ``None`` where there is none."""
    for name, value in ((LIMIT, UNLIMITED if limit is None else limit), (USED, used)):
        row = lock(session=session, name=name, now=now)
        row.value, row.at = value, now
        session.add(row)


def quota(*, session: Session, now: datetime) -> Quota:
    """What was sent this month and what is left."""
    month = _month(now)
    counted = {what: _value(session, f"{month}:{what}") or 0 for what in COUNTED}
    limit, used = session.get(LineCount, LIMIT), session.get(LineCount, USED)
    this_month = used is not None and _month(used.at) == month
    return Quota(
        month=month,
        replies=counted["reply"],
        pushes=counted["push"],
        unclear=counted["unclear"],
        limit=limit.value if limit is not None and limit.value != UNLIMITED else None,
        used=used.value if used is not None and this_month else None,
        as_of=used.at if used is not None else None,
        unlimited=limit is not None and limit.value == UNLIMITED,
    )


def lock(*, session: Session, name: str, now: datetime) -> LineCount:
    """The row of a counter, locked until the transaction ends; made where there is none."""
    statement = select(LineCount).where(LineCount.name == name).with_for_update()
    row = session.exec(statement).first()
    if row is None:
        with suppress(IntegrityError), session.begin_nested():
            session.add(LineCount(name=name, at=now))
        row = session.exec(statement).one()
    return row


def _value(session: Session, name: str) -> int | None:
    row = session.get(LineCount, name)
    return row.value if row is not None else None


def _month(now: datetime) -> str:
    return f"{now.astimezone(TOKYO):%Y-%m}"

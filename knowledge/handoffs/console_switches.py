"""When which emergency switch was touched last, and by whom, with names."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from knowledge.conversations.switches import history
from knowledge.staff.service import names

MOST = 50


@dataclass(frozen=True, slots=True)
class Change:
    """The latest touch of one switch."""

    name: str
    active: bool
    at: datetime
    who: str


def changes(*, session: Session) -> tuple[Change, ...]:
    """Every switch that was ever used, the latest first."""
    rows = history(session=session)[:MOST]
    known = names(session=session, ids=[row.actor_id for row in rows])
    return tuple(
        Change(row.name, row.active, row.at, known.get(row.actor_id, row.actor_id)) for row in rows
    )

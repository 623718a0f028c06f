"""Hands out stored events under a lease: one of each chat at a time, the oldest first.

What a killed worker left comes back when its lease ends. It handles nothing itself.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, or_, select

from knowledge.line import counts
from knowledge.line.models import LineEvent

LEASE = timedelta(seconds=25)
"""Rasa has 8 s and a locked database 5 s a transaction; longer nobody works on one event. Half a
reply token's minute is left to whoever takes it over."""
MOST_TRIES = 6
BACKOFF = (1, 3, 10, 30, 60)
"""Seconds to the next try after a failure of ours (a locked database)."""
LOOK = 200
"""How many waiting events are looked at to find one of each chat."""


@dataclass(frozen=True, slots=True)
class Job:
    """One event to handle now. ``tries`` counts this one."""

    id: int
    event_id: str
    contact_key: str
    kind: str
    message_id: str | None
    occurred_at: datetime
    withheld: bool
    payload: dict[str, Any]
    tries: int


def lease(*, session: Session, now: datetime, limit: int) -> tuple[Job, ...]:
    """Take the oldest waiting event of up to ``limit`` chats that nobody works on."""
    # Two processes looking at once would take two events of one chat.
    counts.lock(session=session, name="lease", now=now)
    busy = select(LineEvent.contact_key).where(
        LineEvent.state == "waiting", col(LineEvent.leased_until) > now
    )
    rows = session.exec(
        select(LineEvent)
        .where(
            LineEvent.state == "waiting",
            or_(col(LineEvent.leased_until).is_(None), col(LineEvent.leased_until) <= now),
            col(LineEvent.contact_key).not_in(busy),
        )
        .order_by(col(LineEvent.occurred_at), col(LineEvent.id))
        .limit(LOOK)
        .with_for_update(skip_locked=True)
    ).all()
    first: dict[str, LineEvent] = {}
    for row in rows:
        first.setdefault(row.contact_key, row)
    taken = [_take(session, row, now) for row in list(first.values())[:limit]]
    return tuple(job for job in taken if job is not None)


def ready(*, session: Session, now: datetime) -> bool:
    """Whether ``lease`` might find something (a look that takes no lock)."""
    found = session.exec(
        select(LineEvent.id)
        .where(
            LineEvent.state == "waiting",
            or_(col(LineEvent.leased_until).is_(None), col(LineEvent.leased_until) <= now),
        )
        .limit(1)
    ).first()
    return found is not None


def ended(
    *, session: Session, job_id: int, now: datetime, state: str = "done", problem: str | None = None
) -> None:
    """The event was handled (or given up, or put aside). What was typed is kept only where it is
    still needed: for a message that was overtaken, and for a person who lets us try again."""
    row = session.get(LineEvent, job_id)
    if row is None or row.state != "waiting":
        return
    row.state, row.problem, row.ended_at, row.leased_until = state, problem, now, None
    if state not in {"held", "failed"}:
        row.payload = None
    session.add(row)


def failed(*, session: Session, job_id: int, now: datetime, problem: str) -> None:
    """Something of ours broke: later again, after the last try given up and shown."""
    row = session.get(LineEvent, job_id)
    if row is None or row.state != "waiting":
        return
    if row.tries >= MOST_TRIES:
        ended(session=session, job_id=job_id, now=now, state="failed", problem=problem)
        return
    row.leased_until = now + timedelta(seconds=BACKOFF[row.tries - 1])
    row.problem = problem
    session.add(row)


def is_overtaken(*, session: Session, job: Job, kinds: Sequence[str]) -> bool:
    """Whether an event of one of these kinds happened in this chat later and was handled before
    (events come in any order)."""
    later = select(LineEvent.id).where(
        LineEvent.contact_key == job.contact_key,
        LineEvent.id != job.id,
        LineEvent.state == "done",
        LineEvent.occurred_at > job.occurred_at,
        col(LineEvent.kind).in_(kinds),
    )
    return session.exec(later.limit(1)).first() is not None


def waiting(*, session: Session) -> int:
    """How many events wait to be handled."""
    return len(session.exec(select(LineEvent.id).where(LineEvent.state == "waiting")).all())


def troubled(*, session: Session, limit: int = 100) -> Sequence[LineEvent]:
    """Events that were given up, newest first: staff must see them."""
    return session.exec(
        select(LineEvent)
        .where(LineEvent.state == "failed")
        .order_by(col(LineEvent.ended_at).desc())
        .limit(limit)
    ).all()


def again(*, session: Session, event_id: int) -> bool:
    """A person lets us try a given-up event once more; False if it is not given up (any more)."""
    row = _given_up(session, event_id)
    if row is None:
        return False
    row.state, row.tries, row.leased_until, row.ended_at = "waiting", 0, None, None
    session.add(row)
    return True


def settled(*, session: Session, event_id: int) -> bool:
    """A person took care of it another way; its words go. False as in ``again``."""
    row = _given_up(session, event_id)
    if row is None:
        return False
    row.state, row.payload = "settled", None
    session.add(row)
    return True


def _given_up(session: Session, event_id: int) -> LineEvent | None:
    return session.exec(
        select(LineEvent)
        .where(LineEvent.id == event_id, LineEvent.state == "failed")
        .with_for_update()
    ).first()


@dataclass(frozen=True, slots=True)
class Token:
    """A reply token and how long it may be used."""

    value: str
    until: datetime


def take_token(*, session: Session, job_id: int, now: datetime) -> Token | None:
    """The reply token of an event, for whoever asks first and in time."""
    return _use(session, session.get(LineEvent, job_id, with_for_update=True), now)


def take_newest_token(*, session: Session, contact_key: str, now: datetime) -> Token | None:
    """An unused reply token of a chat (the visitor wrote a moment ago and nobody answered yet)."""
    row = session.exec(
        select(LineEvent)
        .where(
            LineEvent.contact_key == contact_key,
            col(LineEvent.reply_until) >= now,
            LineEvent.state != "waiting",
        )
        .order_by(col(LineEvent.reply_until).desc())
        .limit(1)
        .with_for_update()
    ).first()
    return _use(session, row, now)


def _use(session: Session, row: LineEvent | None, now: datetime) -> Token | None:
    if row is None or row.reply_token is None or row.reply_until is None:
        return None
    token = Token(row.reply_token, row.reply_until) if row.reply_until >= now else None
    row.reply_token, row.reply_until = None, None
    session.add(row)
    return token


def _take(session: Session, row: LineEvent, now: datetime) -> Job | None:
    if row.tries >= MOST_TRIES:
        # Whoever tried died of it, time and again.
        ended(session=session, job_id=row.id or 0, now=now, state="failed", problem="gave up")
        return None
    row.leased_until, row.tries = now + LEASE, row.tries + 1
    session.add(row)
    return Job(
        id=row.id or 0,
        event_id=row.event_id,
        contact_key=row.contact_key,
        kind=row.kind,
        message_id=row.message_id,
        occurred_at=row.occurred_at,
        withheld=row.withheld,
        payload=json.loads(row.payload) if row.payload else {},
        tries=row.tries,
    )

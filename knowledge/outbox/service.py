"""Keeps what is to be sent, hands it out under a lease, and remembers how each try ended.

It sends nothing itself and knows no network. A delivery is enqueued in the transaction of what it
tells of: dropped when that rolls back, never lost when that commits.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, or_, select

from knowledge.outbox.models import Delivery

LEASE = timedelta(seconds=60)
"""How long one try may take before another worker may take the delivery over."""
BACKOFF = (10, 60, 300, 1800, 7200, 21600)
"""Seconds to the next try; after the last the delivery has failed and stands on the desk."""


@dataclass(frozen=True, slots=True)
class Leased:
    """One delivery to try now. ``tries`` counts this one; more than 1 may be a repetition.

    ``unclear_tries`` counts tries before this one of which nobody knows how they ended: the
    answer was lost, or the worker died. ``until`` is the end of the lease.
    """

    id: int
    kind: str
    key: str
    reference: str
    payload: dict[str, Any]
    tries: int
    unclear_tries: int = 0
    until: datetime | None = None


def enqueue(
    *,
    session: Session,
    kind: str,
    key: str,
    payload: Mapping[str, Any],
    now: datetime,
    reference: str = "",
    due_at: datetime | None = None,
) -> bool:
    """Ask for a delivery; False if ``key`` was asked for before (nothing changes then)."""
    if _known(session, key):
        return False
    row = _row(kind, key, payload, now, reference)
    row.due_at = due_at or now
    session.add(row)
    session.flush()
    return True


def enqueue_held(
    *,
    session: Session,
    kind: str,
    key: str,
    payload: Mapping[str, Any],
    now: datetime,
    hold: timedelta,
    reference: str = "",
) -> Leased | None:
    """Ask for a delivery and take it at once: the caller tries it right after the commit.

    ``None`` if ``key`` was asked for before.
    """
    if _known(session, key):
        return None
    row = _row(kind, key, payload, now, reference)
    row.leased_until, row.tries = now + hold, 1
    session.add(row)
    session.flush()
    return _leased(row)


def _known(session: Session, key: str) -> bool:
    return session.exec(select(Delivery.id).where(Delivery.key == key)).first() is not None


def _row(
    kind: str, key: str, payload: Mapping[str, Any], now: datetime, reference: str
) -> Delivery:
    return Delivery(
        kind=kind,
        key=key,
        reference=reference,
        payload=json.dumps(dict(payload), ensure_ascii=False),
        due_at=now,
        created_at=now,
    )


def lease(
    *,
    session: Session,
    now: datetime,
    kinds: Sequence[str],
    limit: int = 20,
    hold: timedelta = LEASE,
) -> tuple[Leased, ...]:
    """Take due deliveries for ``hold``; what another worker holds is left alone."""
    rows = session.exec(
        select(Delivery)
        .where(
            Delivery.state == "waiting",
            col(Delivery.kind).in_(kinds),
            Delivery.due_at <= now,
            or_(col(Delivery.leased_until).is_(None), col(Delivery.leased_until) <= now),
        )
        .order_by(col(Delivery.due_at), col(Delivery.id))
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    taken = []
    for row in rows:
        if row.tries > 0 and row.problem is None:  # the try before never reported
            row.unclear_tries += 1
        row.leased_until, row.tries, row.problem = now + hold, row.tries + 1, None
        session.add(row)
        taken.append(_leased(row))
    return tuple(taken)


def any_due(*, session: Session, now: datetime, kinds: Sequence[str]) -> bool:
    """Whether ``lease`` would find something; it takes no lock."""
    statement = (
        select(Delivery.id)
        .where(
            Delivery.state == "waiting",
            col(Delivery.kind).in_(kinds),
            Delivery.due_at <= now,
            or_(col(Delivery.leased_until).is_(None), col(Delivery.leased_until) <= now),
        )
        .limit(1)
    )
    return session.exec(statement).first() is not None


def _leased(row: Delivery) -> Leased:
    return Leased(
        id=row.id or 0,
        kind=row.kind,
        key=row.key,
        reference=row.reference,
        payload=json.loads(row.payload),
        tries=row.tries,
        unclear_tries=row.unclear_tries,
        until=row.leased_until,
    )


def doubtful(*, session: Session, delivery_id: int, now: datetime, problem: str) -> None:
    """Nobody knows whether it arrived: tried once more, and unclear if that is not known either."""
    row = session.get(Delivery, delivery_id)
    if row is None or row.state != "waiting":
        return
    row.unclear_tries += 1
    if row.unclear_tries > 1:
        _end(session, delivery_id, "unclear", now, problem)
        return
    row.due_at = now + timedelta(seconds=BACKOFF[0])
    row.leased_until, row.problem = None, problem
    session.add(row)


def renew(*, session: Session, leased: Leased, now: datetime, hold: timedelta = LEASE) -> bool:
    """Hold on to a leased delivery from now on; False if another worker has it by now."""
    row = session.exec(select(Delivery).where(Delivery.id == leased.id).with_for_update()).first()
    if row is None or row.state != "waiting" or row.tries != leased.tries:
        return False
    row.leased_until = now + hold
    session.add(row)
    return True


def done(*, session: Session, delivery_id: int, now: datetime) -> None:
    """It arrived."""
    _end(session, delivery_id, "done", now, None)


def unclear(*, session: Session, delivery_id: int, now: datetime, problem: str) -> None:
    """It may have arrived and may not be tried again: shown to staff as such."""
    _end(session, delivery_id, "unclear", now, problem)


def failed(
    *, session: Session, delivery_id: int, now: datetime, problem: str, final: bool = False
) -> None:
    """It did not arrive: tried again later, or given up after the last try (or if ``final``)."""
    row = session.get(Delivery, delivery_id)
    if row is None or row.state != "waiting":
        return
    if final or row.tries > len(BACKOFF):
        _end(session, delivery_id, "failed", now, problem)
        return
    row.due_at = now + timedelta(seconds=BACKOFF[max(row.tries, 1) - 1])
    row.leased_until, row.problem = None, problem
    session.add(row)


def cancel(*, session: Session, reference: str, kinds: Sequence[str], now: datetime) -> int:
    """Drop what is still waiting for one subject (a booking was cancelled); return how many."""
    rows = session.exec(
        select(Delivery).where(
            Delivery.reference == reference,
            Delivery.state == "waiting",
            col(Delivery.kind).in_(kinds),
        )
    ).all()
    for row in rows:
        row.state, row.ended_at = "cancelled", now
        session.add(row)
    return len(rows)


def troubled(*, session: Session, limit: int = 100) -> Sequence[Delivery]:
    """What failed or is unclear, newest first: staff must see it."""
    return session.exec(
        select(Delivery)
        .where(col(Delivery.state).in_(("failed", "unclear")))
        .order_by(col(Delivery.ended_at).desc())
        .limit(limit)
    ).all()


def again(*, session: Session, delivery_id: int, now: datetime) -> bool:
    """A person decided to send once more what was given up; False if it is not given up (any more).

    Its key stays, so that what carries one (a push of LINE) still arrives once; a reply or a mail
    that was unclear may arrive twice, which the person was told.
    """
    row = _given_up(session, delivery_id)
    if row is None:
        return False
    # One try is on its account: it is not the first, and its problem is known.
    row.state, row.due_at, row.tries, row.unclear_tries = "waiting", now, 1, 0
    row.leased_until, row.ended_at = None, None
    row.problem = row.problem or "again"
    session.add(row)
    return True


def settled(*, session: Session, delivery_id: int) -> bool:
    """A person told it another way (by phone); it is not shown any more. False as in ``again``."""
    row = _given_up(session, delivery_id)
    if row is None:
        return False
    row.state = "settled"
    session.add(row)
    return True


def _given_up(session: Session, delivery_id: int) -> Delivery | None:
    return session.exec(
        select(Delivery)
        .where(Delivery.id == delivery_id, col(Delivery.state).in_(("failed", "unclear")))
        .with_for_update()
    ).first()


def _end(
    session: Session, delivery_id: int, state: str, now: datetime, problem: str | None
) -> None:
    row = session.get(Delivery, delivery_id)
    if row is None or row.state != "waiting":
        return
    row.state, row.ended_at, row.problem, row.leased_until = state, now, problem, None
    session.add(row)

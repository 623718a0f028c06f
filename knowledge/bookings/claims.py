"""Takes and gives back minutes of a lane; the only place that writes ``claim`` and ``claim_cell``.

Order of locks, the same for everyone: resources by number, then the booking. Under the lock what
is taken is looked up again; the primary key of the cells refuses what still slips through.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, or_, select

from knowledge.bookings.models import Claim, ClaimCell, Resource
from knowledge.bookings.slot_ids import minute_of
from knowledge.errors import SlotTakenError

CELL_MINUTES = 5
SEATS = 1000
"""More than any session has; seat and resource share one number."""


@dataclass(frozen=True, slots=True)
class Stay:
    """A stretch of one lane, in minutes since 1970; the last minute is not part of it."""

    lane: int
    first: int
    last: int

    def overlaps(self, other: "Stay") -> bool:
        """Whether two stays share a minute of a lane."""
        return self.lane == other.lane and self.first < other.last and other.first < self.last


def lane_of(resource_id: int, seat: int = 0) -> int:
    """The lane of a seat."""
    return resource_id * SEATS + seat


def resource_of(lane: int) -> int:
    """The resource a lane belongs to."""
    return lane // SEATS


def stay(resource_id: int, starts_at: datetime, until: datetime, *, seat: int = 0) -> Stay:
    """A stay from one moment to another."""
    return Stay(lane_of(resource_id, seat), minute_of(starts_at), minute_of(until))


def lock(session: Session, resource_ids: Iterable[int]) -> dict[int, Resource]:
    """The resources, locked in one order until the transaction ends."""
    wanted = sorted(set(resource_ids))
    rows = session.exec(
        select(Resource)
        .where(col(Resource.id).in_(wanted))
        .order_by(col(Resource.id))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    return {row.id: row for row in rows if row.id is not None}


def taken(
    session: Session, lanes: Sequence[int], *, first: int, last: int, now: datetime
) -> tuple[Stay, ...]:
    """What is taken on some lanes within some minutes; holds that ran out do not count."""
    rows = session.exec(
        select(Claim.lane, Claim.first_minute, Claim.last_minute).where(
            col(Claim.lane).in_(lanes),
            Claim.first_minute < last,
            Claim.last_minute > first,
            or_(col(Claim.expires_at).is_(None), col(Claim.expires_at) > now),
        )
    ).all()
    return tuple(Stay(*row) for row in rows)


def take(
    session: Session,
    stays: Sequence[Stay],
    *,
    holder: str,
    now: datetime,
    expires_at: datetime | None = None,
) -> None:
    """Take some stretches at once, all or none; their resources must be locked.

    Raises:
        SlotTakenError: a minute of one of them is taken.
    """
    for wanted in sorted(stays, key=lambda s: (s.lane, s.first)):
        _sweep(session, wanted, now)
        if taken(session, [wanted.lane], first=wanted.first, last=wanted.last, now=now):
            raise SlotTakenError
        claim = Claim(
            holder=holder,
            lane=wanted.lane,
            first_minute=wanted.first,
            last_minute=wanted.last,
            expires_at=expires_at,
        )
        session.add(claim)
        try:
            session.flush()
            cells = range(wanted.first // CELL_MINUTES, -(-wanted.last // CELL_MINUTES))
            session.add_all(
                ClaimCell(lane=wanted.lane, cell=cell, claim_id=claim.id or 0) for cell in cells
            )
            session.flush()
        except IntegrityError as error:
            raise SlotTakenError from error


def held_by(session: Session, holder: str, now: datetime) -> tuple[Stay, ...]:
    """What a holder has taken and not lost by time."""
    rows = session.exec(
        select(Claim.lane, Claim.first_minute, Claim.last_minute).where(
            Claim.holder == holder,
            or_(col(Claim.expires_at).is_(None), col(Claim.expires_at) > now),
        )
    ).all()
    return tuple(Stay(*row) for row in rows)


def release(session: Session, holder: str) -> None:
    """Give back everything of a holder."""
    session.execute(delete(Claim).where(col(Claim.holder) == holder))


def sweep(session: Session, now: datetime) -> int:
    """Delete holds that ran out; return how many stretches they were."""
    result = session.execute(delete(Claim).where(col(Claim.expires_at) <= now))
    return int(getattr(result, "rowcount", 0))


def _sweep(session: Session, wanted: Stay, now: datetime) -> None:
    session.execute(
        delete(Claim).where(
            col(Claim.lane) == wanted.lane,
            col(Claim.first_minute) < wanted.last,
            col(Claim.last_minute) > wanted.first,
            col(Claim.expires_at) <= now,
        )
    )

"""What desk staff do with bookings besides experts: see, cancel, note who came and what came of it.

Every call is the actor's: bookings of other offices do not exist for her.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from sqlmodel import Session, col, select

from knowledge.bookings import changes, mails
from knowledge.bookings.calendars import at
from knowledge.bookings.models import Booking, BookingOutcome
from knowledge.bookings.occupying import lock_office
from knowledge.bookings.service import locked, note
from knowledge.errors import (
    BookingClosedError,
    FieldProblem,
    InvalidInputError,
    NotFoundError,
    TooLateToChangeError,
)
from knowledge.staff.actor import Actor
from knowledge.text import normalise
from knowledge.wording import say

ADVICE: Final = (
    "bookings.advice_system",
    "bookings.advice_points",
    "bookings.advice_search",
    "bookings.advice_programme",
    "bookings.advice_other_body",
)
"""What may come of a session (C1, C2): advice in five kinds. Drafting and judging are no kind."""
NEXT_STEPS: Final = (
    "bookings.next_none",
    "bookings.next_again",
    "bookings.next_expert",
    "bookings.next_other_body",
)
MOST_NOTE: Final = 2000


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a session; ``advised`` and ``next_step`` are wording keys of the lists above."""

    advised: tuple[str, ...]
    next_step: str
    note: str = ""


def locked_for(*, session: Session, reference: str, actor: Actor) -> Booking:
    """A booking of the actor's offices, locked with its office.

    Raises:
        NotFoundError: unknown, or of another office.
    """
    booking = session.get(Booking, reference)
    if booking is None or not actor.sees_office(booking.office):
        raise NotFoundError
    lock_office(session, booking.office, (booking.resource_id,))
    return locked(session, reference)


def bookings_of(
    *, session: Session, office: str, first: date, last: date, actor: Actor
) -> Sequence[Booking]:
    """The bookings of an office between two days, by time.

    Raises:
        NotFoundError: not an office of the actor's.
    """
    if not actor.sees_office(office):
        raise NotFoundError
    return session.exec(
        select(Booking)
        .where(
            Booking.office == office,
            Booking.starts_at >= at(first, time.min),
            Booking.starts_at < at(last + timedelta(days=1), time.min),
        )
        .order_by(col(Booking.starts_at), col(Booking.reference))
    ).all()


def requests_of(*, session: Session, office: str, actor: Actor) -> Sequence[Booking]:
    """Requests of expert sessions that wait for the desk's answer, the nearest first.

    Raises:
        NotFoundError: not an office of the actor's.
    """
    if not actor.sees_office(office):
        raise NotFoundError
    return session.exec(
        select(Booking)
        .where(Booking.office == office, Booking.status == "requested")
        .order_by(col(Booking.starts_at))
    ).all()


def cancel(*, session: Session, reference: str, site: str, actor: Actor, now: datetime) -> Booking:
    """Cancel for the desk (illness, storm); the visitor is told.

    Raises:
        NotFoundError: see ``locked_for``. BookingClosedError: it is over.
    """
    booking = locked_for(session=session, reference=reference, actor=actor)
    if booking.status not in ("requested", "confirmed"):
        raise BookingClosedError
    changes.end(session=session, booking=booking, status="cancelled", site=site, now=now)
    note(session=session, booking=booking, actor=actor, action="booking.cancelled", now=now)
    return booking


def no_show(*, session: Session, reference: str, actor: Actor, now: datetime) -> Booking:
    """Note that nobody came.

    Raises:
        NotFoundError: see ``locked_for``. TooLateToChangeError: it has not begun yet.
        BookingClosedError: it was not to take place.
    """
    booking = _begun(session, reference, actor, now)
    booking.status = "no_show"
    session.add(booking)
    mails.drop_waiting(session=session, booking=booking, now=now)  # no thanks for coming
    note(session=session, booking=booking, actor=actor, action="booking.no_show", now=now)
    return booking


def finish(
    *, session: Session, reference: str, outcome: Outcome, actor: Actor, now: datetime
) -> Booking:
    """Note what came of a session: advice, and the next step.

    Raises:
        NotFoundError, TooLateToChangeError, BookingClosedError: as above.
        InvalidInputError: a field cannot be used.
    """
    _check_outcome(outcome)
    booking = _begun(session, reference, actor, now)
    booking.status = "done"
    session.add(booking)
    session.merge(
        BookingOutcome(
            reference=reference,
            advised=list(outcome.advised),
            note=outcome.note,
            next_step=outcome.next_step,
            recorded_by=actor.id,
            at=now,
        )
    )
    note(session=session, booking=booking, actor=actor, action="booking.done", now=now)
    return booking


def _begun(session: Session, reference: str, actor: Actor, now: datetime) -> Booking:
    booking = locked_for(session=session, reference=reference, actor=actor)
    if booking.status not in ("confirmed", "done", "no_show"):
        raise BookingClosedError
    if now < booking.starts_at:
        raise TooLateToChangeError(say("bookings.not_begun"))
    return booking


def _check_outcome(outcome: Outcome) -> None:
    tests = (
        (bool(outcome.advised) and all(a in ADVICE for a in outcome.advised), "advised"),
        (outcome.next_step in NEXT_STEPS, "next_step"),
        (len(normalise(outcome.note)) <= MOST_NOTE, "note"),
    )
    problems = [FieldProblem(name, say("errors.bad_field")) for good, name in tests if not good]
    if problems:
        raise InvalidInputError(fields=tuple(problems))

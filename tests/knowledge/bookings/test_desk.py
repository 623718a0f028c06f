"""What staff do with the bookings of their own office."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import select

from knowledge.bookings import desk as desk_work
from knowledge.bookings.desk import ADVICE, NEXT_STEPS, Outcome
from knowledge.bookings.models import Booking, BookingOutcome
from knowledge.database import transaction
from knowledge.errors import (
    BookingClosedError,
    InvalidInputError,
    NotFoundError,
    TooLateToChangeError,
)
from knowledge.outbox.models import Delivery
from knowledge.staff.actor import Actor
from tests.knowledge.bookings.conftest import NOW, OFFICE, SITE, Desk

STAFF = Actor(kind="staff", id="s1", offices=frozenset({OFFICE}))
STRANGER = Actor(kind="staff", id="s2", offices=frozenset({"other"}))
GOOD = Outcome(advised=(ADVICE[0],), next_step=NEXT_STEPS[0], note="制度を説明した")
AFTER = NOW + timedelta(days=10)


def do(desk: Desk, work: Callable[..., Any], **values: Any) -> Any:
    with transaction(desk.engine) as session:
        return work(session=session, **({"actor": STAFF, "now": AFTER} | values))


@pytest.fixture
def booking(desk: Desk) -> Booking:
    """A confirmed meeting."""
    return desk.book(desk.slots()[0]).booking


def test_staff_see_the_bookings_of_their_office_by_day(desk: Desk, booking: Booking) -> None:
    day = booking.starts_at.date()

    def seen(first: date, last: date) -> list[str]:
        with transaction(desk.engine) as session:
            rows = desk_work.bookings_of(
                session=session, office=OFFICE, first=first, last=last, actor=STAFF
            )
            return [row.reference for row in rows]

    assert seen(day, day) == [booking.reference]
    assert seen(day + timedelta(days=1), day + timedelta(days=9)) == []
    with transaction(desk.engine) as session, pytest.raises(NotFoundError):
        desk_work.bookings_of(session=session, office=OFFICE, first=day, last=day, actor=STRANGER)


def test_who_does_not_come_is_noted_after_the_beginning(desk: Desk, booking: Booking) -> None:
    reference = booking.reference
    with pytest.raises(TooLateToChangeError):
        do(desk, desk_work.no_show, reference=reference, now=NOW)

    assert do(desk, desk_work.no_show, reference=reference).status == "no_show"
    with transaction(desk.engine) as session:
        assert {d.state for d in session.exec(select(Delivery))} == {"cancelled"}


def test_an_outcome_is_advice_and_closes_the_session(desk: Desk, booking: Booking) -> None:
    done = do(desk, desk_work.finish, reference=booking.reference, outcome=GOOD)

    assert done.status == "done"
    with transaction(desk.engine) as session:
        kept = session.get(BookingOutcome, booking.reference)
        assert kept is not None
        assert kept.advised == [ADVICE[0]]
        assert kept.note == "制度を説明した"


@pytest.mark.parametrize(
    "outcome",
    [
        Outcome((), NEXT_STEPS[0]),
        Outcome(("bookings.draft_written",), NEXT_STEPS[0]),
        Outcome((ADVICE[0],), "anything"),
        Outcome((ADVICE[0],), NEXT_STEPS[0], "あ" * 2001),
    ],
)
def test_what_is_no_advice_cannot_be_noted(desk: Desk, booking: Booking, outcome: Outcome) -> None:
    with pytest.raises(InvalidInputError):
        do(desk, desk_work.finish, reference=booking.reference, outcome=outcome)


def test_staff_cancel_and_the_time_is_free(desk: Desk, booking: Booking) -> None:
    done = do(desk, desk_work.cancel, reference=booking.reference, site=SITE, now=NOW)

    assert done.status == "cancelled"
    assert booking.starts_at in [s.starts_at for s in desk.slots()]
    with pytest.raises(BookingClosedError):
        do(desk, desk_work.cancel, reference=booking.reference, site=SITE, now=NOW)
    with pytest.raises(BookingClosedError):
        do(desk, desk_work.no_show, reference=booking.reference)


@pytest.mark.parametrize("work", [desk_work.no_show, desk_work.cancel, desk_work.finish])
def test_a_booking_of_another_office_does_not_exist(
    desk: Desk, booking: Booking, work: Callable[..., Any]
) -> None:
    more: dict[Any, dict[str, Any]] = {
        desk_work.cancel: {"site": SITE},
        desk_work.finish: {"outcome": GOOD},
    }

    with pytest.raises(NotFoundError):
        do(desk, work, reference=booking.reference, actor=STRANGER, **more.get(work, {}))
    with pytest.raises(NotFoundError):
        do(desk, work, reference="XXXX-XXXX", **more.get(work, {}))

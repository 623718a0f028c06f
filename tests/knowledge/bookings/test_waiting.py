"""Who waits is told in order, and what nobody takes is passed on."""

import json
import re
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from knowledge.bookings import changes, occupying, service, sweep, waiting
from knowledge.bookings.models import Booking, Claim, WaitingEntry
from knowledge.bookings.service import Booked
from knowledge.database import transaction
from knowledge.errors import NotFoundError, SlotTakenError
from knowledge.outbox.models import Delivery
from tests.knowledge.bookings.conftest import NOW, SHIZUOKA, SITE, VISITOR, Desk, add_expert

DECEMBER = (date(2026, 11, 20), date(2026, 12, 31))


def join(desk: Desk, email: str, *, at: datetime = NOW, **changes_: Any) -> str:
    values: dict[str, Any] = {"kind": "meeting", "profession": None, "days": DECEMBER}
    with transaction(desk.engine) as session:
        return waiting.join(
            session=session, prefecture=SHIZUOKA, email=email, now=at, **(values | changes_)
        )


def cancel(desk: Desk, booked: Booked, *, at: datetime = NOW) -> None:
    with transaction(desk.engine) as session:
        changes.cancel(
            session=session,
            reference=booked.booking.reference,
            code=booked.code,
            site=SITE,
            actor=VISITOR,
            now=at,
        )


def told(desk: Desk) -> list[tuple[str, str]]:
    """Who was offered a place, with the link."""
    with transaction(desk.engine) as session:
        rows = session.exec(
            select(Delivery).where(col(Delivery.key).startswith("waiting:")).order_by("id")
        )
        found = [json.loads(row.payload) for row in rows]
    return [(p["to"], re.findall(r"\S+/sessions#\S+", p["text"])[0]) for p in found]


def test_the_first_who_waits_is_offered_a_freed_place_and_it_is_kept_for_her(desk: Desk) -> None:
    slot = desk.slots()[0]
    booked = desk.book(slot)
    join(desk, "first@example.jp")
    join(desk, "second@example.jp", at=NOW + timedelta(minutes=1))

    cancel(desk, booked)

    ((to, link),) = told(desk)
    assert to == "first@example.jp"
    slot_id, hold = link.split("#")[1].split(".")
    assert slot_id == slot.id
    with pytest.raises(SlotTakenError):
        desk.book(slot)
    assert desk.book(slot, hold=hold).booking.status == "confirmed"
    with transaction(desk.engine) as session:
        closed = session.exec(select(WaitingEntry).where(col(WaitingEntry.closed_at).is_not(None)))
        assert [entry.email for entry in closed] == ["first@example.jp"]


def test_an_offer_nobody_takes_goes_to_the_next_and_then_to_everybody(desk: Desk) -> None:
    slot = desk.slots(first=date(2026, 12, 7))[0]
    booked = desk.book(slot)
    join(desk, "first@example.jp")
    join(desk, "second@example.jp", at=NOW + timedelta(minutes=1))
    cancel(desk, booked)
    later = NOW + waiting.OFFER

    def pass_on(at: datetime) -> bool:
        with transaction(desk.engine) as session:
            return waiting.pass_on(session=session, site=SITE, now=at)

    assert not pass_on(later - timedelta(seconds=1))
    assert pass_on(later)
    assert not pass_on(later)
    assert [to for to, _ in told(desk)] == ["first@example.jp", "second@example.jp"]
    assert pass_on(later + waiting.OFFER)
    with transaction(desk.engine) as session:
        sweep.end_holds(session=session, now=later + waiting.OFFER)
        assert session.exec(select(Claim)).all() == []
    assert desk.book(slot, now=later + waiting.OFFER).booking.status == "confirmed"


def test_a_move_frees_a_place_too(desk: Desk) -> None:
    first, other = desk.slots()[0], desk.slots()[4]
    booked = desk.book(first)
    join(desk, "first@example.jp")

    with transaction(desk.engine) as session:
        changes.move(
            session=session,
            reference=booked.booking.reference,
            code=booked.code,
            slot_id=other.id,
            site=SITE,
            actor=VISITOR,
            now=NOW,
        )

    ((_, link),) = told(desk)
    assert first.id in link


@pytest.mark.parametrize(
    "changes_",
    [
        {"kind": "regular"},
        {"days": (date(2026, 12, 20), date(2026, 12, 31))},
        {"profession": "benrishi"},
    ],
)
def test_who_waits_for_something_else_is_not_told(desk: Desk, changes_: dict[str, Any]) -> None:
    booked = desk.book(desk.slots()[0])
    join(desk, "first@example.jp", **changes_)

    cancel(desk, booked)

    assert told(desk) == []
    assert booked.booking.starts_at in [s.starts_at for s in desk.slots()]


def test_who_waits_no_more_is_not_told(desk: Desk) -> None:
    booked = desk.book(desk.slots()[0])
    code = join(desk, "first@example.jp")
    with transaction(desk.engine) as session:
        assert waiting.leave(session=session, code=code, now=NOW)
        assert not waiting.leave(session=session, code=code, now=NOW)
        assert not waiting.leave(session=session, code="another", now=NOW)

    cancel(desk, booked)

    assert told(desk) == []


def test_a_place_too_near_to_be_booked_is_offered_to_nobody(desk: Desk) -> None:
    slot = desk.slots()[0]
    booked = desk.book(slot)
    join(desk, "first@example.jp")

    cancel(desk, booked, at=slot.starts_at - timedelta(hours=3))

    assert told(desk) == []


class TestTheSweep:
    def test_holds_that_ran_out_are_put_away(self, desk: Desk) -> None:
        with transaction(desk.engine) as session:
            occupying.hold(session=session, slot_id=desk.slots()[0].id, now=NOW)
        with transaction(desk.engine) as session:
            assert sweep.end_holds(session=session, now=NOW + timedelta(minutes=9)) == 0
            assert sweep.end_holds(session=session, now=NOW + timedelta(minutes=10)) == 2

    def test_a_request_without_answer_lapses_a_day_before(self, desk: Desk) -> None:
        with transaction(desk.engine) as session:
            add_expert(session, "near")
        slot = desk.slots("expert")[0]
        booking = desk.book(slot).booking
        meeting = desk.book(desk.slots()[0]).booking

        def lapse(at: datetime) -> bool:
            with transaction(desk.engine) as session:
                return sweep.lapse_one(session=session, site=SITE, now=at)

        assert not lapse(slot.starts_at - timedelta(hours=25))
        assert lapse(slot.starts_at - timedelta(hours=24))
        assert not lapse(slot.starts_at)
        with transaction(desk.engine) as session:
            states = {b.reference: b.status for b in session.exec(select(Booking))}
        assert states == {booking.reference: "lapsed", meeting.reference: "confirmed"}

    def test_contact_data_is_forgotten_after_its_time_and_the_count_stays(self, desk: Desk) -> None:
        booked = desk.book(desk.slots()[0])
        join(desk, "first@example.jp")
        reference, keep = booked.booking.reference, timedelta(days=90)

        def forget(at: datetime) -> int:
            with transaction(desk.engine) as session:
                return sweep.forget_past(session=session, older_than=keep, now=at)

        end = booked.booking.ends_at
        assert forget(end + keep - timedelta(seconds=1)) == 0
        assert forget(end + keep) == 1
        assert forget(end + keep) == 0
        with transaction(desk.engine) as session:
            row = session.get(Booking, reference)
            assert row is not None
            assert "花子" not in row.contact
            assert row.summary == ""
            assert session.exec(select(WaitingEntry)).all() == []
            with pytest.raises(NotFoundError):
                service.open_booking(session=session, reference=reference, code=booked.code)

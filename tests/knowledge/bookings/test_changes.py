"""Moving and cancelling: the same calendar entry follows, nothing is lost when it fails."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from icalendar import Calendar
from sqlmodel import select

from knowledge.bookings import changes, planning
from knowledge.bookings.models import Booking, Claim
from knowledge.bookings.service import Booked
from knowledge.bookings.slot_ids import decode, minute_of
from knowledge.bookings.views import SlotView
from knowledge.database import transaction
from knowledge.errors import (
    BookingClosedError,
    InvalidInputError,
    NotFoundError,
    SlotNotOpenError,
    SlotTakenError,
    TooLateToChangeError,
)
from knowledge.outbox.models import Delivery
from knowledge.staff.actor import Actor
from tests.knowledge.bookings.conftest import (
    NOW,
    SITE,
    VISITOR,
    Desk,
    add_expert,
    add_person,
    contact,
    prefecture,
)


def move(desk: Desk, booked: Booked, slot: SlotView, **changes_: Any) -> Booking:
    values: dict[str, Any] = {"now": NOW, "code": booked.code} | changes_
    with transaction(desk.engine) as session:
        return changes.move(
            session=session,
            reference=booked.booking.reference,
            slot_id=slot.id,
            site=SITE,
            actor=VISITOR,
            **values,
        )


def cancel(desk: Desk, booked: Booked, **changes_: Any) -> Booking:
    values: dict[str, Any] = {"now": NOW, "code": booked.code} | changes_
    with transaction(desk.engine) as session:
        return changes.cancel(
            session=session, reference=booked.booking.reference, site=SITE, actor=VISITOR, **values
        )


def mails(desk: Desk, state: str = "waiting") -> list[tuple[str, dict[str, Any]]]:
    """Key and payload of the mails in a state, in order."""
    with transaction(desk.engine) as session:
        rows = session.exec(select(Delivery).where(Delivery.state == state).order_by("id"))
        return [(row.key.split(":", 2)[2], json.loads(row.payload)) for row in rows]


def event(payload: dict[str, Any]) -> Any:
    """The event of the calendar entry of a mail, as a calendar program reads it."""
    (attachment,) = payload["attachments"]
    calendar = Calendar.from_ical(attachment["text"])
    (found,) = calendar.walk("VEVENT")
    return found


class TestMoving:
    def test_the_new_time_is_taken_and_the_old_one_free(self, desk: Desk) -> None:
        first, other = desk.slots()[0], desk.slots()[4]
        booked = desk.book(first)

        booking = move(desk, booked, other)

        assert booking.starts_at == other.starts_at
        free = [s.id for s in desk.slots()]
        assert first.id in free
        assert other.id not in free

    def test_the_calendar_entry_keeps_its_name_and_counts_on(self, desk: Desk) -> None:
        first, other = desk.slots()[0], desk.slots()[4]
        booked = desk.book(first)
        ((_, made),) = [m for m in mails(desk) if m[1]["attachments"]]

        move(desk, booked, other)

        ((key, moved),) = [m for m in mails(desk) if m[1]["attachments"]]
        assert key == "1:moved"
        assert event(made)["uid"] == event(moved)["uid"]
        assert (event(made)["sequence"], event(moved)["sequence"]) == (0, 1)
        assert event(moved).decoded("dtstart") == other.starts_at

    def test_reminders_of_the_old_time_do_not_leave(self, desk: Desk) -> None:
        booked = desk.book(desk.slots()[0])
        before = {key for key, _ in mails(desk)}

        booking = move(desk, booked, desk.slots()[4])

        assert {key for key, _ in mails(desk, "cancelled")} == before
        with transaction(desk.engine) as session:
            due = {d.due_at for d in session.exec(select(Delivery)) if ":1:reminder" in d.key}
        assert due == {
            booking.starts_at - timedelta(days=1),
            booking.starts_at - timedelta(hours=1),
        }

    def test_a_taken_time_leaves_everything_as_it_was(self, desk: Desk) -> None:
        first, other = desk.slots()[0], desk.slots()[4]
        booked, _ = desk.book(first), desk.book(other)
        before = mails(desk)

        with pytest.raises(SlotTakenError):
            move(desk, booked, other)

        with transaction(desk.engine) as session:
            row = session.get(Booking, booked.booking.reference)
            assert row is not None
            assert (row.starts_at, row.sequence) == (first.starts_at, 0)
            held = session.exec(select(Claim).where(Claim.holder == row.reference)).all()
            assert {c.first_minute for c in held} == {minute_of(first.starts_at)}
        assert mails(desk) == before

    def test_moving_to_where_it_is_changes_nothing(self, desk: Desk) -> None:
        slot = desk.slots()[0]
        booked = desk.book(slot)
        before = mails(desk)

        assert move(desk, booked, slot).sequence == 0
        assert mails(desk) == before

    def test_the_way_of_meeting_can_be_changed_at_the_same_time(self, desk: Desk) -> None:
        place, online = desk.slots()[:2]
        booked = desk.book(place)

        booking = move(desk, booked, online)

        assert (booking.mode, booking.room_id) == ("online", None)
        with transaction(desk.engine) as session:
            assert len(session.exec(select(Claim)).all()) == 1

    def test_within_a_day_of_the_beginning_it_is_too_late(self, desk: Desk) -> None:
        slot = desk.slots()[0]
        booked = desk.book(slot)
        late = slot.starts_at - timedelta(hours=23)
        other = desk.slots(now=late)[0]

        with pytest.raises(TooLateToChangeError):
            move(desk, booked, other, now=late)

    def test_a_cancelled_booking_cannot_be_moved(self, desk: Desk) -> None:
        booked = desk.book(desk.slots()[0])
        cancel(desk, booked)

        with pytest.raises(BookingClosedError):
            move(desk, booked, desk.slots()[2])

    def test_a_wrong_code_moves_nothing(self, desk: Desk) -> None:
        booked = desk.book(desk.slots()[0])

        with pytest.raises(NotFoundError):
            move(desk, booked, desk.slots()[2], code="x")

    def test_a_time_that_is_closed_meanwhile_is_refused(self, desk: Desk) -> None:
        booked, other = desk.book(desk.slots()[0]), desk.slots()[20]
        with transaction(desk.engine) as session:
            day = other.starts_at.date()
            planning.set_exception(session=session, resource_id=desk.staff[0], day=day, hours=None)

        with pytest.raises(SlotNotOpenError):
            move(desk, booked, other)

    def test_another_desks_time_is_refused(self, desk: Desk) -> None:
        booked = desk.book(desk.slots()[0])
        with transaction(desk.engine) as session:
            add_person(
                session,
                "aichi",
                office="inpit-chizai-sogo-madoguchi/23",
                prefecture="愛知県",
            )
        elsewhere = desk.slots(prefecture=prefecture("愛知"))[0]

        with pytest.raises(InvalidInputError):
            move(desk, booked, elsewhere)

    def test_a_request_stays_with_its_expert(self, desk: Desk) -> None:
        with transaction(desk.engine) as session:
            calendars = {id_: add_expert(session, id_) for id_ in ("one", "two")}
        slots = desk.slots("expert")
        of: dict[str, list[SlotView]] = {"one": [], "two": []}
        for slot in slots:
            key = decode(slot.id)
            assert key is not None
            of[next(i for i, c in calendars.items() if c == key.resource_id)].append(slot)
        booked = desk.book(of["one"][0])

        with pytest.raises(InvalidInputError):
            move(desk, booked, of["two"][2])
        booking = move(desk, booked, of["one"][2])

        assert (booking.status, booking.expert_id) == ("requested", "one")


class TestCancelling:
    def test_the_time_is_free_and_the_entry_is_cancelled(self, desk: Desk) -> None:
        slot = desk.slots()[0]
        booked = desk.book(slot)

        booking = cancel(desk, booked)

        assert booking.status == "cancelled"
        assert slot.id in [s.id for s in desk.slots()]
        ((key, payload),) = mails(desk)
        assert key == "1:cancelled"
        assert (event(payload)["status"], event(payload)["sequence"]) == ("CANCELLED", 1)
        assert "method=CANCEL" in payload["attachments"][0]["content_type"]

    def test_a_second_time_changes_nothing(self, desk: Desk) -> None:
        booked = desk.book(desk.slots()[0])
        cancel(desk, booked)
        before = mails(desk)

        assert cancel(desk, booked).sequence == 1
        assert mails(desk) == before

    def test_after_the_beginning_it_is_too_late(self, desk: Desk) -> None:
        slot = desk.slots()[0]
        booked = desk.book(slot)

        assert cancel(desk, booked, now=slot.starts_at - timedelta(minutes=1)).status == "cancelled"
        again = desk.book(desk.slots()[0])
        with pytest.raises(TooLateToChangeError):
            cancel(desk, again, now=again.booking.starts_at)

    def test_without_an_address_nothing_is_sent(
        self, engine: Any, make_desk: Callable[..., Desk]
    ) -> None:
        desk = make_desk(engine)
        booked = desk.book(desk.slots()[0], contact=contact(email=None))

        cancel(desk, booked)

        assert mails(desk) == []
        assert mails(desk, "cancelled") == []


class TestTheMails:
    def test_a_mail_tells_when_where_and_what_to_bring_but_not_what_it_is_about(
        self, desk: Desk
    ) -> None:
        booked = desk.book(desk.slots()[0])

        (confirmed, *later) = mails(desk)

        _, payload = confirmed
        assert payload["to"] == "hanako@example.jp"
        assert "2026年11月25日（水）10:00〜11:00" in payload["subject"]
        assert f"{SITE}/booking#{booked.booking.reference}.{booked.code}" in payload["text"]
        assert "静岡の窓口（見本）" in payload["text"]
        assert "お持ちいただくもの" in payload["text"]
        assert "店の名前" not in json.dumps(payload, ensure_ascii=False)
        assert [key.rsplit(":", 1)[0] for key, _ in later] == [
            "0:reminder",
            "0:reminder",
            "0:follow_up",
        ]
        assert not any(p["attachments"] for _, p in later)

    def test_the_entry_holds_reminders_place_and_zone_and_nothing_of_the_case(
        self, desk: Desk
    ) -> None:
        slot = desk.slots()[0]
        desk.book(slot)

        ((_, payload),) = [m for m in mails(desk) if m[1]["attachments"]]

        calendar = Calendar.from_ical(payload["attachments"][0]["text"])
        assert calendar["method"] == "PUBLISH"
        assert [str(z["tzid"]) for z in calendar.walk("VTIMEZONE")] == ["Asia/Tokyo"]
        found = event(payload)
        assert found.decoded("dtstart") == slot.starts_at
        assert found.decoded("dtend") == slot.ends_at
        assert found["status"] == "CONFIRMED"
        assert len(found.walk("VALARM")) == 2
        text = payload["attachments"][0]["text"]
        assert "店の名前" not in text
        assert "花子" not in text
        assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))

    def test_a_booking_for_soon_skips_reminders_already_past(self, desk: Desk) -> None:
        slot = desk.slots()[0]
        soon = slot.starts_at - timedelta(hours=2)
        desk.book(slot, now=soon, actor=Actor(kind="staff", id="s"))

        reminders = [key for key, _ in mails(desk) if "reminder" in key]
        assert len(reminders) == 1

"""Booking, showing and what is refused."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import select

from knowledge.audit import service as audit
from knowledge.bookings import occupying, planning, service
from knowledge.bookings.models import Booking, Claim, ClaimCell
from knowledge.bookings.slot_ids import SlotKey
from knowledge.database import transaction
from knowledge.errors import (
    InvalidInputError,
    NotFoundError,
    OutsidePrefectureError,
    SlotNotOpenError,
    SlotTakenError,
)
from knowledge.experts import service as experts
from knowledge.outbox.models import Delivery
from knowledge.staff.actor import Actor
from tests.knowledge.bookings.conftest import (
    NOW,
    OFFICE,
    SITE,
    SYSTEM,
    Desk,
    add_expert,
    add_person,
    contact,
    order,
    plan,
    prefecture,
)

STAFF = Actor(kind="staff", id="s1", offices=frozenset({OFFICE}))


def refused_fields(desk: Desk, **changes: Any) -> list[str]:
    """The fields a booking of the first free slot is refused for."""
    slot = desk.slots()[0]
    with pytest.raises(InvalidInputError) as refused:
        desk.book(slot, **changes)
    return [problem.field for problem in refused.value.fields]


class TestSlots:
    def test_each_time_is_offered_once_in_each_way_however_many_are_free(
        self, engine: Any, make_desk: Callable[..., Desk]
    ) -> None:
        desk = make_desk(engine, staff=3)

        day = desk.slots(first=date(2026, 12, 1), last=date(2026, 12, 1))

        assert [(f"{s.starts_at:%H:%M}", s.mode) for s in day][:4] == [
            ("10:00", "place"),
            ("10:00", "online"),
            ("11:00", "place"),
            ("11:00", "online"),
        ]
        assert len(day) == 10

    def test_slots_begin_after_the_notice_and_end_at_the_horizon(self, desk: Desk) -> None:
        first = desk.slots()[0]
        late = desk.slots(first=date(2027, 1, 18), last=date(2027, 12, 31))

        assert first.starts_at.date() == date(2026, 11, 25)
        assert {s.starts_at.date() for s in late} == {date(2027, 1, 18), date(2027, 1, 19)}

    def test_another_prefecture_has_slots_of_its_own_or_none(self, desk: Desk) -> None:
        assert desk.slots(prefecture=prefecture("愛知")) == ()

    def test_one_room_means_one_meeting_in_person_at_a_time(
        self, engine: Any, make_desk: Callable[..., Desk]
    ) -> None:
        desk = make_desk(engine, staff=2)
        slot = desk.slots()[0]
        assert slot.mode == "place"

        desk.book(slot)

        again = [s for s in desk.slots() if s.starts_at == slot.starts_at]
        assert [s.mode for s in again] == ["online"]

    def test_places_of_a_session_are_as_many_as_its_seats(self, desk: Desk) -> None:
        with transaction(desk.engine) as session:
            plan(session, date(2026, 12, 2), capacity=2)
        slot = desk.slots("regular")[0]

        bookings = [desk.book(slot).booking, desk.book(slot).booking]
        with pytest.raises(SlotTakenError):
            desk.book(slot)

        assert {b.status for b in bookings} == {"confirmed"}
        assert slot.id not in [s.id for s in desk.slots("regular")]

    def test_a_session_that_is_not_announced_is_not_offered(self, desk: Desk) -> None:
        with transaction(desk.engine) as session:
            plan(session, date(2026, 12, 2), announced=False)

        assert desk.slots("regular") == ()

    def test_experts_come_from_the_nearest_ring_and_say_why(self, desk: Desk) -> None:
        with transaction(desk.engine) as session:
            add_expert(session, "near", topics=["patents"])
            add_expert(session, "block", "東京都")
            add_expert(session, "far", "大阪府")

        slots = desk.slots("expert", topic="trademarks")

        assert {s.ring for s in slots} == {"block"}
        assert "県内：1名いますが" in slots[0].why
        assert {s.ring for s in desk.slots("expert", topic="patents")} == {"prefecture"}

    def test_a_ring_without_time_in_the_asked_days_is_passed_over(self, desk: Desk) -> None:
        with transaction(desk.engine) as session:
            near = add_expert(session, "near")
            add_expert(session, "block", "東京都")
            for day in (date(2026, 12, 1), date(2026, 12, 2)):
                planning.set_exception(session=session, resource_id=near, day=day, hours=None)

        days: dict[str, Any] = {"first": date(2026, 12, 1), "last": date(2026, 12, 2)}

        assert {s.ring for s in desk.slots("expert", **days)} == {"block"}
        assert {s.ring for s in desk.slots("expert", first=days["first"])} == {"prefecture"}


class TestBooking:
    def test_a_meeting_is_confirmed_at_once(self, desk: Desk) -> None:
        slot = desk.slots()[0]

        booked = desk.book(slot)

        booking = booked.booking
        assert booking.status == "confirmed"
        assert (booking.starts_at, booking.mode) == (slot.starts_at, "place")
        assert booking.room_id == desk.room
        assert booking.prefecture == "静岡県"
        assert slot.id not in [s.id for s in desk.slots()]

    def test_a_second_booking_of_one_slot_is_refused_and_leaves_nothing(self, desk: Desk) -> None:
        slot = desk.slots()[0]
        desk.book(slot)

        with pytest.raises(SlotTakenError):
            desk.book(slot)

        with transaction(desk.engine) as session:
            assert len(session.exec(select(Booking)).all()) == 1
            assert len(session.exec(select(Claim)).all()) == 2
            keys = [d.key for d in session.exec(select(Delivery))]
        assert len(keys) == len(set(keys)) == 4

    def test_the_same_person_cannot_be_met_in_two_ways_at_once(self, desk: Desk) -> None:
        place, online = desk.slots()[:2]
        assert place.starts_at == online.starts_at
        desk.book(place)

        with pytest.raises(SlotTakenError):
            desk.book(online)

    def test_an_expert_session_is_a_request_that_keeps_the_time(self, desk: Desk) -> None:
        with transaction(desk.engine) as session:
            add_expert(session, "near")
        slot = desk.slots("expert")[0]

        booking = desk.book(slot).booking

        assert booking.status == "requested"
        assert (booking.ring, booking.expert_id) == ("prefecture", "near")
        assert booking.office == OFFICE
        with pytest.raises(SlotTakenError):
            desk.book(slot)

    def test_an_expert_with_a_conflict_is_refused_without_saying_why(self, desk: Desk) -> None:
        with transaction(desk.engine) as session:
            add_expert(session, "near")
            experts.record_conflict(
                session=session,
                expert_id="near",
                company="見本製作所",
                side="against",
                actor=SYSTEM,
                now=NOW,
            )
        slot = desk.slots("expert")[0]

        with pytest.raises(SlotNotOpenError):
            desk.book(slot)

    def test_a_company_of_another_prefecture_is_sent_to_its_own_desk(self, desk: Desk) -> None:
        with pytest.raises(OutsidePrefectureError):
            desk.book(desk.slots()[0], contact=contact(prefecture="愛知"))

    @pytest.mark.parametrize(("valid_to", "allowed"), [(None, True), (date(2026, 11, 19), False)])
    def test_inpits_recorded_instruction_opens_the_desk(
        self, desk: Desk, valid_to: date | None, *, allowed: bool
    ) -> None:
        with transaction(desk.engine) as session:
            experts.record_instruction(
                session=session,
                office=OFFICE,
                company="見本製作所（株）",
                document="文書番号 見本-1",
                actor=SYSTEM,
                now=NOW,
                valid_to=valid_to,
            )
        slot, elsewhere = desk.slots()[0], contact(prefecture="愛知")

        if allowed:
            assert desk.book(slot, contact=elsewhere).booking.office == OFFICE
        else:
            with pytest.raises(OutsidePrefectureError):
                desk.book(slot, contact=elsewhere)

    def test_tomorrow_is_too_late_for_visitors_and_not_for_staff(self, desk: Desk) -> None:
        soon = SlotKey("meeting", desk.staff[0], NOW.replace(day=24, hour=10), "online")

        with pytest.raises(SlotNotOpenError):
            desk.book(desk.slots()[0].model_copy(update={"id": soon.encode()}))
        booked = desk.book(desk.slots()[0].model_copy(update={"id": soon.encode()}), actor=STAFF)

        assert booked.booking.starts_at == soon.starts_at

    @pytest.mark.parametrize("hour", [9, 12, 16])
    def test_a_time_outside_the_pattern_is_not_open(self, desk: Desk, hour: int) -> None:
        key = SlotKey("meeting", desk.staff[0], NOW.replace(day=25, hour=hour), "online")

        with pytest.raises(SlotNotOpenError):
            desk.book(desk.slots()[0].model_copy(update={"id": key.encode()}))

    @pytest.mark.parametrize("kind", ["regular", "expert"])
    def test_an_id_of_another_kind_of_calendar_is_none_of_ours(self, desk: Desk, kind: Any) -> None:
        key = SlotKey(kind, desk.staff[0], NOW.replace(day=25, hour=10), "online")

        with pytest.raises(InvalidInputError):
            desk.book(desk.slots()[0].model_copy(update={"id": key.encode()}))

    @pytest.mark.parametrize(
        ("changes", "fields"),
        [
            ({"consent": False}, ["consent"]),
            ({"topic": "cooking"}, ["topic"]),
            ({"summary": " 　"}, ["summary"]),
            ({"summary": "あ" * 1001}, ["summary"]),
            ({"contact": contact(name="")}, ["contact.name"]),
            ({"contact": contact(company="　")}, ["contact.company"]),
            ({"contact": contact(prefecture="見本県")}, ["contact.prefecture"]),
            ({"contact": contact(email="hanako@")}, ["contact.email"]),
            ({"contact": contact(phone="abc")}, ["contact.phone"]),
            (
                {"contact": contact(name="", email="x"), "consent": False},
                ["contact.name", "contact.email", "consent"],
            ),
        ],
    )
    def test_each_unusable_field_is_named(
        self, desk: Desk, changes: dict[str, Any], fields: list[str]
    ) -> None:
        assert refused_fields(desk, **changes) == fields

    def test_a_summary_with_the_invention_in_it_is_not_taken(self, desk: Desk) -> None:
        secret = (
            "樹脂Aを30%、樹脂Bを70%の割合で混ぜて180度で3分加熱してから急冷する新しい製法を考えた"
        )

        assert refused_fields(desk, summary=secret) == ["summary"]

    def test_individuals_are_not_visited(self, engine: Any, desk: Desk) -> None:
        with transaction(engine) as session:
            hours = planning.Pattern((0, 1, 2, 3, 4), "13:00", "15:00", 120, ("visit",))
            add_person(session, "visitor", hours=hours)
        slot = next(s for s in desk.slots() if s.mode == "visit")

        with pytest.raises(InvalidInputError) as refused:
            desk.book(slot, contact=contact(company="個人"))

        assert [p.field for p in refused.value.fields] == ["contact.company"]

    def test_an_online_meeting_needs_a_way_to_be_reached(self, desk: Desk) -> None:
        online = next(s for s in desk.slots() if s.mode == "online")

        with pytest.raises(InvalidInputError) as refused:
            desk.book(online, contact=contact(email=None, phone=None))

        assert [p.field for p in refused.value.fields] == ["contact.email"]

    def test_nothing_of_the_visitor_is_readable_in_the_tables(self, desk: Desk) -> None:
        desk.book(desk.slots()[0])

        with desk.engine.connect() as connection:
            raw = connection.exec_driver_sql("SELECT * FROM booking").all()
            kept = connection.exec_driver_sql("SELECT * FROM audit_entry").all()
        assert "hanako" not in f"{raw}{kept}"
        assert "見本製作所" not in f"{raw}{kept}"
        assert "店の名前" not in f"{raw}{kept}"

    def test_the_history_tells_who_booked_and_when(self, desk: Desk) -> None:
        booking = desk.book(desk.slots()[0]).booking

        with transaction(desk.engine) as session:
            lines = audit.entries_of(session=session, subject=f"booking:{booking.reference}")
        assert [line.action for line in lines] == ["booking.made"]


class TestHolds:
    def test_a_held_slot_is_gone_for_others_and_kept_for_who_holds_it(self, desk: Desk) -> None:
        slot = desk.slots()[0]
        with transaction(desk.engine) as session:
            held = occupying.hold(session=session, slot_id=slot.id, now=NOW)

        with pytest.raises(SlotTakenError):
            desk.book(slot)
        booking = desk.book(slot, hold=held.hold).booking

        assert held.expires_at == NOW + timedelta(minutes=10)
        assert booking.status == "confirmed"
        with transaction(desk.engine) as session:
            assert {c.holder for c in session.exec(select(Claim))} == {booking.reference}

    def test_a_hold_ends_by_itself_after_ten_minutes(self, desk: Desk) -> None:
        slot = desk.slots()[0]
        with transaction(desk.engine) as session:
            occupying.hold(session=session, slot_id=slot.id, now=NOW)
        later = NOW + timedelta(minutes=10)

        assert slot.id in [s.id for s in desk.slots(now=later)]
        assert desk.book(slot, now=later).booking.status == "confirmed"

    def test_a_hold_of_another_slot_opens_nothing(self, desk: Desk) -> None:
        first, other = desk.slots()[0], desk.slots()[2]
        with transaction(desk.engine) as session:
            occupying.hold(session=session, slot_id=first.id, now=NOW)
            mine = occupying.hold(session=session, slot_id=other.id, now=NOW)

        with pytest.raises(SlotTakenError):
            desk.book(first, hold=mine.hold)

    def test_a_hold_given_back_is_free_again(self, desk: Desk) -> None:
        slot = desk.slots()[0]
        with transaction(desk.engine) as session:
            held = occupying.hold(session=session, slot_id=slot.id, now=NOW)
        with transaction(desk.engine) as session:
            occupying.give_up(session=session, token="another")
            occupying.give_up(session=session, token=held.hold)

        assert slot.id in [s.id for s in desk.slots()]

    def test_two_holds_of_one_slot_do_not_exist(self, desk: Desk) -> None:
        slot = desk.slots()[0]
        with transaction(desk.engine) as session:
            occupying.hold(session=session, slot_id=slot.id, now=NOW)

        with pytest.raises(SlotTakenError), transaction(desk.engine) as session:
            occupying.hold(session=session, slot_id=slot.id, now=NOW)

    def test_the_token_stands_nowhere_in_the_table(self, desk: Desk) -> None:
        with transaction(desk.engine) as session:
            held = occupying.hold(session=session, slot_id=desk.slots()[0].id, now=NOW)

        with transaction(desk.engine) as session:
            assert all(held.hold not in c.holder for c in session.exec(select(Claim)))


class TestOpening:
    def test_only_the_code_opens_a_booking(self, desk: Desk) -> None:
        booked = desk.book(desk.slots()[0])
        reference = booked.booking.reference

        with transaction(desk.engine) as session:
            found = service.open_booking(session=session, reference=reference, code=booked.code)
            seen = service.view(booking=found, now=NOW)
            for wrong in ("", "x", booked.code + "x", "鍵"):
                with pytest.raises(NotFoundError):
                    service.open_booking(session=session, reference=reference, code=wrong)
            for unknown in ("", "XXXX-XXXX", "\x00"):
                with pytest.raises(NotFoundError):
                    service.open_booking(session=session, reference=unknown, code=booked.code)
        assert seen.contact.name == "見本 花子"
        assert seen.may_move
        assert seen.may_cancel
        assert seen.bring

    def test_references_can_be_told_on_the_telephone(self, desk: Desk) -> None:
        references = [desk.book(slot).booking.reference for slot in desk.slots()[::2][:8]]

        assert len(set(references)) == 8
        assert not set("01IO") & set("".join(references))


def test_the_cells_alone_refuse_a_second_claim_of_the_same_minutes(desk: Desk) -> None:
    """The wall stands without the code before it."""
    desk.book(desk.slots()[0])

    with transaction(desk.engine) as session:
        cell = session.exec(select(ClaimCell)).first()
        assert cell is not None
        lane, number, claim_id = cell.lane, cell.cell, cell.claim_id
    with desk.engine.connect() as connection, pytest.raises(Exception, match="UNIQUE"):
        connection.exec_driver_sql(
            "INSERT INTO claim_cell (lane, cell, claim_id) VALUES (?, ?, ?)",
            (lane, number, claim_id),
        )


def test_an_order_for_no_slot_of_ours_names_the_field(desk: Desk) -> None:
    with transaction(desk.engine) as session, pytest.raises(InvalidInputError) as refused:
        service.book(session=session, order=order("nonsense"), site=SITE, actor=SYSTEM, now=NOW)

    assert [p.field for p in refused.value.fields] == ["slot_id"]

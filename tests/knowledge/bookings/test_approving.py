"""A request becomes a session only by the rules, and the expert sees it step by step."""

import json
from datetime import date
from typing import Any

import pytest
from sqlmodel import select

from knowledge.audit import service as audit
from knowledge.bookings import approving, changes, expert_mails
from knowledge.bookings import desk as desk_work
from knowledge.bookings.approving import Decision
from knowledge.bookings.models import Booking
from knowledge.bookings.slot_ids import decode
from knowledge.bookings.views import SlotView
from knowledge.database import transaction
from knowledge.errors import BookingClosedError, ExpertRulesError, NotFoundError
from knowledge.experts import service as experts
from knowledge.experts.allowance import Limit
from knowledge.experts.models import Expert, ExpertUse
from knowledge.outbox.models import Delivery
from knowledge.staff.actor import Actor
from tests.knowledge.bookings.conftest import NOW, OFFICE, SITE, SYSTEM, VISITOR, Desk, add_expert

STAFF = Actor(kind="staff", id="s1", roles=frozenset({"staff"}), offices=frozenset({OFFICE}))
MANAGER = Actor(kind="staff", id="m1", roles=frozenset({"manager"}), offices=frozenset({OFFICE}))
STRANGER = Actor(kind="staff", id="s2", roles=frozenset({"staff"}), offices=frozenset({"other"}))
GOOD = Decision(
    heard=True,
    advanced=True,
    specialised=True,
    abstract="店の名前の登録について、似た登録があるときの考え方を聞きたい",
    cost_yen=10_000,
)


@pytest.fixture
def with_experts(desk: Desk) -> Desk:
    """An outside 弁理士 of the prefecture with an address, and what INPIT set for the year."""
    with transaction(desk.engine) as session:
        desk.experts["near"] = add_expert(session, "near", email="expert@example.jp")
        experts.set_allowance(
            session=session, office=OFFICE, year=2026, limit=Limit(2, 20_000), actor=SYSTEM, now=NOW
        )
    return desk


def requested(desk: Desk, number: int = 0, **changes_: Any) -> Booking:
    """A request for one of the free times of the nearest experts."""
    return desk.book(desk.slots("expert")[number], **changes_).booking


def approve(desk: Desk, booking: Booking, actor: Actor = STAFF, **changes_: Any) -> Any:
    decision = Decision(**({f: getattr(GOOD, f) for f in GOOD.__slots__} | changes_))
    with transaction(desk.engine) as session:
        return approving.approve(
            session=session,
            reference=booking.reference,
            decision=decision,
            site=SITE,
            actor=actor,
            now=NOW,
        )


def problems(desk: Desk, booking: Booking, **changes_: Any) -> list[str]:
    with pytest.raises(ExpertRulesError) as refused:
        approve(desk, booking, **changes_)
    return [problem.field for problem in refused.value.fields]


def payloads(desk: Desk, to: str) -> list[dict[str, Any]]:
    with transaction(desk.engine) as session:
        rows = session.exec(select(Delivery).where(Delivery.state == "waiting").order_by("id"))
        return [p for p in (json.loads(row.payload) for row in rows) if p["to"] == to]


def uses(desk: Desk) -> list[ExpertUse]:
    with transaction(desk.engine) as session:
        return list(session.exec(select(ExpertUse)))


class TestApproving:
    def test_an_approved_request_is_confirmed_counted_and_told(self, with_experts: Desk) -> None:
        booking = requested(with_experts)

        approved = approve(with_experts, booking)

        assert approved.booking.status == "confirmed"
        assert approved.warning == ""
        (use,) = uses(with_experts)
        assert (use.office, use.fiscal_year, use.cost_yen) == (OFFICE, 2026, 10_000)
        told = payloads(with_experts, "hanako@example.jp")
        assert len([p for p in told if p["attachments"]]) == 1
        with transaction(with_experts.engine) as session:
            lines = audit.entries_of(session=session, subject=f"booking:{booking.reference}")
        assert lines[0].action == "booking.approved"
        assert lines[0].detail["ring"] == "prefecture"

    def test_the_expert_is_asked_with_the_abstract_only(self, with_experts: Desk) -> None:
        approve(with_experts, requested(with_experts))

        (asked,) = payloads(with_experts, "expert@example.jp")

        assert GOOD.abstract in asked["text"]
        for private in ("花子", "見本製作所", "店の名前を守りたい", "hanako", "#"):
            assert private not in asked["text"] + asked["subject"]

    @pytest.mark.parametrize(
        ("changes_", "fields"),
        [
            ({"heard": False}, ["need"]),
            ({"advanced": False}, ["need"]),
            ({"specialised": False, "heard": False}, ["need", "need"]),
            ({"abstract": " "}, ["abstract"]),
            ({"abstract": "あ" * 301}, ["abstract"]),
            (
                {"abstract": "樹脂Aを30%、樹脂Bを70%で混ぜ180度で3分加熱して急冷する新しい製法"},
                ["abstract"],
            ),
        ],
    )
    def test_each_rule_not_met_is_named(
        self, with_experts: Desk, changes_: dict[str, Any], fields: list[str]
    ) -> None:
        booking = requested(with_experts)

        assert problems(with_experts, booking, **changes_) == fields
        assert uses(with_experts) == []

    def test_a_request_of_another_office_does_not_exist(self, with_experts: Desk) -> None:
        booking = requested(with_experts)

        with pytest.raises(NotFoundError):
            approve(with_experts, booking, actor=STRANGER)

    def test_a_second_approval_is_refused(self, with_experts: Desk) -> None:
        booking = requested(with_experts)
        approve(with_experts, booking)

        with pytest.raises(BookingClosedError):
            approve(with_experts, booking)

    def test_a_meeting_needs_no_approval(self, desk: Desk) -> None:
        with pytest.raises(BookingClosedError):
            approve(desk, desk.book(desk.slots()[0]).booking)

    def test_an_expert_withdrawn_meanwhile_is_not_used(self, with_experts: Desk) -> None:
        booking = requested(with_experts)
        with transaction(with_experts.engine) as session:
            experts.expert(session=session, expert_id="near").registration = "withdrawn"

        assert problems(with_experts, booking) == ["expert"]

    def test_a_conflict_recorded_meanwhile_is_found(self, with_experts: Desk) -> None:
        booking = requested(with_experts)
        with transaction(with_experts.engine) as session:
            experts.record_conflict(
                session=session,
                expert_id="near",
                company="㈱見本製作所",
                side="for",
                actor=SYSTEM,
                now=NOW,
            )

        assert problems(with_experts, booking) == ["expert"]

    def test_someone_nearer_who_has_time_meanwhile_must_be_passed_over_with_a_reason(
        self, desk: Desk
    ) -> None:
        with transaction(desk.engine) as session:
            add_expert(session, "block", "東京都")
        booking = requested(desk)
        assert booking.ring == "block"
        with transaction(desk.engine) as session:
            add_expert(session, "near")

        assert problems(desk, booking) == ["nearer_reason"]
        approved = approve(desk, booking, nearer_reason="前回からの続きのため")

        assert approved.booking.status == "confirmed"
        with transaction(desk.engine) as session:
            lines = audit.entries_of(session=session, subject=f"booking:{booking.reference}")
        assert lines[0].detail["nearer_passed"] is True


class TestTheAllowance:
    def test_it_warns_before_and_refuses_after(self, with_experts: Desk) -> None:
        bookings = [requested(with_experts, n) for n in (0, 1, 2)]

        second = [approve(with_experts, b) for b in bookings[:2]][1]

        assert "2／2回" in second.warning
        assert problems(with_experts, bookings[2]) == ["override_reason"]
        assert len(uses(with_experts)) == 2

    def test_only_the_responsible_person_passes_it_and_the_reason_is_kept(
        self, with_experts: Desk
    ) -> None:
        bookings = [requested(with_experts, n) for n in (0, 1, 2)]
        for booking in bookings[:2]:
            approve(with_experts, booking)
        reason = {"override_reason": "期限が近いため"}

        assert problems(with_experts, bookings[2], **reason) == ["override_reason"]
        assert problems(with_experts, bookings[2], actor=MANAGER) == ["override_reason"]
        approve(with_experts, bookings[2], actor=MANAGER, **reason)

        (over,) = [u for u in uses(with_experts) if u.override_by]
        assert (over.override_by, over.override_reason) == ("m1", "期限が近いため")

    def test_a_cancelled_session_is_not_counted(self, with_experts: Desk) -> None:
        booked = with_experts.book(with_experts.slots("expert")[0])
        approve(with_experts, booked.booking)

        with transaction(with_experts.engine) as session:
            changes.cancel(
                session=session,
                reference=booked.booking.reference,
                code=booked.code,
                site=SITE,
                actor=VISITOR,
                now=NOW,
            )

        with transaction(with_experts.engine) as session:
            used = experts.used_by(session=session, office=OFFICE, day=date(2026, 12, 1))
            assert used == Limit(0, 0)
            assert experts.used_by(session=session, office=OFFICE, day=date(2027, 4, 1)).uses == 0
        (off,) = [p for p in payloads(with_experts, "expert@example.jp") if "なくなり" in p["text"]]
        assert "花子" not in off["text"]

    def test_somebody_of_the_house_costs_nothing(self, desk: Desk) -> None:
        with transaction(desk.engine) as session:
            add_expert(session, "own", in_house_office=OFFICE)
            experts.set_allowance(
                session=session, office=OFFICE, year=2026, limit=Limit(0, 0), actor=SYSTEM, now=NOW
            )

        approved = approve(desk, requested(desk))

        assert approved.booking.ring == "in_house"
        assert uses(desk) == []

    def test_uses_of_the_next_fiscal_year_are_counted_there(self, with_experts: Desk) -> None:
        with transaction(with_experts.engine) as session:
            for reference, day in (("a", date(2027, 3, 31)), ("b", date(2027, 4, 1))):
                experts.record_use(
                    session=session,
                    reference=reference,
                    expert_id="near",
                    office=OFFICE,
                    day=day,
                    cost_yen=1_000,
                    now=NOW,
                )

        with transaction(with_experts.engine) as session:
            years = [date(2027, 3, 31), date(2027, 4, 1)]
            found = [experts.used_by(session=session, office=OFFICE, day=day) for day in years]
            limits = [experts.limit_of(session=session, office=OFFICE, day=day) for day in years]
        assert found == [Limit(1, 1_000), Limit(1, 1_000)]
        assert limits == [Limit(2, 20_000), None]


class TestSecrecy:
    def sight(self, desk: Desk, reference: str) -> expert_mails.ExpertSight:
        with transaction(desk.engine) as session:
            booking = session.get(Booking, reference)
            assert booking is not None
            return expert_mails.sight_of(booking=booking)

    def accept(self, desk: Desk, reference: str) -> None:
        with transaction(desk.engine) as session:
            approving.accept(session=session, reference=reference, actor=STAFF, now=NOW)

    def test_before_accepting_the_abstract_after_it_the_case(self, with_experts: Desk) -> None:
        booking = requested(with_experts)
        approve(with_experts, booking)

        before = self.sight(with_experts, booking.reference)
        self.accept(with_experts, booking.reference)
        after = self.sight(with_experts, booking.reference)

        assert (before.contact_name, before.company, before.summary) == (None, None, None)
        assert before.abstract == GOOD.abstract
        assert (after.contact_name, after.summary) == ("見本 花子", "店の名前を守りたい")

    def test_who_is_not_bound_by_law_needs_an_agreement_first(self, desk: Desk) -> None:
        with transaction(desk.engine) as session:
            add_expert(session, "designer", profession="design")
        booking = requested(desk)
        approve(desk, booking)

        with pytest.raises(ExpertRulesError) as refused:
            self.accept(desk, booking.reference)
        assert [p.field for p in refused.value.fields] == ["agreement"]
        assert not self.sight(desk, booking.reference).accepted
        with transaction(desk.engine) as session:
            experts.record_agreement(
                session=session,
                expert_id="designer",
                signed_on=date(2026, 11, 20),
                actor=STAFF,
                now=NOW,
            )
        self.accept(desk, booking.reference)

        assert self.sight(desk, booking.reference).accepted

    def test_a_request_not_approved_cannot_be_accepted(self, with_experts: Desk) -> None:
        with pytest.raises(BookingClosedError):
            self.accept(with_experts, requested(with_experts).reference)

    def test_nothing_of_the_agreement_or_conflict_names_a_company(self, with_experts: Desk) -> None:
        with transaction(with_experts.engine) as session:
            experts.record_conflict(
                session=session,
                expert_id="near",
                company="株式会社ひみつ工業",
                side="against",
                actor=STAFF,
                now=NOW,
            )

        with with_experts.engine.connect() as connection:
            rows = connection.exec_driver_sql("SELECT * FROM expert_conflict").all()
            lines = connection.exec_driver_sql("SELECT * FROM audit_entry").all()
        assert "ひみつ" not in f"{rows}{lines}"


class TestDeclining:
    def test_a_declined_request_frees_the_time_and_tells_her(self, with_experts: Desk) -> None:
        slot: SlotView = with_experts.slots("expert")[0]
        booking = with_experts.book(slot).booking

        with transaction(with_experts.engine) as session:
            approving.decline(
                session=session, reference=booking.reference, site=SITE, actor=STAFF, now=NOW
            )

        assert slot.id in [s.id for s in with_experts.slots("expert")]
        (told,) = payloads(with_experts, "hanako@example.jp")
        assert booking.reference in told["subject"]
        with transaction(with_experts.engine) as session, pytest.raises(BookingClosedError):
            approving.decline(
                session=session, reference=booking.reference, site=SITE, actor=STAFF, now=NOW
            )

    def test_the_desk_sees_its_requests_and_nobody_elses(self, with_experts: Desk) -> None:
        booking = requested(with_experts)

        with transaction(with_experts.engine) as session:
            mine = desk_work.requests_of(session=session, office=OFFICE, actor=STAFF)
            assert [b.reference for b in mine] == [booking.reference]
            with pytest.raises(NotFoundError):
                desk_work.requests_of(session=session, office=OFFICE, actor=STRANGER)


def test_a_slot_of_an_expert_names_nobody(with_experts: Desk) -> None:
    slot = with_experts.slots("expert")[0]
    key = decode(slot.id)

    assert key is not None
    assert key.resource_id == with_experts.experts["near"]
    with transaction(with_experts.engine) as session:
        name = session.exec(select(Expert.name)).one()
    assert name not in slot.model_dump_json()

"""What may stand in a calendar, and the samples."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from knowledge.bookings import offers, planning, samples
from knowledge.bookings.calendars import at
from knowledge.bookings.models import Booking, Claim, RegularSession, Resource
from knowledge.bookings.planning import Pattern, SessionPlan
from knowledge.bookings.slots import Wanted
from knowledge.database import transaction
from knowledge.desks.prefectures import prefectures
from knowledge.errors import InvalidInputError, NotFoundError, SlotTakenError
from knowledge.experts.models import Expert, ExpertAllowance
from tests.knowledge.bookings.conftest import (
    NOW,
    OFFICE,
    SYSTEM,
    WORK,
    Desk,
    add_expert,
    add_person,
    plan,
)

GOOD = Pattern((0,), "09:00", "12:00", 60, ("place",))
BAD: list[dict[str, Any]] = [
    {"opens": "12:00"},
    {"opens": "9時"},
    {"opens": "09:03"},
    {"minutes": 0},
    {"minutes": 33},
    {"buffer": -5},
    {"buffer": 7},
    {"weekdays": ()},
    {"weekdays": (7,)},
    {"modes": ()},
    {"modes": ("telepathy",)},
    {"breaks": (("12:00", "11:00"),)},
]


@pytest.mark.parametrize("changes", BAD)
def test_a_pattern_that_makes_no_slots_is_refused(desk: Desk, changes: dict[str, Any]) -> None:
    bad = Pattern(**({f: getattr(GOOD, f) for f in GOOD.__slots__} | changes))

    with transaction(desk.engine) as session, pytest.raises(InvalidInputError) as refused:
        planning.set_hours(session=session, resource_id=desk.staff[0], patterns=[GOOD, bad])

    assert [p.field for p in refused.value.fields] == ["hours.1"]


def test_new_hours_replace_the_old_ones(desk: Desk) -> None:
    with transaction(desk.engine) as session:
        planning.set_hours(session=session, resource_id=desk.staff[0], patterns=[GOOD])

    assert {s.starts_at.weekday() for s in desk.slots()} == {0}


def test_a_day_off_takes_its_slots_away_and_a_second_word_counts(desk: Desk) -> None:
    day = date(2026, 12, 1)

    def slots() -> list[str]:
        return [f"{s.starts_at:%H:%M}" for s in desk.slots(first=day, last=day, mode="online")]

    with transaction(desk.engine) as session:
        planning.set_exception(
            session=session, resource_id=desk.staff[0], day=day, hours=None, note="出張"
        )
    assert slots() == []
    with transaction(desk.engine) as session:
        planning.set_exception(
            session=session, resource_id=desk.staff[0], day=day, hours=("10:00", "12:00")
        )
    assert slots() == ["10:00", "11:00"]


def test_an_exception_needs_a_calendar_and_hours_in_order(desk: Desk) -> None:
    day = date(2026, 12, 1)
    with transaction(desk.engine) as session:
        with pytest.raises(NotFoundError):
            planning.set_exception(session=session, resource_id=999, day=day, hours=None)
        with pytest.raises(InvalidInputError):
            planning.set_exception(
                session=session, resource_id=desk.staff[0], day=day, hours=("12:00", "10:00")
            )


def session_plan(**changes: Any) -> SessionPlan:
    values: dict[str, Any] = {
        "title": "定期相談会（見本）",
        "starts_at": at(date(2026, 12, 2), time(13)),
        "ends_at": at(date(2026, 12, 2), time(16)),
        "minutes": 60,
        "capacity": 1,
        "mode": "online",
        "place": "",
        "professions": ("benrishi",),
    }
    return SessionPlan(**(values | changes))


def hold_session(desk: Desk, plan_: SessionPlan) -> None:
    with transaction(desk.engine) as session:
        planning.plan_session(
            session=session,
            key="s",
            office=OFFICE,
            prefecture="静岡県",
            plan=plan_,
            actor=SYSTEM,
            now=NOW,
        )


@pytest.mark.parametrize(
    "changes",
    [
        {"ends_at": at(date(2026, 12, 2), time(12))},
        {"minutes": 0},
        {"minutes": 7},
        {"capacity": 0},
        {"capacity": 1000},
        {"mode": "x"},
        {"starts_at": at(date(2026, 12, 2), time(13, 1))},
    ],
)
def test_a_session_that_cannot_be_held_is_refused(desk: Desk, changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidInputError):
        hold_session(desk, session_plan(**changes))


def test_an_announced_session_can_be_booked_from_then_on(desk: Desk) -> None:
    with transaction(desk.engine) as session:
        plan(session, date(2026, 12, 2), announced=False)
    assert desk.slots("regular") == ()

    with transaction(desk.engine) as session:
        number = session.exec(select(RegularSession.id)).one()
        assert number is not None
        for _ in range(2):
            planning.announce_session(session=session, session_id=number, actor=SYSTEM, now=NOW)
        with pytest.raises(NotFoundError):
            planning.announce_session(session=session, session_id=99, actor=SYSTEM, now=NOW)

    assert len(desk.slots("regular")) == 3


def test_the_experts_of_a_session_have_no_other_time_then(desk: Desk) -> None:
    with transaction(desk.engine) as session:
        add_expert(session, "near")
    hold_session(desk, session_plan(expert_ids=("near", "unknown")))

    day = date(2026, 12, 2)
    starts = {s.starts_at.hour for s in desk.slots("expert", first=day, last=day)}

    assert starts.isdisjoint({13, 14, 15})


def test_an_expert_with_a_session_elsewhere_is_not_planned_twice(desk: Desk) -> None:
    with transaction(desk.engine) as session:
        add_expert(session, "near")
    slot = next(s for s in desk.slots("expert") if s.starts_at.date() == date(2026, 12, 2))
    desk.book(slot)
    whole_day = session_plan(
        starts_at=at(date(2026, 12, 2), time(9)), expert_ids=("near",), minutes=60
    )

    with pytest.raises(SlotTakenError):
        hold_session(desk, whole_day)

    with transaction(desk.engine) as session:
        assert session.exec(select(RegularSession)).all() == []


class TestSamples:
    def load(self, engine: Engine, now: datetime = NOW) -> int:
        with transaction(engine) as session:
            return samples.load(session=session, now=now)

    def test_every_prefecture_has_meetings_and_sessions(self, engine: Engine) -> None:
        self.load(engine)

        with transaction(engine, read_only=True) as session:
            for place in prefectures():
                for kind in ("meeting", "regular"):
                    wanted = Wanted(kind=kind, prefecture=place)
                    assert offers.find(session=session, wanted=wanted, now=NOW, limit=1).slots

    def test_all_of_it_says_that_it_is_a_sample(self, engine: Engine) -> None:
        self.load(engine)

        with transaction(engine, read_only=True) as session:
            rows = session.exec(select(Resource)).all()
            people = session.exec(select(Expert)).all()
            assert len(rows) > 600
            assert all(row.sample and "見本" in row.name + row.place for row in rows)
            assert all(person.sample and "見本" in person.name for person in people)

    def test_loading_again_adds_only_what_time_brought(self, engine: Engine) -> None:
        self.load(engine)

        assert self.load(engine) == 0
        assert self.load(engine, NOW + timedelta(days=35)) > 0

    def test_clearing_takes_bookings_and_times_with_it_and_leaves_the_rest(
        self, engine: Engine
    ) -> None:
        self.load(engine)
        with transaction(engine) as session:
            own = add_person(session, "own", hours=WORK)
        desk = Desk(engine, (own,), 0, {})
        for kind in ("meeting", "regular"):
            desk.book(desk.slots(kind)[0])
        before = len(desk.slots())

        with transaction(engine) as session:
            assert samples.clear(session=session, now=NOW) > 600

        with transaction(engine, read_only=True) as session:
            assert [row.key for row in session.exec(select(Resource))] == ["own"]
            assert session.exec(select(Booking)).all() == []
            assert session.exec(select(Claim)).all() == []
            assert session.exec(select(Expert)).all() == []
            assert session.exec(select(ExpertAllowance)).all() == []
        assert 0 < len(desk.slots()) <= before

    def test_they_are_wanted_in_a_fresh_installation_and_never_after_clearing(
        self, engine: Engine
    ) -> None:
        def wanted() -> bool:
            with transaction(engine, read_only=True) as session:
                return samples.wanted_at_start(session=session)

        assert wanted()
        self.load(engine)
        assert wanted()
        with transaction(engine) as session:
            samples.clear(session=session, now=NOW)
        assert not wanted()

    def test_they_are_not_wanted_beside_real_calendars(self, engine: Engine) -> None:
        with transaction(engine) as session:
            add_person(session, "own")

        with transaction(engine, read_only=True) as session:
            assert not samples.wanted_at_start(session=session)

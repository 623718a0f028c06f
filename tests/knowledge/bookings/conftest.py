"""A small desk of 静岡: two members of staff, one room, a session, experts near and far."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, SQLModel

from knowledge.bookings import offers, planning, service
from knowledge.bookings.calendars import at
from knowledge.bookings.orders import Order
from knowledge.bookings.planning import Pattern, SessionPlan
from knowledge.bookings.service import Booked
from knowledge.bookings.slots import Wanted, prefecture_office
from knowledge.bookings.views import Contact, SlotView
from knowledge.clock import TOKYO
from knowledge.database import keyring, make_engine, transaction
from knowledge.desks.prefectures import Prefecture, find_prefecture
from knowledge.experts.models import Expert
from knowledge.staff.actor import Actor, system
from tests.support.content import TEXT_KEY

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=TOKYO)
SITE = "https://madoguchi.example.jp"
VISITOR = Actor(kind="visitor", id="web")
SYSTEM = system("tests")


def prefecture(name: str) -> Prefecture:
    """A prefecture that exists."""
    found = find_prefecture(name)
    assert found is not None
    return found


SHIZUOKA = prefecture("静岡県")
OFFICE = prefecture_office(SHIZUOKA)


@dataclass
class Desk:
    """A desk with calendars and what a test does there."""

    engine: Engine
    staff: tuple[int, ...]
    room: int
    experts: dict[str, int]

    def slots(
        self, kind: Any = "meeting", now: datetime = NOW, **wanted: Any
    ) -> tuple[SlotView, ...]:
        """Free slots at 静岡."""
        asked = Wanted(kind=kind, prefecture=wanted.pop("prefecture", SHIZUOKA), **wanted)
        with transaction(self.engine, read_only=True) as session:
            return offers.find(session=session, wanted=asked, now=now).slots

    def book(
        self, slot: SlotView, now: datetime = NOW, actor: Actor = VISITOR, **changes: Any
    ) -> Booked:
        """Book a slot."""
        with transaction(self.engine) as session:
            return service.book(
                session=session, order=order(slot.id, **changes), site=SITE, actor=actor, now=now
            )


def contact(**changes: Any) -> Contact:
    """A visitor from 静岡."""
    told: dict[str, Any] = {
        "name": "見本 花子",
        "company": "株式会社見本製作所",
        "prefecture": "静岡",
        "email": "hanako@example.jp",
        "phone": "054-000-0000",
    }
    return Contact.model_validate(told | changes)


def order(slot_id: str, **changes: Any) -> Order:
    """An order of hers."""
    values: dict[str, Any] = {
        "contact": contact(),
        "topic": "trademarks",
        "summary": "店の名前を守りたい",
        "consent": True,
    }
    return Order(slot_id=slot_id, **(values | changes))


WORK = Pattern(
    weekdays=(0, 1, 2, 3, 4),
    opens="10:00",
    closes="16:00",
    minutes=60,
    modes=("place", "online"),
    breaks=(("12:00", "13:00"),),
)


def add_expert(session: Session, id_: str, place: str = "静岡県", **more: Any) -> int:
    """An expert with a calendar; the number of the calendar."""
    values: dict[str, Any] = {
        "profession": "benrishi",
        "topics": ["trademarks", "patents"],
        "registration": "registered",
    }
    session.add(Expert(id=id_, name=f"{id_}（見本）", prefecture=place, **(values | more)))
    session.flush()
    row = planning.add_resource(
        session=session,
        key=f"expert-{id_}",
        kind="expert",
        office=more.get("in_house_office") or "",
        prefecture=place,
        name=id_,
        expert_id=id_,
    )
    assert row.id is not None
    planning.set_hours(session=session, resource_id=row.id, patterns=[WORK])
    return row.id


def plan(session: Session, day: date, *, capacity: int = 2, announced: bool = True) -> None:
    """A 定期相談会 of three slots."""
    planning.plan_session(
        session=session,
        key=f"session-{day}",
        office=OFFICE,
        prefecture="静岡県",
        plan=SessionPlan(
            title="弁理士の定期相談会（見本）",
            starts_at=at(day, time(13)),
            ends_at=at(day, time(16)),
            minutes=60,
            capacity=capacity,
            mode="place",
            place="会議室（見本）",
            professions=("benrishi",),
        ),
        actor=SYSTEM,
        now=NOW,
        announced_at=NOW if announced else None,
    )


def add_person(session: Session, key: str, kind: str = "staff", **more: Any) -> int:
    """A member of staff or a room of 静岡."""
    row = planning.add_resource(
        session=session,
        key=key,
        kind=kind,
        office=more.get("office", OFFICE),
        prefecture=more.get("prefecture", "静岡県"),
        name=key,
        place="静岡の窓口（見本）",
    )
    assert row.id is not None
    if kind == "staff":
        planning.set_hours(session=session, resource_id=row.id, patterns=[more.get("hours", WORK)])
    return row.id


@pytest.fixture(autouse=True)
def _keys() -> None:
    keyring.set((TEXT_KEY,))


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """An empty database with all tables."""
    engine = make_engine(f"sqlite:///{tmp_path / 'product.db'}")
    SQLModel.metadata.create_all(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def make_desk() -> Callable[..., Desk]:
    """Sets the desk of 静岡 up in an engine, with as many people as asked for."""

    def build(engine: Engine, *, staff: int = 1) -> Desk:
        with transaction(engine) as session:
            people = tuple(add_person(session, f"staff-{n}") for n in range(staff))
            room = add_person(session, "room", "room")
        return Desk(engine, people, room, {})

    return build


@pytest.fixture
def desk(engine: Engine, make_desk: Callable[..., Desk]) -> Desk:
    """A desk with one member of staff and one room."""
    return make_desk(engine)

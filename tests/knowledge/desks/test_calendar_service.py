"""The calendars of offices: shipped, published, and what managers set."""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from knowledge.audit.models import AuditEntry
from knowledge.clock import TOKYO
from knowledge.database import keyring, make_engine, transaction
from knowledge.desks import calendar_service as calendars
from knowledge.desks import service as desks
from knowledge.desks.entry import DAYS, Desk
from knowledge.errors import InvalidInputError, NotAllowedError
from tests.support.content import TEXT_KEY, copy_database, template_database
from tests.support.desk import write
from tests.support.staff import AICHI, OPEN_MOMENT, SHIZUOKA, person

NOW = OPEN_MOMENT
CHIEF = person("chief", roles=("staff", "manager"))


@pytest.fixture
def engine(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Iterator[Engine]:
    """A database with the shipped content."""
    keyring.set((TEXT_KEY,))
    engine = make_engine(copy_database(template_database(tmp_path_factory), tmp_path / "p.db"))
    yield engine
    engine.dispose()


def test_an_office_has_the_default_until_somebody_sets_its_hours(engine: Engine) -> None:
    hours = write(engine, calendars.hours_of, office=SHIZUOKA, now=NOW)

    assert hours.basis == "default"
    assert sorted(hours.week) == ["fri", "mon", "thu", "tue", "wed"]


def test_recent_published_hours_of_a_desk_are_used(engine: Engine) -> None:
    desk = "denshi-shutsugan-support-center"
    with transaction(engine) as session:
        entry = desks.active(session=session)[desk].entry
        told = {"days": DAYS[:5], "opens": "08:30", "closes": "20:00"}
        seen = {"hours": [told], "hours_as_of": "2026年11月"}
        published = Desk.model_validate(entry.model_dump(mode="json") | seen)
        desks.edit(session=session, entry=published, at=NOW)

    recent = write(engine, calendars.hours_of, office=desk, now=NOW)
    later = write(engine, calendars.hours_of, office=desk, now=NOW.replace(year=2036))

    assert recent.basis == "published"
    assert recent.week["mon"] == [["08:30", "20:00"]]
    assert later.basis == "default"


def test_each_office_has_hours_of_its_own(engine: Engine) -> None:
    week = {"mon": [["13:00", "17:00"], ["10:00", "12:00"]], "sat": [["10:00", "12:00"]]}
    write(engine, calendars.set_week, office=SHIZUOKA, week=week, actor=CHIEF, now=NOW)

    here = write(engine, calendars.opening_of, office=SHIZUOKA, now=NOW)
    there = write(engine, calendars.opening_of, office=AICHI, now=NOW)

    assert not here.open_now
    # The Saturday is a weekend for government offices: only a special day opens it.
    assert here.next_open_at == datetime(2026, 11, 30, 10, 0, tzinfo=TOKYO)
    assert there.open_now
    assert write(engine, calendars.hours_of, office=SHIZUOKA, now=NOW).week["mon"] == [
        ["10:00", "12:00"],
        ["13:00", "17:00"],
    ]
    write(engine, calendars.drop_week, office=SHIZUOKA, actor=CHIEF, now=NOW)
    assert write(engine, calendars.opening_of, office=SHIZUOKA, now=NOW).open_now


def test_a_special_day_closes_and_opens(engine: Engine) -> None:
    told: dict[str, Any] = {"office": SHIZUOKA, "actor": CHIEF, "now": NOW}
    write(engine, calendars.set_day, day=NOW.date(), stretches=[], reason="研修", **told)
    assert not write(engine, calendars.opening_of, office=SHIZUOKA, now=NOW).open_now

    saturday = date(2026, 11, 21)
    write(engine, calendars.set_day, day=saturday, stretches=[["10:00", "12:00"]], **told)
    following = write(engine, calendars.opening_of, office=SHIZUOKA, now=NOW).next_open_at
    assert following == datetime(2026, 11, 21, 10, 0, tzinfo=TOKYO)

    days = write(engine, calendars.days_of, office=SHIZUOKA, since=NOW.date())
    assert [(d.day, d.reason) for d in days] == [(NOW.date(), "研修"), (saturday, "")]
    write(engine, calendars.remove_day, day=NOW.date(), **told)
    assert write(engine, calendars.opening_of, office=SHIZUOKA, now=NOW).open_now
    with Session(engine) as session:
        lines = session.exec(select(AuditEntry.action)).all()
    assert lines == ["office.calendar_day"] * 2 + ["office.calendar_day_removed"]


@pytest.mark.parametrize(
    "week",
    [
        {"mon": [["9:00", "12:00"]]},
        {"mon": [["09:00", "25:00"]]},
        {"mon": [["12:00", "09:00"]]},
        {"mon": [["09:00"]]},
        {"funday": [["09:00", "12:00"]]},
    ],
)
def test_hours_that_cannot_be_are_refused(engine: Engine, week: dict[str, Any]) -> None:
    with pytest.raises(InvalidInputError):
        write(engine, calendars.set_week, office=SHIZUOKA, week=week, actor=CHIEF, now=NOW)


def test_only_managers_of_the_office_change_its_calendar(engine: Engine) -> None:
    for actor, office in ((person(), SHIZUOKA), (CHIEF, AICHI)):
        told: dict[str, Any] = {"office": office, "actor": actor, "now": NOW}
        with pytest.raises(NotAllowedError):
            write(engine, calendars.set_week, week={}, **told)
        with pytest.raises(NotAllowedError):
            write(engine, calendars.set_day, day=NOW.date(), stretches=[], **told)
        with pytest.raises(NotAllowedError):
            write(engine, calendars.remove_day, day=NOW.date(), **told)
        with pytest.raises(NotAllowedError):
            write(engine, calendars.drop_week, **told)


def test_a_reason_is_short(engine: Engine) -> None:
    with pytest.raises(InvalidInputError):
        write(
            engine,
            calendars.set_day,
            office=SHIZUOKA,
            day=NOW.date(),
            stretches=[],
            reason="長" * 101,
            actor=CHIEF,
            now=NOW,
        )

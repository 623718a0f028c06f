"""Reads and changes the calendars of offices; an office's own hours win over the shipped ones.

Hours come from, in this order: what a manager set · what the desk publishes (as long as it is
recent enough to be trusted) · the shipped default of this product.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import yaml
from sqlmodel import Session, col, select

from knowledge.audit import service as audit
from knowledge.content_store.files import CONTENT_DIR
from knowledge.desks.calendar import (
    OfficeCalendar,
    Opening,
    SpecialDay,
    Stretch,
    joined,
    opening,
)
from knowledge.desks.calendar_models import OfficeDay, OfficeHours
from knowledge.desks.entry import DAYS, Desk
from knowledge.desks.models import DeskRow
from knowledge.errors import FieldProblem, InvalidInputError, NotAllowedError
from knowledge.staff.actor import Actor
from knowledge.wording import say

Week = Mapping[str, Sequence[Sequence[str]]]
"""``mon`` … ``sun`` → ``["09:00", "12:00"]`` stretches; a missing day is closed."""
LONGEST_REASON = 100


@dataclass(frozen=True, slots=True)
class Hours:
    """The weekly hours of an office and where they come from."""

    week: dict[str, list[list[str]]]
    basis: Literal["own", "published", "default"]


def calendar_of(*, session: Session, office: str, now: datetime) -> OfficeCalendar:
    """The calendar of an office (``desk`` or ``desk/JIS``); unknown ones have the default."""
    week = hours_of(session=session, office=office, now=now).week
    days = session.exec(select(OfficeDay).where(OfficeDay.office == office))
    special = {row.day: SpecialDay(_stretches(row.stretches), row.reason) for row in days}
    return OfficeCalendar({DAYS.index(name): _stretches(week[name]) for name in week}, special)


def opening_of(*, session: Session, office: str, now: datetime) -> Opening:
    """Whether an office is open, until when or from when on."""
    return opening(calendar_of(session=session, office=office, now=now), now)


def hours_of(*, session: Session, office: str, now: datetime) -> Hours:
    """The weekly hours of an office and their basis."""
    own = session.get(OfficeHours, office)
    if own is not None:
        return Hours(own.week, "own")
    row = session.get(DeskRow, office.split("/")[0])
    desk = Desk.model_validate(row.data) if row is not None else None
    if desk is not None and desk.hours and desk.open_at(now) is not None:
        return Hours(_published(desk), "published")
    return Hours(_default(CONTENT_DIR), "default")


def set_week(*, session: Session, office: str, week: Week, actor: Actor, now: datetime) -> Hours:
    """Give an office hours of its own.

    Raises:
        NotAllowedError: the actor does not manage the office. InvalidInputError: a day or a time
        cannot be read, or ends before it begins.
    """
    _check_manager(actor, office)
    checked = {day: _written(day, stretches) for day, stretches in week.items()}
    row = session.get(OfficeHours, office) or OfficeHours(
        office=office, week={}, at=now, actor_id=actor.id
    )
    row.week, row.at, row.actor_id = checked, now, actor.id
    session.add(row)
    _audit(session, actor, "office.calendar_week", office, now, {})
    return Hours(checked, "own")


def drop_week(*, session: Session, office: str, actor: Actor, now: datetime) -> None:
    """Go back to the published or default hours.

    Raises:
        NotAllowedError: the actor does not manage the office.
    """
    _check_manager(actor, office)
    row = session.get(OfficeHours, office)
    if row is not None:
        session.delete(row)
        _audit(session, actor, "office.calendar_week_dropped", office, now, {})


def set_day(
    *,
    session: Session,
    office: str,
    day: date,
    stretches: Sequence[Sequence[str]],
    actor: Actor,
    now: datetime,
    reason: str = "",
) -> None:
    """Give one day other hours; without stretches the office is closed on it.

    Raises:
        NotAllowedError: the actor does not manage the office. InvalidInputError: a time cannot be
        read, or the reason is too long.
    """
    _check_manager(actor, office)
    if len(reason) > LONGEST_REASON:
        raise InvalidInputError(fields=(FieldProblem("reason", say("calendar.reason_too_long")),))
    row = session.get(OfficeDay, (office, day)) or OfficeDay(
        office=office, day=day, stretches=[], at=now, actor_id=actor.id
    )
    row.stretches, row.reason = _written("mon", stretches), reason
    row.at, row.actor_id = now, actor.id
    session.add(row)
    _audit(session, actor, "office.calendar_day", office, now, {"day": day.isoformat()})
    session.flush()


def remove_day(*, session: Session, office: str, day: date, actor: Actor, now: datetime) -> None:
    """Let one day be as the week says again.

    Raises:
        NotAllowedError: the actor does not manage the office.
    """
    _check_manager(actor, office)
    row = session.get(OfficeDay, (office, day))
    if row is not None:
        session.delete(row)
        _audit(session, actor, "office.calendar_day_removed", office, now, {"day": day.isoformat()})
        session.flush()


def days_of(*, session: Session, office: str, since: date) -> Sequence[OfficeDay]:
    """The special days of an office from a day on, in order."""
    return session.exec(
        select(OfficeDay)
        .where(OfficeDay.office == office, OfficeDay.day >= since)
        .order_by(col(OfficeDay.day))
    ).all()


def _check_manager(actor: Actor, office: str) -> None:
    if actor.kind != "system" and not actor.has_at("manager", office):
        raise NotAllowedError


def _audit(
    session: Session, actor: Actor, action: str, office: str, now: datetime, detail: dict[str, Any]
) -> None:
    audit.record(
        session=session,
        actor=actor,
        action=action,
        subject=f"office:{office}",
        now=now,
        detail=detail,
    )


def _written(day: str, stretches: Sequence[Sequence[str]]) -> list[list[str]]:
    """Stretches as they are stored, in order and joined; refused where they cannot be."""
    if day not in DAYS:
        raise InvalidInputError(fields=(FieldProblem("week", say("calendar.bad_day")),))
    for stretch in stretches:
        if len(stretch) != 2 or not all(re.fullmatch(r"\d{2}:\d{2}", t) for t in stretch):
            raise InvalidInputError(fields=(FieldProblem(day, say("calendar.bad_time")),))
    try:
        times = _stretches(stretches)
    except ValueError:
        problem = FieldProblem(day, say("calendar.bad_time"))
        raise InvalidInputError(fields=(problem,)) from None
    if any(opens >= closes for opens, closes in times):
        raise InvalidInputError(fields=(FieldProblem(day, say("calendar.bad_stretch")),))
    return [[f"{opens:%H:%M}", f"{closes:%H:%M}"] for opens, closes in joined(times)]


def _stretches(stored: Sequence[Sequence[str]]) -> tuple[Stretch, ...]:
    return tuple(
        (time.fromisoformat(opens), time.fromisoformat(closes)) for opens, closes in stored
    )


def _published(desk: Desk) -> dict[str, list[list[str]]]:
    week: dict[str, list[list[str]]] = {}
    for hours in desk.hours or ():
        for day in hours.days:
            week.setdefault(day, []).append([f"{hours.opens:%H:%M}", f"{hours.closes:%H:%M}"])
    return week


@lru_cache(maxsize=4)
def _default(root: Path) -> dict[str, list[list[str]]]:
    content = yaml.safe_load((root / "calendars.yml").read_text(encoding="utf-8"))
    week: dict[str, list[list[str]]] = content["default"]
    return week

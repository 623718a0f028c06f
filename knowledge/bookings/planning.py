"""Adds what can be booked: staff, rooms, experts' calendars, 定期相談会. It books nothing.

Times are checked here once, so that everything later can rely on them: five-minute steps, an
opening before a closing, modes that exist.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlmodel import Session, select

from knowledge.audit import service as audit
from knowledge.bookings import claims
from knowledge.bookings.models import CalendarException, RegularSession, Resource, WeeklyHours
from knowledge.bookings.slot_ids import MODES
from knowledge.errors import FieldProblem, InvalidInputError, NotFoundError
from knowledge.staff.actor import Actor
from knowledge.wording import say


@dataclass(frozen=True, slots=True)
class Pattern:
    """One stretch of a week; ``weekdays`` 0 is Monday, times "HH:MM", minutes of five."""

    weekdays: tuple[int, ...]
    opens: str
    closes: str
    minutes: int
    modes: tuple[str, ...]
    buffer: int = 0
    breaks: tuple[tuple[str, str], ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class SessionPlan:
    """A 定期相談会 to be held; ``capacity`` seats in each slot of ``minutes``."""

    title: str
    starts_at: datetime
    ends_at: datetime
    minutes: int
    capacity: int
    mode: str
    place: str
    professions: tuple[str, ...]
    expert_ids: tuple[str, ...] = ()


def add_resource(
    *,
    session: Session,
    key: str,
    kind: str,
    office: str,
    prefecture: str,
    name: str,
    place: str = "",
    expert_id: str | None = None,
    sample: bool = False,
) -> Resource:
    """A person or room with an empty calendar; ``key`` is unique."""
    row = Resource(
        key=key,
        kind=kind,
        office=office,
        prefecture=prefecture,
        name=name,
        place=place,
        expert_id=expert_id,
        sample=sample,
    )
    session.add(row)
    session.flush()
    return row


def set_hours(*, session: Session, resource_id: int, patterns: Sequence[Pattern]) -> None:
    """Replace the weekly pattern of a resource; bookings already made stay.

    Raises:
        InvalidInputError: with each stretch that cannot be used.
    """
    problems = [
        FieldProblem(f"hours.{number}", reason)
        for number, pattern in enumerate(patterns)
        if (reason := _wrong(pattern)) is not None
    ]
    if problems:
        raise InvalidInputError(fields=tuple(problems))
    rows = session.exec(select(WeeklyHours).where(WeeklyHours.resource_id == resource_id)).all()
    for row in rows:
        session.delete(row)
    for pattern in patterns:
        session.add_all(_rows(resource_id, pattern))


def set_exception(
    *,
    session: Session,
    resource_id: int,
    day: date,
    hours: tuple[str, str] | None,
    note: str = "",
) -> None:
    """One day that differs: closed, or open at other hours; bookings already made stay.

    Raises:
        NotFoundError: unknown resource. InvalidInputError: the hours cannot be used.
    """
    if session.get(Resource, resource_id) is None:
        raise NotFoundError
    if hours is not None and not _in_order(*hours):
        raise InvalidInputError(fields=(FieldProblem("hours", say("bookings.bad_times")),))
    row = session.exec(
        select(CalendarException).where(
            CalendarException.resource_id == resource_id, CalendarException.day == day
        )
    ).first() or CalendarException(resource_id=resource_id, day=day)
    row.opens, row.closes = hours if hours else (None, None)
    row.note = note
    session.add(row)


def plan_session(
    *,
    session: Session,
    key: str,
    office: str,
    prefecture: str,
    plan: SessionPlan,
    actor: Actor,
    now: datetime,
    announced_at: datetime | None = None,
    sample: bool = False,
) -> RegularSession:
    """Plan a 定期相談会 (D8); it can be booked once it is announced.

    Its experts are taken for that time, so that no expert session lies across it.

    Raises:
        InvalidInputError: times or seats cannot be used. SlotTakenError: an expert has no time.
    """
    _check_plan(plan)
    row = add_resource(
        session=session,
        key=key,
        kind="event",
        office=office,
        prefecture=prefecture,
        name=plan.title,
        place=plan.place,
        sample=sample,
    )
    row.capacity = plan.capacity
    planned = _session_of(plan, row.id or 0, announced_at)
    session.add(planned)
    _take_experts(session, plan, key, now)
    audit.record(
        session=session,
        actor=actor,
        action="regular_session.planned",
        subject=f"office:{office}",
        now=now,
        detail={"starts_at": plan.starts_at.isoformat()},
    )
    return planned


def announce_session(
    *, session: Session, session_id: int, actor: Actor, now: datetime
) -> RegularSession:
    """Make a planned 定期相談会 public: from now on its places can be booked.

    Raises:
        NotFoundError: unknown id.
    """
    planned = session.get(RegularSession, session_id)
    if planned is None:
        raise NotFoundError
    if planned.announced_at is None:
        planned.announced_at = now
        session.add(planned)
        audit.record(
            session=session,
            actor=actor,
            action="regular_session.announced",
            subject=f"regular_session:{session_id}",
            now=now,
        )
    return planned


def _session_of(
    plan: SessionPlan, resource_id: int, announced_at: datetime | None
) -> RegularSession:
    return RegularSession(
        resource_id=resource_id,
        title=plan.title,
        starts_at=plan.starts_at,
        ends_at=plan.ends_at,
        minutes=plan.minutes,
        mode=plan.mode,
        professions=list(plan.professions),
        expert_ids=list(plan.expert_ids),
        announced_at=announced_at,
    )


def _take_experts(session: Session, plan: SessionPlan, key: str, now: datetime) -> None:
    for expert_id in plan.expert_ids:
        row = session.exec(select(Resource).where(Resource.expert_id == expert_id)).first()
        if row is None or row.id is None:
            continue
        claims.lock(session, [row.id])
        stays = [claims.stay(row.id, plan.starts_at, plan.ends_at)]
        claims.take(session, stays, holder=f"event:{key}", now=now)


def _rows(resource_id: int, pattern: Pattern) -> list[WeeklyHours]:
    return [
        WeeklyHours(
            resource_id=resource_id,
            weekday=weekday,
            opens=pattern.opens,
            closes=pattern.closes,
            minutes=pattern.minutes,
            buffer=pattern.buffer,
            modes=list(pattern.modes),
            breaks=[list(pair) for pair in pattern.breaks],
            valid_from=pattern.valid_from,
            valid_to=pattern.valid_to,
        )
        for weekday in pattern.weekdays
    ]


def _wrong(pattern: Pattern) -> str | None:
    """What is wrong with a stretch, in Japanese, or None."""
    pairs = ((pattern.opens, pattern.closes), *pattern.breaks)
    if not all(_in_order(*pair) for pair in pairs):
        return say("bookings.bad_times")
    step = claims.CELL_MINUTES
    if (
        pattern.minutes <= 0
        or pattern.buffer < 0
        or pattern.minutes % step
        or pattern.buffer % step
    ):
        return say("bookings.bad_minutes")
    days = bool(pattern.weekdays) and all(0 <= day <= 6 for day in pattern.weekdays)
    modes = bool(pattern.modes) and all(mode in MODES for mode in pattern.modes)
    return None if days and modes else say("bookings.bad_pattern")


def _in_order(opens: str, closes: str) -> bool:
    try:
        first, last = time.fromisoformat(opens), time.fromisoformat(closes)
    except ValueError:
        return False
    return first < last and not (first.minute % claims.CELL_MINUTES or last.minute % 5)


def _check_plan(plan: SessionPlan) -> None:
    usable = (
        plan.starts_at < plan.ends_at
        and plan.minutes > 0
        and plan.minutes % claims.CELL_MINUTES == 0
        and 0 < plan.capacity < claims.SEATS
        and plan.mode in MODES
        and not (plan.starts_at.minute % claims.CELL_MINUTES)
    )
    if not usable:
        raise InvalidInputError(fields=(FieldProblem("times", say("bookings.bad_times")),))

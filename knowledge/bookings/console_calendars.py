"""What the staff's calendar page shows and changes, at the actor's own office only."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from knowledge.audit import service as audit
from knowledge.bookings import planning
from knowledge.bookings.models import RegularSession, Resource
from knowledge.bookings.planning import SessionPlan
from knowledge.bookings.views import when_text
from knowledge.errors import NotAllowedError, NotFoundError
from knowledge.experts import service as experts
from knowledge.experts.allowance import Limit, fiscal_year
from knowledge.experts.models import Expert
from knowledge.staff.actor import Actor


@dataclass(frozen=True, slots=True)
class Planned:
    """A planned 定期相談会."""

    id: int
    title: str
    when: str
    seats: int
    announced: bool


@dataclass(frozen=True, slots=True)
class Calendars:
    """The calendars of an office, its coming sessions, the experts, the year's allowance."""

    people: tuple[tuple[str, str], ...]
    sessions: tuple[Planned, ...]
    experts: tuple[tuple[str, str], ...]
    year: int
    limit: Limit | None
    used: Limit


def calendars_of(*, session: Session, office: str, actor: Actor, now: datetime) -> Calendars:
    """All of it in one go.

    Raises:
        NotFoundError: not an office of the actor's.
    """
    _check(actor, office)
    mine = select(Resource).where(Resource.office == office, col(Resource.active).is_(True))
    rows = session.exec(mine.order_by(col(Resource.id))).all()
    events = {row.id: row.capacity for row in rows if row.kind == "event"}
    planned = session.exec(
        select(RegularSession)
        .where(col(RegularSession.resource_id).in_(events), RegularSession.starts_at > now)
        .order_by(col(RegularSession.starts_at))
    ).all()
    known = session.exec(select(Expert).where(col(Expert.active).is_(True)).order_by(Expert.id))
    return Calendars(
        people=tuple((str(row.id), row.name) for row in rows if row.kind != "event"),
        sessions=tuple(
            Planned(
                id=one.id or 0,
                title=one.title,
                when=when_text(one.starts_at, one.ends_at),
                seats=events[one.resource_id],
                announced=one.announced_at is not None,
            )
            for one in planned
        ),
        experts=tuple((one.id, one.name) for one in known),
        year=fiscal_year(now.date()),
        limit=experts.limit_of(session=session, office=office, day=now.date()),
        used=experts.used_by(session=session, office=office, day=now.date()),
    )


def set_day(
    *,
    session: Session,
    office: str,
    resource_id: int,
    day: date,
    hours: tuple[str, str] | None,
    actor: Actor,
    now: datetime,
) -> None:
    """One day of a person or room of the office that differs.

    Raises:
        NotFoundError: not of an office of the actor's. InvalidInputError: the hours.
    """
    _check(actor, office)
    row = session.get(Resource, resource_id)
    if row is None or row.office != office:
        raise NotFoundError
    planning.set_exception(session=session, resource_id=resource_id, day=day, hours=hours)
    audit.record(
        session=session,
        actor=actor,
        action="resource.day_set",
        subject=f"resource:{resource_id}",
        now=now,
        detail={"day": day.isoformat(), "closed": hours is None},
    )


def plan(
    *,
    session: Session,
    office: str,
    prefecture: str,
    session_plan: SessionPlan,
    actor: Actor,
    now: datetime,
) -> None:
    """Plan a 定期相談会 of the office; it is announced in a second step.

    Raises:
        NotFoundError: not an office of the actor's. InvalidInputError: times or seats.
    """
    _check(actor, office)
    key = f"session-{office}-{session_plan.starts_at:%Y%m%d%H%M}-{now:%Y%m%d%H%M%S%f}"
    planning.plan_session(
        session=session,
        key=key,
        office=office,
        prefecture=prefecture,
        plan=session_plan,
        actor=actor,
        now=now,
    )


def announce(
    *, session: Session, office: str, session_id: int, actor: Actor, now: datetime
) -> None:
    """Make a planned 定期相談会 of the office public.

    Raises:
        NotFoundError: unknown, or of another office.
    """
    _check(actor, office)
    planned = session.get(RegularSession, session_id)
    row = session.get(Resource, planned.resource_id) if planned else None
    if row is None or row.office != office:
        raise NotFoundError
    planning.announce_session(session=session, session_id=session_id, actor=actor, now=now)


def check_manager(actor: Actor, office: str) -> None:
    """What INPIT sets or orders is recorded by the responsible person of the office.

    Raises:
        NotAllowedError: the actor is not.
    """
    _check(actor, office)
    if not actor.has_at("manager", office):
        raise NotAllowedError


def _check(actor: Actor, office: str) -> None:
    if not actor.sees_office(office):
        raise NotFoundError

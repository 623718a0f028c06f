"""Looks after what nobody looked at: offers other ways after a while, raises what is unanswered.

Run by the worker every minute; time counts only while the office is open. Nothing vanishes: an
unanswered case is urgent, says so, and its office is told, once per opening day.
"""

from datetime import datetime, timedelta

from sqlmodel import Session, col, or_, select

from knowledge.cases.models import Case
from knowledge.desks.calendar import OfficeCalendar, open_time
from knowledge.desks.calendar_service import calendar_of
from knowledge.handoffs import events, telling, visitor
from knowledge.staff.actor import system

EXITS_AFTER = timedelta(minutes=10)
"""Opening time in the queue after which other ways are offered."""
RAISED_AFTER = timedelta(hours=1)
"""Opening time without an answer after which a case is raised."""
RAISED_AGAIN = timedelta(hours=20)
SWEEP = system("sweep")


def offer_exits(*, session: Session, now: datetime) -> tuple[str, ...]:
    """Offer message, call-back, mail or a meeting to those who wait long; once per wait. Returns
    the conversations that were told."""
    told = []
    for reference in _references(session, states=("queued",), before=now - EXITS_AFTER):
        case, conversation = events.locked(session, reference)
        calendar = calendar_of(session=session, office=case.office, now=now)
        late = open_time(calendar, case.since, now) >= EXITS_AFTER
        if case.state != "queued" or case.exits_offered or not late or conversation is None:
            continue
        case.exits_offered = True
        events.append(session, case, "exits_offered", actor=SWEEP, now=now)
        visitor.tell(
            session=session, conversation=conversation, replies=(telling.exits(),), now=now
        )
        told.append(conversation.id)
    return tuple(told)


def raise_unanswered(*, session: Session, now: datetime) -> tuple[str, ...]:
    """Make urgent what waits too long for an answer, and tell its office. Returns references."""
    raised = []
    calendars: dict[str, OfficeCalendar] = {}
    states = ("queued", "active", "pending", "held")
    for reference in _references(session, states=states, before=now - RAISED_AFTER):
        case, _ = events.locked(session, reference)
        if case.office not in calendars:
            calendars[case.office] = calendar_of(session=session, office=case.office, now=now)
        if not _overdue(case, calendars[case.office], now):
            continue
        case.raised, case.rank, case.raised_at = True, 0, now
        events.append(session, case, "raised", actor=SWEEP, now=now)
        raised.append(reference)
    return tuple(raised)


def open_conversations(*, session: Session) -> frozenset[str]:
    """Conversations that must not be deleted: somebody still works on their case."""
    states = ("queued", "held", "active", "pending")
    rows = session.exec(select(Case.conversation_id).where(col(Case.state).in_(states)))
    return frozenset(id_ for id_ in rows if id_ is not None)


def _overdue(case: Case, calendar: OfficeCalendar, now: datetime) -> bool:
    waiting = case.since if case.state == "held" else case.waiting_since
    if waiting is None or open_time(calendar, waiting, now) < RAISED_AFTER:
        return False
    return case.raised_at is None or now - case.raised_at >= RAISED_AGAIN


def _references(session: Session, *, states: tuple[str, ...], before: datetime) -> tuple[str, ...]:
    """Candidates without any lock; each is looked at again under its own."""
    rows = session.exec(
        select(Case.reference)
        .where(
            col(Case.state).in_(states),
            col(Case.since) <= before,
            or_(col(Case.waiting_since).is_not(None), Case.state == "held"),
        )
        .order_by(col(Case.since))
    )
    return tuple(rows)

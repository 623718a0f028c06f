"""Rings when somebody begins to wait at one of a person's places, on whichever page she is."""

from datetime import datetime

from sqlmodel import Session, col, func, select

from api.consoles import kit
from api.consoles.visit import Visit
from knowledge.conversations.models import Switch
from knowledge.handoffs.inbox import Filters, list_cases, stamp
from knowledge.handoffs.models import HandoffEvent, Note
from knowledge.outbox.models import Delivery
from knowledge.staff.actor import Actor
from knowledge.wording import say


def mark(session: Session) -> object:
    """What differs whenever an open page has something new to show: a few looks at indexes."""
    event = session.exec(select(func.max(HandoffEvent.id))).one()
    note = session.exec(select(func.max(Note.id))).one()
    switch = session.exec(select(func.max(col(Switch.at)))).one()
    given_up = col(Delivery.state).in_(("failed", "unclear"))
    trouble = session.exec(
        select(func.count(), func.max(col(Delivery.ended_at))).where(given_up)
    ).one()
    return event, note, switch, tuple(trouble), stamp(session=session)


async def watch(visit: Visit) -> None:
    """Tell of every case that joins a queue of the person's places while the page is open."""
    if not visit.actor.offices:
        return
    known = set(await visit.read(_waiting))

    async def look() -> None:
        waiting = await visit.read(_waiting)
        new = [reference for reference in waiting if reference not in known]
        known.clear()
        known.update(waiting)
        if new:
            words = say("console_staff.new_waiting", n=len(new))
            address = f"/console/staff/cases/{new[0]}" if len(new) == 1 else "/console/staff"
            told = ", ".join(kit.dumps(value) for value in (words, address, new[-1]))
            kit.script(f"madoguchi.notice({told})")

    visit.on_change(look)


def _waiting(session: Session, actor: Actor, now: datetime) -> list[str]:
    """The first hundred who wait, by reference."""
    filters = Filters(states=("queued",))
    page = list_cases(session=session, actor=actor, now=now, filters=filters, limit=100)
    return [row.reference for row in page.items]

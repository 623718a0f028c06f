"""Deliveries that failed or may not have arrived: what was to be sent where, and what went wrong.

It shows ids and reasons; addresses and words stay encrypted in the outbox.
"""

from datetime import datetime

from sqlmodel import Session

from api.consoles import kit
from api.consoles.staff import words
from api.consoles.visit import Visit
from knowledge import clock
from knowledge.handoffs.console_deliveries import Trouble, troubles
from knowledge.staff.actor import Actor
from knowledge.wording import say

COLUMNS = (
    "console_staff.col_ended",
    "console_staff.col_kind",
    "console_staff.col_state",
    "console_staff.col_reference",
    "console_staff.col_problem",
)
KINDS = {
    "mail": "console_staff.delivery_mail",
    "webhook": "console_staff.delivery_webhook",
    "line.push": "console_staff.delivery_line",
}


async def build(visit: Visit) -> None:
    """The page."""
    kit.heading(1, say("console_staff.deliveries"))
    kit.text(say("console_staff.deliveries_told"), css="soft")
    place = kit.box()

    async def refresh() -> None:
        def work(session: Session, actor: Actor, now: datetime) -> tuple[Trouble, ...]:
            return troubles(session=session, actor=actor)

        found = await visit.read(work)
        place.clear()
        with place:
            if not found:
                kit.text(say("console_staff.no_deliveries"), css="empty")
                return
            heads = [say(key) for key in COLUMNS]
            with kit.table(heads, caption=say("console_staff.deliveries")):
                for trouble in found:
                    _draw(trouble)

    await refresh()


def _draw(trouble: Trouble) -> None:
    now = clock.now()
    with kit.box(tag="tr"):
        kit.Tag("td", words.moment(trouble.ended_at or trouble.created_at, now), css="num")
        kind = KINDS.get(trouble.kind)
        kit.Tag("td", say(kind) if kind else trouble.kind)
        with kit.box(tag="td"):
            failed = trouble.state == "failed"
            key = "console_staff.delivery_failed" if failed else "console_staff.delivery_unclear"
            kit.badge(say(key), "bad" if failed else "warn")
        with kit.box(tag="td"):
            if trouble.is_case:
                kit.link(trouble.reference, f"/console/staff/cases/{trouble.reference}")
            else:
                kit.Tag("span", trouble.reference)
        kit.Tag("td", trouble.problem, css="small")

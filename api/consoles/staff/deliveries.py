"""Deliveries that failed or may not have arrived, events of LINE that could not be handled, and the
month on LINE; a person tries again or says that it is settled.

It shows ids and reasons; addresses and words stay encrypted where they are.
"""

from datetime import datetime

from sqlmodel import Session

from api.consoles import kit
from api.consoles.staff import troubled, words
from api.consoles.staff.line_month import draw_month
from api.consoles.staff.troubled import Act, Troubles
from api.consoles.visit import Visit
from knowledge import clock
from knowledge.handoffs.console_deliveries import Trouble
from knowledge.line.counts import Quota, quota
from knowledge.line.given_up import GivenUp
from knowledge.staff.actor import Actor
from knowledge.wording import say

COLUMNS = (
    "console_staff.col_ended",
    "console_staff.col_kind",
    "console_staff.col_state",
    "console_staff.col_reference",
    "console_staff.col_problem",
    "console_staff.col_actions",
)


async def build(visit: Visit) -> None:
    """The page."""
    kit.heading(1, say("console_staff.deliveries"))
    kit.text(say("console_staff.deliveries_told"), css="soft")
    page = _Deliveries(visit)
    await page.refresh()
    visit.on_change(page.refresh)


class _Deliveries:
    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._shown: object = None
        self._place = kit.box()

    async def refresh(self) -> None:
        """Look again; drawn only when something is different."""
        found, month = await self._visit.read(_look)
        if (found, month) == self._shown:
            return
        self._shown = found, month
        self._place.clear()
        with self._place:
            if found:
                self._draw(found)
            else:
                kit.text(say("console_staff.no_deliveries"), css="empty")
            if month is not None:
                draw_month(month, connected=self._visit.house.line)

    async def _do(self, work: Act) -> None:
        await self._visit.write(work)
        await self.refresh()

    def _draw(self, found: Troubles) -> None:
        heads = [say(key) for key in COLUMNS]
        with kit.table(heads, caption=say("console_staff.deliveries")):
            for trouble in found.deliveries:
                self._draw_delivery(trouble)
            for event in found.events:
                self._draw_event(event)

    def _draw_delivery(self, trouble: Trouble) -> None:
        with kit.box(tag="tr"):
            at = words.moment(trouble.ended_at or trouble.created_at, clock.now())
            kit.Tag("td", at, css="num")
            kit.Tag("td", troubled.kind_of(trouble))
            with kit.box(tag="td"):
                troubled.draw_state(trouble)
            _draw_reference(trouble.reference, is_case=trouble.is_case)
            kit.Tag("td", troubled.problem_of(trouble.problem), css="small")
            with kit.box(tag="td"):
                troubled.draw_delivery_buttons(self._visit, trouble, self._do)

    def _draw_event(self, event: GivenUp) -> None:
        with kit.box(tag="tr"):
            kit.Tag("td", words.moment(event.ended_at, clock.now()), css="num")
            kit.Tag("td", say("console_staff.delivery_line"))
            with kit.box(tag="td"):
                kit.badge(say("line_desk.event_state"), "bad")
            _draw_reference(event.reference, is_case=bool(event.reference))
            kit.Tag("td", say("line_desk.event_told"), css="small")
            with kit.box(tag="td"):
                troubled.draw_event_buttons(self._visit, event, self._do)


def _look(session: Session, actor: Actor, now: datetime) -> tuple[Troubles, Quota | None]:
    """The month is a manager's affair."""
    month = quota(session=session, now=now) if actor.has("manager") else None
    return troubled.look(session, actor), month


def _draw_reference(reference: str, *, is_case: bool) -> None:
    with kit.box(tag="td"):
        if is_case:
            kit.link(reference, f"/console/staff/cases/{reference}")
        else:
            kit.Tag("span", reference or "―")

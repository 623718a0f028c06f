"""What did not arrive or could not be handled, each with "try again" and "settled by phone".

Shared by the page of all troubles and the panel of one case; it shows no words and no address.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlmodel import Session

from api.consoles import kit
from api.consoles.staff import words
from api.consoles.visit import Visit
from knowledge import clock
from knowledge.handoffs import console_deliveries as deliveries
from knowledge.handoffs.console_deliveries import Trouble
from knowledge.line import given_up as events
from knowledge.line.given_up import GivenUp
from knowledge.staff.actor import Actor
from knowledge.wording import say

KINDS = {
    "mail": "console_staff.delivery_mail",
    "webhook": "console_staff.delivery_webhook",
    "line.push": "console_staff.delivery_line",
    "line.reply": "console_staff.delivery_line",
    "forget": "line_desk.kind_forget",
}
PROBLEMS = {
    "blocked": "line_desk.problem_blocked",
    "left": "line_desk.problem_left",
    "quota": "line_desk.problem_quota",
    "refused": "line_desk.problem_refused",
    "limited": "line_desk.problem_limited",
    "unreached": "line_desk.problem_unreached",
    "unclear": "line_desk.problem_unclear",
    "invalid": "line_desk.problem_invalid",
    "no": "line_desk.problem_no_chat",
}
"""By the first word of what went wrong."""
Act = Callable[[Session, Actor, datetime], Any]


class CaseActing(Protocol):
    """What the panel of a case needs of its page."""

    reference: str
    visit: Visit

    @property
    def mine(self) -> bool:
        """Whether the person at this page has the case."""

    async def do(self, work: Act) -> Any:
        """Change something and look again."""


@dataclass(frozen=True, slots=True)
class Troubles:
    """Deliveries and events that a person has to decide about."""

    deliveries: tuple[Trouble, ...] = ()
    events: tuple[GivenUp, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.deliveries or self.events)


def look(session: Session, actor: Actor, reference: str = "") -> Troubles:
    """What concerns the actor; ``reference``: of this case only."""
    return Troubles(
        deliveries.troubles(session=session, actor=actor, reference=reference),
        events.given_up(session=session, actor=actor, reference=reference),
    )


def kind_of(trouble: Trouble) -> str:
    """The way it should have gone."""
    key = KINDS.get(trouble.kind)
    return say(key) if key else trouble.kind


def problem_of(problem: str) -> str:
    """What went wrong, in a sentence where we have one."""
    key = PROBLEMS.get(problem.split(" ", 1)[0])
    return say(key, problem=problem) if key else problem


def draw_state(trouble: Trouble) -> None:
    """Not arrived, or not known."""
    failed = trouble.state == "failed"
    key = "console_staff.delivery_failed" if failed else "console_staff.delivery_unclear"
    kit.badge(say(key), "bad" if failed else "warn")


def draw_delivery_buttons(
    visit: Visit, trouble: Trouble, do: Callable[[Act], Awaitable[Any]]
) -> None:
    """Try again, or settled; what may have arrived says that it may then arrive twice."""
    at = words.moment(trouble.ended_at or trouble.created_at, clock.now())
    what = f"{kind_of(trouble)}　{trouble.reference}　{at}"
    key = "line_desk.again" if trouble.state == "failed" else "line_desk.again_twice"

    def act(decide: Callable[..., None]) -> Act:
        return lambda session, actor, now: decide(
            session=session, delivery_id=trouble.id, actor=actor, now=now
        )

    _buttons(visit, do, key, what, act(deliveries.try_again), act(deliveries.settle))


def draw_event_buttons(visit: Visit, event: GivenUp, do: Callable[[Act], Awaitable[Any]]) -> None:
    """The same for an event of LINE that could not be handled."""

    def act(decide: Callable[..., None]) -> Act:
        return lambda session, actor, now: decide(
            session=session, event_id=event.id, actor=actor, now=now
        )

    what = f"{say('line_desk.event')}　{event.reference}"
    _buttons(visit, do, "line_desk.again", what, act(events.try_again), act(events.settle))


def draw_list(view: CaseActing, found: Troubles) -> None:
    """The troubles of one case, in its panel."""
    now = clock.now()
    with kit.box(tag="ul", css="stack"):
        for trouble in found.deliveries:
            with kit.box(tag="li"):
                draw_state(trouble)
                at = words.moment(trouble.ended_at or trouble.created_at, now)
                kit.text(f"{kind_of(trouble)}　{at}", css="small")
                kit.text(problem_of(trouble.problem), css="small soft")
                draw_delivery_buttons(view.visit, trouble, view.do)
        for event in found.events:
            with kit.box(tag="li"):
                kit.badge(say("line_desk.event"), "bad")
                kit.text(words.moment(event.ended_at, now), css="small")
                kit.text(say("line_desk.event_told"), css="small soft")
                draw_event_buttons(view.visit, event, view.do)


def _buttons(
    visit: Visit,
    do: Callable[[Act], Awaitable[Any]],
    again_key: str,
    what: str,
    again: Act,
    settle: Act,
) -> None:
    async def try_again() -> None:
        await do(again)
        visit.tell(say("line_desk.again_done"))

    async def settled() -> None:
        await do(settle)
        visit.tell(say("line_desk.settled_done"))

    with kit.box(css="buttons"):
        label = f"{say(again_key)}：{what}"
        kit.button(say(again_key), visit.doing(try_again), css="plain small", aria_label=label)
        label = f"{say('line_desk.settled')}：{what}"
        kit.button(
            say("line_desk.settled"), visit.doing(settled), css="plain small", aria_label=label
        )

"""One case: the conversation, the sheet beside it, and who has it; live on every open page."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from nicegui import ui
from sqlmodel import Session

from api.consoles import kit
from api.consoles.staff import words
from api.consoles.staff.case_composer import Composer
from api.consoles.staff.case_dialogs import OUTCOMES, Dialogs
from api.consoles.staff.case_log import Log
from api.consoles.staff.case_side import Side
from api.consoles.staff.case_view import CaseView
from api.consoles.visit import Visit
from knowledge import clock
from knowledge.errors import NotFoundError
from knowledge.handoffs import canned, service
from knowledge.handoffs.canned import Canned
from knowledge.staff.actor import Actor
from knowledge.wording import say

Act = Callable[[Session, Actor, datetime], object]


async def build(visit: Visit, reference: str) -> None:
    """The page.

    Raises:
        NotFoundError: unknown, or another office's.
    """
    view = await CaseView.open(visit, reference)
    texts: tuple[Canned, ...] = await visit.read(
        lambda session, actor, now: canned.texts(session=session, actor=actor)
    )
    page = _Page(view, texts)
    page.live()


class _Page:
    def __init__(self, view: CaseView, texts: tuple[Canned, ...]) -> None:
        self._view = view
        self._dialogs = Dialogs(view)
        self._head = kit.box(css="case-head")
        with kit.box(css="case"):
            with kit.box(css="talk"):
                with kit.box(css="owner", role="status") as self._owner:
                    self._who = kit.text("")
                    self._also = kit.badge("", "warn")
                    self._also.put(hidden=True)
                    self._buttons = kit.box(css="buttons")
                self._log = Log(view)
                self._composer = Composer(view, texts)
            self._side = Side(view, self._composer.insert)
        self._drawn = self._top()
        self._others: tuple[str, ...] = ()
        view.redraw = self._redraw
        self._draw_top()

    def live(self) -> None:
        """Follow what happens, and let others see that somebody looks."""
        visit, subject = self._view.visit, f"case:{self._view.reference}"
        house, page = visit.house, visit.client.id
        visit.client.on_disconnect(lambda: house.presence.leave(subject, page=page))
        visit.client.on_delete(lambda: house.presence.leave(subject, page=page))
        visit.on_change(self._look)
        ui.timer(3.0, visit.doing(self._look_around))
        conversation_id = self._view.file.row.conversation_id
        if conversation_id is not None:
            visit.in_background(self._listen(conversation_id))

    async def _listen(self, conversation_id: str) -> None:
        """Messages and typing of the visitor, as they come."""
        visit = self._view.visit
        async with visit.house.events.listen(conversation_id) as listener:
            while not visit.house.events.stopping:
                await listener.woken.wait()
                listener.woken.clear()
                with visit.client:
                    while listener.typing:
                        author, on = listener.typing.pop(0)
                        if author == "visitor":
                            self._log.typing(on=on)
                    await visit.attempt(self._look)

    async def _look(self) -> None:
        if self._view.leaving:
            return
        try:
            await self._view.look()
        except NotFoundError:
            if not self._view.leaving:
                self._view.leave(say("console_case.gone"))
            return
        if self._view.mine and self._view.file.row.unread:
            await self._view.mark_read()

    async def _look_around(self) -> None:
        visit = self._view.visit
        subject = f"case:{self._view.reference}"
        presence, actor = visit.house.presence, visit.actor
        if visit.client.has_socket_connection:
            presence.enter(subject, page=visit.client.id, person=actor.id, name=actor.name)
        others = presence.others(subject, person=actor.id)
        if others != self._others:
            self._others = others
            self._also.set_text(say("console_case.also_open", names="、".join(others)))
            self._also.put(hidden=None if others else True)

    async def _redraw(self) -> None:
        self._log.draw()
        now = self._top()
        if now != self._drawn:
            self._drawn = now
            self._draw_top()
            self._composer.draw()
        self._side.draw()

    def _top(self) -> object:
        """What head and owner bar show: they are drawn anew only when it has changed, so that no
        button is exchanged under a finger."""
        file = self._view.file
        row = file.row.model_copy(update={"unread": 0, "last_at": file.row.created_at})
        return row, file.owner, file.accelerated, file.survey

    def _draw_top(self) -> None:
        self._draw_head()
        self._draw_owner()
        self._dialogs.draw()

    def _draw_head(self) -> None:
        row = self._view.file.row
        self._head.clear()
        with self._head:
            kit.heading(1, f"{words.topic(row.topic)}　{row.reference}")
            kit.badge(*words.urgency(row))
            kit.badge(*words.state(row))
            if row.due_on is not None:
                kit.badge(words.due(row.due_on, clock.now()), "warn")
            kit.badge(self._view.place(row.office))
            if self._view.file.accelerated:
                kit.badge(say("console_case.accelerated"), "key")
            with kit.box(css="buttons"):
                self._draw_tools()

    def _draw_tools(self) -> None:
        row, dialogs = self._view.file.row, self._dialogs
        if row.state in ("new", "queued", "active", "pending"):
            _opens(say("console_case.wrong_desk"), dialogs.wrong, key="wrong")
            _opens(say("console_case.transfer"), dialogs.transfer, key="transfer")
            _opens(say("console_case.merge"), dialogs.merge)
            accelerated = not self._view.file.accelerated
            key = "console_case.accelerate" if accelerated else "console_case.not_accelerate"
            self._does(
                say(key),
                lambda session, actor, now: service.set_accelerated(
                    session=session,
                    reference=row.reference,
                    accelerated=accelerated,
                    actor=actor,
                    now=now,
                ),
            )

    def _draw_owner(self) -> None:
        row, mine = self._view.file.row, self._view.mine
        kinds = {"queued": "queue", "new": "queue", "held": "queue"}
        kind = "mine" if mine else kinds.get(row.state, "other" if row.assignee else "")
        self._owner.classes(replace=f"owner {kind}")
        self._who.set_text(self._told())
        self._buttons.clear()
        with self._buttons:
            if mine:
                self._draw_mine()
            elif row.state in ("new", "queued"):
                self._does(say("console_case.claim"), self._act(service.claim), "solid", "claim")
                _opens(say("console_case.close"), self._dialogs.close, key="close")
            elif row.state in ("active", "pending") and self._view.manages:
                self._does(say("console_case.take_over"), self._take_over)
            elif row.state == "held" and self._view.manages:
                _opens(say("console_case.conflict"), self._dialogs.conflict)
            elif row.state == "closed":
                self._does(say("console_case.reopen"), self._act(service.reopen))

    def _draw_mine(self) -> None:
        if self._view.file.row.state == "active":
            self._does(say("console_case.wait"), self._act(service.wait))
        self._does(say("console_case.to_queue"), self._act(service.to_queue))
        self._does(say("console_case.release"), self._act(service.release))
        _opens(say("console_case.close"), self._dialogs.close, css="solid", key="close")

    def _told(self) -> str:
        """Who has the case just now, in one sentence."""
        file = self._view.file
        row, now = file.row, clock.now()
        if self._view.mine:
            key = "console_case.is_mine" if row.state == "active" else "console_case.is_pending"
            return say(key)
        if row.state in ("active", "pending"):
            return say("console_case.is_others", name=row.assignee_name or "―")
        if row.state == "queued":
            since = words.ago(row.waiting_since or row.last_at, now)
            return say("console_case.is_queued", since=since)
        if row.state == "held":
            return say("console_case.is_held")
        if row.state == "closed":
            told = say(SURVEYS.get(file.survey, SURVEYS["none"]))
            outcomes = {str(name): key for name, key in OUTCOMES.items()}
            key = outcomes.get(file.outcome or "", "console_case.outcome_answered")
            return say("console_case.is_closed", outcome=say(key), survey=told)
        return say("console_case.is_merged" if row.state == "merged" else "console_case.is_new")

    def _act(self, action: Callable[..., object]) -> Act:
        return lambda session, actor, now: action(
            session=session, reference=self._view.reference, actor=actor, now=now
        )

    def _take_over(self, session: Session, actor: Actor, now: datetime) -> object:
        return service.claim(
            session=session,
            reference=self._view.reference,
            actor=actor,
            now=now,
            take_over=True,
        )

    def _does(self, told: str, act: Act, css: str = "plain", key: str | None = None) -> None:
        """A button that does something to the case; after a refusal the page shows what is."""

        async def done() -> None:
            if not await self._view.visit.attempt(lambda: self._do(act)):
                await self._look()

        handler: Callable[[], Awaitable[None]] = self._view.visit.doing(done)
        kit.button(told, handler, css=css, data_key=key)

    async def _do(self, act: Act) -> None:
        await self._view.do(act)


SURVEYS = {
    "none": "console_case.survey_none",
    "invited": "console_case.survey_invited",
    "answered": "console_case.survey_answered",
}


def _opens(told: str, dialog: kit.Dialog, *, css: str = "plain", key: str | None = None) -> None:
    made = kit.Tag("button", told, css=f"button {css}", type="button", data_key=key)
    made.on("click", js_handler=f"() => getHtmlElement({dialog.element.id}).showModal()")

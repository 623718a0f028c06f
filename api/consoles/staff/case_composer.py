"""Where staff write to the visitor: draft kept, texts and sources inserted, typing shown."""

import asyncio
import secrets
from datetime import datetime

from nicegui.events import GenericEventArguments
from sqlmodel import Session

from api.consoles import kit
from api.consoles.staff.case_view import CaseView
from knowledge.handoffs import canned
from knowledge.handoffs.canned import Canned
from knowledge.handoffs.drafts import save_draft
from knowledge.handoffs.service import say_to_visitor
from knowledge.handoffs.views import Suggestion
from knowledge.staff.actor import Actor
from knowledge.text import MAX_TEXT_LENGTH
from knowledge.wording import say

KINDS = ("programme", "article")
DRAFT_SECONDS = 1.5
"""How often a draft is kept while somebody writes."""
TYPING_SECONDS = 5.0
"""How long the visitor sees that staff write, after the last letter."""
SEND_KEY = (
    "(e) => { if ((e.ctrlKey || e.metaKey) && e.key === 'Enter' && !e.isComposing)"
    " { e.preventDefault(); emit(e.target.value); } }"
)


class Composer:
    """The box below the conversation; closed while somebody else speaks."""

    def __init__(self, view: CaseView, texts: tuple[Canned, ...]) -> None:
        self._view = view
        self._visit = view.visit
        self._texts = texts
        self._message_id = secrets.token_urlsafe(9)
        self._sent = ""
        self._busy = False
        self._inserted: list[Suggestion] = []
        self._typing: asyncio.TimerHandle | None = None
        with kit.box(css="composer"):
            self._closed = kit.text("", css="notice")
            self._open = kit.box()
            with self._open:
                self._build()
        self.draw()

    def draw(self) -> None:
        """Open or close the box as the case stands."""
        may_write = self._view.mine and self._view.file.row.conversation_id is not None
        self._open.put(hidden=None if may_write else True)
        self._closed.put(hidden=True if may_write else None)
        self._closed.set_text(say("console_case.composer_closed"))

    def insert(self, suggestion: Suggestion) -> None:
        """Put a programme or an article with the next message."""
        if all(one.id != suggestion.id for one in self._inserted):
            self._inserted.append(suggestion)
            self._draw_inserted()
            self._visit.tell(say("console_case.inserted", title=suggestion.title))

    def _build(self) -> None:
        self._chips = kit.box(css="labels")
        self._text = kit.field(
            say("console_case.write"),
            "text",
            value=self._view.file.draft,
            rows=3,
            maxlength=MAX_TEXT_LENGTH,
            data_key="reply",
        )
        self._text.on("input", self._written, js_handler=kit.SEND_VALUE, throttle=DRAFT_SECONDS)
        self._text.on("keydown", self._send_pressed, js_handler=SEND_KEY)
        with kit.box(css="buttons"):
            if self._texts:
                self._build_texts()
            kit.Tag("span", css="grow")
            send = kit.button(say("console_case.send"), css="solid")
            value = f"() => emit(getHtmlElement({self._text.id}).value)"
            send.on("click", self._send_pressed, js_handler=value)

    def _build_texts(self) -> None:
        options = [("", say("console_case.canned")), *((one.id, one.title) for one in self._texts)]
        picked = kit.choice(say("console_case.canned"), "canned", options, css="field canned")
        picked.on(
            "change",
            self._canned_picked,
            js_handler="(e) => { const v = e.target.value; e.target.value = ''; emit(v); }",
        )

    async def _canned_picked(self, event: GenericEventArguments) -> None:
        chosen = next((one for one in self._texts if one.id == event.args), None)
        if chosen is None:
            return

        def work(session: Session, actor: Actor, now: datetime) -> str:
            return canned.fill(chosen.body, self._view.file, actor, now)

        filled = await self._visit.read(work)
        target, words = kit.dumps(str(self._text.html_id)), kit.dumps(filled)
        kit.script(f"madoguchi.insert({target}, {words})")

    async def _written(self, event: GenericEventArguments) -> None:
        text = str(event.args or "")
        if text == self._sent:
            return
        self._tell_typing(on=bool(text.strip()))

        async def keep() -> None:
            await self._visit.write(
                lambda session, actor, now: save_draft(
                    session=session,
                    reference=self._view.reference,
                    text=text,
                    actor=actor,
                    now=now,
                )
            )

        await self._visit.attempt(keep)

    async def _send_pressed(self, event: GenericEventArguments) -> None:
        text = str(event.args or "")
        ids = {kind: tuple(s.id for s in self._inserted if s.kind == kind) for kind in KINDS}

        async def send() -> None:
            await self._view.do(
                lambda session, actor, now: say_to_visitor(
                    session=session,
                    reference=self._view.reference,
                    text=text,
                    actor=actor,
                    now=now,
                    client_message_id=self._message_id,
                    programmes=ids["programme"],
                    articles=ids["article"],
                )
            )
            self._sent, self._message_id = text, secrets.token_urlsafe(9)
            self._inserted.clear()
            self._draw_inserted()
            kit.set_value(self._text, "")
            self._tell_typing(on=False)

        if not self._busy:
            self._busy = True
            try:
                await self._visit.attempt(send)
            finally:
                self._busy = False

    def _tell_typing(self, *, on: bool) -> None:
        """Let the visitor see that somebody writes; it ends by itself."""
        conversation_id = self._view.file.row.conversation_id
        if conversation_id is None or not self._view.mine:
            return
        events = self._visit.house.events
        if self._typing is not None:
            self._typing.cancel()
            self._typing = None
        events.typing(conversation_id, on=on, author="staff")
        if on:
            self._typing = asyncio.get_running_loop().call_later(
                TYPING_SECONDS,
                lambda: events.typing(conversation_id, on=False, author="staff"),
            )

    def _draw_inserted(self) -> None:
        self._chips.clear()
        with self._chips:
            for suggestion in self._inserted:
                self._draw_chip(suggestion)

    def _draw_chip(self, suggestion: Suggestion) -> None:
        async def take_away() -> None:
            self._inserted.remove(suggestion)
            self._draw_inserted()

        words = say("console_case.take_away", title=suggestion.title)
        kit.button(f"{suggestion.title} ×", take_away, css="plain small", aria_label=words)

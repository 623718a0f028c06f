"""The inbox of real messages: the worst one is open, one keystroke says what it is about."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlmodel import Session

from api.consoles import kit
from api.consoles.maintain import card, known, words
from api.consoles.staff.words import CHANNELS, channel
from api.consoles.visit import Visit
from knowledge import clock
from knowledge.staff.actor import Actor
from knowledge.training import inbox
from knowledge.training.inbox import Candidate, Filters
from knowledge.training.known import KnownSentences
from knowledge.wording import say

SHOWN = 30
COLUMNS = ("maintain.col_message", "maintain.col_understood", "maintain.col_why", "maintain.col_at")
KEYS = (
    "if (!window.madoguchiKeys) { window.madoguchiKeys = true;"
    "document.addEventListener('keydown', (e) => {"
    " if (e.defaultPrevented || e.isComposing || e.ctrlKey || e.metaKey || e.altKey) return;"
    " if (e.target.closest('input, textarea, select, [contenteditable]')"
    " || document.querySelector('dialog[open]')"
    " || localStorage.getItem('madoguchi-keys') === 'off') return;"
    ' const b = document.querySelector(`[data-press="${CSS.escape(e.key)}"]`);'
    " if (b) { e.preventDefault(); b.click(); } }); }"
)
"""Buttons marked with a letter are pressed by it, unless single keys are switched off."""


async def build(visit: Visit) -> None:
    """The page."""
    await _Inbox(visit).build()


class _Inbox:
    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._filters = Filters()
        self._open: str | None = None
        self._drawn: str | None = ""
        self._found: tuple[Candidate, ...] = ()
        self._known: KnownSentences | None = None

    async def build(self) -> None:
        kit.heading(1, say("maintain.inbox"))
        kit.text(say("maintain.inbox_told"), css="soft")
        self._build_filters()
        self._card = kit.box(tag="section", css="block", aria_label=say("maintain.open_message"))
        self._list = kit.box()
        kit.script(KEYS)
        await self.refresh()
        self._visit.in_background(self._learn())

    async def _learn(self) -> None:
        """What is unusual is told as soon as the language data has been read."""
        self._known = await known.load(self._visit)
        with self._visit.client:
            await self._visit.attempt(self.refresh)

    def _build_filters(self) -> None:
        everything = ("", say("maintain.all"))
        with kit.form(self._visit.sending(self._filter), css="filters"):
            kit.choice(say("maintain.topic"), "topic", [everything, *words.intents()])
            below = [(str(n / 10), say("maintain.below", n=n * 10)) for n in (3, 5, 7, 9)]
            kit.choice(say("maintain.confidence"), "below", [everything, *below])
            channels = [(name, say(key)) for name, key in CHANNELS.items()]
            kit.choice(say("maintain.channel"), "channel", [everything, *channels])
            kit.field(say("maintain.since"), "since", kind="date")
            kit.field(say("maintain.until"), "until", kind="date")
            seen = [("", say("maintain.not_seen")), ("on", say("maintain.seen"))]
            kit.choice(say("maintain.reviewed"), "reviewed", seen)
            kit.Tag("button", say("maintain.narrow"), css="button plain", type="submit")

    async def _filter(self, pairs: Sequence[tuple[str, str]]) -> None:
        sent = kit.fields_of(pairs)
        self._filters = Filters(
            topic=sent.get("topic") or None,
            below=float(sent["below"]) if sent.get("below") else None,
            channel=sent.get("channel") or None,
            since=_day(sent.get("since", "")),
            until=_day(sent.get("until", "")),
            reviewed=bool(sent.get("reviewed")),
        )
        self._open = None
        await self.refresh()

    async def refresh(self) -> None:
        """Look again; the open message stays open if it is still there."""
        learned, filters = self._known, self._filters

        def load(session: Session, actor: Actor, now: datetime) -> tuple[Candidate, ...]:
            return inbox.candidates(
                session=session, known=learned, actor=actor, filters=filters, limit=SHOWN
            )

        found = await self._visit.read(load)
        if found == self._found and self._open is not None:
            return
        self._found = found
        await self._draw()

    async def _draw(self) -> None:
        ids = [one.message_id for one in self._found]
        if self._open not in ids:
            self._open = ids[0] if ids else None
        self._list.clear()
        with self._list:
            if not self._found:
                kit.text(say("maintain.inbox_empty"), css="empty")
            else:
                heads = [say(key) for key in COLUMNS]
                with kit.table(heads, caption=say("maintain.inbox")):
                    for one in self._found:
                        self._draw_row(one)
        if self._drawn == self._open:
            return  # somebody may be filling in its form
        self._drawn = self._open
        self._card.clear()
        opened = next((one for one in self._found if one.message_id == self._open), None)
        if opened is not None:
            with self._card:
                await card.draw(self._visit, opened, self._done)

    async def _done(self) -> None:
        """A message was dealt with: the next one opens."""
        self._drawn = ""
        await self.refresh()

    def _draw_row(self, one: Candidate) -> None:
        with kit.box(tag="tr", data_row=one.message_id):
            with kit.box(tag="td"):
                made = kit.Tag("a", one.text[:120], href="#", data_open=one.message_id)
                made.put(aria_current="true" if one.message_id == self._open else None)
                self._on_open(made, one.message_id)
                if one.others:
                    kit.badge(say("maintain.others", n=len(one.others)))
            chance = words.percent(one.confidence) if one.confidence is not None else "―"
            kit.Tag("td", f"{words.intent(one.topic)}（{chance}）")
            with kit.box(tag="td"), kit.box(css="labels"):
                for reason in one.reasons:
                    key, colour = words.REASONS[reason]
                    kit.badge(say(key), colour)
            with kit.box(tag="td"):
                kit.Tag("span", f"{one.at:%m/%d %H:%M}", css="num")
                kit.Tag("div", channel(one.channel), css="soft small")

    def _on_open(self, made: kit.Tag, message_id: str) -> None:
        async def chosen() -> None:
            self._open = message_id
            await self._draw()
            kit.script(f"getHtmlElement({self._card.id})?.scrollIntoView()")

        run = self._visit.doing(chosen)
        made.on("click", lambda: run(), js_handler="(e) => { e.preventDefault(); emit(); }")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return clock.today()

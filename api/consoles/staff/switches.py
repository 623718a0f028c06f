"""Emergency switches: the bot off, one topic or article off, a banner; they hold within seconds."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from api.consoles import kit
from api.consoles.staff import words
from api.consoles.visit import Visit
from knowledge import clock
from knowledge.conversations.switches import (
    ARTICLE,
    BANNER,
    BOT_OFF,
    MOST_BANNER,
    TOPIC,
    Switches,
    set_switch,
    states,
)
from knowledge.handoffs.console_switches import Change, changes
from knowledge.staff.actor import Actor
from knowledge.vocabulary import TOPICS
from knowledge.wording import say

COLUMNS = (
    "console_staff.col_at",
    "console_staff.col_who",
    "console_staff.col_switch",
    "console_staff.col_state",
)


async def build(visit: Visit) -> None:
    """The page."""
    await _Switches(visit).build()


class _Switches:
    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._shown: object = None

    async def build(self) -> None:
        kit.heading(1, say("console_staff.switches"))
        kit.text(say("console_staff.switches_told"))
        self._now = kit.box()
        with kit.box(tag="section", css="block"):
            kit.heading(2, say("console_staff.banner"))
            with kit.form(self._visit.sending(self._set_banner), css="narrow"):
                told = say("console_staff.banner_text")
                hint = say("console_staff.banner_hint", most=MOST_BANNER)
                kit.field(told, "text", rows=3, hint=hint, required=True, maxlength=MOST_BANNER)
                kit.Tag("button", say("console_staff.banner_on"), css="button solid", type="submit")
        with kit.box(tag="section", css="block"):
            kit.heading(2, say("console_staff.one_off"))
            with kit.form(self._visit.sending(self._topic_off), css="filters"):
                topics = [(topic, words.topic(topic)) for topic in TOPICS]
                kit.choice(say("console_case.topics"), "topic", topics)
                kit.Tag("button", say("console_staff.topic_off"), css="button", type="submit")
            with kit.form(self._visit.sending(self._article_off), css="filters"):
                hint = say("console_staff.article_hint")
                kit.field(say("console_staff.article_id"), "article", hint=hint, maxlength=100)
                kit.Tag("button", say("console_staff.article_off"), css="button", type="submit")
        self._history = kit.box()
        await self._refresh()
        self._visit.on_change(self._refresh)

    async def _refresh(self) -> None:
        def work(
            session: Session, actor: Actor, now: datetime
        ) -> tuple[Switches, tuple[Change, ...]]:
            return states(session=session), changes(session=session)

        now, told = await self._visit.read(work)
        if (now, told) == self._shown:
            return
        self._shown = (now, told)
        self._now.clear()
        with self._now:
            self._draw_now(now)
        self._history.clear()
        with self._history:
            _draw_history(told)

    def _draw_now(self, now: Switches) -> None:
        off = now.bot_off
        with kit.box(css=f"notice {'bad' if off else 'good'}"):
            kit.text(say("console_staff.bot_is_off" if off else "console_staff.bot_is_on"))
            key = "console_staff.bot_on" if off else "console_staff.bot_off"
            css = "solid" if off else "danger"
            kit.button(say(key), self._visit.doing(lambda: self._set(BOT_OFF, not off)), css=css)
        if now.banner:
            with kit.box(css="notice"):
                kit.text(now.banner, css="pre")
                self._off(BANNER, say("console_staff.banner_off"))
        for topic in sorted(now.topics_off):
            with kit.box(css="notice"):
                kit.text(say("console_staff.topic_is_off", topic=words.topic(topic)))
                self._off(f"{TOPIC}{topic}", say("console_staff.again_on"))
        for article in sorted(now.articles_off):
            with kit.box(css="notice"):
                kit.text(say("console_staff.article_is_off", article=article))
                self._off(f"{ARTICLE}{article}", say("console_staff.again_on"))

    def _off(self, name: str, told: str) -> None:
        kit.button(told, self._visit.doing(lambda: self._set(name, False)))

    async def _set(self, name: str, on: bool, text: str = "") -> None:
        await self._visit.write(
            lambda session, actor, now: set_switch(
                session=session, name=name, on=on, actor=actor, now=now, text=text
            )
        )
        self._visit.tell(say("console_staff.switched"))
        await self._refresh()

    async def _set_banner(self, pairs: Sequence[tuple[str, str]]) -> None:
        await self._set(BANNER, on=True, text=kit.fields_of(pairs).get("text", ""))

    async def _topic_off(self, pairs: Sequence[tuple[str, str]]) -> None:
        await self._set(f"{TOPIC}{kit.fields_of(pairs).get('topic', '')}", on=True)

    async def _article_off(self, pairs: Sequence[tuple[str, str]]) -> None:
        await self._set(f"{ARTICLE}{kit.fields_of(pairs).get('article', '').strip()}", on=True)


def _draw_history(told: tuple[Change, ...]) -> None:
    if not told:
        return
    now = clock.now()
    kit.heading(2, say("console_staff.switch_history"))
    heads = [say(key) for key in COLUMNS]
    with kit.table(heads, caption=say("console_staff.switch_history")):
        for change in told:
            with kit.box(tag="tr"):
                kit.Tag("td", words.moment(change.at, now), css="num")
                kit.Tag("td", change.who)
                kit.Tag("td", change.name)
                key = "console_staff.switch_on" if change.active else "console_staff.switch_off"
                kit.Tag("td", say(key))

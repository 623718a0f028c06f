"""Proposed sentences: a second person reads each, masks what is left, and decides."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from sqlmodel import Session

from api.consoles import kit
from api.consoles.maintain import card, known, meaning_form, words
from api.consoles.visit import Visit
from knowledge.staff import service as staff
from knowledge.staff.actor import Actor
from knowledge.training import corrections, scrub
from knowledge.training.lint_texts import public_contacts
from knowledge.training.meaning import Meaning, meaning_of
from knowledge.training.models import Correction
from knowledge.wording import say

STATES = {
    "proposed": "maintain.tab_proposed",
    "approved": "maintain.tab_approved",
    "refused": "maintain.tab_refused",
}
PARTS = {"train": "maintain.part_train", "heldout": "maintain.part_heldout"}
Loaded = tuple[tuple[Correction, ...], dict[str, str]]


async def build(visit: Visit) -> None:
    """The page."""
    await _Sentences(visit).build()


class _Sentences:
    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._state = "proposed"
        self._names: dict[str, str] = {}

    async def build(self) -> None:
        kit.heading(1, say("maintain.sentences"))
        kit.text(say("maintain.sentences_told"), css="soft")
        with kit.box(css="buttons bar"):
            doing = self._visit.doing(self._write_own)
            kit.button(say("maintain.own_sentence"), doing, css="plain")
        self._tabs = kit.box(tag="nav", css="tabs", aria_label=say("maintain.tabs"))
        self._list = kit.box()
        self._editor = kit.box()
        await self._refresh()

    async def _refresh(self) -> None:
        state = self._state

        def load(session: Session, actor: Actor, now: datetime) -> Loaded:
            rows = tuple(corrections.listed(session=session, actor=actor, state=state))
            ids = {row.proposed_by for row in rows} | {row.decided_by or "" for row in rows}
            session.expunge_all()
            return rows, staff.names(session=session, ids=ids - {""})

        rows, self._names = await self._visit.read(load)
        self._draw_tabs()
        self._list.clear()
        with self._list:
            told = kit.box()
            if not rows:
                kit.text(say("maintain.no_sentences"), css="empty")
            drawn = {row.id: self._draw(row) for row in rows}
        if state == "approved":
            self._visit.in_background(self._compare(rows, drawn, told))

    async def _compare(
        self, rows: Sequence[Correction], drawn: dict[str, kit.Tag], told: kit.Tag
    ) -> None:
        """Say where the shipped sentences (of an upgrade, say) differ from our own."""
        own = [(row.text, row.intent) for row in rows]
        found = await known.differences(self._visit, own)
        with self._visit.client:
            if found and not told.is_deleted:
                with told:
                    kit.text(say("maintain.shipped_differs", n=len(found)), css="notice")
            for row in rows:
                if row.text in found and not drawn[row.id].is_deleted:
                    with drawn[row.id]:
                        shipped = found[row.text]
                        topic = words.intent(shipped.intent)
                        key = "maintain.shipped_says"
                        kit.text(say(key, topic=topic, text=shipped.text), css="notice")

    def _draw_tabs(self) -> None:
        self._tabs.clear()
        with self._tabs:
            for name, key in STATES.items():
                made = kit.Tag("a", say(key), href="#", role="button")
                made.put(aria_current="true" if name == self._state else None)
                self._on_tab(made, name)

    def _on_tab(self, made: kit.Tag, name: str) -> None:
        async def chosen() -> None:
            self._state = name
            await self._refresh()

        run = self._visit.doing(chosen)
        made.on("click", lambda: run(), js_handler="(e) => { e.preventDefault(); emit(); }")

    def _draw(self, row: Correction) -> kit.Tag:
        """One sentence; the box in which more may be told of it."""
        with kit.box(tag="section", css="panel block", data_row=row.id), kit.box(css="inner") as at:
            kit.text(row.text, css="pre")
            kit.text(meaning_form.told(meaning_of(row)), css="small")
            author = self._names.get(row.proposed_by, row.proposed_by)
            kit.text(say("maintain.proposed_by", name=author), css="soft small")
            with kit.box(css="labels"):
                kit.badge(say("maintain.from_message" if row.message_id else "maintain.own_words"))
                if row.protected:
                    kit.badge(say("maintain.protected"), "key")
                if row.part is not None:
                    kit.badge(say(PARTS[row.part]), "good")
            if row.reason:
                kit.text(say("maintain.refused_because", reason=row.reason))
            with kit.box(css="buttons"):
                self._draw_buttons(row)
        return at

    def _draw_buttons(self, row: Correction) -> None:
        if row.state == "proposed":
            look = self._visit.doing(lambda: self._look(row))
            told = say("maintain.look_of", text=row.text[:20])
            kit.button(say("maintain.look"), look, css="solid", aria_label=told)
        if row.state == "approved":
            take = self._visit.doing(lambda: self._withdraw(row))
            told = say("maintain.withdraw_of", text=row.text[:20])
            kit.button(say("maintain.withdraw"), take, css="plain small", aria_label=told)

    async def _withdraw(self, row: Correction) -> None:
        await self._visit.write(
            lambda session, actor, now: corrections.withdraw(
                session=session, id=row.id, actor=actor, now=now
            )
        )
        self._visit.tell(say("maintain.withdrawn"))
        await self._refresh()

    async def _look(self, row: Correction) -> None:
        """The decision: text to mask further, hints, yes or no."""
        sentences = await known.load(self._visit)
        found = scrub.marks(row.text, public=public_contacts())
        self._editor.clear()
        with self._editor:
            dialog = kit.Dialog(say("maintain.decide_title"))
            with dialog.body:
                kit.text(meaning_form.told(meaning_of(row)))
                card.draw_hints(sentences.hints(row.text, row.intent))
                for mark in found:
                    told = say("maintain.may_be_personal", text=row.text[mark.start : mark.end])
                    kit.text(told, css="notice")
                if row.proposed_by == self._visit.actor.id:
                    kit.text(say("maintain.second_person"), css="notice")
                with kit.form(self._visit.sending(self._decide(row, dialog))):
                    kit.field(say("maintain.text"), "text", value=row.text, rows=4)
                    kit.tick(say("maintain.nothing_personal"), "checked")
                    reason = say("maintain.refusal_reason")
                    kit.field(reason, "reason", maxlength=300)
                    self._decision_buttons(dialog)
        dialog.open()

    def _decision_buttons(self, dialog: kit.Dialog) -> None:
        with kit.box(css="buttons"):
            kit.Tag("button", say("maintain.decide"), css="button solid", type="submit")
            dialog.closer(say("maintain.cancel"))

    def _decide(
        self, row: Correction, dialog: kit.Dialog
    ) -> Callable[[Sequence[tuple[str, str]]], Awaitable[None]]:
        async def decide(pairs: Sequence[tuple[str, str]]) -> None:
            sent = kit.fields_of(pairs)
            reason, text = sent.get("reason", "").strip(), sent.get("text", "")
            if not reason and "checked" not in sent:
                self._visit.tell(say("maintain.check_first"), bad=True)
                return
            sentences = await known.load(self._visit)

            def work(session: Session, actor: Actor, now: datetime) -> None:
                if reason:
                    corrections.refuse(
                        session=session, id=row.id, reason=reason, actor=actor, now=now
                    )
                    return
                corrections.approve(
                    session=session, id=row.id, known=sentences, actor=actor, now=now, text=text
                )

            await self._visit.write(work)
            dialog.close()
            self._visit.tell(say("maintain.refused" if reason else "maintain.approved"))
            await self._refresh()

        return decide

    async def _write_own(self) -> None:
        self._editor.clear()
        with self._editor:
            dialog = kit.Dialog(say("maintain.own_sentence"))

            async def propose(pairs: Sequence[tuple[str, str]]) -> None:
                sent, meaning = kit.fields_of(pairs), meaning_form.read(pairs)
                await self._visit.write(
                    lambda session, actor, now: corrections.propose(
                        session=session,
                        text=sent.get("text", ""),
                        meaning=meaning,
                        actor=actor,
                        now=now,
                        protected="protected" in sent,
                    )
                )
                dialog.close()
                self._visit.tell(say("maintain.proposed"))
                await self._refresh()

            with dialog.body:
                kit.text(say("maintain.own_told"), css="soft")
                with kit.form(self._visit.sending(propose)):
                    meaning_form.draw(Meaning(intent="patents", need="learn"), text="")
                    kit.tick(say("maintain.protect"), "protected")
                    with kit.box(css="buttons"):
                        told = say("maintain.propose")
                        kit.Tag("button", told, css="button solid", type="submit")
                        dialog.closer(say("maintain.cancel"))
        dialog.open()

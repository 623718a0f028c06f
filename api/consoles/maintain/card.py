"""One open message: what was said around it, what was understood, and what it really is."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from sqlmodel import Session

from api.consoles import kit
from api.consoles.maintain import known, meaning_form, words
from api.consoles.visit import Visit
from knowledge.conversations.views import MessageView
from knowledge.staff.actor import Actor
from knowledge.training import corrections, inbox, private, scrub
from knowledge.training.inbox import Candidate
from knowledge.training.known import Hints
from knowledge.training.lint_texts import public_contacts
from knowledge.training.meaning import Meaning
from knowledge.triage.understanding import Understanding
from knowledge.vocabulary import NO_SUBJECT, TOPICS
from knowledge.wording import say

Done = Callable[[], Awaitable[None]]
LETTERS = "1234567890qweruiop"
"""A key for each topic and for what has no subject, in their order."""
FIRST_NEED = "learn"
LONGEST, SHORT = 160, 80
"""Characters of what was said around the open message that are shown without asking."""


async def draw(visit: Visit, one: Candidate, done: Done) -> None:
    """The open message with its buttons."""
    await _Card(visit, one, done).draw()


class _Card:
    def __init__(self, visit: Visit, one: Candidate, done: Done) -> None:
        self._visit = visit
        self._one = one
        self._done = done

    async def draw(self) -> None:
        before, after = await self._visit.read(
            lambda session, actor, now: inbox.context(
                session=session, message_id=self._one.message_id, actor=actor
            )
        )
        kit.heading(2, say("maintain.open_message"))
        with kit.box(css="log"), kit.box(tag="ol"):
            for message in before:
                _bubble(message)
            with kit.box(tag="li", css="bubble visitor"):
                kit.Tag("strong", say("maintain.this_message"), css="by")
                marked(self._one.text, self._one.understanding)
            for message in after:
                _bubble(message)
        self._say_understood()
        self._buttons()
        self._editor = kit.box()

    def _say_understood(self) -> None:
        one = self._one
        told = say(
            "maintain.understood_as",
            topic=words.intent(one.topic),
            chance=words.percent(one.confidence) if one.confidence is not None else "―",
            model=one.model_release or "―",
        )
        kit.text(told)
        entities = one.understanding.entities if one.understanding else ()
        if entities:
            names = (say("maintain.entity", kind=e.kind, value=e.value) for e in entities)
            kit.text(say("maintain.marked", names="、".join(names)), css="soft small")
        if one.hinted_topic:
            kit.text(say("maintain.staff_says", topic=words.intent(one.hinted_topic)))
        if one.others:
            kit.text(say("maintain.same_saying", n=len(one.others)), css="soft")

    def _buttons(self) -> None:
        with kit.box(css="buttons"):
            self._button(say("maintain.is_right"), self._is_right, "y", css="solid")
            self._button(say("maintain.skip"), self._skip, "s")
            self._button(say("maintain.personal"), self._ask_delete, "d", css="danger")
        with kit.box(tag="fieldset"):
            kit.Tag("legend", say("maintain.correct_to"))
            with kit.box(css="buttons"):
                for letter, name in zip(LETTERS, (*TOPICS, *NO_SUBJECT), strict=True):
                    told = words.intent(name)
                    self._button(told, self._correcting(name), letter, css="plain small")

    def _button(
        self, told: str, action: Callable[[], Awaitable[None]], letter: str, css: str = "plain"
    ) -> None:
        pressed = self._visit.doing(action)
        kit.button(f"{told} ({letter})", pressed, css=css, data_press=letter)

    async def _is_right(self) -> None:
        await self._mark("right")
        self._visit.tell(say("maintain.marked_right"))

    async def _skip(self) -> None:
        await self._mark("skipped")

    async def _mark(self, verdict: str) -> None:
        ids = (self._one.message_id, *self._one.others)

        def work(session: Session, actor: Actor, now: datetime) -> None:
            for id_ in ids:
                corrections.mark(
                    session=session, message_id=id_, verdict=verdict, actor=actor, now=now
                )

        await self._visit.write(work)
        await self._done()

    async def _ask_delete(self) -> None:
        self._editor.clear()
        with self._editor:
            dialog = kit.Dialog(say("maintain.delete_title"))

            async def delete() -> None:
                await self._visit.write(
                    lambda session, actor, now: private.delete_words(
                        session=session, message_id=self._one.message_id, actor=actor, now=now
                    )
                )
                dialog.close()
                self._visit.tell(say("maintain.words_deleted"))
                await self._done()

            with dialog.body:
                kit.text(say("maintain.delete_told"))
                with kit.box(css="buttons"):
                    doing = self._visit.doing(delete)
                    kit.button(say("maintain.delete_words"), doing, css="danger")
                    dialog.closer(say("maintain.cancel"))
        dialog.open()

    def _correcting(self, intent: str) -> Callable[[], Awaitable[None]]:
        async def correct() -> None:
            await self._correct(intent)

        return correct

    async def _correct(self, intent: str) -> None:
        """Open the form with a topic picked and personal data masked as proposed."""
        found = scrub.marks(self._one.text, public=public_contacts())
        text = scrub.masked(self._one.text, found)
        hints = await self._hints(text, intent)
        self._editor.clear()
        with self._editor:
            dialog = kit.Dialog(say("maintain.correct_title"))
            with dialog.body:
                draw_hints(hints)
                if found:
                    kit.text(say("maintain.masked", n=len(found)), css="soft")
                with kit.form(self._visit.sending(self._propose(dialog))):
                    meaning_form.draw(self._first(intent), text=text)
                    kit.tick(say("maintain.protect"), "protected")
                    with kit.box(css="buttons"):
                        told = say("maintain.propose")
                        kit.Tag("button", told, css="button solid", type="submit")
                        dialog.closer(say("maintain.cancel"))
        dialog.open()

    async def _hints(self, text: str, intent: str) -> Hints:
        return (await known.load(self._visit)).hints(text, intent)

    def _first(self, intent: str) -> Meaning:
        heard = self._one.understanding
        if intent not in TOPICS:
            return Meaning(intent=intent)
        if heard is None:
            return Meaning(intent=intent, need=FIRST_NEED)
        return Meaning(
            intent=intent,
            also=tuple(topic for topic in heard.secondary_topics if topic != intent),
            wants=heard.wants,
            need=heard.need or FIRST_NEED,
            asker=heard.asker,
            judgement=heard.judgement_or_drafting,
        )

    def _propose(
        self, dialog: kit.Dialog
    ) -> Callable[[Sequence[tuple[str, str]]], Awaitable[None]]:
        async def propose(pairs: Sequence[tuple[str, str]]) -> None:
            sent, meaning = kit.fields_of(pairs), meaning_form.read(pairs)

            def work(session: Session, actor: Actor, now: datetime) -> None:
                corrections.propose(
                    session=session,
                    text=sent.get("text", ""),
                    meaning=meaning,
                    actor=actor,
                    now=now,
                    message_id=self._one.message_id,
                    protected="protected" in sent,
                )
                for id_ in self._one.others:
                    corrections.mark(
                        session=session, message_id=id_, verdict="corrected", actor=actor, now=now
                    )

            await self._visit.write(work)
            dialog.close()
            self._visit.tell(say("maintain.proposed"))
            await self._done()

        return propose


def draw_hints(hints: Hints) -> None:
    """What the language data says to a sentence."""
    if hints.same is not None:
        told = say("maintain.known_already", text=hints.same.text)
        kit.text(told, css="notice good")
    if hints.against is not None:
        topic = words.intent(hints.against.intent)
        told = say("maintain.contradicts", text=hints.against.text, topic=topic)
        kit.text(told, css="notice bad")


def marked(text: str, heard: Understanding | None) -> None:
    """The text with the names the bot marked in it."""
    at = 0
    for entity in sorted(heard.entities if heard else (), key=lambda one: one.start):
        if entity.start < at or entity.end > len(text):
            continue
        kit.Tag("span", text[at : entity.start])
        told = say("maintain.entity", kind=entity.kind, value=entity.value)
        kit.Tag("mark", text[entity.start : entity.end], title=told)
        at = entity.end
    kit.Tag("span", text[at:])


def _bubble(message: MessageView) -> None:
    with kit.box(tag="li", css=f"bubble {message.author}"):
        if message.withheld:
            kit.Tag("span", say("maintain.withheld"), css="soft")
        parts = (
            part.get("text") or part.get("title") or part.get("prompt") for part in message.parts
        )
        told = "\n".join(str(part) for part in parts if part)
        if len(told) <= LONGEST:
            kit.Tag("p", told)
            return
        with kit.box(tag="details"):
            kit.Tag("summary", f"{told[:SHORT]}…")
            kit.Tag("p", told)

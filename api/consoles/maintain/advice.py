"""What to do next: questions without an article, where sentences help, and the audit sample."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from api.consoles import kit
from api.consoles.maintain import words
from api.consoles.maintain.wanted import WantedPart
from api.consoles.visit import Visit
from knowledge.staff.actor import Actor
from knowledge.training import advice, misses
from knowledge.training.advice import Pick, Rates, Unanswered, Verdict
from knowledge.training.misses import Missed, Place
from knowledge.wording import say

VERDICTS: dict[Verdict, str] = {
    "right": "maintain.sample_right",
    "wrong": "maintain.sample_wrong",
    "unclear": "maintain.sample_unclear",
}
QUESTION_HEADS = ("maintain.col_question", "maintain.col_topic", "maintain.col_times")
MISS_HEADS = (
    "maintain.col_question",
    "maintain.col_place",
    "maintain.col_times",
    "maintain.col_last",
)
PLACES: dict[Place, str] = {
    "articles": "maintain.place_articles",
    "programmes": "maintain.place_programmes",
    "conversation": "maintain.place_conversation",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page shows."""

    rates: Rates
    sample: tuple[Pick, ...]
    questions: tuple[Unanswered, ...]
    missed: tuple[Missed, ...]


async def build(visit: Visit) -> None:
    """The page."""
    await _Advice(visit).build()


class _Advice:
    def __init__(self, visit: Visit) -> None:
        self._visit = visit

    async def build(self) -> None:
        kit.heading(1, say("maintain.advice"))
        self._body = kit.box()
        await self._refresh()
        await WantedPart(self._visit).build()

    async def _refresh(self) -> None:
        shown = await self._visit.read(_load)
        self._body.clear()
        with self._body:
            with _section():
                _draw_rates(shown.rates)
            with _section():
                self._draw_sample(shown.sample)
            with _section():
                _draw_questions(shown.questions)
            with _section():
                _draw_misses(shown.missed)

    def _draw_sample(self, sample: tuple[Pick, ...]) -> None:
        kit.heading(2, say("maintain.sample"))
        kit.text(say("maintain.sample_told"), css="soft")
        draw = self._visit.doing(self._draw_lots)
        kit.button(say("maintain.draw_sample"), draw)
        for pick in sample:
            with kit.box(tag="section", css="panel block"), kit.box(css="inner"):
                kit.text(pick.text, css="pre")
                kit.text(say("maintain.answered_as", topic=words.intent(pick.topic)))
                with kit.box(css="buttons"):
                    for verdict, key in VERDICTS.items():
                        self._draw_verdict(pick, verdict, key)

    def _draw_verdict(self, pick: Pick, verdict: Verdict, key: str) -> None:
        async def judge() -> None:
            await self._visit.write(
                lambda session, actor, now: advice.judge(
                    session=session,
                    message_id=pick.message_id,
                    verdict=verdict,
                    actor=actor,
                    now=now,
                )
            )
            await self._refresh()

        pressed = "true" if pick.verdict == verdict else "false"
        doing = self._visit.doing(judge)
        kit.button(say(key), doing, css="plain small", aria_pressed=pressed)

    async def _draw_lots(self) -> None:
        n = await self._visit.write(
            lambda session, actor, now: advice.draw(session=session, actor=actor, now=now)
        )
        self._visit.tell(say("maintain.sample_drawn", n=n))
        await self._refresh()


def _load(session: Session, actor: Actor, now: datetime) -> Shown:
    return Shown(
        rates=advice.rates(session=session, actor=actor, now=now),
        sample=advice.sample(session=session, actor=actor, now=now),
        questions=advice.unanswered(session=session, actor=actor, now=now),
        missed=misses.listed(session=session, actor=actor, now=now),
    )


def _section() -> kit.Tag:
    return kit.box(tag="section", css="block")


def _draw_rates(rates: Rates) -> None:
    kit.heading(2, say("maintain.rates"))
    kit.text(
        say(
            "maintain.answer_rate",
            n=rates.messages,
            share=words.percent(rates.answered.share),
        )
    )
    if rates.judged:
        kit.text(
            say(
                "maintain.right_rate",
                n=rates.judged,
                share=words.percent(rates.right.share),
                low=words.percent(rates.right.low),
                high=words.percent(rates.right.high),
            )
        )
    else:
        kit.text(say("maintain.right_unknown"))


def _draw_questions(found: tuple[Unanswered, ...]) -> None:
    kit.heading(2, say("maintain.questions"))
    if not found:
        kit.text(say("maintain.no_questions"), css="empty")
        return
    with kit.table([say(key) for key in QUESTION_HEADS], caption=say("maintain.questions")):
        for one in found:
            with kit.box(tag="tr"):
                kit.Tag("td", one.text)
                kit.Tag("td", words.intent(one.topic))
                kit.Tag("td", str(one.times), css="num")


def _draw_misses(found: tuple[Missed, ...]) -> None:
    kit.heading(2, say("maintain.misses"))
    kit.text(say("maintain.misses_told"), css="soft")
    if not found:
        kit.text(say("maintain.no_questions"), css="empty")
        return
    with kit.table([say(key) for key in MISS_HEADS], caption=say("maintain.misses")):
        for one in found:
            with kit.box(tag="tr"):
                kit.Tag("td", one.text)
                kit.Tag("td", "・".join(say(PLACES[place]) for place in one.places))
                kit.Tag("td", str(one.times), css="num")
                kit.Tag("td", f"{one.last_at:%m/%d}", css="num")

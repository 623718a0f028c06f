"""What to do next: questions without an article, where sentences help, and the audit sample."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from api.consoles import kit
from api.consoles.maintain import words
from api.consoles.visit import Visit
from knowledge.staff.actor import Actor
from knowledge.training import advice, promotion
from knowledge.training.advice import Pick, Rates, Unanswered, Verdict, Wanted
from knowledge.training.report import Confused
from knowledge.wording import say

MERGE_AT = 4
"""Sentences of two topics taken for each other from which their border deserves a look."""
BEST = 5
VERDICTS: dict[Verdict, str] = {
    "right": "maintain.sample_right",
    "wrong": "maintain.sample_wrong",
    "unclear": "maintain.sample_unclear",
}
QUESTION_HEADS = ("maintain.col_question", "maintain.col_topic", "maintain.col_times")
WANTED_HEADS = ("maintain.col_topic", "maintain.col_wrong", "maintain.col_share")


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page shows."""

    rates: Rates
    sample: tuple[Pick, ...]
    questions: tuple[Unanswered, ...]
    wanted: tuple[Wanted, ...]
    confused: tuple[Confused, ...]


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

    async def _refresh(self) -> None:
        shown = await self._visit.read(_load)
        self._body.clear()
        with self._body:
            _draw_rates(shown.rates)
            self._draw_sample(shown.sample)
            _draw_questions(shown.questions)
            _draw_wanted(shown)

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
    live = promotion.live(session=session)
    report = promotion.report_of(live) if live is not None else None
    return Shown(
        rates=advice.rates(session=session, actor=actor, now=now),
        sample=advice.sample(session=session, actor=actor, now=now),
        questions=advice.unanswered(session=session, actor=actor, now=now),
        wanted=advice.wanted(session=session, report=report, actor=actor, now=now)
        if report is not None
        else (),
        confused=report.confused if report is not None else (),
    )


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


def _draw_wanted(shown: Shown) -> None:
    kit.heading(2, say("maintain.wanted"))
    if not shown.wanted:
        kit.text(say("maintain.wanted_unknown"), css="soft")
        return
    kit.text(say("maintain.wanted_told"), css="soft")
    with kit.table([say(key) for key in WANTED_HEADS], caption=say("maintain.wanted")):
        for one in shown.wanted[:BEST]:
            with kit.box(tag="tr"):
                kit.Tag("td", words.intent(one.intent))
                kit.Tag("td", f"{one.wrong}/{one.n}", css="num")
                kit.Tag("td", words.percent(one.share), css="num")
    pairs = {(one.intent, one.got): one.n for one in shown.confused}
    for (left, right), n in sorted(pairs.items()):
        both = n + pairs.get((right, left), 0)
        if both >= MERGE_AT and (left < right or (right, left) not in pairs):
            told = say(
                "maintain.border", left=words.intent(left), right=words.intent(right), n=both
            )
            kit.text(told, css="notice")

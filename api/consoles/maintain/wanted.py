"""Where sentences help: learning curves asked for and shown, borders that are taken for others."""

from dataclasses import dataclass
from datetime import datetime

from nicegui import ui
from sqlmodel import Session

from api.consoles import kit
from api.consoles.maintain import pictures, words
from api.consoles.visit import Visit
from knowledge.staff.actor import Actor
from knowledge.training import promotion, runs, wanted
from knowledge.training.curve import Curve
from knowledge.training.models import TrainingRun
from knowledge.training.report import Confused
from knowledge.training.wanted import Curves, Wanted
from knowledge.wording import say

LOOK_SECONDS = 2.0
MERGE_AT = 4
"""Sentences of two topics taken for each other from which their border deserves a look."""
HEADS = (
    "maintain.col_topic",
    "maintain.col_gain",
    "maintain.col_share",
    "maintain.col_wrong",
    "maintain.col_sentences",
)
OPEN = ("queued", "running")


@dataclass(frozen=True, slots=True)
class Shown:
    """What is shown; ``run`` is the newest curve that was asked for."""

    wanted: tuple[Wanted, ...]
    curves: Curves | None
    confused: tuple[Confused, ...]
    run: TrainingRun | None

    @property
    def mark(self) -> object:
        """What differs when it must be drawn anew."""
        run = self.run
        told = (run.id, run.state, run.percent, run.step) if run is not None else None
        return told, self.curves.made_at if self.curves is not None else None


class WantedPart:
    """This part of the page of advice."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._mark: object = None

    async def build(self) -> None:
        """Draw it and keep it up to date."""
        self._body = kit.box(tag="section", css="block")
        await self._refresh()
        ui.timer(LOOK_SECONDS, self._visit.doing(self._refresh), immediate=False)

    async def _refresh(self) -> None:
        shown = await self._visit.read(_load)
        if shown.mark == self._mark:
            return
        self._mark = shown.mark
        self._body.clear()
        with self._body:
            kit.heading(2, say("maintain.wanted"))
            self._draw_asking(shown.run)
            _draw(shown)

    def _draw_asking(self, run: TrainingRun | None) -> None:
        kit.text(say("maintain.make_curve_told"), css="soft")
        if run is not None and run.state in OPEN:
            key, _ = words.RUN_STATES[run.state]
            state = say("maintain.progress", percent=run.percent, step=run.step or say(key))
            told = say("maintain.curve_state", state=state)
            kit.Tag("progress", value=str(run.percent), max="100", aria_label=told)
            kit.text(told, css="small")
            stop = self._visit.doing(lambda: self._cancel(run))
            kit.button(say("maintain.cancel_run"), stop, css="plain small")
            return
        if run is not None and run.problem:
            kit.text(run.problem[-300:], css="notice pre")
        kit.button(say("maintain.make_curve"), self._visit.doing(self._ask))

    async def _ask(self) -> None:
        await self._visit.write(
            lambda session, actor, now: (
                runs.request(session=session, actor=actor, now=now, kind="curve").id
            )
        )
        self._visit.tell(say("maintain.curve_asked"))
        await self._refresh()

    async def _cancel(self, run: TrainingRun) -> None:
        await self._visit.write(
            lambda session, actor, now: (
                runs.cancel(session=session, run_id=run.id or 0, actor=actor, now=now).id
            )
        )
        await self._refresh()


def _load(session: Session, actor: Actor, now: datetime) -> Shown:
    live = promotion.live(session=session)
    report = promotion.report_of(live) if live is not None else None
    curves = wanted.newest_curves(session=session, actor=actor)
    newest = runs.latest(session=session, actor=actor, limit=1, kind="curve")
    found = wanted.wanted(session=session, report=report, found=curves, actor=actor, now=now)
    session.expunge_all()
    confused = report.confused if report is not None else ()
    return Shown(found, curves, confused, newest[0] if newest else None)


def _draw(shown: Shown) -> None:
    if not shown.wanted:
        kit.text(say("maintain.wanted_unknown"), css="soft")
        return
    curves = shown.curves
    kit.text(say("maintain.wanted_told" if curves else "maintain.wanted_rough"))
    if curves is not None:
        kit.text(say("maintain.curve_made", at=f"{curves.made_at:%Y/%m/%d %H:%M}"), css="soft")
        kit.text(say("pictures.learning_legend"), css="soft small")
        pictures.show(pictures.learning(curves.curves))
    with kit.table([say(key) for key in HEADS], caption=say("maintain.wanted")):
        for one in shown.wanted:
            _draw_row(one)
    _draw_borders(shown.confused)


def _draw_row(one: Wanted) -> None:
    with kit.box(tag="tr"):
        kit.Tag("td", words.intent(one.intent))
        kit.Tag("td", _gain(one.curve) if one.curve is not None else "―", css="num")
        kit.Tag("td", words.percent(one.share), css="num")
        kit.Tag("td", f"{one.wrong}/{one.n}" if one.n else "―", css="num")
        kit.Tag("td", str(one.curve.total) if one.curve is not None else "―", css="num")


def _gain(curve: Curve) -> str:
    key = "maintain.gain" if curve.helps else "maintain.gain_unsure"
    if not curve.bounded:
        return say("maintain.gain_unknown")
    low, high = f"{curve.low:.1f}", f"{curve.high:.1f}"
    return say(key, gain=f"{curve.gain:.1f}", low=low, high=high)


def _draw_borders(confused: tuple[Confused, ...]) -> None:
    pairs = {(one.intent, one.got): one.n for one in confused}
    for (left, right), n in sorted(pairs.items()):
        both = n + pairs.get((right, left), 0)
        if both >= MERGE_AT and (left < right or (right, left) not in pairs):
            told = say(
                "maintain.border", left=words.intent(left), right=words.intent(right), n=both
            )
            kit.text(told, css="notice")

"""Training and models: begin, follow, cancel; what each model scored; promote and go back."""

from dataclasses import dataclass
from datetime import datetime

from nicegui import ui
from sqlmodel import Session

from api.consoles import kit
from api.consoles.maintain import words
from api.consoles.visit import Visit
from knowledge.staff.actor import Actor
from knowledge.training import promotion, runs
from knowledge.training.models import ModelRelease, ReleaseEvent, TrainingRun
from knowledge.wording import say

LOOK_SECONDS = 1.0
RUN_HEADS = ("maintain.col_run", "maintain.col_state", "maintain.col_progress", "maintain.col_who")
RELEASE_HEADS = (
    "maintain.col_release",
    "maintain.col_state",
    "maintain.col_score",
    "maintain.col_made_from",
    "maintain.col_who",
)
EVENT_HEADS = ("maintain.col_at", "maintain.col_release", "maintain.col_event", "maintain.col_who")


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page shows; compared before anything is drawn anew."""

    runs: tuple[TrainingRun, ...]
    releases: tuple[ModelRelease, ...]
    events: tuple[ReleaseEvent, ...]
    waiting: int
    previous: str | None

    def trainer(self, release: ModelRelease) -> str:
        """The name of who asked for a release."""
        names = {e.release: e.actor_name for e in self.events if e.kind == "trained"}
        return names.get(release.name) or say("maintain.by_itself")

    @property
    def mark(self) -> object:
        """What differs when the page must be drawn anew."""
        told = [(r.id, r.state, r.percent, r.step) for r in self.runs]
        return told, [(r.name, r.state) for r in self.releases], self.waiting, self.previous


async def build(visit: Visit) -> None:
    """The page."""
    await _Training(visit).build()


class _Training:
    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._mark: object = None

    async def build(self) -> None:
        kit.heading(1, say("maintain.training"))
        kit.text(say("maintain.training_told"), css="soft")
        self._body = kit.box()
        await self._refresh()
        ui.timer(LOOK_SECONDS, self._visit.doing(self._refresh), immediate=False)

    async def _refresh(self) -> None:
        shown = await self._visit.read(_load)
        if shown.mark == self._mark:
            return
        self._mark = shown.mark
        self._body.clear()
        with self._body:
            self._draw_start(shown)
            for part in (self._draw_runs, self._draw_releases, _draw_events):
                with kit.box(tag="section", css="block"):
                    part(shown)

    def _draw_start(self, shown: Shown) -> None:
        if shown.waiting:
            kit.text(say("maintain.not_learned", n=shown.waiting), css="notice")
        with kit.box(css="buttons bar"):
            start = self._visit.doing(self._start)
            kit.button(say("maintain.train"), start, css="solid", data_press="t")
            if shown.previous is not None:
                back = self._visit.doing(self._roll_back)
                told = say("maintain.roll_back", name=shown.previous)
                kit.button(told, back, css="danger")

    def _draw_runs(self, shown: Shown) -> None:
        if not shown.runs:
            return
        kit.heading(2, say("maintain.runs"))
        with kit.table([say(key) for key in RUN_HEADS], caption=say("maintain.runs")):
            for run in shown.runs:
                with kit.box(tag="tr", data_run=run.id):
                    kit.Tag("td", f"{run.requested_at:%m/%d %H:%M}", css="num")
                    with kit.box(tag="td"):
                        key, colour = words.RUN_STATES[run.state]
                        kit.badge(say(key), colour)
                    with kit.box(tag="td"):
                        self._draw_progress(run)
                    kit.Tag("td", run.requested_name)

    def _draw_progress(self, run: TrainingRun) -> None:
        if run.state == "running":
            told = say("maintain.progress", percent=run.percent, step=run.step)
            kit.Tag("progress", value=str(run.percent), max="100", aria_label=told)
            kit.text(told, css="small")
        if run.state in ("queued", "running"):
            stop = self._visit.doing(lambda: self._cancel(run))
            kit.button(say("maintain.cancel_run"), stop, css="plain small")
        if run.problem:
            kit.text(run.problem[-300:], css="small pre")
        if run.release is not None:
            address = f"/console/maintain/releases/{run.release}"
            kit.link(say("maintain.to_report"), address)

    def _draw_releases(self, shown: Shown) -> None:
        kit.heading(2, say("maintain.releases"))
        if not shown.releases:
            kit.text(say("maintain.no_releases"), css="empty")
            return
        with kit.table([say(key) for key in RELEASE_HEADS], caption=say("maintain.releases")):
            for release in shown.releases:
                _draw_release(release, shown.trainer(release))

    async def _start(self) -> None:
        await self._visit.write(
            lambda session, actor, now: runs.request(session=session, actor=actor, now=now).id
        )
        self._visit.tell(say("maintain.train_asked"))
        await self._refresh()

    async def _cancel(self, run: TrainingRun) -> None:
        await self._visit.write(
            lambda session, actor, now: (
                runs.cancel(session=session, run_id=run.id or 0, actor=actor, now=now).id
            )
        )
        await self._refresh()

    async def _roll_back(self) -> None:
        await self._visit.write(
            lambda session, actor, now: (
                promotion.roll_back(session=session, actor=actor, now=now).name
            )
        )
        self._visit.tell(say("maintain.rolling_back"))
        await self._refresh()


def _load(session: Session, actor: Actor, now: datetime) -> Shown:
    releases, events = promotion.history(session=session, actor=actor)
    before = promotion.previous(session=session)
    shown = Shown(
        runs=tuple(runs.latest(session=session, actor=actor)),
        releases=tuple(releases),
        events=tuple(events),
        waiting=promotion.not_learned(session=session),
        previous=before.name if before is not None else None,
    )
    session.expunge_all()
    return shown


def _draw_release(release: ModelRelease, trainer: str) -> None:
    report = promotion.report_of(release)
    with kit.box(tag="tr", data_row=release.name):
        with kit.box(tag="td"):
            address = f"/console/maintain/releases/{release.name}"
            kit.link(release.name, address, data_open=release.name)
            kit.Tag("div", f"{release.trained_at:%Y/%m/%d %H:%M}", css="soft small num")
        with kit.box(tag="td"):
            key, colour = words.STATES[release.state]
            kit.badge(say(key), colour)
            if report is not None and report.blocked and release.state == "candidate":
                kit.badge(say("maintain.gate_closed"), "bad")
        score = f"{report.right}/{report.n}" if report is not None else "―"
        kit.Tag("td", score, css="num")
        made = say(
            "maintain.made_from",
            data=release.data_hash[:8] or "―",
            config=release.config_hash[:8] or "―",
            code=release.code_version or "―",
        )
        kit.Tag("td", made, css="small")
        kit.Tag("td", trainer, css="small")


def _draw_events(shown: Shown) -> None:
    kit.heading(2, say("maintain.events"))
    with kit.table([say(key) for key in EVENT_HEADS], caption=say("maintain.events")):
        for event in shown.events:
            with kit.box(tag="tr"):
                kit.Tag("td", f"{event.at:%Y/%m/%d %H:%M}", css="num")
                kit.Tag("td", event.release, css="num")
                with kit.box(tag="td"):
                    kit.Tag("span", say(words.EVENTS[event.kind]))
                    if event.override:
                        told = say("maintain.overridden", reason=event.reason)
                        kit.text(told, css="small")
                by_itself = event.actor_id == promotion.WATCH.id
                kit.Tag("td", say("maintain.by_itself") if by_itself else event.actor_name)

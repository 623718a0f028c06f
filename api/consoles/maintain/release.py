"""The report on one model: plain words first, then the figures, then the sentences; promote it."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from api.consoles import kit
from api.consoles.maintain import pictures, words
from api.consoles.visit import Visit
from knowledge.conversations.models import Message
from knowledge.errors import NotFoundError
from knowledge.staff.actor import Actor
from knowledge.text import normalise
from knowledge.training import gate, promotion
from knowledge.training.judging import words_of
from knowledge.training.models import ModelRelease
from knowledge.training.report import Flip, Report
from knowledge.training.rights import check_maintainer
from knowledge.training.statistics import interval
from knowledge.wording import say

MOST = 30
TOPIC_HEADS = (
    "maintain.col_topic",
    "maintain.col_n",
    "maintain.col_before",
    "maintain.col_after",
    "maintain.col_interval",
    "maintain.col_margin",
)
REASONS = {
    "protected": "maintain.gate_protected",
    "topic": "maintain.gate_topic",
    "total": "maintain.gate_total",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """One release, its report, and the words of recent messages it names."""

    release: ModelRelease
    report: Report | None
    blocked: bool
    messages: dict[str, str]


async def build(visit: Visit, name: str) -> None:
    """The page."""
    await _Release(visit, name).build()


class _Release:
    def __init__(self, visit: Visit, name: str) -> None:
        self._visit = visit
        self._name = name
        self._words: dict[str, str] = {}

    async def build(self) -> None:
        shown = await self._visit.read(self._load)
        self._words = await asyncio.to_thread(words_of, self._visit.house.roots())
        self._words |= shown.messages
        kit.heading(1, say("maintain.report_of", name=self._name))
        key, colour = words.STATES[shown.release.state]
        with kit.box(css="labels bar"):
            kit.badge(say(key), colour)
        if shown.report is None:
            kit.text(say("maintain.no_report"), css="notice")
        else:
            self._draw(shown.report)
        self._draw_promotion(shown)

    def _load(self, session: Session, actor: Actor, now: datetime) -> Shown:
        check_maintainer(actor)
        release = session.get(ModelRelease, self._name)
        if release is None:
            raise NotFoundError
        report = promotion.report_of(release)
        blocked = promotion.is_blocked(session=session, release=release)
        ids = [flip.key for flip in report.shadow] if report is not None else []
        rows = session.exec(
            select(Message).where(col(Message.id).in_(ids), ~col(Message.sensitive))
        )
        said = {m.id: normalise(m.text) for m in rows if m.text is not None}
        session.expunge_all()
        return Shown(release, report, blocked, said)

    def _draw(self, report: Report) -> None:
        with kit.box(css=f"notice {'bad' if report.blocked else 'good'}"):
            for told in plain_words(report):
                kit.text(told)
        lists = (
            (say("maintain.protected_broken"), report.protected_broken),
            (say("maintain.now_wrong"), report.now_wrong),
            (say("maintain.now_right"), report.now_right),
            (say("maintain.shadow", n=report.shadow_n), report.shadow),
        )
        for title, flips in lists:
            with kit.box(tag="section", css="block"):
                self._draw_flips(title, flips)
        for part in (_draw_topics, self._draw_confused, _draw_calibration):
            with kit.box(tag="section", css="block"):
                part(report)

    def _draw_flips(self, title: str, flips: Sequence[Flip]) -> None:
        kit.heading(2, f"{title}（{len(flips)}）")
        if not flips:
            kit.text(say("maintain.none_of_them"), css="soft")
            return
        with kit.box(tag="ul", css="stack"):
            for flip in flips[:MOST]:
                with kit.box(tag="li"):
                    kit.text(self._say(flip.key))
                    told = say(
                        "maintain.flip",
                        right=words.intent(flip.intent) if flip.intent else "―",
                        before=words.intent(flip.before) if flip.before else "―",
                        after=words.intent(flip.after),
                    )
                    kit.text(told, css="soft small")

    def _draw_confused(self, report: Report) -> None:
        kit.heading(2, say("maintain.confused"))
        pictures.show(pictures.confusions(report.confused))
        for pair in report.confused:
            with kit.box(tag="details", css="panel"):
                told = say(
                    "maintain.confused_pair",
                    right=words.intent(pair.intent),
                    got=words.intent(pair.got),
                    n=pair.n,
                )
                kit.Tag("summary", told)
                with kit.box(tag="ul", css="inner"):
                    for key in pair.keys:
                        kit.Tag("li", self._say(key))

    def _say(self, key: str) -> str:
        return self._words.get(key) or say("maintain.words_gone")

    def _draw_promotion(self, shown: Shown) -> None:
        if shown.release.state not in promotion.PROMOTABLE:
            return
        kit.heading(2, say("maintain.promotion"))
        closed = shown.blocked and shown.release.state == "candidate"
        manager = self._visit.actor.has("manager")
        if closed and not manager:
            kit.text(say("maintain.needs_manager"), css="notice bad")
            return
        with kit.form(self._visit.sending(self._promote), css="narrow"):
            if closed:
                kit.text(say("maintain.override_told"), css="notice bad")
                kit.field(say("maintain.reason"), "reason", required=True, maxlength=500, rows=2)
            key = "maintain.override" if closed else "maintain.promote"
            css = "danger" if closed else "solid"
            kit.Tag("button", say(key), css=f"button {css}", type="submit")

    async def _promote(self, pairs: Sequence[tuple[str, str]]) -> None:
        reason = kit.fields_of(pairs).get("reason", "")
        await self._visit.write(
            lambda session, actor, now: (
                promotion.promote(
                    session=session, name=self._name, actor=actor, now=now, reason=reason
                ).name
            )
        )
        told, address = (
            kit.dumps(say("maintain.promoting")),
            kit.dumps("/console/maintain/training"),
        )
        kit.script(f"madoguchi.leave({told}, {address})")


def plain_words(report: Report) -> Iterable[str]:
    """What the report says in a few sentences."""
    yield say("maintain.gate_shut" if report.blocked else "maintain.gate_open")
    for reason in report.reasons:
        topic = words.intent(reason.intent) if reason.intent else ""
        yield say(REASONS[reason.code], topic=topic, lost=reason.lost, margin=reason.margin)
    if report.right_before is None:
        yield say("maintain.score_alone", right=report.right, n=report.n)
    else:
        before, after = report.right_before, report.right
        yield say("maintain.score", before=before, after=after, n=report.n)
    yield say(
        "maintain.learned",
        right=report.taught.right,
        n=report.taught.n,
        kept=report.protected.right,
        all=report.protected.n,
    )
    if report.ms_before is None:
        yield say("maintain.speed", ms=f"{report.ms_after:.1f}")
    else:
        was, will = f"{report.ms_before:.1f}", f"{report.ms_after:.1f}"
        yield say("maintain.speeds", before=was, after=will)


def _draw_topics(report: Report) -> None:
    kit.heading(2, say("maintain.by_topic"))
    if report.topics:
        kit.text(say("pictures.scores_legend"), css="soft small")
        pictures.show(pictures.scores(report))
    with kit.table([say(key) for key in TOPIC_HEADS], caption=say("maintain.by_topic")):
        for topic in report.topics:
            found = interval(topic.after, topic.n)
            with kit.box(tag="tr"):
                kit.Tag("td", words.intent(topic.intent))
                kit.Tag("td", str(topic.n), css="num")
                kit.Tag("td", "―" if topic.before is None else str(topic.before), css="num")
                kit.Tag("td", str(topic.after), css="num")
                with kit.box(tag="td", css="num"):
                    kit.Tag("span", f"{words.percent(found.low)}–{words.percent(found.high)}")
                    kit.Tag("meter", min="0", max="1", value=f"{found.share:.3f}").put(
                        aria_label=words.percent(found.share)
                    )
                kit.Tag("td", _change(topic), css="num")


def _change(topic: gate.TopicScore) -> str:
    """How many right sentences more or fewer, and how many fewer the gate lets pass."""
    if topic.before is None:
        return "―"
    if topic.lost <= 0:
        return say("maintain.won", n=-topic.lost) if topic.lost else say("maintain.no_change")
    return say("maintain.margin", lost=topic.lost, margin=gate.margin(topic.n))


def _draw_calibration(report: Report) -> None:
    kit.heading(2, say("maintain.calibration"))
    kit.text(say("maintain.calibration_told", error=words.percent(report.calibration_error)))
    if report.calibration:
        kit.text(say("pictures.reliability_legend"), css="soft small")
        pictures.show(pictures.reliability(report))
    heads = ("maintain.col_said", "maintain.col_was", "maintain.col_n")
    with kit.table([say(key) for key in heads], caption=say("maintain.calibration")):
        for one in report.calibration:
            with kit.box(tag="tr"):
                kit.Tag("td", words.percent(one["mean"]), css="num")
                with kit.box(tag="td", css="num"):
                    share = one["right"] / one["n"]
                    kit.Tag("span", words.percent(share))
                    kit.Tag("meter", min="0", max="1", value=f"{share:.3f}").put(
                        aria_label=words.percent(share)
                    )
                kit.Tag("td", str(one["n"]), css="num")

"""Draws the figures of a report as SVG; pure: figures in, text out. Tables beside them hold every
number, so each picture carries a title and one sentence for those who do not see it."""

from collections.abc import Iterable, Sequence
from html import escape

from nicegui import ui

from api.consoles.maintain import words
from knowledge.training.curve import Curve
from knowledge.training.report import Confused, Report
from knowledge.training.statistics import interval
from knowledge.wording import say

LABEL = 190
"""Width of the names at the left."""
WIDE = 720
ROW = 26
SQUARE = 320
SMALL = (168, 112)
"""One small curve."""
EDGE, ROOM = 34, 34
"""Room beside the axes, and at the ends for the largest dot."""


def show(svg: str) -> None:
    """Put a picture into the page."""
    # Every word in it is our own wording or a figure, and is escaped.
    ui.html(svg, sanitize=False).classes("picture")


def scores(report: Report) -> str:
    """Per topic: the live model (ring), the candidate (dot) and its 95 % interval (line)."""
    bottom = ROW * len(report.topics) + 8
    drawn = [_scale(bottom)]
    for number, topic in enumerate(report.topics):
        y = 8 + ROW * number + ROW // 2
        found = interval(topic.after, topic.n)
        drawn.append(_text(0, y + 5, words.intent(topic.intent)))
        drawn.append(_line(_x(found.low), y, _x(found.high), y, "span"))
        if topic.before is not None:
            drawn.append(_circle(_x(topic.before / topic.n), y, 6, "before"))
        drawn.append(_circle(_x(found.share), y, 4, "after"))
    worse = sum(topic.lost > 0 for topic in report.topics)
    told = say("pictures.scores_told", n=len(report.topics), worse=worse)
    return _svg(WIDE, bottom + 24, say("pictures.scores"), told, drawn)


def reliability(report: Report) -> str:
    """How sure the model was against how often it was right; on the line it is honest."""
    side, end = SQUARE - EDGE, SQUARE - ROOM
    most = max((one["n"] for one in report.calibration), default=1)
    drawn = [
        _line(EDGE, side, end, side, "axis"),
        _line(EDGE, side, EDGE, ROOM, "axis"),
        _line(EDGE, side, end, ROOM, "honest"),
        _text(EDGE, SQUARE - 12, say("pictures.sure")),
        _text(EDGE + 6, 14, say("pictures.was_right")),
    ]
    reach = end - EDGE
    for one in report.calibration:
        share = one["right"] / one["n"]
        size = 3 + 9 * (one["n"] / most) ** 0.5
        drawn.append(_circle(EDGE + reach * one["mean"], side - reach * share, size, "after"))
    told = say("pictures.reliability_told", error=words.percent(report.calibration_error))
    return _svg(SQUARE, SQUARE, say("pictures.reliability"), told, drawn)


def confusions(pairs: Sequence[Confused]) -> str:
    """Bars of the topics most often taken for others."""
    most = max((pair.n for pair in pairs), default=1)
    left, drawn = 330, []
    for number, pair in enumerate(pairs):
        y = 8 + ROW * number
        told = say(
            "pictures.taken_for", right=words.intent(pair.intent), got=words.intent(pair.got)
        )
        width = (WIDE - left - 60) * pair.n / most
        drawn.append(_text(0, y + 17, told))
        drawn.append(_bar(left, y + 4, width, ROW - 10))
        drawn.append(_text(left + width + 6, y + 17, str(pair.n)))
    first = say("pictures.no_confusion")
    if pairs:
        worst = pairs[0]
        first = say(
            "pictures.confusions_told",
            right=words.intent(worst.intent),
            got=words.intent(worst.got),
            n=worst.n,
        )
    return _svg(WIDE, ROW * max(len(pairs), 1) + 16, say("pictures.confusions"), first, drawn)


def learning(curves: Iterable[Curve]) -> str:
    """A small curve per topic: share of right answers with fewer of its sentences."""
    curves = tuple(curves)
    width, height = SMALL
    columns = WIDE // width
    drawn: list[str] = []
    for number, curve in enumerate(curves):
        left, top = (number % columns) * width, (number // columns) * height
        drawn.append(_small(curve, left, top))
    rows = -(-len(curves) // columns)
    best = curves[0] if curves else None
    told = (
        say("pictures.learning_told", topic=words.intent(best.intent), gain=f"{best.gain:.1f}")
        if best is not None
        else say("pictures.no_curve")
    )
    return _svg(WIDE, rows * height + 4, say("pictures.learning"), told, drawn)


def _small(curve: Curve, left: int, top: int) -> str:
    width, height = SMALL
    floor, reach = top + height - 22, height - 52
    most = curve.steps[-1].trained if curve.steps else 1
    at = [
        (left + 8 + (width - 56) * step.trained / most, floor - reach * step.share)
        for step in curve.steps
    ]
    drawn = [
        _text(left, top + 16, words.intent(curve.intent)),
        _line(left + 4, floor, left + width - 24, floor, "axis"),
        f'<polyline class="curve" points="{" ".join(f"{x:.0f},{y:.0f}" for x, y in at)}"/>',
        *(_circle(x, y, 3, "after") for x, y in at),
    ]
    if at:
        x, y = at[-1]
        drawn.append(_text(x + 6, y + 4, words.percent(curve.steps[-1].share)))
    return "".join(drawn)


def _x(share: float) -> float:
    return LABEL + (WIDE - LABEL - 30) * share


def _scale(bottom: int) -> str:
    lines = [_line(_x(n / 4), 4, _x(n / 4), bottom, "grid") for n in range(5)]
    marks = [_text(_x(n / 4) - 12, bottom + 18, words.percent(n / 4)) for n in range(5)]
    return "".join((*lines, *marks))


def _svg(width: int, height: int, title: str, told: str, drawn: Iterable[str]) -> str:
    return (
        f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{escape(title)}。'
        f'{escape(told)}" class="chart" width="{width}">{"".join(drawn)}</svg>'
    )


def _text(x: float, y: float, told: str) -> str:
    return f'<text x="{x:.0f}" y="{y:.0f}">{escape(told)}</text>'


def _line(x: float, y: float, to_x: float, to_y: float, css: str) -> str:
    return f'<line class="{css}" x1="{x:.0f}" y1="{y:.0f}" x2="{to_x:.0f}" y2="{to_y:.0f}"/>'


def _circle(x: float, y: float, size: float, css: str) -> str:
    return f'<circle class="{css}" cx="{x:.0f}" cy="{y:.0f}" r="{size:.0f}"/>'


def _bar(x: float, y: float, width: float, height: float) -> str:
    place = f'x="{x:.0f}" y="{y:.0f}" width="{max(width, 2):.0f}" height="{height:.0f}"'
    return f'<rect class="bar-of" {place}/>'

"""Where more sentences help visitors most: learning curve times traffic, each with its doubt."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, func, select

from knowledge.conversations.models import Message
from knowledge.staff.actor import Actor
from knowledge.training.curve import Curve, Point, curves
from knowledge.training.models import LearningCurve
from knowledge.training.report import Report
from knowledge.training.rights import check_maintainer
from knowledge.vocabulary import TOPICS

WINDOW = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A topic: of ``n`` held-out sentences ``wrong`` fail, ``share`` is how much of the traffic is
    about it (0 to 1), ``weight`` the same, cautious where little was asked yet; ``curve`` is what
    more sentences bring (None where nobody has asked for it)."""

    intent: str
    wrong: int
    n: int
    share: float
    weight: float
    curve: Curve | None = None

    @property
    def gain(self) -> float:
        """What orders them: messages of 100 (of all topics) that would be right with more
        sentences; without a curve the errors weighed by traffic."""
        if self.curve is not None:
            return self.weight * self.curve.gain
        return self.weight * self.wrong / max(self.n, 1)


@dataclass(frozen=True, slots=True)
class Curves:
    """The newest learning curves and when they were made."""

    made_at: datetime
    curves: tuple[Curve, ...]


def keep_curve(
    *, session: Session, run_id: int, data_hash: str, points: Iterable[Point], now: datetime
) -> None:
    """Keep what a run found."""
    dumped = [point.model_dump(mode="json") for point in points]
    session.add(LearningCurve(run_id=run_id, made_at=now, data_hash=data_hash, points=dumped))
    session.flush()


def newest_curves(*, session: Session, actor: Actor) -> Curves | None:
    """The newest learning curves, None where none was made.

    Raises:
        NotAllowedError: no maintainer.
    """
    check_maintainer(actor)
    newest = select(LearningCurve).order_by(col(LearningCurve.run_id).desc()).limit(1)
    row = session.exec(newest).first()
    if row is None:
        return None
    return Curves(row.made_at, curves(Point.model_validate(point) for point in row.points))


def wanted(
    *,
    session: Session,
    report: Report | None,
    found: Curves | None,
    actor: Actor,
    now: datetime,
) -> tuple[Wanted, ...]:
    """Topics by what more sentences would bring visitors; empty where neither a report nor a curve
    is there.

    Raises:
        NotAllowedError: no maintainer.
    """
    check_maintainer(actor)
    scores = {topic.intent: topic for topic in report.topics} if report is not None else {}
    of_intent = {curve.intent: curve for curve in found.curves} if found is not None else {}
    known = [topic for topic in TOPICS if topic in scores or topic in of_intent]
    counts = _counts(session, known, now)
    total = sum(counts.values())
    rows = []
    for topic in known:
        score = scores.get(topic)
        wrong, n = (score.n - score.after, score.n) if score is not None else (0, 0)
        share = counts[topic] / total if total else 0.0
        weight = (counts[topic] + 1) / (total + len(known))
        rows.append(Wanted(topic, wrong, n, share, weight, of_intent.get(topic)))
    return tuple(sorted(rows, key=lambda row: (-row.gain, row.intent)))


def _counts(session: Session, topics: Sequence[str], now: datetime) -> dict[str, int]:
    """How many messages were about each topic."""
    counted = session.exec(
        select(Message.topic, func.count())
        .where(Message.author == "visitor", col(Message.at) >= now - WINDOW)
        .group_by(col(Message.topic))
    )
    counts = {topic: n for topic, n in counted if topic is not None}
    return {topic: counts.get(topic, 0) for topic in topics}

"""What more sentences would bring a topic: a line through fits on fewer sentences, with its doubt.

Pure. Each division of the writers tells how much the last doubling of a topic's sentences brought;
what some more would bring is read off that slope (growth slows down, so earlier doublings promise
too much), and the spread between the divisions is the uncertainty.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict

MORE = 20
"""Sentences a maintainer writes in an afternoon."""
STUDENT = {1: 12.71, 2: 4.30, 3: 3.18, 4: 2.78, 5: 2.57}
"""95 % points of Student's t by degrees of freedom."""
NORMAL = 1.96


class Point(BaseModel):
    """In one division of the writers (``fold``): so many of ``n`` sentences of writers not seen
    were right after ``trained`` sentences of the topic; ``total`` there are."""

    model_config = ConfigDict(frozen=True)

    intent: str
    fold: int
    total: int
    trained: int
    right: int
    n: int


@dataclass(frozen=True, slots=True)
class Step:
    """With ``trained`` sentences (mean of the divisions) this share was right (0 to 1)."""

    trained: float
    share: float


@dataclass(frozen=True, slots=True)
class Curve:
    """A topic's steps, fewest sentences first; ``gain``: of 100 messages so many more would be
    right with ``MORE`` more sentences, with its 95 % interval ``low`` to ``high``."""

    intent: str
    total: int
    steps: tuple[Step, ...]
    gain: float
    low: float
    high: float

    @property
    def bounded(self) -> bool:
        """Whether the doubt is known at all: one division of the writers tells none."""
        return math.isfinite(self.low)

    @property
    def helps(self) -> bool:
        """Whether more sentences surely help: the interval lies above nothing."""
        return self.low > 0


def curves(points: Iterable[Point]) -> tuple[Curve, ...]:
    """One curve per topic, the one with the most to gain first."""
    of_intent: defaultdict[str, list[Point]] = defaultdict(list)
    for point in points:
        if point.n and point.trained:
            of_intent[point.intent].append(point)
    made = [_curve(intent, found) for intent, found in of_intent.items()]
    return tuple(sorted(made, key=lambda one: (-one.gain, one.intent)))


def _curve(intent: str, points: Sequence[Point]) -> Curve:
    of_fold: defaultdict[int, list[Point]] = defaultdict(list)
    for point in points:
        of_fold[point.fold].append(point)
    slopes = [_slope(found) for found in of_fold.values() if len(found) > 1]
    total = max(point.total for point in points)
    scale = 100 * math.log2((total + MORE) / total)
    mean, half = _mean(slopes)
    return Curve(
        intent,
        total,
        _steps(list(of_fold.values())),
        mean * scale,
        (mean - half) * scale,
        (mean + half) * scale,
    )


def _slope(points: Sequence[Point]) -> float:
    """By how much the share grows with a doubling, by the last two steps."""
    before, last = sorted(points, key=lambda point: point.trained)[-2:]
    doublings = math.log2(last.trained / before.trained)
    return (last.right / last.n - before.right / before.n) / doublings if doublings else 0.0


def _mean(slopes: Sequence[float]) -> tuple[float, float]:
    """Mean and half of its 95 % interval; one slope alone says nothing sure."""
    if not slopes:
        return 0.0, math.inf
    mean = sum(slopes) / len(slopes)
    free = len(slopes) - 1
    if not free:
        return mean, math.inf
    spread = math.sqrt(sum((one - mean) ** 2 for one in slopes) / free)
    return mean, STUDENT.get(free, NORMAL) * spread / math.sqrt(len(slopes))


def _steps(folds: Sequence[Sequence[Point]]) -> tuple[Step, ...]:
    """The shares of all divisions together, part by part."""
    ordered = [sorted(found, key=lambda point: point.trained) for found in folds]
    length = min(len(found) for found in ordered)
    made = []
    for at in range(length):
        part = [found[at] for found in ordered]
        right, n = sum(p.right for p in part), sum(p.n for p in part)
        made.append(Step(sum(p.trained for p in part) / len(part), right / n))
    return tuple(made)

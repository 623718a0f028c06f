"""Figures over held-out messages; values in, values out."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.metrics import f1_score

from tests.bench.accuracy.gold import OUT, Gold, Said

BINS = 10
Pair = tuple[Gold, Said]


@dataclass(frozen=True)
class TopicFigures:
    """Of one candidate: shares of 1 throughout."""

    macro_f1: float
    accuracy: float
    out_recall: float
    false_alarms: float
    calibration_error: float
    by_topic: dict[str, float]
    by_register: dict[str, float]
    by_difficulty: dict[str, float]


@dataclass(frozen=True)
class OtherFigures:
    """What only the whole product answers."""

    secondary: float
    false_secondary: float
    need_macro_f1: float
    judgement_recall: float
    judgement_false: float
    wants: float
    asker: float
    desk: float
    asked_back: float


def topic_figures(pairs: Sequence[Pair]) -> TopicFigures:
    """Macro-F1 over the topics that occur; registers and difficulties by accuracy."""
    truth, found = [g.topic for g, _ in pairs], [s.topic for _, s in pairs]
    topics = sorted(set(truth))
    each = f1_score(truth, found, labels=topics, average=None, zero_division=0)
    return TopicFigures(
        macro_f1=float(np.mean(each)),
        accuracy=_share(pairs, _right),
        out_recall=_share([p for p in pairs if p[0].topic == OUT], _refused),
        false_alarms=_share([p for p in pairs if p[0].topic != OUT], _refused),
        calibration_error=calibration_error(pairs),
        by_topic=dict(zip(topics, map(float, each), strict=True)),
        by_register=_by(pairs, lambda gold: gold.labels.register_),
        by_difficulty=_by(pairs, lambda gold: gold.labels.difficulty),
    )


def other_figures(pairs: Sequence[Pair]) -> OtherFigures:
    """Secondary topics, need, what the law reserves, wishes, asker and leading desk."""
    several = [p for p in pairs if p[0].labels.also]
    one = [p for p in pairs if not p[0].labels.also and p[0].topic != OUT]
    return OtherFigures(
        secondary=_share(several, _second_found),
        false_secondary=_share(one, lambda p: bool(p[1].secondary)),
        need_macro_f1=_need_f1([p for p in pairs if p[0].labels.need]),
        judgement_recall=_share([p for p in pairs if p[0].labels.judgement], _reserved),
        judgement_false=_share([p for p in pairs if not p[0].labels.judgement], _reserved),
        wants=_share(
            [p for p in pairs if p[0].labels.wants],
            lambda p: bool(set(p[0].labels.wants) & set(p[1].wants)),
        ),
        asker=_share(
            [p for p in pairs if p[0].labels.asker], lambda p: p[0].labels.asker == p[1].asker
        ),
        desk=_share(
            [p for p in pairs if p[0].labels.desk], lambda p: p[0].labels.desk == p[1].desk
        ),
        asked_back=_share(pairs, lambda p: p[1].asked_back),
    )


def _need_f1(pairs: Sequence[Pair]) -> float:
    truth, found = [str(g.labels.need) for g, _ in pairs], [str(s.need) for _, s in pairs]
    if not truth:
        return float("nan")
    labels = sorted(set(truth))
    return float(f1_score(truth, found, labels=labels, average="macro", zero_division=0))


def calibration_error(pairs: Sequence[Pair]) -> float:
    """Expected calibration error: how far confidence and correctness lie apart, weighted."""
    return sum(
        abs(confidence - right) * count / len(pairs)
        for confidence, right, count in reliability(pairs)
    )


def reliability(pairs: Sequence[Pair]) -> list[tuple[float, float, int]]:
    """Mean confidence, share right and count of each tenth that occurs."""
    rows = []
    for number in range(BINS):
        inside = [pair for pair in pairs if _bin(pair[1].confidence) == number]
        if inside:
            mean = float(np.mean([said.confidence for _, said in inside]))
            rows.append((mean, _share(inside, _right), len(inside)))
    return rows


def _bin(confidence: float) -> int:
    """The tenth a confidence falls into; a border belongs to the lower one."""
    return min(BINS - 1, max(0, math.ceil(confidence * BINS) - 1))


def _by(pairs: Sequence[Pair], key: Callable[[Gold], str | None]) -> dict[str, float]:
    values = sorted({value for gold, _ in pairs if (value := key(gold))})
    return {value: _share([p for p in pairs if key(p[0]) == value], _right) for value in values}


def _share(pairs: Iterable[Pair], right: Callable[[Pair], bool]) -> float:
    answers = [right(pair) for pair in pairs]
    return sum(answers) / len(answers) if answers else float("nan")


def _right(pair: Pair) -> bool:
    return pair[0].topic == pair[1].topic


def _refused(pair: Pair) -> bool:
    return pair[1].topic == OUT


def _reserved(pair: Pair) -> bool:
    return pair[1].judgement


def _second_found(pair: Pair) -> bool:
    gold, said = pair
    found = set(said.secondary) | ({said.topic} if said.topic != gold.topic else set())
    return bool(found & set(gold.labels.also))

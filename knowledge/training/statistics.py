"""Counts made readable: intervals of a share, calibration in bins; numbers in, numbers out."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Z = 1.96
"""95 %."""
BINS = 10


@dataclass(frozen=True, slots=True)
class Interval:
    """A share with its 95 % interval (Wilson), each 0 to 1; ``share`` of nothing is 0."""

    share: float
    low: float
    high: float


def interval(hits: int, of: int) -> Interval:
    """The interval of ``hits`` out of ``of``."""
    if of == 0:
        return Interval(0.0, 0.0, 1.0)
    share, square = hits / of, Z * Z
    centre = (share + square / (2 * of)) / (1 + square / of)
    half = Z * math.sqrt(share * (1 - share) / of + square / (4 * of * of)) / (1 + square / of)
    return Interval(share, max(0.0, centre - half), min(1.0, centre + half))


@dataclass(frozen=True, slots=True)
class Bin:
    """Answers whose stated chance lies from ``low`` (0 to 1) on: their mean chance, how many were
    right."""

    low: float
    n: int
    mean: float
    right: int


def calibration(answers: Iterable[tuple[float, bool]]) -> tuple[tuple[Bin, ...], float]:
    """Bins of (chance, right) and the expected calibration error (0: "0.8" is right 8 in 10)."""
    sorted_in: list[list[tuple[float, bool]]] = [[] for _ in range(BINS)]
    for chance, right in answers:
        sorted_in[min(BINS - 1, int(chance * BINS))].append((chance, right))
    bins = tuple(_bin(number / BINS, found) for number, found in enumerate(sorted_in) if found)
    total = sum(one.n for one in bins)
    error = sum(abs(one.mean * one.n - one.right) for one in bins) / total if total else 0.0
    return bins, error


def _bin(low: float, found: Sequence[tuple[float, bool]]) -> Bin:
    mean = sum(chance for chance, _ in found) / len(found)
    return Bin(low, len(found), mean, sum(right for _, right in found))


def median(values: Sequence[float]) -> float:
    """The middle value; 0 of nothing."""
    ordered = sorted(values)
    return ordered[len(ordered) // 2] if ordered else 0.0

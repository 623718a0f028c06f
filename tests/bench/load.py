"""Sends turns and notes how long each took."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

Turn = Callable[[int, int], Awaitable[None]]
"""Plays turn number ``n`` of conversation ``c``; raises if the answer is not the right one."""


@dataclass(frozen=True)
class Times:
    """Durations in milliseconds, sorted, and how many a second were done together."""

    milliseconds: tuple[float, ...]
    per_second: float

    def quantile(self, share: float) -> float:
        """The duration below which this share of the turns stayed."""
        last = len(self.milliseconds) - 1
        return self.milliseconds[min(last, int(len(self.milliseconds) * share))]

    @property
    def p50(self) -> float:
        """The median."""
        return self.quantile(0.50)

    @property
    def p95(self) -> float:
        """One in twenty took longer."""
        return self.quantile(0.95)


async def measure(turn: Turn, *, conversations: int, turns: int) -> Times:
    """Play ``turns`` turns in each of ``conversations`` conversations at the same time."""
    taken: list[float] = []

    async def converse(number: int) -> None:
        for count in range(turns):
            begin = time.perf_counter()
            await turn(number, count)
            taken.append((time.perf_counter() - begin) * 1000)

    begin = time.perf_counter()
    await asyncio.gather(*(converse(number) for number in range(conversations)))
    seconds = time.perf_counter() - begin
    return Times(tuple(sorted(taken)), len(taken) / seconds)

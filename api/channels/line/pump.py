"""Runs work taken from the database, some at once, until told to stop; it knows no LINE.

Woken when there is something new; it looks by itself every second, for what another process left.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from knowledge.errors import MadoguchiError

logger = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
PAUSE_SECONDS = 0.5
"""After a look that failed (a locked database)."""


class Pump:
    """One kind of work: ``at_once`` at the same time, taken from the database in batches."""

    def __init__(self, name: str, at_once: int) -> None:
        self._name = name
        self._at_once = at_once
        self._woken = asyncio.Event()
        self._running: set[asyncio.Task[None]] = set()
        self._taken: deque[Any] = deque()
        self._handed: deque[Any] = deque()
        self._look = True

    def wake(self) -> None:
        """There is something in the database; called in the loop's own thread."""
        self._look = True
        self._woken.set()

    def hand(self, one: Any) -> None:
        """Work on this without a look into the database: its lease is held already."""
        self._handed.append(one)
        self._woken.set()

    async def run(
        self,
        take: Callable[[int], Awaitable[Sequence[Any]]],
        work: Callable[[Any], Awaitable[None]],
    ) -> None:
        """Take and work until cancelled; running work is cancelled too (its lease ends later)."""
        try:
            while True:
                self._woken.clear()
                if self._look and not self._taken and len(self._running) < self._at_once:
                    self._look = False
                    self._taken.extend(await self._take(take))
                    self._look = self._look or bool(self._taken)
                self._start_all(work)
                await self._wait()
        finally:
            for task in self._running:
                task.cancel()

    async def _take(self, take: Callable[[int], Awaitable[Sequence[Any]]]) -> Sequence[Any]:
        try:
            return await take(self._at_once)
        except MadoguchiError as error:
            logger.warning("%s waits", self._name, extra={"reason": error.code})
            await asyncio.sleep(PAUSE_SECONDS)
            self._woken.set()
            return ()

    def _start_all(self, work: Callable[[Any], Awaitable[None]]) -> None:
        """What was handed over first: somebody waits for it just now."""
        for source in (self._handed, self._taken):
            while source and len(self._running) < self._at_once:
                task = asyncio.ensure_future(work(source.popleft()))
                self._running.add(task)
                task.add_done_callback(self._ended)

    async def _wait(self) -> None:
        try:
            await asyncio.wait_for(self._woken.wait(), timeout=LOOK_SECONDS)
        except TimeoutError:
            self._look = True

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self._woken.set()
        if not task.cancelled() and task.exception() is not None:
            # Its lease ends; whoever takes it next tries again, and gives up after some tries.
            logger.error("%s broke", self._name, exc_info=task.exception())

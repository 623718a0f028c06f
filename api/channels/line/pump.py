"""Runs work taken from the database, some at once, until told to stop; it knows no LINE.

Woken when there is something new; it looks by itself every second, for what another process left.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from knowledge.errors import MadoguchiError

logger = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
PAUSE_SECONDS = 0.5
"""After a look that failed (a locked database)."""


class Pump:
    """One kind of work."""

    def __init__(self, name: str, at_once: int) -> None:
        self._name = name
        self._at_once = at_once
        self._woken = asyncio.Event()
        self._running: set[asyncio.Task[None]] = set()

    def wake(self) -> None:
        """There is something to do; from the loop's own thread."""
        self._woken.set()

    @property
    def idle(self) -> bool:
        """Whether nothing is being worked on."""
        return not self._running

    async def run(
        self,
        take: Callable[[int], Awaitable[Sequence[Any]]],
        work: Callable[[Any], Awaitable[None]],
    ) -> None:
        """Take and work until cancelled; running work is cancelled too (its lease ends later)."""
        try:
            while True:
                self._woken.clear()
                taken = await self._take(take)
                for one in taken:
                    self._start(work(one))
                if not taken:
                    await self._wait()
        finally:
            for task in self._running:
                task.cancel()

    async def _take(self, take: Callable[[int], Awaitable[Sequence[Any]]]) -> Sequence[Any]:
        room = self._at_once - len(self._running)
        if room <= 0:
            return ()
        try:
            return await take(room)
        except MadoguchiError as error:
            logger.warning("%s waits", self._name, extra={"reason": error.code})
            await asyncio.sleep(PAUSE_SECONDS)
            return ()

    async def _wait(self) -> None:
        try:
            await asyncio.wait_for(self._woken.wait(), timeout=LOOK_SECONDS)
        except TimeoutError:
            return

    def _start(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._running.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self._woken.set()
        if not task.cancelled() and task.exception() is not None:
            # Its lease ends; whoever takes it next tries again, and gives up after some tries.
            logger.error("%s broke", self._name, exc_info=task.exception())

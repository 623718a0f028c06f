"""Tells open pages that something was committed, whoever committed it; it knows not what.

One look at the database a second for the whole process while at least one page is open.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress

from sqlmodel import Session

from api.database import Database
from knowledge.errors import DatabaseBusyError

logger = logging.getLogger(__name__)

SECONDS = 1.0
Listener = Callable[[], Awaitable[None]]
Mark = Callable[[Session], object]
"""A cheap look that differs whenever something an open page shows has changed."""


class Pulse:
    """The pages of this process that want to know."""

    def __init__(self, database: Database, mark: Mark, *, seconds: float = SECONDS) -> None:
        self._database = database
        self._mark = mark
        self._seconds = seconds
        self._listeners: set[Listener] = set()
        self._task: asyncio.Task[None] | None = None

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Call ``listener`` after every change, until the returned function is called."""
        self._listeners.add(listener)
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._run())

        def stop() -> None:
            self._listeners.discard(listener)

        return stop

    async def close(self) -> None:
        """End the looking."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        last = await self._look(None)
        while self._listeners:
            await asyncio.sleep(self._seconds)
            now = await self._look(last)
            if now != last:
                last = now
                await asyncio.gather(*(listener() for listener in tuple(self._listeners)))

    async def _look(self, last: object) -> object:
        try:
            return await self._database.read(self._mark)
        except DatabaseBusyError:
            logger.warning("the console could not look for changes")
            return last

"""Runs synchronous services from async code in a pool of their own.

The relay awaits Rasa while Rasa calls back into this very process: no thread of this pool and no
database connection is ever held while an answer from the network is awaited.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import TypeVar

from sqlalchemy import Engine
from sqlmodel import Session

from knowledge.database import transaction

Result = TypeVar("Result")

POOL_THREADS = 8


class Database:
    """One engine and the threads that use it."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._pool = ThreadPoolExecutor(POOL_THREADS, thread_name_prefix="database")
        # SQLite lets one write at a time and wakes the others by chance: under 32 conversations
        # one of them waited past its time-out. In our own process they queue up in their order.
        self._turn: AbstractAsyncContextManager[None] = (
            asyncio.Lock() if engine.dialect.name == "sqlite" else nullcontext()
        )

    async def write(self, work: Callable[[Session], Result]) -> Result:
        """Run ``work`` in one transaction; it is committed before this returns."""
        async with self._turn:
            return await self._run(work, read_only=False)

    async def read(self, work: Callable[[Session], Result]) -> Result:
        """Run ``work`` without taking a write lock."""
        return await self._run(work, read_only=True)

    async def _run(self, work: Callable[[Session], Result], *, read_only: bool) -> Result:
        def job() -> Result:
            with transaction(self.engine, read_only=read_only) as session:
                return work(session)

        return await asyncio.get_running_loop().run_in_executor(self._pool, job)

    def close(self) -> None:
        """Let running work finish, then close the connections."""
        self._pool.shutdown(wait=True)
        self.engine.dispose()

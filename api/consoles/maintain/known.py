"""Reads the language data beside the page: it takes seconds the first time, no page waits for it
with a transaction open."""

import asyncio
from collections.abc import Iterable

from api.consoles.visit import Visit
from knowledge.training.known import (
    Known,
    KnownSentences,
    known_sentences,
    read,
    shipped_differences,
)


async def load(visit: Visit) -> KnownSentences:
    """Every sentence there is now."""
    return await asyncio.to_thread(known_sentences, visit.house.roots())


async def differences(visit: Visit, own: Iterable[tuple[str, str]]) -> dict[str, Known]:
    """Which own (text, intent) pairs the shipped sentences contradict: text → the shipped one."""
    shipped, *_ = visit.house.roots()
    own = tuple(own)

    def look() -> dict[str, Known]:
        return shipped_differences(KnownSentences(read([shipped])), own)

    return await asyncio.to_thread(look) if own else {}

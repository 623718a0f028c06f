"""Reads the language data beside the page: it takes seconds the first time, no page waits for it
with a transaction open."""

import asyncio

from api.consoles.visit import Visit
from knowledge.training.known import KnownSentences, known_sentences


async def load(visit: Visit) -> KnownSentences:
    """Every sentence there is now."""
    return await asyncio.to_thread(known_sentences, visit.house.roots())

"""Finds messages that another process committed and wakes the streams waiting for them."""

import asyncio
import logging

from api.database import Database
from api.events import EventHub
from knowledge.conversations import service
from knowledge.errors import MadoguchiError

logger = logging.getLogger(__name__)

POLL_SECONDS = 0.5


async def poll_changes(database: Database, events: EventHub) -> None:
    """Look twice a second, once per process, only while somebody is listening."""
    seen: dict[str, int] = {}
    while True:
        await asyncio.sleep(POLL_SECONDS)
        listening = events.listening()
        if not listening:
            seen.clear()
            continue
        try:
            found = await database.read(
                lambda session, ids=listening: service.latest_seqs(  # type: ignore[misc]
                    session=session, conversation_ids=ids
                )
            )
        except MadoguchiError as error:
            logger.warning("polling failed", extra={"reason": error.code})
            continue
        for conversation_id, seq in found.items():
            if seen.get(conversation_id) != seq:
                events.wake(conversation_id)
        seen = dict(found)

"""Finds messages that another process committed and wakes the streams waiting for them."""

import asyncio
import logging
from collections.abc import Sequence

from sqlmodel import Session

from api.database import Database
from api.events import EventHub
from api.relay import INBOX
from knowledge.conversations import service, switches
from knowledge.errors import MadoguchiError
from knowledge.handoffs import inbox

logger = logging.getLogger(__name__)

POLL_SECONDS = 0.5
SWITCHES = "switches"


Seen = dict[str, object]
"""What was last committed, by conversation, and for the inbox and the switches of all."""


async def poll_changes(database: Database, events: EventHub) -> None:
    """Look twice a second, once per process, only while somebody is listening."""
    seen: Seen = {}
    while True:
        await asyncio.sleep(POLL_SECONDS)
        listening = events.listening()
        if not listening:
            seen.clear()
            continue
        try:
            found = await database.read(lambda session, ids=listening: _look(session, ids))  # type: ignore[misc]
        except MadoguchiError as error:
            logger.warning("polling failed", extra={"reason": error.code})
            continue
        switched = bool(seen) and seen.get(SWITCHES) != found[SWITCHES]
        for name in listening:
            if switched or seen.get(name) != found.get(name):
                events.wake(name)
        seen = found


def _look(session: Session, listening: Sequence[str]) -> Seen:
    found: Seen = dict(service.latest_seqs(session=session, conversation_ids=listening))
    if INBOX in listening:
        found[INBOX] = inbox.stamp(session=session)
    found[SWITCHES] = switches.states(session=session)
    return found

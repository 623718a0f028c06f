"""Carries one visitor's message through: record, ask the bot, answer; wakes the event streams.

Three transactions, nothing held in between. Turns of one conversation run one after the other.
"""

import asyncio
import logging
import weakref
from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from api.bot import BotClient, BotTurn
from api.database import Database
from api.events import EventHub
from knowledge import clock
from knowledge.catalogue import current
from knowledge.conversations import fallback, service
from knowledge.conversations.ownership import Owner
from knowledge.conversations.replies import Reply
from knowledge.conversations.service import Answered, Inbound, Recorded
from knowledge.conversations.views import MessageView
from knowledge.errors import BotUnavailableError
from knowledge.handoffs import arrivals
from knowledge.handoffs.arrivals import Key
from knowledge.triage.understanding import Understanding

logger = logging.getLogger(__name__)

INBOX = "inbox"
"""The name under which pages listen for changes of any case."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """The visitor's message as stored, the answers to it, and who speaks now."""

    message: MessageView
    replies: tuple[MessageView, ...]
    owner: Owner = "bot"


class Relay:
    """Async by design: a sync relay starves itself, since Rasa calls back into this process."""

    def __init__(self, database: Database, bot: BotClient, events: EventHub) -> None:
        self._database = database
        self._bot = bot
        self._events = events
        self._turns: weakref.WeakValueDictionary[str, asyncio.Lock] = weakref.WeakValueDictionary()

    async def deliver(
        self, *, conversation_id: str, token: str | None, inbound: Inbound
    ) -> Delivered:
        """Take one message to its answer; a repeat waits for the first and gives its answer.

        ``token`` is ``None`` where the channel itself knows who writes (LINE, by its signature).

        Raises:
            MadoguchiError: the message was refused; nothing was stored.
        """
        return await self._deliver(conversation_id, Key(conversation_id, token), inbound)

    async def deliver_by_case(self, *, key: Key, inbound: Inbound) -> Delivered:
        """As ``deliver``, for who comes with the reference and code of a case.

        Raises:
            MadoguchiError: the message was refused, or the key opens nothing.
        """
        conversation_id = await self._database.read(
            lambda session: arrivals.opened(session=session, key=key).id
        )
        return await self._deliver(conversation_id, key, inbound)

    def told(self, conversation_id: str | None) -> None:
        """Staff changed something a visitor or an inbox must see: wake who is looking."""
        if conversation_id is not None:
            self._events.wake(conversation_id)
        self._events.wake(INBOX)

    async def _deliver(self, conversation_id: str, key: Key, inbound: Inbound) -> Delivered:
        lock = self._turns.setdefault(conversation_id, asyncio.Lock())
        async with lock:
            recorded = await self._record(key, inbound)
            self._events.wake(conversation_id)
            if not recorded.standing.bot_speaks:
                self._events.wake(INBOX)
            if recorded.replies is not None:
                return Delivered(recorded.message, recorded.replies, recorded.standing.owner)
            self._events.typing(conversation_id, on=True)
            try:
                replies, heard = await self._ask(conversation_id, recorded)
                done = await self._answer(conversation_id, recorded, replies, heard)
            finally:
                self._events.typing(conversation_id, on=False)
                self._events.wake(conversation_id)
            return Delivered(recorded.message, done.replies, done.standing.owner)

    async def _record(self, key: Key, inbound: Inbound) -> Recorded:
        def work(session: Session) -> Recorded:
            return arrivals.record(session=session, key=key, inbound=inbound, now=clock.now())

        return await self._database.write(work)

    async def _ask(
        self, conversation_id: str, recorded: Recorded
    ) -> tuple[Sequence[Reply], Understanding | None]:
        try:
            turn: BotTurn = await self._bot.turn(
                sender=conversation_id,
                text=recorded.bot_text,
                payload=recorded.bot_payload,
                prefecture=recorded.prefecture,
            )
        except BotUnavailableError as error:
            logger.error(
                "the bot gave no answer",
                extra={"conversation_id": conversation_id, "reason": error.detail},
            )
            return (await self._apology(recorded),), None
        return turn.replies, turn.understanding

    async def _apology(self, recorded: Recorded) -> Reply:
        def work(session: Session) -> Reply:
            return fallback.without_bot(
                catalogue=current(session=session), text=recorded.bot_text or "", now=clock.now()
            )

        return await self._database.read(work)

    async def _answer(
        self,
        conversation_id: str,
        recorded: Recorded,
        replies: Sequence[Reply],
        heard: Understanding | None,
    ) -> Answered:
        def work(session: Session) -> Answered:
            return service.answer(
                session=session,
                conversation_id=conversation_id,
                in_reply_to=recorded.message.id,
                replies=replies,
                now=clock.now(),
                understanding=heard,
            )

        return await self._database.write(work)

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
from knowledge.conversations.replies import Reply
from knowledge.conversations.service import Inbound, Recorded
from knowledge.conversations.views import MessageView
from knowledge.errors import BotUnavailableError
from knowledge.triage.understanding import Understanding

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Delivered:
    """The visitor's message as stored and the answers to it."""

    message: MessageView
    replies: tuple[MessageView, ...]
    owner: str = "bot"


class Relay:
    """Async by design: a sync relay starves itself, since Rasa calls back into this process."""

    def __init__(self, database: Database, bot: BotClient, events: EventHub) -> None:
        self._database = database
        self._bot = bot
        self._events = events
        self._turns: weakref.WeakValueDictionary[str, asyncio.Lock] = weakref.WeakValueDictionary()

    async def deliver(self, *, conversation_id: str, token: str, inbound: Inbound) -> Delivered:
        """Take one message to its answer; a repeat waits for the first and gives its answer.

        Raises:
            MadoguchiError: the message was refused; nothing was stored.
        """
        lock = self._turns.setdefault(conversation_id, asyncio.Lock())
        async with lock:
            recorded = await self._record(conversation_id, token, inbound)
            self._events.wake(conversation_id)
            if recorded.replies is not None:
                return Delivered(recorded.message, recorded.replies)
            self._events.typing(conversation_id, on=True)
            try:
                replies, heard = await self._ask(conversation_id, recorded)
                stored = await self._answer(conversation_id, recorded, replies, heard)
            finally:
                self._events.typing(conversation_id, on=False)
                self._events.wake(conversation_id)
            return Delivered(recorded.message, stored)

    async def _record(self, conversation_id: str, token: str, inbound: Inbound) -> Recorded:
        def work(session: Session) -> Recorded:
            return service.record(
                session=session,
                conversation_id=conversation_id,
                token=token,
                inbound=inbound,
                now=clock.now(),
            )

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
    ) -> tuple[MessageView, ...]:
        def work(session: Session) -> tuple[MessageView, ...]:
            return service.answer(
                session=session,
                conversation_id=conversation_id,
                in_reply_to=recorded.message.id,
                replies=replies,
                now=clock.now(),
                understanding=heard,
            )

        return await self._database.write(work)

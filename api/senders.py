"""What the outbox hands its deliveries to: one sender for each kind, and how a try ended.

A sender knows its network and nothing of the database; it never raises for a failure it expects.
"""

from dataclasses import dataclass
from typing import Protocol

import httpx

from api.bot import BotClient
from knowledge.errors import BotUnavailableError
from knowledge.outbox.service import Leased


@dataclass(frozen=True, slots=True)
class Sent:
    """It arrived."""


@dataclass(frozen=True, slots=True)
class Failed:
    """It did not arrive; ``final`` where trying again cannot help. ``problem`` is a short code."""

    problem: str
    final: bool = False


@dataclass(frozen=True, slots=True)
class Unclear:
    """It may have arrived: the answer was lost."""

    problem: str


Result = Sent | Failed | Unclear


class Sender(Protocol):
    """Sends one kind of delivery. ``repeatable`` says that sending twice does no harm: the other
    side knows the delivery by its key."""

    repeatable: bool

    async def send(self, delivery: Leased) -> Result:
        """Try once."""
        ...


class ForgetSender:
    """Deletes what Rasa's tracker holds of a conversation (payload: ``sender``)."""

    repeatable = True

    def __init__(self, bot: BotClient) -> None:
        self._bot = bot

    async def send(self, delivery: Leased) -> Result:
        """Try once."""
        try:
            await self._bot.forget(str(delivery.payload["sender"]))
        except BotUnavailableError as error:
            return Failed(error.detail or error.code)
        return Sent()


class Unconfigured:
    """Stands where the operator has set no server: tried again for some hours, then failed."""

    repeatable = True

    async def send(self, delivery: Leased) -> Result:
        """Say so."""
        return Failed("not configured")


def told_of(error: httpx.HTTPError) -> Failed | Unclear:
    """What a failed request means: never sent, or sent without an answer."""
    problem = type(error).__name__
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout):
        return Failed(problem)
    return Unclear(problem)

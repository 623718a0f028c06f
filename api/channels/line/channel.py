"""One LINE channel of a running application: its routes, and the work behind them.

Assembled only where the operator configured a channel; nothing is opened before ``running``.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from fastapi import APIRouter, Response

from api.channels.line import pictures
from api.channels.line.client import LineClient, line_http
from api.channels.line.conversing import Tools
from api.channels.line.handling import AT_ONCE as EVENTS_AT_ONCE
from api.channels.line.handling import Handling
from api.channels.line.linking import make_link_router
from api.channels.line.pump import Pump
from api.channels.line.sending import AT_ONCE as DELIVERIES_AT_ONCE
from api.channels.line.sending import Sending
from api.channels.line.settings import LineSettings
from api.channels.line.webhook import Intake, make_router
from api.database import Database
from api.events import EventHub
from api.relay import Relay
from api.throttle import Throttle
from knowledge import clock
from knowledge.errors import MadoguchiError
from knowledge.line import counts

logger = logging.getLogger(__name__)

QUOTA_SECONDS = 600.0
"""How often the platform is asked what is left of the month."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the channel uses of the application around it."""

    database: Database
    relay: Relay
    events: EventHub
    throttle: Throttle
    retention_days: int


class LineChannel:
    """The channel: ``router`` for the application, ``running`` for its lifetime."""

    def __init__(self, settings: LineSettings, around: Surroundings) -> None:
        self._around = around
        self._database = around.database
        http = line_http(
            url=settings.api_url, token=settings.channel_token, transport=settings.transport
        )
        self.client = LineClient(http, settings.data_url)
        self._events, self._deliveries = (
            Pump("line events", EVENTS_AT_ONCE),
            Pump("line deliveries", DELIVERIES_AT_ONCE),
        )
        tools = Tools(
            database=around.database,
            relay=around.relay,
            client=self.client,
            events=around.events,
            throttle=around.throttle,
            retention_days=around.retention_days,
            public_url=settings.public_url,
        )
        self._handling = Handling(tools, self._events, self._deliveries)
        self._sending = Sending(around.database, self.client, self._deliveries, settings.public_url)
        self._intake = Intake(around.database.engine, self._events.wake)
        self.router = make_router(channel_secret=settings.channel_secret, intake=self._intake)
        self.router.include_router(_pictures())
        self.router.include_router(
            make_link_router(
                database=around.database, throttle=around.throttle, link_url=settings.link_url
            )
        )

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Handle and send until the application ends."""
        tasks = [
            asyncio.create_task(self._events.run(self._handling.take, self._handling.handle)),
            asyncio.create_task(self._deliveries.run(self._sending.take, self._sending.send)),
            asyncio.create_task(self._watch_quota()),
        ]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            for task in tasks:
                with contextlib.suppress(asyncio.CancelledError):
                    await task
            self._intake.close()
            await self.client.close()

    async def _watch_quota(self) -> None:
        while True:
            told = await self.client.quota()
            if told is not None:
                limit, used = told
                try:
                    await self._database.write(
                        lambda session, limit=limit, used=used: counts.remember(  # type: ignore[misc]
                            session=session, limit=limit, used=used, now=clock.now()
                        )
                    )
                except MadoguchiError as error:
                    logger.warning("the quota was not kept", extra={"reason": error.code})
            await asyncio.sleep(QUOTA_SECONDS)


def _pictures() -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/line/staff.png")
    def staff() -> Response:
        """The picture beside what a person says."""
        headers = {"Cache-Control": "public, max-age=86400"}
        return Response(pictures.staff_icon(), media_type="image/png", headers=headers)

    return router

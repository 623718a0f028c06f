"""``POST /line/webhook``: verify the raw bytes, store every event, answer at once.

Nothing is handled here; LINE has its 200 whatever Rasa or the Messaging API do.
"""

import asyncio
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Annotated, Any

from fastapi import APIRouter, Header, Request
from fastapi.responses import JSONResponse, Response
from sqlalchemy import Engine

from api.channels.line import events, vendor
from knowledge import clock
from knowledge.database import transaction
from knowledge.errors import BadRequestError, NotAuthenticatedError
from knowledge.line import intake

MAX_WEBHOOK_BYTES = 2 * 1024 * 1024
"""LINE puts many events into one call when it is busy; the body is signed."""


class Intake:
    """Stores what arrives, on threads of its own: handling must never keep LINE waiting."""

    def __init__(self, engine: Engine, wake: Callable[[], None]) -> None:
        self._engine = engine
        self._wake = wake
        self._threads = ThreadPoolExecutor(2, thread_name_prefix="line-intake")

    async def take(self, raw: list[Any]) -> intake.Taken:
        """Store the events of one call; committed when this returns."""
        loop = asyncio.get_running_loop()
        taken = await loop.run_in_executor(self._threads, self._store, raw)
        if taken.new:
            self._wake()
        return taken

    def _store(self, raw: list[Any]) -> intake.Taken:
        now = clock.now()
        arrived = events.arrivals(raw, received_at=now)
        with transaction(self._engine) as session:
            return intake.store(session=session, arrivals=arrived, now=now)

    def close(self) -> None:
        """Let running work finish."""
        self._threads.shutdown(wait=True)


def make_router(*, channel_secret: str, intake: Intake) -> APIRouter:
    """The route of one LINE channel."""
    router = APIRouter(include_in_schema=False)

    @router.post("/line/webhook", max_body_size=MAX_WEBHOOK_BYTES)
    async def webhook(
        request: Request, x_line_signature: Annotated[str | None, Header()] = None
    ) -> Response:
        if not x_line_signature:
            raise BadRequestError
        body = await request.body()
        if not vendor.signature_fits(secret=channel_secret, body=body, signature=x_line_signature):
            raise NotAuthenticatedError
        await intake.take(_events(body))
        return JSONResponse({})

    return router


def _events(body: bytes) -> list[Any]:
    """The events of a body that LINE signed.

    Raises:
        BadRequestError: it is no webhook body.
    """
    try:
        found = json.loads(body)["events"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise BadRequestError from error
    if not isinstance(found, list):
        raise BadRequestError
    return found

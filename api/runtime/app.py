"""Assembles the web application from its parts; the only place where all of them meet."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import httpx
from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from sqlalchemy import Engine

from actions.registry import make_executor
from actions.server import make_router
from api.bot import BotClient
from api.channels import case_page, fee_page, session_page, web
from api.channels.line.settings import LineSettings
from api.database import Database
from api.door import Door, Rules
from api.events import EventHub
from api.http import (
    bookings,
    cases,
    catalogue,
    conversations,
    fees,
    handoffs,
    health,
    sessions,
    staff_cases,
    triage,
)
from api.http import errors as http_errors
from api.http.error_docs import error_responses
from api.http.parts import Parts
from api.relay import Relay
from api.runtime.console import ConsoleSettings, add_console
from api.runtime.line import add_line, line_running
from api.runtime.model_feed import make_model_feed
from api.runtime.polling import poll_changes
from api.throttle import Throttle
from knowledge.conversations.fallback import warm_up

logger = logging.getLogger(__name__)

API = "/api/v1"
MAX_BODY_BYTES = 64 * 1024
"""What a client may send (ARCHITECTURE.md §5)."""

DESCRIPTION = (
    "知的財産の相談を振り分け、公表された情報で答え、窓口へ案内する「窓口」の公開API。"
    "回答は一般的な情報で、個別の判断や書類の作成は行いません。"
)


def create_app(
    *,
    engine: Engine,
    bot_http: httpx.AsyncClient,
    bot_secret: str,
    models_dir: Path,
    retention_days: int,
    allowed_origins: tuple[str, ...] = (),
    rate_limits: bool = True,
    site: str = "http://localhost:8000",
    https_only: bool = False,
    console: ConsoleSettings | None = None,
    line: LineSettings | None = None,
) -> FastAPI:
    """The web application; nothing is opened before its lifespan starts."""
    events = EventHub()
    database = Database(engine)
    bot = BotClient(bot_http)
    executor = make_executor(database, site=site)
    parts = Parts(
        database=database,
        bot=bot,
        events=events,
        relay=Relay(database, bot, events),
        throttle=Throttle(enabled=rate_limits),
        retention_days=retention_days,
        actions_registered=len(executor.actions),
        site=site,
    )

    app = _empty(parts, bot_http)
    http_errors.install(app, max_body_bytes=MAX_BODY_BYTES)
    _add_routes(app)
    app.include_router(make_router(executor=executor, secret=bot_secret))
    app.include_router(make_model_feed(models_dir=models_dir, secret=bot_secret))
    add_line(app, parts, line)
    if console is not None:
        add_console(app, parts, console)
    _allow_origins(app, allowed_origins)
    rules = Rules(embedders=allowed_origins, https_only=https_only, inner_secret=bot_secret)
    app.add_middleware(Door, rules=rules, throttle=parts.throttle)
    return app


def _empty(parts: Parts, bot_http: httpx.AsyncClient) -> FastAPI:
    """The application without routes."""
    app = FastAPI(
        title="Madoguchi",
        version="0.1.0",
        description=DESCRIPTION,
        lifespan=_lifespan(parts, bot_http),
        docs_url=None,
        redoc_url=None,
        openapi_url=f"{API}/openapi.json",
    )
    app.state.parts = parts
    return app


def _lifespan(
    parts: Parts, bot_http: httpx.AsyncClient
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        await parts.database.read(lambda session: warm_up(session=session))
        poller = asyncio.create_task(poll_changes(parts.database, parts.events))
        async with line_running(app):
            yield
        parts.events.stop()
        poller.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await poller
        await bot_http.aclose()
        parts.database.close()

    return lifespan


def _add_routes(app: FastAPI) -> None:
    app.include_router(health.router)
    app.include_router(health.router, prefix=API, include_in_schema=False)
    nouns = (
        triage,
        conversations,
        catalogue,
        fees,
        sessions,
        bookings,
        handoffs,
        cases,
        staff_cases,
    )
    for noun in nouns:
        app.include_router(noun.router, prefix=API, responses=error_responses())
    app.include_router(web.router)
    app.include_router(case_page.router)
    app.include_router(fee_page.router)
    app.include_router(session_page.router)


def _allow_origins(app: FastAPI, origins: tuple[str, ...]) -> None:
    """Let other sites embed the widget, if the operator named any."""
    if origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=list(origins),
            allow_methods=["GET", "POST", "PATCH", "DELETE"],
            allow_headers=["Authorization", "Content-Type", "Last-Event-ID"],
            expose_headers=["Retry-After"],
        )

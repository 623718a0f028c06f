"""Joins the LINE channel to the application, where one is configured."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from fastapi import FastAPI
from sqlalchemy import Engine

from api.channels.line.settings import LineSettings, closed_router
from api.http.parts import Parts
from api.runtime.settings import Settings
from knowledge import clock
from knowledge.database import transaction
from knowledge.line import service as line


def line_settings(settings: Settings) -> LineSettings | None:
    """What was configured; ``None`` without a channel."""
    if settings.line_channel_secret is None or settings.line_channel_token is None:
        return None
    return LineSettings(
        channel_secret=settings.line_channel_secret.get_secret_value(),
        channel_token=settings.line_channel_token.get_secret_value(),
        api_url=settings.line_api_url,
        public_url=settings.public_url,
    )


def forget_old(engine: Engine, *, days: int) -> int:
    """Delete what the channel keeps past its time; how many chats were forgotten."""
    with transaction(engine) as session:
        return line.sweep(session=session, older_than=timedelta(days=days), now=clock.now())


def add_line(app: FastAPI, parts: Parts, settings: LineSettings | None) -> None:
    """Add the webhook; the work behind it begins with ``line_running``."""
    if settings is None:
        app.state.line = None
        app.include_router(closed_router())
        return
    # The SDK takes a second to load: only where it is needed.
    from api.channels.line.channel import LineChannel, Surroundings

    around = Surroundings(
        database=parts.database,
        relay=parts.relay,
        events=parts.events,
        throttle=parts.throttle,
        retention_days=parts.retention_days,
    )
    app.state.line = LineChannel(settings, around)
    app.include_router(app.state.line.router)


@asynccontextmanager
async def line_running(app: FastAPI) -> AsyncIterator[None]:
    """The channel's work, as long as the application lives."""
    if app.state.line is None:
        yield
        return
    async with app.state.line.running():
        yield

"""The web server of the serving process: our channel's routes and nothing else."""

import logging
from asyncio import AbstractEventLoop
from typing import Any

from channel import MadoguchiInput
from rasa.core.agent import load_from_server
from rasa.core.channels.channel import register
from rasa.core.utils import AvailableEndpoints
from sanic import Sanic

from serving.agent import make_agent
from serving.remote_action import KeptEndpoint

logger = logging.getLogger(__name__)

KEEP_ALIVE_SECONDS = 30


def make_app(*, endpoints: AvailableEndpoints, model: str | None = None) -> Sanic:
    """A server that loads ``model``, or pulls it from the model feed, before it listens.

    Raises:
        ValueError: no secret for the channel, or stores that do not fit together.
    """
    app = Sanic("madoguchi_bot", configure_logging=False)
    app.config.KEEP_ALIVE_TIMEOUT = KEEP_ALIVE_SECONDS
    app.config.ACCESS_LOG = False
    register([MadoguchiInput.from_credentials(None)], app, route="/webhooks/")

    async def load(app: Sanic, loop: AbstractEventLoop) -> None:
        app.ctx.agent = make_agent(endpoints)
        if model is not None:
            app.ctx.agent.load_model(model)
        elif endpoints.model is not None:
            await load_from_server(app.ctx.agent, endpoints.model)

    async def close(app: Sanic, loop: AbstractEventLoop) -> None:
        agent: Any = getattr(app.ctx, "agent", None)
        if agent is not None and isinstance(agent.action_endpoint, KeptEndpoint):
            await agent.action_endpoint.close()

    app.register_listener(load, "before_server_start")
    app.register_listener(close, "after_server_stop")
    return app

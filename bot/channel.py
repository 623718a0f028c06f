"""Our REST channel in Rasa: one turn, one parse, one health call, all behind a shared secret.

Unlike the stock channel it answers a real error status instead of ``200 []`` when an action
failed or the model is missing, and gives the parse and the model id beside the replies.
"""

import asyncio
import hmac
import json
import logging
import os
from collections.abc import Awaitable, Callable
from typing import Any, Protocol, runtime_checkable

from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.core.channels.rest import RestInput
from rasa.core.tracker_store import SQLTrackerStore
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

logger = logging.getLogger(__name__)

MIN_SECRET_LENGTH = 32


@runtime_checkable
class ForgettingStore(Protocol):
    """A tracker store that knows how to delete."""

    def forget(self, sender_id: str) -> int:
        """Delete the events of one conversation; returns how many there were."""
        ...


class MadoguchiInput(RestInput):
    """Mounted by Rasa at ``/webhooks/madoguchi``; every route asks for the bearer secret."""

    def __init__(self, secret: str) -> None:
        if len(secret) < MIN_SECRET_LENGTH:
            raise ValueError("set MADOGUCHI_BOT_SECRET (32 characters or more)")
        self._secret = secret

    @classmethod
    def name(cls) -> str:
        """The path segment under ``/webhooks``."""
        return "madoguchi"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> "MadoguchiInput":
        """The secret comes from the environment only, never from a file in the project."""
        return cls(os.environ.get("MADOGUCHI_BOT_SECRET", ""))

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The three routes of the channel."""
        routes = Blueprint("madoguchi_channel")

        @routes.middleware("request")
        async def check_secret(request: Request) -> HTTPResponse | None:
            given = (request.headers.get("authorization") or "").removeprefix("Bearer ")
            if hmac.compare_digest(given.encode(), self._secret.encode()):
                return None
            return response.json({"error": "not_found"}, status=404)

        @routes.route("/health", methods=["GET"])
        async def health(request: Request) -> HTTPResponse:
            agent = request.app.ctx.agent
            ready = agent is not None and agent.is_ready()
            return response.json(
                {"ready": ready, "model_id": _model_id(agent)}, status=200 if ready else 503
            )

        @routes.route("/parse", methods=["POST"])
        async def parse(request: Request) -> HTTPResponse:
            agent = request.app.ctx.agent
            if agent is None or not agent.is_ready():
                return response.json({"error": "no_model"}, status=503)
            parsed = await agent.parse_message(_plain(request.json["text"]))
            return _json({"parse": _slim(parsed), "model_id": _model_id(agent)})

        @routes.route("/turn", methods=["POST"])
        async def turn(request: Request) -> HTTPResponse:
            return await self._turn(request, on_new_message)

        @routes.route("/forget", methods=["POST"])
        async def forget(request: Request) -> HTTPResponse:
            forgotten = _forget(request.app.ctx.agent.tracker_store, request.json["sender"])
            return response.json({"forgotten": forgotten})

        return routes

    async def _turn(
        self, request: Request, on_new_message: Callable[[UserMessage], Awaitable[Any]]
    ) -> HTTPResponse:
        agent = request.app.ctx.agent
        if agent is None or not agent.is_ready():
            return response.json({"error": "no_model"}, status=503)
        body, collector = request.json, CollectingOutputChannel()
        message = UserMessage(
            _payload(body),
            collector,
            body["sender"],
            input_channel=self.name(),
            metadata=body.get("metadata"),
        )
        message.parse_data = await agent.parse_message(message.text)
        try:
            await on_new_message(message)
        except asyncio.CancelledError:
            return response.json({"error": "cancelled"}, status=503)
        replies = [m["custom"] for m in collector.messages if "custom" in m]
        if not replies:
            # An action that raised leaves nothing behind in Rasa; silence is a failure here.
            return response.json({"error": "no_reply"}, status=502)
        return _json(
            {
                "replies": replies,
                "parse": _slim(message.parse_data),
                "model_id": _model_id(agent),
            }
        )


def _forget(store: Any, sender: str) -> int:
    """Delete the events of one conversation: Rasa's stores know no deletion of their own."""
    inner = getattr(store, "_tracker_store", store)
    if isinstance(inner, ForgettingStore):
        return inner.forget(sender)
    if not isinstance(inner, SQLTrackerStore):
        raise NotImplementedError(f"cannot forget in a {type(inner).__name__}")
    with inner.session_scope() as session:
        events = session.query(inner.SQLEvent).filter(inner.SQLEvent.sender_id == sender)
        deleted = int(events.delete())
        session.commit()
    return deleted


def _plain(text: str) -> str:
    """What a visitor typed is never a command: Rasa reads a leading slash as an intent."""
    return text.lstrip("/ ") or "・"


def _payload(body: dict[str, Any]) -> str:
    """An intent the server itself asks for, or the visitor's words."""
    if body.get("intent"):
        return f"/{body['intent']}{json.dumps(body.get('entities') or {}, ensure_ascii=False)}"
    return _plain(body["text"])


def _slim(parsed: dict[str, Any]) -> dict[str, Any]:
    keys = ("intent", "intent_ranking", "entities", "inquiry")
    return {key: parsed[key] for key in keys if key in parsed}


def _model_id(agent: Any) -> str | None:
    return agent.model_id if agent is not None and agent.is_ready() else None


def _json(content: dict[str, Any]) -> HTTPResponse:
    return response.raw(
        json.dumps(content, ensure_ascii=False).encode(), content_type="application/json"
    )

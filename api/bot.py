"""The client of our channel in Rasa; it knows HTTP and time-outs, nothing of conversations."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from knowledge.conversations.replies import Reply
from knowledge.errors import BotUnavailableError
from knowledge.triage.understanding import Understanding

TURN_SECONDS = 8.0
"""How long a visitor waits for the bot before the apology (ARCHITECTURE.md §6)."""


@dataclass(frozen=True, slots=True)
class BotTurn:
    """What Rasa answered to one message."""

    replies: tuple[Reply, ...]
    understanding: Understanding | None


@dataclass(frozen=True, slots=True)
class BotHealth:
    """Whether Rasa answers and which model it serves."""

    alive: bool
    model_id: str | None


class BotClient:
    """Asks Rasa; every failure becomes ``BotUnavailableError``."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http

    async def parse(self, text: str) -> Understanding:
        """Understand a normalised text without a conversation."""
        body = await self._post("parse", {"text": text})
        with _readable():
            return Understanding.from_parse(body["parse"], text=text, model_id=body["model_id"])

    async def turn(
        self,
        *,
        sender: str,
        text: str | None,
        payload: dict[str, Any] | None,
        prefecture: str | None = None,
    ) -> BotTurn:
        """One turn of a conversation: a normalised text, or a choice this server offered."""
        said: dict[str, Any] = {"text": text}
        if payload is not None:
            said = {"intent": "choose", "entities": {"choice": json.dumps(payload)}}
        if prefecture:
            said["metadata"] = {"prefecture": prefecture}
        body = await self._post("turn", {"sender": sender, **said})
        with _readable():
            replies = tuple(Reply.model_validate(reply) for reply in body["replies"])
            if not replies:
                raise BotUnavailableError("no_reply")
            replies = tuple(_with_model(reply, body["model_id"]) for reply in replies)
            if text is None:
                return BotTurn(replies, None)
            heard = Understanding.from_parse(body["parse"], text=text, model_id=body["model_id"])
            return BotTurn(replies, heard)

    async def forget(self, sender: str) -> None:
        """Delete what Rasa's tracker holds of a conversation."""
        await self._post("forget", {"sender": sender})

    async def health(self) -> BotHealth:
        """Ask whether a model is live; never raises."""
        try:
            response = await self._http.get("health", timeout=2.0)
        except httpx.HTTPError:
            return BotHealth(alive=False, model_id=None)
        if response.status_code not in (200, 503):
            return BotHealth(alive=False, model_id=None)
        try:
            return BotHealth(alive=True, model_id=response.json().get("model_id"))
        except (AttributeError, ValueError):
            return BotHealth(alive=False, model_id=None)

    async def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        try:
            response = await self._http.post(path, json=body, timeout=TURN_SECONDS)
            response.raise_for_status()
            content: dict[str, Any] = response.json()
        except (httpx.HTTPError, ValueError) as error:
            raise BotUnavailableError(type(error).__name__) from error
        return content


@contextmanager
def _readable() -> Iterator[None]:
    """An answer of another shape than our channel gives is no answer."""
    try:
        yield
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise BotUnavailableError(type(error).__name__) from error


def _with_model(reply: Reply, model_id: str | None) -> Reply:
    """The answer keeps which model understood the question."""
    return reply.model_copy(update={"basis": reply.basis.model_copy(update={"model": model_id})})


def bot_http(*, url: str, secret: str) -> httpx.AsyncClient:
    """The connection to our channel: no proxy of the environment, bearer in a header."""
    return httpx.AsyncClient(
        base_url=f"{url}/webhooks/madoguchi/",
        headers={"Authorization": f"Bearer {secret}"},
        trust_env=False,
        limits=httpx.Limits(max_connections=64),
    )

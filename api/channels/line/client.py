"""Calls the Messaging API over httpx; every end of a call is a value, none is an exception.

Structure is checked by the SDK's models before (``limits``); the calls themselves are our own,
so that time-outs, retry keys and status codes are in one place.
"""

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import httpx

from api.channels.line.settings import DATA_URL
from knowledge.line.files import MOST_BYTES

CALL_SECONDS: Final = 5.0
"""LINE answers within a second; a reply token lives a minute and is tried twice."""
LOADING_SECONDS: Final = 20
MONTHLY_LIMIT: Final = "monthly limit"


class Outcome(StrEnum):
    """How a call ended: ``sent`` · ``unclear`` it may have been done · the rest: not done.

    ``limited`` too many calls just now · ``quota`` the month's pushes are used up · ``token`` the
    reply token is used or too old · ``unreached`` no connection came about · ``refused`` LINE does
    not take it and never will.
    """

    SENT = "sent"
    UNCLEAR = "unclear"
    LIMITED = "limited"
    QUOTA = "quota"
    TOKEN = "token"  # noqa: S105
    UNREACHED = "unreached"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Ended:
    """How a call ended, and its status where there was one (for staff; never LINE's words)."""

    outcome: Outcome
    status: int | None = None

    @property
    def problem(self) -> str:
        """What staff read: ``quota``, ``refused 403``."""
        return f"{self.outcome.value} {self.status}" if self.status else self.outcome.value


class LineClient:
    """One channel's connection. ``http`` carries base URL and token."""

    def __init__(self, http: httpx.AsyncClient, data_url: str = DATA_URL) -> None:
        self._http = http
        self._data_url = data_url

    async def reply(self, token: str, messages: list[dict[str, Any]]) -> Ended:
        """Answer with a reply token: free, once, within a minute."""
        body = {"replyToken": token, "messages": messages}
        return await self._send("v2/bot/message/reply", body, {})

    async def push(self, to: str, messages: list[dict[str, Any]], retry_key: str) -> Ended:
        """Send without being asked; the same key again is never a second message."""
        body = {"to": to, "messages": messages}
        ended = await self._send("v2/bot/message/push", body, {"X-Line-Retry-Key": retry_key})
        # The key was accepted before: it has been sent.
        return Ended(Outcome.SENT, 409) if ended.status == 409 else ended

    async def show_loading(self, chat_id: str) -> None:
        """Three dots in a chat with one person; nobody is the worse if it fails."""
        body = {"chatId": chat_id, "loadingSeconds": LOADING_SECONDS}
        await self._send("v2/bot/chat/loading/start", body, {})

    async def link_token(self, user_id: str) -> str | None:
        """A token to begin an account link with (ten minutes, once); ``None`` where it failed."""
        answer = await self.post_json(f"v2/bot/user/{user_id}/linkToken", {})
        token = answer.get("linkToken") if answer is not None else None
        return token if isinstance(token, str) else None

    async def quota(self) -> tuple[int | None, int] | None:
        """The month's limit (``None``: unlimited) and what is used; ``None``: not told just now."""
        limit = await self._get("v2/bot/message/quota")
        used = await self._get("v2/bot/message/quota/consumption")
        if limit is None or used is None or not isinstance(used.get("totalUsage"), int):
            return None
        value = limit.get("value")
        return (value if isinstance(value, int) else None), used["totalUsage"]

    async def content(self, message_id: str) -> bytes | None:
        """The bytes of a file somebody sent; ``None`` where it is gone or too large."""
        url = f"{self._data_url}/v2/bot/message/{message_id}/content"
        chunks, size = [], 0
        try:
            async with self._http.stream("GET", url, timeout=CALL_SECONDS * 4) as answer:
                if answer.status_code != 200:
                    return None
                async for chunk in answer.aiter_bytes():
                    chunks.append(chunk)
                    size += len(chunk)
                    if size > MOST_BYTES:
                        return None
                return b"".join(chunks)
        except httpx.HTTPError:
            return None

    async def post_json(self, path: str, body: dict[str, Any]) -> dict[str, Any] | None:
        """A call of the set-up (rich menu); ``None`` where it failed."""
        return _json(await self._call("POST", path, json=body))

    async def post_image(self, path: str, image: bytes) -> bool:
        """Upload a PNG; whether it was taken."""
        url = f"{self._data_url}/{path}"
        answer = await self._call("POST", url, content=image, headers={"Content-Type": "image/png"})
        return answer is not None and answer.status_code == 200

    async def get_json(self, path: str) -> dict[str, Any] | None:
        """A look at the set-up; ``None`` where it failed."""
        return await self._get(path)

    async def delete(self, path: str) -> bool:
        """Whether a thing of the set-up was deleted."""
        answer = await self._call("DELETE", path)
        return answer is not None and answer.status_code == 200

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def _send(self, path: str, body: dict[str, Any], headers: dict[str, str]) -> Ended:
        try:
            answer = await self._http.post(path, json=body, headers=headers, timeout=CALL_SECONDS)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout):
            return Ended(Outcome.UNREACHED)
        except httpx.HTTPError:
            return Ended(Outcome.UNCLEAR)
        return Ended(_outcome(answer), answer.status_code)

    async def _get(self, path: str) -> dict[str, Any] | None:
        return _json(await self._call("GET", path))

    async def _call(self, method: str, path: str, **more: Any) -> httpx.Response | None:
        try:
            return await self._http.request(method, path, timeout=CALL_SECONDS * 4, **more)
        except httpx.HTTPError:
            return None


def line_http(
    *, url: str, token: str, transport: httpx.AsyncBaseTransport | None = None
) -> httpx.AsyncClient:
    """The connection to the Messaging API, with the channel's token in a header."""
    return httpx.AsyncClient(
        base_url=url,
        transport=transport,
        headers={"Authorization": f"Bearer {token}"},
        limits=httpx.Limits(max_connections=32),
    )


def _outcome(answer: httpx.Response) -> Outcome:
    status = answer.status_code
    if status < 300:
        return Outcome.SENT
    if status >= 500:
        return Outcome.UNCLEAR
    said = _said(answer)
    if status == 429:
        return Outcome.QUOTA if MONTHLY_LIMIT in said else Outcome.LIMITED
    if status == 400 and "reply token" in said:
        return Outcome.TOKEN
    return Outcome.REFUSED


def _said(answer: httpx.Response) -> str:
    content = _json(answer, only_good=False) or {}
    return str(content.get("message", "")).lower()


def _json(answer: httpx.Response | None, *, only_good: bool = True) -> dict[str, Any] | None:
    if answer is None or (only_good and answer.status_code != 200):
        return None
    try:
        content = answer.json()
    except (json.JSONDecodeError, UnicodeDecodeError):
        return None
    return content if isinstance(content, dict) else None

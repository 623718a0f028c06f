"""What every request passes before a route sees it: who asks from where, how much, how fast.

It answers for itself in the API's JSON; it knows no route and reads no content.
"""

import asyncio
import hmac
from collections import Counter
from dataclasses import dataclass
from urllib.parse import urlsplit

from limits import RateLimitItemPerMinute
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.headers import headers_for
from api.http.errors import error_body
from api.throttle import Throttle
from knowledge.errors import (
    BadRequestError,
    MadoguchiError,
    OriginNotAllowedError,
    TooManyRequestsError,
    TooSlowError,
    UnavailableError,
)

REQUESTS = RateLimitItemPerMinute(1800, namespace="requests")
"""Requests of one address: thirty people behind one address, one a second each."""
AT_ONCE = 300
"""Open requests of one address, event streams included: one per person and page."""
BODY_SECONDS = 15.0
"""A body of 64 KB takes 15 s on the slowest line we know of (ISDN: 8 KB a second)."""
START_SECONDS = 45.0
"""Rasa has 8 s a turn; a few turns of one conversation may wait for each other."""
PATH_BYTES = 8 * 1024
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
CONSOLE = "/console"
LINE_WEBHOOK = "/line/webhook"
"""All of LINE's visitors come from a few addresses; each body is signed."""
"""The console has a guard of its own behind this door (session, its own content policy)."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What this installation allows. ``inner_secret`` opens the way between our own processes."""

    embedders: tuple[str, ...] = ()
    https_only: bool = False
    inner_secret: str = ""


class Door:
    """The outermost middleware."""

    def __init__(self, app: ASGIApp, rules: Rules, throttle: Throttle) -> None:
        self._app = app
        self._rules = rules
        self._throttle = throttle
        self._open: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check, pass on, and put the security headers on whatever is answered."""
        if scope["type"] == "websocket" and not self._is_own_page(scope):
            await send({"type": "websocket.close", "code": 1008})
        elif scope["type"] != "http":
            await self._app(scope, receive, send)
        else:
            await self._http(scope, receive, self._with_headers(scope, send))

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        address = scope["client"][0] if scope.get("client") else "unknown"
        self._open[address] += 1
        try:
            self._check(scope, address)
            await _Visit(self._app, scope, receive, send).run()
        except MadoguchiError as error:
            await _refuse(error, scope, receive, send)
        finally:
            self._open[address] -= 1
            if not self._open[address]:
                del self._open[address]

    def _check(self, scope: Scope, address: str) -> None:
        if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > PATH_BYTES:
            raise BadRequestError
        if not self._is_inner(scope):
            if self._throttle.enabled and self._open[address] > AT_ONCE:
                raise TooManyRequestsError
            if scope["path"] != LINE_WEBHOOK:
                self._throttle.check(REQUESTS, address)
        if scope["method"] not in SAFE and not self._is_own_page(scope):
            raise OriginNotAllowedError

    def _is_own_page(self, scope: Scope) -> bool:
        """Whether no page of a stranger stands behind it; programs send no origin at all."""
        headers = Headers(scope=scope)
        origin = headers.get("origin")
        if origin is None:
            return headers.get("sec-fetch-site", "none") != "cross-site"
        if origin in self._rules.embedders and not scope["path"].startswith(CONSOLE):
            return True
        return bool(origin) and urlsplit(origin).netloc == headers.get("host")

    def _is_inner(self, scope: Scope) -> bool:
        """Whether one of our own processes calls (it carries the shared secret)."""
        given = Headers(scope=scope).get("authorization", "")
        expected = f"Bearer {self._rules.inner_secret}"
        return bool(self._rules.inner_secret) and hmac.compare_digest(
            given.encode(), expected.encode()
        )

    def _with_headers(self, scope: Scope, send: Send) -> Send:
        async def send_with(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                ours = headers_for(
                    content_type=headers.get("content-type", ""),
                    path=scope["path"],
                    embedders=self._rules.embedders,
                    https_only=self._rules.https_only,
                )
                guarded = scope["path"].startswith(CONSOLE)
                for name, value in ours.items():
                    if not (guarded and name in headers):
                        headers[name] = value
            await send(message)

        return send_with


class _Visit:
    """One request on its way: its body must come in time, and its answer must begin in time."""

    def __init__(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        self._app, self._scope, self._receive, self._send = app, scope, receive, send
        self._body_left = True
        self._given_up = False
        self._body_until = asyncio.get_running_loop().time() + BODY_SECONDS

    async def run(self) -> None:
        """Call the application.

        Raises:
            UnavailableError: nothing was answered in time.
        """
        try:
            async with asyncio.timeout(START_SECONDS) as self._start:
                await self._app(self._scope, self._in_time, self._begun)
        except TimeoutError:
            if not self._start.expired():
                raise
            raise UnavailableError from None

    async def _begun(self, message: Message) -> None:
        if not self._given_up:
            self._start.reschedule(None)
            await self._send(message)

    async def _in_time(self) -> Message:
        """The next piece; a body that trickles is refused here and the route sees it broken off."""
        if not self._body_left:
            return await self._receive()
        try:
            async with asyncio.timeout_at(self._body_until):
                message = await self._receive()
        except TimeoutError:
            self._given_up = True
            self._start.reschedule(None)
            await _refuse(TooSlowError(), self._scope, self._receive, self._send)
            return {"type": "http.disconnect"}
        self._body_left = bool(message.get("more_body", False))
        return message


async def _refuse(error: MadoguchiError, scope: Scope, receive: Receive, send: Send) -> None:
    headers = {"Retry-After": "2"} if error.status in (429, 503) else {}
    if isinstance(error, TooSlowError):
        headers["Connection"] = "close"
    await JSONResponse(error_body(error), error.status, headers)(scope, receive, send)

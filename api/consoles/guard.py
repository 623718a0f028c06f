"""Stands before every page and socket of the console: nobody passes without a session.

It also gives each page a content policy that names its inline scripts by their hashes, so that a
script slipped into a page would not run. What the policy must allow, and why: decision 0021.
"""

import base64
import hashlib
import re
from urllib.parse import quote

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.consoles.house import House, Person
from api.consoles.login import login_address
from knowledge.errors import NotAuthenticatedError, NotFoundError
from knowledge.wording import say

PERSON = "madoguchi.person"
"""Where a request carries who made it (in the scope)."""
OPEN = ("/static/", "/_nicegui/")
"""Style sheets and scripts: the same for everybody, known from the library's public source."""
INLINE = re.compile(rb"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", re.DOTALL)
POLICY = (
    "default-src 'none'; script-src 'self' 'unsafe-eval' {hashes};"
    " style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:;"
    " connect-src 'self'; worker-src 'none';"
    " form-action 'self'; base-uri 'none'; object-src 'none'; frame-src 'none';"
    " frame-ancestors 'none'"
)


class Guard:
    """Wraps the mounted application."""

    def __init__(self, app: ASGIApp, house: House) -> None:
        self._app = app
        self._house = house

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let through who is signed in, and what is the same for everybody."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        if scope["type"] == "http" and path.startswith(OPEN):
            await self._app(scope, receive, send)
            return
        person = await self._person(scope)
        if person is not None:
            scope[PERSON] = person
            await self._app(scope, receive, _with_policy(send))
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            await _refusal(scope, path)(scope, receive, send)

    async def _person(self, scope: Scope) -> Person | None:
        token = self._house.cookies.session_of(HTTPConnection(scope))
        if token is None:
            return None
        person = Person(self._house, token)
        try:
            await person.actor()
        except NotFoundError:
            return None
        return person


def _refusal(scope: Scope, path: str) -> Response:
    wants_page = scope["method"] == "GET" and not path.startswith("/_nicegui_ws")
    if wants_page:
        wanted = quote(f"{scope.get('root_path', '')}{path}", safe="/")
        headers = {"Cache-Control": "no-store"}
        return RedirectResponse(login_address(wanted), status_code=303, headers=headers)
    error = NotAuthenticatedError()
    body = {"error": error.code, "detail": say("console.session_over")}
    return JSONResponse(body, status_code=error.status)


def _with_policy(send: Send) -> Send:
    """Hold a page back until it is whole, then send it with the hashes of its scripts."""
    start: Message | None = None
    page = bytearray()

    async def send_with(message: Message) -> None:
        nonlocal start
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers.setdefault("Cache-Control", "no-store")
            if headers.get("content-type", "").startswith("text/html"):
                start = message
                return
        elif start is not None and message["type"] == "http.response.body":
            page.extend(message.get("body", b""))
            if message.get("more_body", False):
                return
            headers = MutableHeaders(scope=start)
            headers["Content-Security-Policy"] = policy_of(bytes(page))
            await send(start)
            await send({"type": "http.response.body", "body": bytes(page)})
            return
        await send(message)

    return send_with


def policy_of(page: bytes) -> str:
    """The content policy of a page: its own inline scripts, by hash, and files of ours."""
    digests = (hashlib.sha256(script).digest() for script in INLINE.findall(page))
    hashes = sorted({f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests})
    return POLICY.format(hashes=" ".join(hashes))

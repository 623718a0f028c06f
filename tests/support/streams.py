"""Reads an event stream of an application while it is open; httpx's own transport waits for the end."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI

PATIENCE = 10.0


@dataclass(frozen=True)
class Event:
    """One server-sent event; ``id`` is None where the server gave none."""

    name: str
    data: Any
    id: str | None = None


@dataclass
class OpenStream:
    """The answer so far: status, headers and the events not yet taken."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    _events: asyncio.Queue[Event] = field(default_factory=asyncio.Queue)
    _rest: str = ""

    async def next(self, name: str | None = None) -> Event:
        """The next event, or the next one of a name."""
        while True:
            event = await asyncio.wait_for(self._events.get(), PATIENCE)
            if name in (None, event.name):
                return event

    def waiting(self) -> int:
        """How many events have come and were not taken."""
        return self._events.qsize()

    def feed(self, chunk: bytes) -> None:
        """Take a piece of the body."""
        self._rest += chunk.decode()
        while "\n\n" in self._rest:
            block, self._rest = self._rest.split("\n\n", 1)
            lines = dict(line.split(": ", 1) for line in block.splitlines() if line[0] != ":")
            if lines:
                self._events.put_nowait(
                    Event(lines["event"], json.loads(lines["data"]), lines.get("id"))
                )


@asynccontextmanager
async def open_stream(
    app: FastAPI, path: str, headers: dict[str, str]
) -> AsyncIterator[OpenStream]:
    """Open ``path`` as a browser does; closing the block closes the page."""
    stream, gone = OpenStream(), asyncio.Event()
    asked = False

    async def receive() -> dict[str, Any]:
        nonlocal asked
        if not asked:
            asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            stream.status = message["status"]
            stream.headers = {k.decode(): v.decode() for k, v in message["headers"]}
        elif message["type"] == "http.response.body":
            stream.feed(message.get("body", b""))
            if not message.get("more_body"):
                stream.ended.set()

    task = asyncio.create_task(app(_scope(path, headers), receive, send))
    try:
        yield stream
    finally:
        gone.set()
        with contextlib.suppress(TimeoutError, asyncio.CancelledError):
            await asyncio.wait_for(task, PATIENCE)


def _scope(path: str, headers: dict[str, str]) -> dict[str, Any]:
    return {
        "type": "http",
        # As uvicorn says: from 2.4 on a closed page is noticed only by the next chunk.
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(k.lower().encode(), v.encode("latin-1")) for k, v in headers.items()],
        "client": ("127.0.0.1", 1),
        "server": ("web", 80),
    }

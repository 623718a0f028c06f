"""One kept HTTP connection that costs next to nothing, so that the measured side gets the cores."""

import asyncio
import json
from dataclasses import dataclass
from typing import Any


class BrokenLineError(RuntimeError):
    """The other side closed the connection or answered something that is no HTTP."""


@dataclass(frozen=True)
class Answer:
    """Status and body of one answer."""

    status: int
    body: bytes

    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


class Line:
    """Posts JSON to one server over one connection; answers carry a Content-Length."""

    def __init__(self, port: int, *, headers: dict[str, str] | None = None) -> None:
        self._port = port
        self._extra = "".join(f"{k}: {v}\r\n" for k, v in (headers or {}).items())
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def __aenter__(self) -> "Line":
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        return self

    async def __aexit__(self, *error: object) -> None:
        if self._writer is not None:
            self._writer.close()

    async def post(self, path: str, body: dict[str, Any], *, token: str = "") -> Answer:
        """Send and wait for the whole answer.

        Raises:
            BrokenLineError: no readable answer came.
        """
        content = json.dumps(body, ensure_ascii=False).encode()
        bearer = f"Authorization: Bearer {token}\r\n" if token else ""
        head = (
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\n{self._extra}{bearer}"
            f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
        )
        if self._reader is None or self._writer is None:
            raise BrokenLineError("not connected")
        self._writer.write(head.encode() + content)
        try:
            return await _read(self._reader)
        except (asyncio.IncompleteReadError, ValueError, ConnectionError) as error:
            raise BrokenLineError(f"{path}: {error!r}") from error


async def _read(reader: asyncio.StreamReader) -> Answer:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    fields = dict(line.lower().split(":", 1) for line in head[1:] if ":" in line)
    body = await reader.readexactly(int(fields["content-length"]))
    return Answer(int(head[0].split(" ", 2)[1]), body)

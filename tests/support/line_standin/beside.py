"""The platform as a server of its own beside a running product, and a phone driven from a test
without a loop (browser tests have Playwright's)."""

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

import httpx
import uvicorn

from tests.support.line_standin import events
from tests.support.line_standin.phone import SECRET, TOKEN, words
from tests.support.line_standin.platform import Platform
from tests.support.line_standin.server import make_server
from tests.support.line_standin.webhooks import Webhooks
from tests.support.product import free_port, wait_until

Json = dict[str, Any]
Result = TypeVar("Result")


@contextmanager
def platform_beside() -> Iterator[tuple[Platform, str]]:
    """The platform and its address."""
    platform, port = Platform(channel_token=TOKEN, now=time.time), free_port()
    config = uvicorn.Config(
        make_server(platform),
        port=port,
        loop="asyncio",
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    wait_until(lambda: server.started, seconds=20, what="the stand-in")
    try:
        yield platform, f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(10)


@dataclass
class Handset:
    """One person's phone, in front of a product at ``url``."""

    platform: Platform
    url: str
    number: int = 1
    sent: list[Json] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.source = events.user(self.number)
        self.id = str(self.source["userId"])
        self.platform.people.add(self.id)

    def happens(self, make: Callable[..., Json], *args: Any, token: bool = True) -> Json:
        """Send one event as the platform does."""
        more = {"reply_token": self.platform.reply_token(self.id)} if token else {}
        event = make(*args, self.source, **more)
        self.send(event)
        return event

    def says(self, text: str) -> Json:
        """Type something, and wait for whatever it leads to to be stored."""
        return self.happens(events.text, text)

    def sends_file(self, make: Callable[..., Json], content: bytes, **more: Any) -> Json:
        """Send a picture or a file."""
        token = self.platform.reply_token(self.id)
        event = make(self.source, reply_token=token, **more)
        self.platform.contents[event["message"]["id"]] = (content, "image/png")
        self.send(event)
        return event

    def send(self, event: Json) -> None:
        """An event as it is."""

        async def work() -> int:
            async with httpx.AsyncClient(base_url=self.url, trust_env=False, timeout=20) as http:
                return await Webhooks(http, SECRET).send(event)

        self.sent.append(event)
        assert _run(work()) == 200

    def read(self) -> str:
        """Everything the chat shows of ours."""
        return words([shown.message for shown in self.platform.said(self.id)])

    def waits_for(self, text: str, *, seconds: float = 20) -> None:
        """Until the chat shows it."""
        wait_until(lambda: text in self.read(), seconds=seconds, what=f"{text!r} on the phone")


def _run(work: Coroutine[Any, Any, Result]) -> Result:
    """In a thread of its own: the test's thread may have a loop."""
    done: list[Result] = []
    thread = threading.Thread(target=lambda: done.append(asyncio.run(work)))
    thread.start()
    thread.join(30)
    return done[0]

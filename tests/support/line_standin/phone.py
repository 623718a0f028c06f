"""A person with a phone in front of the product: writes, presses buttons, reads what comes."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
from sqlalchemy import Engine, text

from api.channels.line.settings import LineSettings
from tests.support.house import House, running
from tests.support.line_standin import events
from tests.support.line_standin.platform import Platform, Shown
from tests.support.line_standin.server import make_server
from tests.support.line_standin.webhooks import Webhooks

Json = dict[str, Any]

SECRET = "0123456789abcdef0123456789abcdef"
TOKEN = "stand-in-channel-token"
PUBLIC = "https://madoguchi.example.jp"
OPEN_WORK = text(
    "select (select count(*) from line_event where state = 'waiting')"
    " + (select count(*) from delivery where state = 'waiting' and kind like 'line.%'"
    " and due_at <= :now)"
    " + (select count(*) from line_contact c join conversation v on v.id = c.conversation_id"
    " where v.next_seq - 1 > c.seen_seq)"
)


@dataclass
class LineHouse:
    """The product with the platform beside it."""

    house: House
    platform: Platform
    webhooks: Webhooks
    people: int = 0

    def phone(self, source: Json | None = None) -> "Phone":
        """Another person, or a group."""
        self.people += 1
        return Phone(self, source or events.user(self.people))

    async def settled(self, seconds: float = 20.0) -> None:
        """Wait until nothing is left to handle or to send just now."""
        end = time.monotonic() + seconds
        quiet = 0
        while quiet < 3:
            quiet = quiet + 1 if self.open_work() == 0 else 0
            assert time.monotonic() < end, "the work did not come to an end"
            await asyncio.sleep(0.02)

    def open_work(self) -> int:
        """How many events and deliveries wait."""
        from datetime import UTC, datetime

        bind = self.house.engine.execution_options(madoguchi_read_only=True)
        with bind.connect() as connection:
            found: int = connection.execute(
                OPEN_WORK, {"now": datetime.now(UTC).replace(tzinfo=None)}
            ).scalar_one()
            return found

    def one(self, sql: str, **values: Any) -> Any:
        """One value of the database."""
        bind = self.house.engine.execution_options(madoguchi_read_only=True)
        with bind.connect() as connection:
            return connection.execute(text(sql), values).scalar()


@dataclass
class Phone:
    """One chat."""

    line: LineHouse
    source: Json
    events: list[Json] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.line.platform.people.add(self.id)

    @property
    def id(self) -> str:
        """Where messages to this chat go."""
        source = self.source
        return str(source.get("groupId") or source.get("roomId") or source["userId"])

    def token(self) -> str:
        """A fresh reply token."""
        return self.line.platform.reply_token(self.id)

    async def happens(self, event: Json) -> list[Shown]:
        """Send one event as LINE does; what the chat shows because of it."""
        before = len(self.line.platform.said(self.id))
        self.events.append(event)
        assert await self.line.webhooks.send(event) == 200
        await self.line.settled()
        return self.line.platform.said(self.id)[before:]

    async def says(self, words: str) -> list[Shown]:
        """Type something."""
        return await self.happens(events.text(words, self.source, reply_token=self.token()))

    async def presses(self, label: str) -> list[Shown]:
        """Press the newest button with these words."""
        action = self.button(label)
        if action["type"] == "message":
            return await self.says(action["text"])
        made = events.postback(action["data"], self.source, reply_token=self.token())
        return await self.happens(made)

    async def links(self, url: str) -> list[Shown] | None:
        """Open the platform's page of the account link; what the chat shows, ``None`` if the page
        only says that it is too late."""
        query = parse_qs(urlsplit(url).query)
        nonce, token = query["nonce"][0], query["linkToken"][0]
        linked = self.line.platform.link_account(by=self.id, token=token, nonce=nonce)
        if linked is None:
            return None
        token = self.token() if linked else ""
        made = events.account_link(nonce, self.source, ok=linked, reply_token=token)
        return await self.happens(made)

    def link(self, label: str) -> str:
        """The address behind the newest button with these words."""
        for shown in reversed(self.line.platform.said(self.id)):
            for action in actions(shown.message):
                if action["type"] == "uri" and action["label"] == label:
                    return str(action["uri"])
        raise AssertionError(f"no link {label!r}: {self.read()[-600:]}")

    def button(self, label: str) -> Json:
        """The newest button whose words begin so."""
        for shown in reversed(self.line.platform.said(self.id)):
            for action in actions(shown.message):
                if action["type"] != "uri" and str(action.get("label", "")).startswith(label[:18]):
                    return action
        raise AssertionError(f"no button {label!r}: {self.read()[-600:]}")

    def read(self) -> str:
        """Everything the chat shows of ours, as text."""
        return words([shown.message for shown in self.line.platform.said(self.id)])


def actions(node: Any) -> list[Json]:
    """Every action in a message."""
    if isinstance(node, list):
        return [a for child in node for a in actions(child)]
    if isinstance(node, dict):
        own = [node["action"]] if isinstance(node.get("action"), dict) else []
        return own + [a for n, child in node.items() if n != "action" for a in actions(child)]
    return []


def words(node: Any) -> str:
    """Every text that is shown in messages (not altText)."""
    if isinstance(node, list):
        return "\n".join(filter(None, (words(child) for child in node)))
    if isinstance(node, dict):
        own = [str(node[n]) for n in ("text", "label") if isinstance(node.get(n), str)]
        below = [words(child) for name, child in node.items() if isinstance(child, dict | list)]
        return "\n".join(filter(None, (*own, *below)))
    return ""


def whole(shown: list[Shown]) -> str:
    """Messages as JSON, for a look at everything in them."""
    return json.dumps([s.message for s in shown], ensure_ascii=False)


@asynccontextmanager
async def line_house(
    engine: Engine, database: Path, *, platform: Platform | None = None, **settings: Any
) -> AsyncIterator[LineHouse]:
    """The application with a LINE channel, and the platform behind a function instead of HTTP."""
    platform = platform or Platform(channel_token=TOKEN, now=time.time)
    transport = httpx.ASGITransport(make_server(platform))
    line = LineSettings(
        channel_secret=SECRET,
        channel_token=TOKEN,
        api_url="http://line",
        public_url=PUBLIC,
        transport=transport,
    )
    async with running(engine, database, line=line, **settings) as house:
        yield LineHouse(house, platform, Webhooks(house.http, SECRET))

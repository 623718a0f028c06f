"""The assembled application with a visitor in front of it and a fake Rasa behind it."""

import io
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI
from sqlalchemy import Engine, func, select
from sqlmodel import SQLModel

from api.runtime.app import create_app
from api.runtime.logs import DiscreetFormatter
from tests.support.fake_rasa import SECRET, FakeRasa

API = "/api/v1"


@dataclass
class House:
    """One running application and what a test looks at."""

    app: FastAPI
    http: httpx.AsyncClient
    rasa: FakeRasa
    engine: Engine
    database: Path
    log: io.StringIO = field(default_factory=io.StringIO)

    async def start(self, **body: Any) -> "Talk":
        """A visitor opens a conversation."""
        answer = await self.http.post(f"{API}/conversations", json=body)
        assert answer.status_code == 201, answer.text
        content = answer.json()
        return Talk(self, content["id"], content["token"], content["messages"])

    def rows(self, table: str) -> int:
        """How many rows a table has just now."""
        with self.engine.execution_options(madoguchi_read_only=True).connect() as connection:
            found: int = connection.execute(
                select(func.count()).select_from(SQLModel.metadata.tables[table])
            ).scalar_one()
            return found


@dataclass
class Talk:
    """One conversation over HTTP."""

    house: House
    id: str
    token: str
    opening: list[dict[str, Any]]
    _ids: Any = field(default_factory=count)

    @property
    def path(self) -> str:
        """Where its messages go."""
        return f"{API}/conversations/{self.id}/messages"

    @property
    def headers(self) -> dict[str, str]:
        """Its token."""
        return {"Authorization": f"Bearer {self.token}"}

    async def post(self, **body: Any) -> httpx.Response:
        """Send a body as it is; only the message id is made up where none is given."""
        body.setdefault("client_message_id", f"m{next(self._ids)}")
        # As a browser writes it: a lone surrogate is valid JSON, but no valid UTF-8.
        headers = {**self.headers, "Content-Type": "application/json"}
        return await self.house.http.post(self.path, content=json.dumps(body), headers=headers)

    async def says(self, text_: str, **more: Any) -> dict[str, Any]:
        """Say something that must be answered."""
        answer = await self.post(text=text_, **more)
        assert answer.status_code == 200, answer.text
        content: dict[str, Any] = answer.json()
        return content

    async def picks(self, label: str, replies: list[dict[str, Any]]) -> dict[str, Any]:
        """Pick the choice of a label in the replies."""
        (choice,) = [c for c in choices(replies) if c["label"] == label]
        answer = await self.post(choice=choice["id"])
        assert answer.status_code == 200, answer.text
        content: dict[str, Any] = answer.json()
        return content


@asynccontextmanager
async def running(engine: Engine, database: Path, **settings: Any) -> AsyncIterator[House]:
    """An application from its start to its end, its log lines captured as they would be written."""
    rasa = FakeRasa()
    values: dict[str, Any] = {
        "engine": engine,
        "bot_http": rasa.client(),
        "bot_secret": SECRET,
        "models_dir": database.parent / "models",
        "retention_days": 90,
        "rate_limits": False,
    }
    app = create_app(**(values | settings))
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    log = io.StringIO()
    handler = logging.StreamHandler(log)
    handler.setFormatter(DiscreetFormatter("%(levelname)s %(name)s %(message)s"))
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url="http://web") as http,
        ):
            rasa.webhook = lambda call: http.post(
                "/actions/webhook", json=call, headers={"Authorization": f"Bearer {SECRET}"}
            )
            yield House(app, http, rasa, engine, database, log)
    finally:
        root.removeHandler(handler)


def choices(replies: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Every choice in some replies."""
    return [
        choice
        for reply in replies
        for part in reply["parts"]
        if part["type"] == "choices"
        for choice in part["choices"]
    ]


def words(replies: list[dict[str, Any]]) -> str:
    """Every text of some replies."""
    return "\n".join(
        part["text"] for reply in replies for part in reply["parts"] if part["type"] == "text"
    )


def cards(replies: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    """Every card of a kind in some replies."""
    return [p for r in replies for p in r["parts"] if p["type"] == "card" and p["kind"] == kind]

"""The same application on PostgreSQL: a whole turn, and many at once."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from api.runtime.prepare import load_content, migrate
from knowledge.database import keyring, make_engine
from tests.support.content import TEXT_KEY
from tests.support.house import API, House, cards, running
from tests.support.postgres import fresh_database
from tests.support.streams import open_stream

SHOP = "店の名前を商標登録したいです"


@pytest.fixture
async def grown(postgres_server: str, tmp_path: Path) -> AsyncIterator[House]:
    """An application on a PostgreSQL of its own."""
    keyring.set((TEXT_KEY,))
    with fresh_database(postgres_server) as url:
        migrate(url)
        engine = make_engine(url)
        load_content(engine)
        async with running(engine, tmp_path / "unused") as house:
            yield house
        engine.dispose()


async def test_many_visitors_at_once_are_answered_and_heard(grown: House) -> None:
    talks = await asyncio.gather(*(grown.start(prefecture="静岡県") for _ in range(20)))

    answers = await asyncio.gather(*(talk.post(text=SHOP) for talk in talks))

    assert {a.status_code for a in answers} == {200}
    assert all(cards(a.json()["replies"], "desk") for a in answers)
    path = f"{API}/conversations/{talks[0].id}/events"
    async with open_stream(grown.app, path, talks[0].headers) as stream:
        assert [(await stream.next("message")).id for _ in range(3)] == ["1", "2", "3"]
    assert "ERROR" not in grown.log.getvalue()


@pytest.mark.parametrize("odd", ["\x00", "a\x00b", "\ud800", "a\u0000"])
async def test_characters_that_postgresql_cannot_hold_are_refused(grown: House, odd: str) -> None:
    talk = await grown.start()

    answers = [
        await talk.post(text=SHOP, client_message_id=odd),
        await talk.post(choice=odd),
        await grown.http.get(f"{API}/programmes/%00"),
        await grown.http.get(f"{API}/conversations/%00/events", headers=talk.headers),
    ]

    assert {a.status_code for a in answers} <= {404, 422}, [a.text for a in answers]

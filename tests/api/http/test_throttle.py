from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from api.http import throttle
from knowledge.wording import say
from tests.support.house import API, House, running


@pytest.fixture
async def strict(engine: Engine, database: Path) -> AsyncIterator[House]:
    """An application that limits."""
    async with running(engine, database, rate_limits=True) as house:
        yield house


async def test_too_many_messages_are_slowed_down_and_not_stored(strict: House) -> None:
    talk = await strict.start()
    answers = [await talk.post(text="こんにちは") for _ in range(throttle.MESSAGES.amount + 1)]
    before = strict.rows("message")

    refused = await talk.post(text="こんにちは")

    assert {a.status_code for a in answers[:-1]} == {200}
    for answer in (answers[-1], refused):
        assert answer.status_code == 429
        assert answer.json() == {
            "error": "too_many_requests",
            "detail": say("errors.too_many_requests"),
        }
        assert int(answer.headers["Retry-After"]) > 0
    assert strict.rows("message") == before


async def test_another_conversation_is_not_slowed_down(strict: House) -> None:
    busy, other = await strict.start(), await strict.start()
    for _ in range(throttle.MESSAGES.amount):
        await busy.post(text="こんにちは")

    assert (await other.post(text="こんにちは")).status_code == 200


async def test_too_many_starts_from_one_address_are_slowed_down(strict: House) -> None:
    for _ in range(throttle.STARTS.amount):
        await strict.start()

    assert (await strict.http.post(f"{API}/conversations", json={})).status_code == 429


async def test_limits_may_be_switched_off(house: House) -> None:
    for _ in range(throttle.STARTS.amount + 5):
        await house.start()

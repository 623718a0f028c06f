"""Many at once: one slot has one booking, whatever happens, on both databases."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine

from api.runtime.prepare import load_content, migrate
from knowledge import clock
from knowledge.database import keyring, make_engine
from tests.support.bookings import (
    API,
    CONTACT,
    NOTHING,
    load_samples,
    look_for_trouble,
    order,
    slots,
)
from tests.support.content import TEXT_KEY, copy_database
from tests.support.house import House, running
from tests.support.postgres import fresh_database

AT_ONCE = 100
OPERATIONS, CLIENTS = 1000, 16


@pytest.fixture(params=["sqlite", "postgresql"])
async def contested(
    request: pytest.FixtureRequest, template: Path, tmp_path: Path
) -> AsyncIterator[House]:
    """The application with the samples on each database."""
    keyring.set((TEXT_KEY,))
    if request.param == "sqlite":
        engine = make_engine(copy_database(template, tmp_path / "product.db"))
        async with stocked(engine, tmp_path) as house:
            yield house
        return
    with fresh_database(request.getfixturevalue("postgres_server")) as url:
        migrate(url)
        engine = make_engine(url)
        load_content(engine)
        async with stocked(engine, tmp_path) as house:
            yield house


def stocked(engine: Engine, folder: Path) -> Any:
    """The running application over an engine with the samples."""
    load_samples(engine)
    return running(engine, folder / "product.db")


async def test_of_a_hundred_who_want_one_slot_exactly_one_gets_it(contested: House) -> None:
    slot = (await slots(contested.http, mode="phone"))[0]
    bodies = [
        order(slot["id"], contact=CONTACT | {"email": f"v{n}@example.jp"}) for n in range(AT_ONCE)
    ]

    answers = await asyncio.gather(
        *(contested.http.post(f"{API}/bookings", json=body) for body in bodies)
    )

    assert Counter(a.status_code for a in answers) == {201: 1, 409: AT_ONCE - 1}
    refused = [a.json() for a in answers if a.status_code == 409]
    assert {body["error"] for body in refused} == {"slot_taken"}
    assert all(body["alternatives"] for body in refused)
    assert contested.rows("booking") == contested.rows("claim") == 1
    # The confirmation, two reminders, the follow-up: of the one and of nobody else.
    assert contested.rows("delivery") == 4
    assert contested.rows("audit_entry") >= 1
    assert look_for_trouble(contested.engine, clock.now()) == NOTHING
    assert "unexpected" not in contested.log.getvalue()


async def test_of_a_hundred_who_hold_one_slot_exactly_one_has_it(contested: House) -> None:
    slot = (await slots(contested.http))[0]

    answers = await asyncio.gather(
        *(contested.http.post(f"{API}/sessions/slots/{slot['id']}/hold") for _ in range(AT_ONCE))
    )

    assert Counter(a.status_code for a in answers) == {201: 1, 409: AT_ONCE - 1}


async def test_a_session_has_as_many_bookings_as_seats(contested: House) -> None:
    slot = (await slots(contested.http, kind="regular", profession="benrishi"))[0]

    answers = await asyncio.gather(
        *(contested.http.post(f"{API}/bookings", json=order(slot["id"])) for _ in range(30))
    )

    assert Counter(a.status_code for a in answers) == {201: 2, 409: 28}
    assert look_for_trouble(contested.engine, clock.now()) == NOTHING


class Visitor:
    """One client that books, moves, holds and cancels at random."""

    def __init__(self, http: httpx.AsyncClient, seed: int, wanted: list[str]) -> None:
        self._http = http
        self._random = random.Random(seed)
        self._wanted = wanted
        self._mine: list[dict[str, Any]] = []
        self.seen: Counter[tuple[str, int]] = Counter()

    async def act(self, times: int) -> None:
        """Some operations, one after the other."""
        for _ in range(times):
            name = self._random.choices(("book", "move", "cancel", "hold"), weights=(5, 4, 2, 1))[0]
            if name in ("move", "cancel") and not self._mine:
                name = "book"
            answer = await self._patiently(name, self._random.choice(self._wanted))
            self.seen[name, answer.status_code] += 1

    async def _patiently(self, name: str, slot_id: str) -> httpx.Response:
        """A busy database asks to come again (503, nothing was written): so does a client."""
        do = {"book": self._book, "move": self._move, "cancel": self._cancel, "hold": self._hold}
        for _ in range(20):
            answer = await do[name](slot_id)
            if answer.status_code != 503:
                return answer
            await asyncio.sleep(0.1)
        return answer

    async def _book(self, slot_id: str) -> httpx.Response:
        answer = await self._http.post(f"{API}/bookings", json=order(slot_id))
        if answer.status_code == 201:
            self._mine.append(answer.json())
        return answer

    async def _hold(self, slot_id: str) -> httpx.Response:
        path = f"{API}/sessions/slots/{slot_id}/hold"
        answer = await self._http.post(path)
        if answer.status_code == 201 and self._random.random() < 0.7:
            headers = {"Authorization": f"Bearer {answer.json()['hold']}"}
            return await self._http.delete(path, headers=headers)
        return answer

    async def _move(self, slot_id: str) -> httpx.Response:
        booked = self._random.choice(self._mine)
        return await self._http.patch(
            f"{API}/bookings/{booked['reference']}",
            json={"slot_id": slot_id},
            headers={"Authorization": f"Bearer {booked['code']}"},
        )

    async def _cancel(self, slot_id: str) -> httpx.Response:
        booked = self._random.choice(self._mine)
        answer = await self._http.delete(
            f"{API}/bookings/{booked['reference']}",
            headers={"Authorization": f"Bearer {booked['code']}"},
        )
        if answer.status_code == 200:
            self._mine.remove(booked)
        return answer


async def test_a_thousand_random_operations_never_book_anybody_twice(contested: House) -> None:
    wanted = [slot["id"] for slot in await slots(contested.http)][:36]
    visitors = [Visitor(contested.http, seed, wanted) for seed in range(CLIENTS)]

    # 16 × 63 operations.
    await asyncio.gather(*(v.act(-(-OPERATIONS // CLIENTS)) for v in visitors))

    seen = sum((v.seen for v in visitors), Counter[tuple[str, int]]())
    assert sum(seen.values()) >= OPERATIONS
    assert {status for _, status in seen} <= {200, 201, 204, 409}, seen
    for needed in (("book", 201), ("book", 409), ("move", 200), ("move", 409), ("cancel", 200)):
        assert seen[needed] > 0, seen
    assert look_for_trouble(contested.engine, clock.now()) == NOTHING
    assert "ERROR" not in contested.log.getvalue()

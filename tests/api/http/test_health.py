from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy.exc import OperationalError

from api.http.health import WORKER_SILENT_SECONDS
from knowledge import clock
from knowledge.database import transaction
from knowledge.heartbeats import beat
from tests.support.fake_rasa import MODEL
from tests.support.house import House

PARTS = {"database", "rasa", "model", "actions", "worker"}


def _worker_seen(house: House, *, seconds_ago: float) -> None:
    with transaction(house.engine) as session:
        beat(session=session, name="worker", now=clock.now() - timedelta(seconds=seconds_ago))


async def _ill(house: House) -> dict[str, Any]:
    """The parts that are ill, with what is said of them."""
    answer = await house.http.get("/healthz")
    content = answer.json()
    assert set(content["parts"]) == PARTS
    ill = {name: part["detail"] for name, part in content["parts"].items() if not part["ok"]}
    assert answer.status_code == (503 if ill else 200)
    assert content["status"] == ("degraded" if ill else "ok")
    return ill


@pytest.fixture
async def well(house: House) -> House:
    _worker_seen(house, seconds_ago=1)
    return house


async def test_all_is_well(well: House) -> None:
    assert await _ill(well) == {}
    parts = (await well.http.get("/healthz")).json()["parts"]
    assert parts["model"]["detail"] == MODEL
    assert parts["actions"]["detail"].startswith("12 ")


@pytest.mark.parametrize("status", [404, 500, 302])
async def test_a_bot_that_does_not_answer_properly_is_named(well: House, status: int) -> None:
    well.rasa.misbehave["health"] = lambda request: httpx.Response(status)

    assert set(await _ill(well)) == {"rasa", "model"}


@pytest.mark.parametrize("content", [b"", b"<html>", b"[]", b"null"])
async def test_a_bot_that_answers_rubbish_is_named(well: House, content: bytes) -> None:
    well.rasa.misbehave["health"] = lambda request: httpx.Response(200, content=content)

    assert set(await _ill(well)) == {"rasa", "model"}


async def test_a_bot_that_is_down_is_named(well: House) -> None:
    def down(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    well.rasa.misbehave["health"] = down

    assert await _ill(well) == {"rasa": "no answer", "model": "no model is live"}


async def test_a_bot_without_a_model_is_alive(well: House) -> None:
    well.rasa.misbehave["health"] = lambda request: httpx.Response(
        503, json={"ready": False, "model_id": None}
    )

    assert await _ill(well) == {"model": "no model is live"}


async def test_a_worker_never_seen_is_named(house: House) -> None:
    assert await _ill(house) == {"worker": "never seen"}


async def test_a_worker_silent_for_too_long_is_named(house: House) -> None:
    _worker_seen(house, seconds_ago=WORKER_SILENT_SECONDS + 5)

    assert set(await _ill(house)) == {"worker"}


async def test_a_database_that_fails_is_named(well: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*args: Any, **kwargs: Any) -> None:
        raise OperationalError("SELECT 1", {}, Exception("connection refused"))

    monkeypatch.setattr("api.http.health.last_beat", gone)

    assert set(await _ill(well)) == {"database", "worker"}


async def test_the_process_says_it_lives_even_when_all_else_is_ill(house: House) -> None:
    house.rasa.misbehave["health"] = lambda request: httpx.Response(500)

    answer = await house.http.get("/livez")

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})

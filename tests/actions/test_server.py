from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from rasa_sdk import Action
from rasa_sdk.executor import ActionExecutor

from actions.registry import make_executor
from actions.server import make_router
from tests.support.fake_rasa import SECRET, call_of, parse

GOOD = {"Authorization": f"Bearer {SECRET}"}
CALL = call_of("action_smalltalk", "c1", {}, parse({"text": "こんにちは"}))


class Broken(Action):  # type: ignore[misc]  # rasa_sdk ships no types
    def name(self) -> str:
        return "action_broken"

    async def run(self, dispatcher: Any, tracker: Any, domain: Any) -> list[Any]:
        raise RuntimeError("boom")


@pytest.fixture
async def http(reader: Any) -> AsyncIterator[httpx.AsyncClient]:
    """The webhook alone."""
    executor: ActionExecutor = make_executor(reader)
    executor.register_action(Broken())
    app = FastAPI(max_body_size=64 * 1024)
    app.include_router(make_router(executor=executor, secret=SECRET))
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://web") as client:
        yield client


async def test_with_the_secret_the_action_runs(http: httpx.AsyncClient) -> None:
    answer = await http.post("/actions/webhook", json=CALL, headers=GOOD)

    assert answer.status_code == 200
    assert set(answer.json()) == {"events", "responses"}
    assert answer.json()["responses"][0]["custom"]["parts"]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": ""},
        {"Authorization": "Bearer "},
        {"Authorization": "Bearer wrong"},
        {"Authorization": f"Bearer {SECRET}x"},
        {"Authorization": f"Basic {SECRET}"},
        {"Authorization": "Bearer トークン".encode()},
    ],
)
async def test_without_the_secret_there_is_no_such_page(
    http: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    answer = await http.post("/actions/webhook", json=CALL, headers=headers)

    assert answer.status_code == 404
    assert answer.json() == {"error": "not_found"}


async def test_an_unknown_action_is_an_error_never_an_empty_answer(http: httpx.AsyncClient) -> None:
    call = {**CALL, "next_action": "action_no_such"}

    answer = await http.post("/actions/webhook", json=call, headers=GOOD)

    assert (answer.status_code, answer.json()) == (500, {"error": "unknown_action"})


async def test_a_call_without_an_action_is_refused(http: httpx.AsyncClient) -> None:
    answer = await http.post("/actions/webhook", json={**CALL, "next_action": None}, headers=GOOD)

    assert (answer.status_code, answer.json()) == (400, {"error": "no_action"})


async def test_an_action_that_raises_is_an_error_status(http: httpx.AsyncClient) -> None:
    call = {**CALL, "next_action": "action_broken"}

    assert (await http.post("/actions/webhook", json=call, headers=GOOD)).status_code == 500


async def test_a_long_tracker_is_taken(http: httpx.AsyncClient) -> None:
    """Rasa sends the whole conversation with each call: far more than a visitor may send."""
    tracker = {**CALL["tracker"], "events": [{"event": "user", "text": "あ" * 100}] * 3_000}

    answer = await http.post("/actions/webhook", json={**CALL, "tracker": tracker}, headers=GOOD)

    assert answer.status_code == 200

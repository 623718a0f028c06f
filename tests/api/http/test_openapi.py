"""The description of the contract is complete, and its examples are true."""

import json
from typing import Any

import pytest

from api.http import examples
from api.http.conversations import MessageRequest, StartRequest
from api.http.triage import TriageRequest
from tests.support.house import API, House

CALLS = {
    ("get", "/healthz"),
    ("get", "/livez"),
    ("post", f"{API}/triage"),
    ("post", f"{API}/conversations"),
    ("post", f"{API}/conversations/{{conversation_id}}/messages"),
    ("get", f"{API}/conversations/{{conversation_id}}/events"),
    ("get", f"{API}/programmes"),
    ("get", f"{API}/programmes/{{programme_id}}"),
    ("get", f"{API}/articles"),
    ("get", f"{API}/articles/{{article_id}}"),
    ("get", f"{API}/desks"),
    ("get", f"{API}/desks/{{desk_id}}"),
    ("post", f"{API}/fees/estimate"),
}


@pytest.fixture
async def described(house: House) -> dict[str, Any]:
    answer = await house.http.get(f"{API}/openapi.json")
    assert answer.status_code == 200
    content: dict[str, Any] = answer.json()
    return content


async def test_the_calls_of_the_contract_are_described(described: dict[str, Any]) -> None:
    found = {(method, path) for path, item in described["paths"].items() for method in item}

    assert found >= CALLS


async def test_each_operation_says_what_it_does(described: dict[str, Any]) -> None:
    silent = [
        (method, path)
        for path, item in described["paths"].items()
        for method, operation in item.items()
        if not operation.get("summary") or not operation.get("description")
    ]

    assert silent == []


async def test_nothing_internal_is_described(described: dict[str, Any]) -> None:
    assert not [p for p in described["paths"] if "webhook" in p or "/bot" in p or p == "/"]


async def test_tokens_never_travel_in_an_address(described: dict[str, Any]) -> None:
    names = [
        parameter["name"]
        for item in described["paths"].values()
        for operation in item.values()
        for parameter in operation.get("parameters", ())
        if parameter["in"] in {"query", "path"}
    ]

    assert not [name for name in names if "token" in name or "code" in name]


@pytest.mark.parametrize(
    ("model", "example"),
    [
        (StartRequest, examples.START),
        (MessageRequest, examples.MESSAGE),
        (TriageRequest, examples.TRIAGE),
    ],
)
async def test_the_examples_are_valid_and_shown(
    described: dict[str, Any], model: Any, example: dict[str, Any]
) -> None:
    model.model_validate(example)

    assert described["components"]["schemas"][model.__name__]["examples"] == [example]


async def test_the_examples_work_when_they_are_sent(house: House) -> None:
    talk = await house.start(**examples.START)

    assert (await talk.post(**examples.MESSAGE)).status_code == 200
    assert (await house.http.post(f"{API}/triage", json=examples.TRIAGE)).status_code == 200


async def test_the_example_of_a_stream_has_the_form_of_one() -> None:
    blocks = examples.EVENTS.strip().split("\n\n")

    for block in blocks:
        lines = dict(line.split(": ", 1) for line in block.splitlines())
        assert lines["event"] in {"owner", "message", "typing"}
        json.loads(lines["data"])


async def test_pages_that_do_not_exist_answer_in_japanese_json(house: House) -> None:
    for path in ("/no-such", f"{API}/no-such", "/docs", "/redoc"):
        answer = await house.http.get(path)
        assert (answer.status_code, answer.json()["error"]) == (404, "not_found")
        assert any(c > "\u3040" for c in answer.json()["detail"])
        assert "set-cookie" not in answer.headers

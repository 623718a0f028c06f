"""What an action call saves, and that a shortcut never lets pass what the schema refuses."""

import itertools
from typing import Any

import aiohttp
import jsonschema
import pytest
from rasa.core.actions.action import RemoteAction
from rasa.utils.endpoints import ClientResponseError, EndpointConfig
from serving.remote_action import EVENTS_WITHOUT_CONTENT, KeptEndpoint, plainly_valid

ODD = [None, True, 0, 1.5, "slot", "user", "nonsense", [], {}, {"event": "slot"}]
KINDS = ["slot", "followup", "reset_slots", "restart", "user", "action", "entities", "bot", "x", 1]


def _schema_accepts(reply: Any) -> bool:
    try:
        jsonschema.validate(reply, RemoteAction.action_response_format_spec())
    except jsonschema.ValidationError:
        return False
    return True


def _replies() -> list[Any]:
    """Replies of every shape made of odd values in every place."""
    made: list[Any] = [*ODD]
    for value in ODD:
        made += [{"events": value}, {"responses": value}, {"events": [value]}]
        made += [{"responses": [value]}, {"events": [], "responses": [{}, value]}]
    for kind, value in itertools.product(KINDS, ODD):
        for key in ("name", "value", "timestamp", "metadata", "text", "entities", "parse_data"):
            event = {"event": kind, "name": "facts", "value": 1, key: value}
            made += [{"events": [event]}, {"events": [{"event": kind, key: value}]}]
    return made


def test_what_the_shortcut_accepts_the_schema_accepts_too() -> None:
    accepted = [reply for reply in _replies() if plainly_valid(reply)]
    assert len(accepted) > 100
    assert [reply for reply in accepted if not _schema_accepts(reply)] == []


def test_the_replies_of_our_actions_take_the_shortcut() -> None:
    reply = {
        "events": [{"event": "slot", "timestamp": None, "name": "facts", "value": {"a": [1]}}],
        "responses": [{"custom": {"parts": []}, "buttons": [], "text": None}],
    }
    assert plainly_valid(reply)
    assert all(plainly_valid({"events": [{"event": kind}]}) for kind in EVENTS_WITHOUT_CONTENT)


async def test_calls_share_one_connection(actions: Any) -> None:
    kept = KeptEndpoint.of(EndpointConfig(actions.url))
    for _ in range(5):
        assert await kept.request(json={}) == actions.answer
    assert len(actions.connections) == 1
    await kept.close()


async def test_settings_of_the_endpoint_are_taken_over() -> None:
    stock = EndpointConfig("http://x", headers={"A": "b"}, token="t", enable_selective_domain=True)
    kept = KeptEndpoint.of(stock)
    assert kept == stock
    assert kept.kwargs == stock.kwargs


async def test_headers_and_parameters_are_sent(actions: Any) -> None:
    seen = {}

    async def look(request: Any) -> Any:
        seen.update(request.headers, query=dict(request.query))
        return aiohttp.web.json_response({})

    app = aiohttp.web.Application()
    app.router.add_post("/w", look)
    server = aiohttp.test_utils.TestServer(app)
    await server.start_server()
    url = str(server.make_url("/w"))
    kept = KeptEndpoint.of(EndpointConfig(url, headers={"Authorization": "Bearer x"}, token="t"))
    await kept.request(json={"a": 1})
    assert (seen["Authorization"], seen["query"]) == ("Bearer x", {"token": "t"})
    await kept.close()
    await server.close()


@pytest.mark.parametrize("status", [400, 401, 500])
async def test_an_error_status_is_raised_as_stock_raises_it(actions: Any, status: int) -> None:
    actions.answer = status
    found = []
    kept = KeptEndpoint.of(EndpointConfig(actions.url))
    for endpoint in (EndpointConfig(actions.url), kept):
        with pytest.raises(ClientResponseError) as caught:
            await endpoint.request(json={})
        found.append((caught.value.status, caught.value.text))
    assert found[0] == found[1]
    await kept.close()


async def test_an_answer_that_is_no_json_is_none() -> None:
    async def plain(request: Any) -> Any:
        return aiohttp.web.Response(text="ok")

    app = aiohttp.web.Application()
    app.router.add_post("/w", plain)
    server = aiohttp.test_utils.TestServer(app)
    await server.start_server()
    kept = KeptEndpoint.of(EndpointConfig(str(server.make_url("/w"))))
    assert await kept.request(json={}) is None
    await kept.close()
    await server.close()


async def test_after_a_restart_of_the_action_server_the_next_call_connects_anew(
    actions: Any,
) -> None:
    kept = KeptEndpoint.of(EndpointConfig(actions.url))
    await kept.request(json={})
    for transport in list(actions.connections):
        transport.close()
    import asyncio

    await asyncio.sleep(0.05)
    assert await kept.request(json={}) == actions.answer
    assert len(actions.connections) == 2
    await kept.close()

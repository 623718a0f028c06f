"""What nobody gets past: strangers' pages, floods, trickles, and who lacks the secret."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, StreamingResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from api import door
from api.door import Door, Rules
from api.throttle import Throttle
from knowledge.wording import say
from tests.support.fake_rasa import SECRET
from tests.support.house import API, House, running

FRIEND, STRANGER = "https://shoko.example", "https://evil.example"
UNSAFE = ("POST", "PUT", "PATCH", "DELETE")


async def site(scope: Scope, receive: Receive, send: Send) -> None:
    """A little application: a page, a stream, something slow, and the body it was sent."""
    path = scope["path"]
    if path == "/page":
        await HTMLResponse("<p>")(scope, receive, send)
    elif path == "/sleep":
        await asyncio.sleep(5)
    elif path == "/stream":

        async def drops() -> AsyncIterator[str]:
            for _ in range(3):
                await asyncio.sleep(0.05)
                yield "x"

        await StreamingResponse(drops())(scope, receive, send)
    elif path == "/timeout":
        raise TimeoutError("not ours")
    else:
        body = await Request(scope, receive).body()
        await JSONResponse({"got": len(body)})(scope, receive, send)


def client(rules: Rules | None = None, app: ASGIApp = site) -> httpx.AsyncClient:
    made = Door(app, rules or Rules(), Throttle(enabled=True))
    return httpx.AsyncClient(transport=httpx.ASGITransport(made), base_url="http://desk.example")


@pytest.mark.parametrize("method", UNSAFE)
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": STRANGER},
        {"Origin": "null"},
        {"Origin": ""},
        {"Origin": "http://desk.example.evil.example"},
        {"Origin": "http://evil.example/http://desk.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Origin": "http://desk.example:81"},
    ],
)
async def test_a_strangers_page_changes_nothing(method: str, headers: dict[str, str]) -> None:
    async with client(Rules(embedders=(FRIEND,))) as http:
        answer = await http.request(method, "/api/x", headers=headers)

    assert answer.status_code == 403
    assert answer.json() == {
        "error": "origin_not_allowed",
        "detail": say("errors.origin_not_allowed"),
    }


@pytest.mark.parametrize(
    "headers",
    [{}, {"Origin": "http://desk.example"}, {"Origin": "https://desk.example"}, {"Origin": FRIEND}],
)
async def test_own_pages_named_friends_and_programs_may_write(headers: dict[str, str]) -> None:
    async with client(Rules(embedders=(FRIEND,))) as http:
        assert (await http.post("/api/x", headers=headers)).status_code == 200


async def test_a_friend_may_embed_the_chat_but_not_use_the_console() -> None:
    async with client(Rules(embedders=(FRIEND,))) as http:
        answer = await http.post("/console/login", headers={"Origin": FRIEND})

    assert answer.status_code == 403


async def test_reading_needs_no_origin_check() -> None:
    async with client() as http:
        assert (await http.get("/api/x", headers={"Origin": STRANGER})).status_code == 200


@pytest.mark.parametrize(
    ("origin", "closed"), [(STRANGER, True), ("http://desk.example", False), (None, False)]
)
async def test_a_strangers_page_opens_no_socket(origin: str | None, closed: bool) -> None:
    passed, sent = [], []

    async def inner(scope: Scope, receive: Receive, send: Send) -> None:
        passed.append(scope["path"])

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"host", b"desk.example")] + ([(b"origin", origin.encode())] if origin else [])
    scope: Scope = {"type": "websocket", "path": "/console/ws", "headers": headers}

    async def receive() -> Any:
        return {"type": "websocket.connect"}

    await Door(inner, Rules(), Throttle(enabled=True))(scope, receive, send)

    assert (passed == []) is closed
    assert bool(sent) is closed


async def test_pages_run_only_our_own_files_and_are_framed_by_friends_only() -> None:
    async with client(Rules(embedders=(FRIEND,))) as http:
        policy = (await http.get("/page")).headers["Content-Security-Policy"]
    async with client() as http:
        alone = (await http.get("/page")).headers

    rules = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == rules["style-src"] == "'self'"
    assert rules["base-uri"] == "'none'"
    assert "unsafe" not in policy
    assert rules["frame-ancestors"] == f"'self' {FRIEND}"
    assert "frame-ancestors 'self'" in alone["Content-Security-Policy"]
    assert alone["X-Frame-Options"] == "SAMEORIGIN"


async def test_data_is_never_a_page() -> None:
    async with client() as http:
        headers = (await http.get("/api/x")).headers

    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "Strict-Transport-Security" not in headers


async def test_a_real_installation_asks_for_https() -> None:
    async with client(Rules(https_only=True)) as http:
        assert "max-age" in (await http.get("/page")).headers["Strict-Transport-Security"]


async def test_a_refusal_carries_the_headers_too() -> None:
    async with client() as http:
        refused = await http.post("/api/x", headers={"Origin": STRANGER})

    assert refused.headers["X-Content-Type-Options"] == "nosniff"


async def test_a_body_that_trickles_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "BODY_SECONDS", 0.1)

    async def trickle() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.sleep(1)
        yield b"}"

    answers = await raw(trickle)

    (start,) = [m for m in answers if m["type"] == "http.response.start"]
    assert start["status"] == 408
    assert (b"connection", b"close") in start["headers"]


async def raw(body: Callable[[], AsyncIterator[bytes]]) -> list[Any]:
    """A request whose body comes piece by piece (httpx's own transport reads it beforehand)."""
    sent: list[Any] = []
    pieces = body()

    async def receive() -> Any:
        try:
            return {"type": "http.request", "body": await anext(pieces), "more_body": True}
        except StopAsyncIteration:
            return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    scope: Scope = {
        "type": "http",
        "method": "POST",
        "path": "/api/x",
        "raw_path": b"/api/x",
        "query_string": b"",
        "headers": [(b"host", b"desk.example")],
        "client": ("192.0.2.1", 1),
    }
    with_door = Door(site, Rules(), Throttle(enabled=True))
    with contextlib.suppress(ClientDisconnect):
        await with_door(scope, receive, send)
    return sent


async def test_a_body_in_good_time_passes_whole() -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(10):
            yield b"x" * 100

    assert b'{"got":1000}' in [m.get("body") for m in await raw(pieces)]


async def test_an_answer_that_does_not_begin_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "START_SECONDS", 0.1)
    async with client() as http:
        answer = await http.get("/sleep")

    assert (answer.status_code, answer.json()["error"]) == (503, "unavailable")
    assert answer.headers["Retry-After"] == "2"


async def test_a_stream_may_last(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "START_SECONDS", 0.1)
    async with client() as http:
        assert (await http.get("/stream")).text == "xxx"


async def test_a_time_out_of_a_route_stays_its_own_failure() -> None:
    async with client() as http:
        with pytest.raises(TimeoutError, match="not ours"):
            await http.get("/timeout")


async def test_an_endless_address_is_refused() -> None:
    async with client() as http:
        answer = await http.get("/api/x", params={"q": "あ" * 3000})

    assert (answer.status_code, answer.json()["error"]) == (400, "bad_request")


async def test_a_flood_from_one_address_is_slowed_down(monkeypatch: pytest.MonkeyPatch) -> None:
    async with client() as http:
        codes = {(await http.get("/api/x")).status_code for _ in range(door.REQUESTS.amount)}
        refused = await http.get("/api/x")

    assert codes == {200}
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "2")


async def test_one_address_holds_only_so_many_requests_open(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(door, "AT_ONCE", 3)
    async with client() as http:
        answers = await asyncio.gather(*(http.get("/stream") for _ in range(5)))
        later = await http.get("/stream")

    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 429, 429]
    assert later.status_code == 200


async def test_our_own_processes_are_not_counted() -> None:
    async with client(Rules(inner_secret="s" * 40)) as http:
        headers = {"Authorization": f"Bearer {'s' * 40}"}
        for _ in range(door.REQUESTS.amount + 1):
            last = await http.get("/api/x", headers=headers)

    assert last.status_code == 200


@pytest.fixture
async def strict(engine: Engine, database: Path) -> AsyncIterator[House]:
    async with running(engine, database, rate_limits=True, allowed_origins=(FRIEND,)) as house:
        yield house


INNER = (("POST", "/actions/webhook"), ("GET", "/bot/model"))


@pytest.mark.parametrize(("method", "path"), INNER)
@pytest.mark.parametrize("given", [None, "", "Bearer ", "Bearer wrong", f"Basic {SECRET}"])
async def test_what_rasa_uses_is_closed_to_outsiders(
    strict: House, method: str, path: str, given: str | None
) -> None:
    headers = {"Authorization": given} if given is not None else {}
    body = {"next_action": "action_inquiry", "tracker": {}} if method == "POST" else None

    answer = await strict.http.request(method, path, json=body, headers=headers)

    assert (answer.status_code, answer.json()) == (404, {"error": "not_found"})


OPEN_TO_ALL = {
    "/healthz",
    "/livez",
    "/triage",
    "/conversations",
    "/programmes",
    "/programmes/{id}",
    "/desks",
    "/desks/{id}",
    "/articles",
    "/articles/{id}",
    "/fees/estimate",
}
SAME_FOR_ALL = {("DELETE", "/sessions/slots/{slot_id}/hold")}
"""Answers 204 whether the key held the slot or not: who guesses learns nothing."""


def closed_routes(house: House) -> list[tuple[str, str]]:
    """Every call of the API that needs a key."""
    return [
        (method.upper(), path)
        for path, calls in house.app.openapi()["paths"].items()
        for method in calls
        if path.startswith(f"{API}/") and path.removeprefix(API) not in OPEN_TO_ALL
    ]


async def test_every_other_call_answers_nothing_without_a_key(strict: House) -> None:
    routes = closed_routes(strict)
    assert (("POST", f"{API}/conversations/{{conversation_id}}/messages")) in routes

    for method, path in routes:
        url = path.replace("{", "").replace("}", "")
        body = {"text": "こんにちは", "client_message_id": "1"} if method != "GET" else None
        without = await strict.http.request(method, url, json=body)
        wrong = await strict.http.request(
            method, url, json=body, headers={"Authorization": "Bearer mst_guess"}
        )
        assert without.status_code in (401, 404, 422), f"{method} {path}: {without.text}"
        if (method, path.removeprefix(API)) not in SAME_FOR_ALL:
            assert wrong.status_code in (404, 422, 429), f"{method} {path}: {wrong.text}"


async def test_a_bug_is_answered_with_the_headers_too(strict: House) -> None:
    @strict.app.get("/bug")
    def bug() -> None:
        raise ZeroDivisionError

    answer = await strict.http.get("/bug")

    assert answer.status_code == 500
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")


async def test_a_friend_reads_answers_across_origins(strict: House) -> None:
    answer = await strict.http.post(f"{API}/conversations", json={}, headers={"Origin": FRIEND})
    stranger = await strict.http.get("/livez", headers={"Origin": STRANGER})

    assert answer.status_code == 201
    assert answer.headers["Access-Control-Allow-Origin"] == FRIEND
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "Access-Control-Allow-Origin" not in stranger.headers


async def test_the_portal_and_the_widget_carry_the_strict_policy(strict: House) -> None:
    for path in ("/", "/widget.js", "/portal/portal.css"):
        answer = await strict.http.get(path)
        assert answer.status_code == 200
        assert "unsafe" not in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert FRIEND in (await strict.http.get("/")).headers["Content-Security-Policy"]

"""Every end of a call is a value: which status means what, and what a time-out means."""

from typing import Any

import httpx
import pytest

from api.channels.line.client import CALL_SECONDS, LineClient, Outcome, line_http
from knowledge.line.files import MOST_BYTES

MESSAGES = [{"type": "text", "text": "a"}]
LIMIT = {"message": "You have reached your monthly limit."}
ENDS: list[tuple[int, Any, Outcome]] = [
    (200, {"sentMessages": []}, Outcome.SENT),
    (202, {}, Outcome.SENT),
    (400, {"message": "Invalid reply token"}, Outcome.TOKEN),
    (400, {"message": "The request body has 2 error(s)"}, Outcome.REFUSED),
    (400, "no json", Outcome.REFUSED),
    (401, {"message": "Authentication failed."}, Outcome.REFUSED),
    (403, {}, Outcome.REFUSED),
    (413, {}, Outcome.REFUSED),
    (429, {"message": "The API rate limit has been exceeded."}, Outcome.LIMITED),
    (429, LIMIT, Outcome.QUOTA),
    (429, "no json", Outcome.LIMITED),
    (500, {}, Outcome.UNCLEAR),
    (503, "<html>", Outcome.UNCLEAR),
]


def client(answer: Any) -> LineClient:
    transport = httpx.MockTransport(answer)
    return LineClient(line_http(url="https://api.line.me", token="t", transport=transport))


def fixed(status: int, body: Any) -> LineClient:
    content = {"text": body} if isinstance(body, str) else {"json": body}
    return client(lambda _: httpx.Response(status, **content))


@pytest.mark.parametrize(("status", "body", "outcome"), ENDS)
async def test_each_status_is_a_kind_of_end(status: int, body: Any, outcome: Outcome) -> None:
    ended = await fixed(status, body).reply("token", MESSAGES)

    assert (ended.outcome, ended.status) == (outcome, status)


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (httpx.ConnectError, Outcome.UNREACHED),
        (httpx.ConnectTimeout, Outcome.UNREACHED),
        (httpx.PoolTimeout, Outcome.UNREACHED),
        (httpx.ReadTimeout, Outcome.UNCLEAR),
        (httpx.WriteError, Outcome.UNCLEAR),
        (httpx.RemoteProtocolError, Outcome.UNCLEAR),
    ],
)
async def test_a_broken_connection_is_doubt_only_after_it_stood(
    error: type[httpx.HTTPError], outcome: Outcome
) -> None:
    def fail(_: httpx.Request) -> httpx.Response:
        raise error("broken")

    assert (await client(fail).push("U", MESSAGES, "key")).outcome == outcome


async def test_a_push_whose_key_was_taken_before_has_been_sent() -> None:
    ended = await fixed(409, {"message": "The retry key is already accepted"}).push(
        "U", MESSAGES, "key"
    )

    assert (ended.outcome, ended.status) == (Outcome.SENT, 409)


async def test_calls_carry_token_key_and_a_time_out() -> None:
    seen: list[httpx.Request] = []

    def take(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={})

    made = client(take)
    await made.reply("reply-token", MESSAGES)
    await made.push("U1", MESSAGES, "the-key")

    assert {r.headers["authorization"] for r in seen} == {"Bearer t"}
    assert "x-line-retry-key" not in seen[0].headers
    assert seen[1].headers["x-line-retry-key"] == "the-key"
    assert {r.extensions["timeout"]["read"] for r in seen} == {CALL_SECONDS}


@pytest.mark.parametrize(
    ("limit", "used", "found"),
    [
        ({"type": "limited", "value": 200}, {"totalUsage": 3}, (200, 3)),
        ({"type": "none"}, {"totalUsage": 3}, (None, 3)),
        ({"type": "limited", "value": 200}, {}, None),
        ({"type": "limited", "value": 200}, {"totalUsage": "many"}, None),
    ],
)
async def test_the_quota_is_read_or_unknown(limit: Any, used: Any, found: Any) -> None:
    made = client(
        lambda r: httpx.Response(200, json=used if "consumption" in r.url.path else limit)
    )

    assert await made.quota() == found


@pytest.mark.parametrize("status", [401, 500])
async def test_a_quota_that_is_not_told_is_unknown(status: int) -> None:
    assert await fixed(status, {}).quota() is None


async def test_a_quota_out_of_reach_is_unknown() -> None:
    def fail(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("broken")

    made = client(fail)
    assert await made.quota() is None
    assert await made.content("1") is None
    await made.show_loading("U1")


async def test_a_file_is_fetched_from_the_host_for_files() -> None:
    hosts: list[str] = []

    def give(request: httpx.Request) -> httpx.Response:
        hosts.append(request.url.host)
        return httpx.Response(200, content=b"bytes", headers={"content-type": "image/png"})

    assert await client(give).content("1") == b"bytes"
    assert hosts == ["api-data.line.me"]


@pytest.mark.parametrize("answer", [(404, b""), (200, b"x" * (MOST_BYTES + 1))])
async def test_a_file_gone_or_too_large_is_none(answer: tuple[int, bytes]) -> None:
    made = client(lambda _: httpx.Response(answer[0], content=answer[1]))

    assert await made.content("1") is None

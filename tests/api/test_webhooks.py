"""Webhooks: signed so that the receiver can check them, and told apart when repeated."""

import hashlib
import hmac
import json
from datetime import datetime

import httpx
import pytest

from api.senders import Failed, Result, Sent, Unclear
from api.webhooks import WebhookSender, sign
from knowledge.clock import TOKYO
from knowledge.outbox.service import Leased

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=TOKYO)
SECRET = "a-shared-secret-of-thirty-two-characters"
PAYLOAD = {"event": "case.queued", "reference": "K26-4F7QM-9", "topic": "商標"}


async def sent(handle: httpx.MockTransport) -> Result:
    async with httpx.AsyncClient(transport=handle) as http:
        sender = WebhookSender(http, url="https://example.jp/hook", secret=SECRET, now=lambda: NOW)
        return await sender.send(Leased(1, "webhook", "webhook:7", "", PAYLOAD, 1))


async def test_the_receiver_can_check_who_sent_it_and_when() -> None:
    seen: list[httpx.Request] = []

    def receive(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(204)

    assert await sent(httpx.MockTransport(receive)) == Sent()

    (request,) = seen
    assert json.loads(request.content) == PAYLOAD
    assert request.headers["X-Madoguchi-Delivery"] == "webhook:7"
    time, _, digest = request.headers["X-Madoguchi-Signature"].partition(",v1=")
    seconds = time.removeprefix("t=")
    assert int(seconds) == int(NOW.timestamp())
    expected = hmac.new(SECRET.encode(), seconds.encode() + b"." + request.content, hashlib.sha256)
    assert hmac.compare_digest(digest, expected.hexdigest())


def test_another_secret_time_or_body_has_another_signature() -> None:
    first = sign(SECRET, b"{}", NOW)

    assert sign("x" * 32, b"{}", NOW) != first
    assert sign(SECRET, b"{ }", NOW) != first
    assert sign(SECRET, b"{}", NOW.replace(minute=1)) != first


@pytest.mark.parametrize(
    ("status", "result"),
    [
        (200, Sent()),
        (302, Failed("status 302")),
        (404, Failed("status 404")),
        (410, Failed("status 410", final=True)),
        (500, Failed("status 500")),
    ],
)
async def test_only_success_means_that_it_arrived(status: int, result: Result) -> None:
    answer = httpx.MockTransport(lambda request: httpx.Response(status))

    assert await sent(answer) == result


@pytest.mark.parametrize(
    ("error", "result"),
    [
        (httpx.ConnectError("x"), Failed("ConnectError")),
        (httpx.ConnectTimeout("x"), Failed("ConnectTimeout")),
        (httpx.ReadTimeout("x"), Unclear("ReadTimeout")),
        (httpx.RemoteProtocolError("x"), Unclear("RemoteProtocolError")),
    ],
)
async def test_a_lost_answer_is_unclear(error: httpx.HTTPError, result: Result) -> None:
    def fail(request: httpx.Request) -> httpx.Response:
        raise error

    assert await sent(httpx.MockTransport(fail)) == result

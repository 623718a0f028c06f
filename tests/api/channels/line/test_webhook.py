"""The webhook verifies, stores and answers at once; nothing makes it fail with 500."""

import asyncio
import json
from typing import Any

import httpx
import pytest

from tests.support.house import House
from tests.support.line_standin import events
from tests.support.line_standin.phone import SECRET, LineHouse, Phone
from tests.support.line_standin.webhooks import PATH, sign


async def _post(line: LineHouse, body: bytes, signature: str | None) -> httpx.Response:
    headers = {} if signature is None else {"x-line-signature": signature}
    return await line.house.http.post(PATH, content=body, headers=headers)


async def test_without_a_signature_it_is_a_bad_request(line: LineHouse) -> None:
    for signature in (None, ""):
        answer = await _post(line, b'{"events": []}', signature)

        assert (answer.status_code, answer.json()["error"]) == (400, "bad_request")


@pytest.mark.parametrize(
    "signature",
    [
        "wrong",
        "=",
        sign("another secret of 32 characters!", b'{"events": []}'),
        sign(SECRET, b'{"events": [] }'),
        sign(SECRET, b'{"events": []}')[:-1],
        "あ".encode().decode("latin-1"),
        "x" * 5000,
    ],
)
async def test_a_wrong_signature_is_not_let_in(line: LineHouse, signature: str) -> None:
    headers = {b"x-line-signature": signature.encode("latin-1")}
    answer = await line.house.http.post(PATH, content=b'{"events": []}', headers=headers)

    assert (answer.status_code, answer.json()["error"]) == (401, "not_authenticated")
    assert line.house.rows("line_event") == 0


async def test_the_check_of_the_platform_with_no_events_is_answered(line: LineHouse) -> None:
    body = json.dumps({"destination": events.BOT, "events": []}).encode()

    answer = await _post(line, body, sign(SECRET, body))

    assert (answer.status_code, answer.json()) == (200, {})


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b"7", b"{}", b'{"events": null}', b'{"events": {}}', b"[" * 60_000],
)
async def test_a_signed_body_that_is_no_webhook_is_a_bad_request(
    line: LineHouse, body: bytes
) -> None:
    answer = await _post(line, body, sign(SECRET, body))

    assert (answer.status_code, answer.json()["error"]) == (400, "bad_request")


async def test_a_signed_body_that_is_no_text_is_not_let_in(line: LineHouse) -> None:
    body = b"\xff\xfe\x00"

    assert (await _post(line, body, sign(SECRET, body))).status_code == 401


STRANGE: list[Any] = [
    None,
    7,
    "text",
    [],
    {},
    {"type": "message"},
    {"type": "message", "webhookEventId": "x" * 500},
    {"type": 7, "webhookEventId": 7},
    {**events.text("a"), "message": {"type": "text"}},
    {**events.text("a"), "message": {"type": "hologram", "id": "1"}},
    {**events.text("a"), "timestamp": "soon"},
    {**events.text("a"), "source": {"type": "planet"}},
    {**events.text("a"), "source": None},
    {**events.text("a"), "mode": "asleep"},
    {**events.text("a"), "mode": "standby"},
    {**events.postback("x"), "postback": {}},
]


@pytest.mark.parametrize("event", STRANGE)
async def test_an_event_nobody_knows_is_stored_once_and_left_alone(
    line: LineHouse, event: Any
) -> None:
    for _ in range(2):
        assert await line.webhooks.send(event) == 200
    await line.settled()

    assert line.house.rows("line_event") == (1 if isinstance(event, dict) else 0)
    assert line.house.rows("message") == 0
    assert line.platform.calls["reply"] + line.platform.calls["push"] == 0


async def test_every_event_type_line_publishes_is_taken(line: LineHouse) -> None:
    group = events.group()
    said = events.text("商標の話です")
    published = [
        said,
        events.sticker(),
        events.image(),
        events.video(),
        events.audio(),
        events.file(),
        events.location("静岡県浜松市"),
        events.unsend(said),
        events.follow(),
        events.unfollow(events.user(2)),
        events.join(group),
        events.leave(group),
        events.member_joined(group),
        events.member_left(group),
        events.postback("choice=x"),
        events.edited(events.mention("商標", group), "@窓口 意匠"),
        events.account_link("nonce"),
        *events.others(),
    ]

    assert await line.webhooks.send(*published) == 200
    await line.settled()

    states = line.one("select count(*) from line_event where state in ('done', 'ignored', 'held')")
    assert states == line.house.rows("line_event") == len(published)
    assert "ERROR" not in line.house.log.getvalue()


async def test_a_redelivered_event_is_handled_once(phone: Phone) -> None:
    line = phone.line
    event = events.text("商標の話です", phone.source, reply_token=phone.token())

    await line.webhooks.send(event)
    await line.settled()
    shown = len(line.platform.said(phone.id))
    await line.webhooks.send(events.again(event))
    await line.webhooks.send(event, events.again(event), event)
    await line.settled()

    assert len(line.platform.said(phone.id)) == shown > 0
    assert len(line.house.rasa.texts()) == 1


async def test_the_same_event_at_the_same_moment_is_handled_once(phone: Phone) -> None:
    line = phone.line
    event = events.text("商標の話です", phone.source, reply_token=phone.token())

    statuses = await asyncio.gather(*(line.webhooks.send(event) for _ in range(12)))
    await line.settled()

    assert set(statuses) == {200}
    assert line.house.rows("line_event") == 1
    assert len(line.house.rasa.texts()) == 1


async def test_it_is_acknowledged_while_rasa_is_silent(phone: Phone) -> None:
    line, go_on = phone.line, asyncio.Event()

    async def silent(request: httpx.Request) -> httpx.Response:
        await go_on.wait()
        return httpx.Response(500)

    line.house.rasa.misbehave["turn"] = silent
    event = events.text("商標の話です", phone.source, reply_token=phone.token())

    status = await asyncio.wait_for(line.webhooks.send(event), 5)

    assert status == 200
    assert line.house.rows("line_event") == 1
    go_on.set()
    await line.settled()


async def test_many_events_in_one_call_are_all_handled(line: LineHouse) -> None:
    phones = [line.phone() for _ in range(30)]
    said = [
        events.text("商標の話です。" + "長い前置きです。" * 400, p.source, reply_token=p.token())
        for p in phones
    ]

    assert await line.webhooks.send(*said) == 200
    await line.settled(60)

    assert all(line.platform.said(phone.id, by="reply") for phone in phones)


async def test_without_a_channel_no_signature_is_right(house: House) -> None:
    missing = await house.http.post(PATH, content=b'{"events": []}')
    given = await house.http.post(
        PATH, content=b'{"events": []}', headers={"x-line-signature": sign("", b'{"events": []}')}
    )

    assert (missing.status_code, given.status_code) == (400, 401)

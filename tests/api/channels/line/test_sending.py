"""Answers leave by their reply token, once; pushes once by their key; nothing ends silently."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import Engine

from api.channels.line import handling, sending
from api.channels.line.client import Ended, Outcome
from knowledge import clock
from knowledge.database import transaction
from knowledge.line import counts, queue, rules
from knowledge.line import service as line_service
from knowledge.outbox import service as outbox
from tests.support.line_standin import events
from tests.support.line_standin.phone import TOKEN, LineHouse, Phone, line_house, words
from tests.support.line_standin.platform import Platform, Scripted

SHOP = "店の名前を商標登録したいです"


def script(line: LineHouse, *faults: str | None) -> None:
    """What goes wrong with the next calls."""
    line.platform.faults = Scripted(script=list(faults))


def states(line: LineHouse) -> list[tuple[str, str, str | None]]:
    """Kind, state and problem of every delivery."""
    from sqlmodel import col, select

    from knowledge.outbox.models import Delivery

    with transaction(line.house.engine, read_only=True) as session:
        rows = session.exec(select(Delivery).order_by(col(Delivery.id))).all()
        return [(row.kind, row.state, row.problem) for row in rows]


def quota(line: LineHouse) -> line_service.Quota:
    with transaction(line.house.engine, read_only=True) as session:
        return line_service.quota(session=session, now=clock.now())


@pytest.fixture
def old_tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reply tokens are too old as soon as they arrive."""
    monkeypatch.setattr(rules, "REPLY_SECONDS", -1)


class TestReply:
    async def test_it_costs_nothing_and_is_counted(self, phone: Phone) -> None:
        await phone.says(SHOP)

        assert states(phone.line) == [("line.reply", "done", None)]
        assert (quota(phone.line).replies, quota(phone.line).pushes) == (1, 0)
        assert phone.line.platform.calls == {"reply": 1}

    @pytest.mark.parametrize("fault", ["too_many", "error_before"])
    async def test_what_was_not_done_is_done_with_the_same_token(
        self, phone: Phone, fault: str
    ) -> None:
        script(phone.line, fault)

        shown = await phone.says(SHOP)

        assert {s.by for s in shown} == {"reply"}
        assert phone.line.platform.calls["reply"] == 2
        assert states(phone.line) == [("line.reply", "done", None)]

    async def test_done_but_unanswered_it_is_tried_once_more_and_called_unclear(
        self, phone: Phone
    ) -> None:
        script(phone.line, "error_after")

        shown = await phone.says(SHOP)

        assert len(shown) == len({s.id for s in shown}) > 0
        assert phone.line.platform.calls["reply"] == 2
        assert phone.line.platform.calls["push"] == 0
        assert states(phone.line) == [("line.reply", "unclear", "unclear")]
        assert quota(phone.line).unclear == 1

    async def test_two_errors_are_unclear_and_not_pushed(self, phone: Phone) -> None:
        script(phone.line, "error_before", "error_before")

        assert await phone.says(SHOP) == []

        assert states(phone.line) == [("line.reply", "unclear", "unclear")]
        with transaction(phone.line.house.engine, read_only=True) as session:
            assert [d.problem for d in outbox.troubled(session=session)] == ["unclear"]

    async def test_not_now_for_too_long_becomes_a_push(self, phone: Phone) -> None:
        script(phone.line, *["too_many"] * 6)

        shown = await phone.says(SHOP)

        assert {s.by for s in shown} == {"push"}
        assert [s for _, s, _ in states(phone.line)] == ["done", "done"]
        assert (quota(phone.line).pushes, phone.line.platform.used) == (1, 1)

    async def test_a_token_line_does_not_know_becomes_a_push(self, phone: Phone) -> None:
        shown = await phone.happens(events.text(SHOP, phone.source, reply_token="f" * 32))

        assert {s.by for s in shown} == {"push"}

    async def test_a_token_used_elsewhere_becomes_a_push(self, phone: Phone) -> None:
        token = phone.token()
        phone.line.platform.tokens[token].used = True

        shown = await phone.happens(events.text(SHOP, phone.source, reply_token=token))

        assert {s.by for s in shown} == {"push"}

    async def test_what_line_refuses_stands_on_the_desk(self, phone: Phone) -> None:
        phone.line.platform.people.discard(phone.id)
        event = events.text(SHOP, phone.source, reply_token="f" * 32)
        await phone.line.webhooks.send(event)
        await phone.line.settled()

        kind, state, problem = states(phone.line)[-1]
        assert (kind, state, problem) == ("line.push", "failed", "refused 400")

    async def test_no_connection_is_tried_again(self, phone: Phone) -> None:
        lost = 2
        client = phone.line.house.app.state.line.client
        reply = client.reply

        async def sometimes(*given: object) -> object:
            nonlocal lost
            if lost:
                lost -= 1
                return Ended(Outcome.UNREACHED)
            return await reply(*given)

        client.reply = sometimes

        shown = await phone.says(SHOP)

        assert {s.by for s in shown} == {"reply"}


@pytest.mark.usefixtures("old_tokens")
class TestPush:
    async def test_without_a_good_token_it_is_pushed_with_a_neutral_notification(
        self, phone: Phone
    ) -> None:
        shown = await phone.says(SHOP)

        assert {s.by for s in shown} == {"push"}
        assert "商標" not in "".join(s.notified for s in shown)
        assert "商標" in words([s.message for s in shown])
        assert len({s.key for s in shown}) == 1

    async def test_done_but_unanswered_it_arrives_once_by_its_key(
        self, phone: Phone, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(outbox, "BACKOFF", (0, 0, 0, 0, 0, 0))
        script(phone.line, "error_after")

        shown = await phone.says(SHOP)

        assert phone.line.platform.calls["push"] == 2
        assert len({s.id for s in shown}) == len(shown) == len(phone.line.platform.said(phone.id))
        assert states(phone.line)[-1][1] == "done"
        assert phone.line.platform.used == quota(phone.line).pushes == 1

    @pytest.mark.parametrize("fault", ["too_many", "error_before"])
    async def test_what_was_not_done_is_tried_again_with_the_same_key(
        self, phone: Phone, fault: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(outbox, "BACKOFF", (0, 0, 0, 0, 0, 0))
        script(phone.line, fault, fault)

        shown = await phone.says(SHOP)

        assert {s.by for s in shown} == {"push"}
        assert phone.line.platform.calls["push"] == 3
        assert len(phone.line.platform.retry_keys) == 1

    async def test_the_months_limit_is_shown_and_nothing_is_lost_silently(
        self, phone: Phone
    ) -> None:
        phone.line.platform.limit = 0

        assert await phone.says(SHOP) == []

        assert states(phone.line)[-1] == ("line.push", "failed", "quota 429")

    async def test_after_the_last_try_it_stands_on_the_desk(
        self, phone: Phone, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(outbox, "BACKOFF", (0, 0))
        script(phone.line, *["error_before"] * 9)

        assert await phone.says(SHOP) == []

        assert states(phone.line)[-1] == ("line.push", "failed", "unclear 500")
        assert phone.line.platform.calls["push"] == 3


async def test_a_very_long_answer_follows_in_a_push(phone: Phone) -> None:
    phone.line.house.rasa.misbehave["turn"] = _long_answer

    shown = await phone.says(SHOP)

    assert [s.by for s in shown].count("reply") == 5
    assert [s.by for s in shown].count("push") >= 1
    assert words([s.message for s in shown]).count("終わり") == 1


def _long_answer(request: httpx.Request) -> httpx.Response:
    from tests.support.fake_rasa import MODEL, parse

    text = "とても長い答えです。" * 3000 + "終わり"
    reply = {"parts": [{"type": "text", "text": text}]}
    return httpx.Response(
        200, json={"replies": [reply], "parse": parse({"text": SHOP}), "model_id": MODEL}
    )


async def test_answers_of_one_chat_keep_their_order(phone: Phone) -> None:
    script(phone.line, "too_many", "too_many")
    said = [
        events.text(f"{word}の話です", phone.source, reply_token=phone.token())
        for word in ("商標", "特許", "意匠")
    ]

    await phone.line.webhooks.send(*said)
    await phone.line.settled()

    read = phone.read()
    places = [read.index(f"「{word}") for word in ("商標", "特許", "意匠")]
    assert places == sorted(places)


async def test_the_loading_mark_shows_when_the_answer_takes_long(
    phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handling, "LOADING_AFTER", 0.05)
    rasa, go_on = phone.line.house.rasa, asyncio.Event()
    webhook = rasa.webhook
    assert webhook is not None

    async def slow(call: dict[str, object]) -> httpx.Response:
        await go_on.wait()
        return await webhook(call)

    rasa.webhook = slow
    asking = asyncio.create_task(phone.says(SHOP))
    for _ in range(500):
        await asyncio.sleep(0.02)
        if phone.line.platform.loading:
            break
    go_on.set()
    await asking

    assert phone.line.platform.loading == [phone.id]


async def test_a_quick_answer_shows_no_loading_mark(phone: Phone) -> None:
    await phone.says(SHOP)

    assert phone.line.platform.loading == []


class TestKilled:
    """The process dies at some point; the next one goes on."""

    @pytest.fixture
    async def dead(self, engine: Engine, database: Path) -> AsyncIterator[Phone]:
        """An event that is stored, and nobody who handles it."""
        async with line_house(engine, database) as line:
            line.house.app.state.line._events._at_once = 0
            phone = line.phone()
            event = events.text(SHOP, phone.source, reply_token=phone.token())
            assert await line.webhooks.send(event) == 200
            yield phone

    async def test_after_storing_the_next_one_handles_it(self, dead: Phone) -> None:
        async with _restarted(dead) as line:
            await line.settled()

            assert {s.by for s in line.platform.said(dead.id)} == {"reply"}

    async def test_while_handling_the_next_one_takes_over_when_the_lease_ends(
        self, dead: Phone, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with transaction(dead.line.house.engine) as session:
            assert queue.lease(session=session, now=clock.now(), limit=5) != ()
            assert queue.lease(session=session, now=clock.now(), limit=5) == ()
            assert queue.lease(session=session, now=clock.now() + queue.LEASE, limit=5)
        later = clock.now
        monkeypatch.setattr(clock, "now", lambda: later() + queue.LEASE * 2)
        monkeypatch.setattr(rules, "REPLY_SECONDS", 600)

        async with _restarted(dead) as line:
            await line.settled()

            assert len(line.house.rasa.texts()) == 1
            assert line.house.rows("message") == 3
            assert line.platform.said(dead.id) != []

    async def test_while_replying_the_token_is_tried_once_more(self, phone: Phone) -> None:
        """The reply had not arrived: LINE takes it now."""
        delivery = await _leased_reply(phone)

        await phone.line.house.app.state.line._sending.send(delivery)

        assert {s.by for s in phone.line.platform.said(phone.id)} == {"reply"}
        assert states(phone.line)[-1][1] == "done"

    async def test_after_replying_it_is_called_unclear_and_not_said_again(
        self, phone: Phone
    ) -> None:
        delivery = await _leased_reply(phone)
        phone.line.platform.tokens[delivery.payload["token"]].used = True

        await phone.line.house.app.state.line._sending.send(delivery)

        assert phone.line.platform.said(phone.id) == []
        assert states(phone.line)[-1] == ("line.reply", "unclear", "unclear")

    async def test_after_pushing_the_key_says_that_it_arrived(
        self, phone: Phone, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(rules, "REPLY_SECONDS", -1)
        shown = await phone.says(SHOP)
        _open_again(phone.line)

        await phone.line.settled()

        assert phone.line.platform.calls["push"] == 2
        assert phone.line.platform.said(phone.id) == shown
        assert states(phone.line)[-1][1] == "done"

    async def test_an_event_that_kills_every_worker_is_given_up_and_shown(
        self, dead: Phone
    ) -> None:
        now = clock.now()
        with transaction(dead.line.house.engine) as session:
            for _ in range(queue.MOST_TRIES):
                assert queue.lease(session=session, now=now, limit=5)
                now += queue.LEASE + timedelta(seconds=1)
            assert queue.lease(session=session, now=now, limit=5) == ()
            assert [e.problem for e in line_service.troubled_events(session=session)] == ["gave up"]


async def _leased_reply(phone: Phone) -> outbox.Leased:
    """A reply whose first holder died, held a second time."""
    line = phone.line
    line.house.app.state.line._deliveries._at_once = 0
    event = events.text(SHOP, phone.source, reply_token=phone.token())
    assert await line.webhooks.send(event) == 200
    for _ in range(200):
        await asyncio.sleep(0.02)
        if states(line):
            break
    with transaction(line.house.engine) as session:
        (leased,) = outbox.lease(
            session=session,
            now=clock.now() + sending.HOLD,
            kinds=("line.reply",),
            hold=sending.HOLD,
        )
    assert (leased.tries, leased.unclear_tries) == (2, 1)
    return leased


def _open_again(line: LineHouse) -> None:
    """As if the process had died between LINE's answer and ours to the database."""
    from sqlmodel import select

    from knowledge.outbox.models import Delivery

    with transaction(line.house.engine) as session:
        row = session.exec(select(Delivery)).one()
        row.state, row.ended_at = "waiting", None
        session.add(row)


def _restarted(phone: Phone) -> AbstractAsyncContextManager[LineHouse]:
    house = phone.line.house
    return line_house(house.engine, house.database, platform=phone.line.platform)


async def test_the_quota_of_the_platform_is_asked_and_kept(engine: Engine, database: Path) -> None:
    platform = Platform(channel_token=TOKEN, now=lambda: 0.0, limit=500)
    platform.used = 120
    async with line_house(engine, database, platform=platform) as line:
        for _ in range(100):
            await asyncio.sleep(0.02)
            if quota(line).limit is not None:
                break

        found = quota(line)
    assert (found.limit, found.used, found.left) == (500, 120, 380)


async def test_an_unlimited_account_has_no_limit(engine: Engine, database: Path) -> None:
    platform = Platform(channel_token=TOKEN, now=lambda: 0.0, limit=None)
    async with line_house(engine, database, platform=platform) as line:
        await line.settled()
        with transaction(engine) as session:
            counts.remember(session=session, limit=None, used=3, now=clock.now())

        assert (quota(line).limit, quota(line).left) == (None, None)

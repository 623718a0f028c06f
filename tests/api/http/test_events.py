import asyncio
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from api.http import conversations
from knowledge import clock
from knowledge.conversations import service
from knowledge.conversations.replies import Reply, TextPart
from knowledge.database import make_engine, transaction
from tests.support.house import API, House, Talk, running
from tests.support.streams import open_stream

SHOP = "店の名前を商標登録したいです"


@pytest.fixture
async def talk(house: House) -> Talk:
    return await house.start()


def _path(talk: Talk) -> str:
    return f"{API}/conversations/{talk.id}/events"


async def test_a_new_stream_tells_who_answers_and_all_that_was_said(
    house: House, talk: Talk
) -> None:
    await talk.says(SHOP)

    async with open_stream(house.app, _path(talk), talk.headers) as stream:
        owner = await stream.next()
        seen = [await stream.next("message") for _ in range(3)]

    assert stream.status == 200
    assert stream.headers["content-type"].startswith("text/event-stream")
    assert stream.headers["cache-control"] == "no-store"
    assert (owner.name, owner.data, owner.id) == ("owner", {"owner": "bot"}, None)
    assert [e.id for e in seen] == ["1", "2", "3"]
    assert [e.data["seq"] for e in seen] == [1, 2, 3]


async def test_what_is_said_later_comes_at_once_with_typing_in_between(
    house: House, talk: Talk
) -> None:
    async with open_stream(house.app, _path(talk), talk.headers) as stream:
        await stream.next("message")
        answer = await talk.says(SHOP)
        seen = [await stream.next() for _ in range(4)]

    messages = [e.data for e in seen if e.name == "message"]
    assert messages == [answer["message"], *answer["replies"]]
    assert [e.data["on"] for e in seen if e.name == "typing"] == [True, False]


async def test_two_tabs_see_the_same(house: House, talk: Talk) -> None:
    async with (
        open_stream(house.app, _path(talk), talk.headers) as one,
        open_stream(house.app, _path(talk), talk.headers) as other,
    ):
        await talk.says(SHOP)
        seen = [[(await s.next("message")).id for _ in range(3)] for s in (one, other)]

    assert seen == [["1", "2", "3"]] * 2


async def test_another_conversation_is_not_overheard(house: House, talk: Talk) -> None:
    other = await house.start()

    async with open_stream(house.app, _path(talk), talk.headers) as stream:
        await stream.next("message")
        await other.says(SHOP)
        await asyncio.sleep(0.05)

        assert stream.waiting() == 0


@pytest.mark.parametrize(("last", "first"), [("1", "2"), ("2", "3"), ("0", "1"), ("", "1")])
async def test_a_stream_goes_on_after_the_last_event(
    house: House, talk: Talk, last: str, first: str
) -> None:
    await talk.says(SHOP)
    headers = talk.headers | {"Last-Event-ID": last}

    async with open_stream(house.app, _path(talk), headers) as stream:
        assert (await stream.next("message")).id == first


@pytest.mark.parametrize("last", ["-1", "x", "1.5", "\u00b2", "1; drop", "０"[:0]])
async def test_an_unusable_last_event_begins_anew(house: House, talk: Talk, last: str) -> None:
    async with open_stream(
        house.app, _path(talk), talk.headers | {"Last-Event-ID": last}
    ) as stream:
        assert (await stream.next("message")).id == "1"


async def test_a_number_too_large_for_any_database_is_no_crash(house: House, talk: Talk) -> None:
    async with open_stream(
        house.app, _path(talk), talk.headers | {"Last-Event-ID": "9" * 30}
    ) as stream:
        await stream.next("owner")
        await talk.says(SHOP)
        await asyncio.sleep(0.05)

    assert stream.status == 200
    assert "ERROR" not in house.log.getvalue()


async def test_open_streams_end_when_the_server_stops(engine: Engine, database: Path) -> None:
    async with running(engine, database) as house:
        talk = await house.start()
        async with open_stream(house.app, _path(talk), talk.headers) as stream:
            await stream.next("message")
            house.app.state.parts.events.stop()
            await asyncio.wait_for(stream.ended.wait(), 2)


async def test_a_closed_page_is_forgotten(house: House, talk: Talk) -> None:
    hub = house.app.state.parts.events
    async with open_stream(house.app, _path(talk), talk.headers) as stream:
        await stream.next("message")
        assert hub.listening() == (talk.id,)

    assert hub.listening() == ()


async def test_a_silent_stream_is_kept_alive(
    house: House, talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversations, "KEEP_ALIVE_SECONDS", 0.01)
    pings: list[bytes] = []

    async with open_stream(house.app, _path(talk), talk.headers) as stream:
        feed = stream.feed

        def keep(chunk: bytes) -> None:
            pings.append(chunk)
            feed(chunk)

        stream.feed = keep  # type: ignore[method-assign]
        await stream.next("message")
        await asyncio.sleep(0.1)

    assert b": ping\n\n" in pings


async def test_a_message_of_another_process_arrives(house: House, talk: Talk) -> None:
    """The worker or a staff console writes; the poller of this process finds it."""

    def write(session: Session) -> None:
        recorded = service.record(
            session=session,
            conversation_id=talk.id,
            token=talk.token,
            inbound=service.Inbound("elsewhere", text="別の窓から"),
            now=clock.now(),
        )
        reply = Reply(parts=(TextPart(text="別の窓への答え"),))
        service.answer(
            session=session,
            conversation_id=talk.id,
            in_reply_to=recorded.message.id,
            replies=(reply,),
            now=clock.now(),
        )

    async with open_stream(house.app, _path(talk), talk.headers) as stream:
        await stream.next("message")
        elsewhere = make_engine(f"sqlite:///{house.database}")
        with transaction(elsewhere) as session:
            write(session)
        elsewhere.dispose()
        seen = [(await stream.next("message")).data for _ in range(2)]

    assert [m["parts"][0]["text"] for m in seen] == ["別の窓から", "別の窓への答え"]


async def test_no_database_connection_is_held_by_an_open_stream(house: House, talk: Talk) -> None:
    async with open_stream(house.app, _path(talk), talk.headers) as stream:
        await stream.next("message")
        await asyncio.sleep(0.02)

        assert house.engine.pool.checkedout() == 0  # type: ignore[attr-defined]

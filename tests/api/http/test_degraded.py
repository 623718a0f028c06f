"""Whatever falls silent, the visitor gets an apology, search results and a desk; nothing is lost."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine

from api import bot
from knowledge import database as database_module
from knowledge.database import make_engine
from knowledge.wording import say
from tests.support.house import API, House, Talk, cards, choices, running, words
from tests.support.streams import open_stream

SHOP = "店の名前を商標登録したいです。ひみつの合図"
MARK = "ひみつの合図"


async def _slow(request: httpx.Request) -> httpx.Response:
    raise httpx.ReadTimeout("slow", request=request)


def _down(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("refused", request=request)


def _says(status: int, **content: Any) -> Callable[[httpx.Request], httpx.Response]:
    return lambda request: httpx.Response(status, **content)


GOOD_PARSE = {"intent": {"name": "trademarks", "confidence": 0.9}, "intent_ranking": []}
ILL: dict[str, Any] = {
    "down": _down,
    "slow": _slow,
    "502": _says(502, json={"error": "no_reply"}),
    "503, no model": _says(503, json={"error": "no_model"}),
    "404, wrong secret": _says(404, json={"error": "not_found"}),
    "no JSON": _says(200, content=b"<html>"),
    "an empty body": _says(200, content=b""),
    "a list": _says(200, json=[]),
    "null": _says(200, content=b"null"),
    "an empty object": _says(200, json={}),
    "an unknown shape of reply": _says(
        200, json={"replies": [{"text": "hi"}], "parse": GOOD_PARSE, "model_id": "m"}
    ),
    "a broken parse": _says(200, json={"replies": [], "parse": {}, "model_id": "m"}),
    "no reply": _says(200, json={"replies": [], "parse": GOOD_PARSE, "model_id": "m"}),
    "replies that are text": _says(
        200, json={"replies": "x", "parse": GOOD_PARSE, "model_id": "m"}
    ),
}


@pytest.fixture
async def talk(house: House) -> Talk:
    return await house.start()


@pytest.mark.parametrize("ill", ILL.values(), ids=ILL)
async def test_a_silent_bot_is_answered_for(house: House, talk: Talk, ill: Any) -> None:
    house.rasa.misbehave["turn"] = ill

    content = await talk.says(SHOP)

    (reply,) = content["replies"]
    assert reply["author"] == "system"
    assert words([reply]) == say("dialogue.degraded")
    assert cards([reply], "article")
    assert len(cards([reply], "desk")) == 1
    assert reply["sources"]
    assert say("dialogue.person") in [c["label"] for c in choices([reply])]


@pytest.mark.parametrize("ill", ["down", "502", "an unknown shape of reply"])
async def test_it_stands_in_the_log_without_what_was_typed(
    house: House, talk: Talk, ill: str
) -> None:
    house.rasa.misbehave["turn"] = ILL[ill]

    await talk.says(SHOP)

    assert "the bot gave no answer" in house.log.getvalue()
    assert MARK not in house.log.getvalue()
    assert talk.token not in house.log.getvalue()


async def test_the_message_is_kept_and_the_next_one_is_answered(house: House, talk: Talk) -> None:
    house.rasa.misbehave["turn"] = _down
    await talk.says(SHOP)
    house.rasa.misbehave.clear()

    content = await talk.says("特許の話です")

    assert content["replies"][0]["author"] == "bot"
    async with open_stream(
        house.app, f"{API}/conversations/{talk.id}/events", talk.headers
    ) as stream:
        seen = [(await stream.next("message")).data for _ in range(5)]
    assert [m["author"] for m in seen] == ["system", "visitor", "system", "visitor", "bot"]
    assert seen[1]["parts"][0]["text"] == SHOP


async def test_a_choice_is_answered_for_too(house: House, talk: Talk) -> None:
    first = await talk.says("あれの件なんですけど")
    house.rasa.misbehave["turn"] = _down

    content = await talk.picks(say("topics.designs"), first["replies"])

    assert words(content["replies"]) in {
        say("dialogue.degraded"),
        say("dialogue.degraded_no_search"),
    }
    assert cards(content["replies"], "desk")


async def test_the_bot_is_waited_for_eight_seconds_and_not_longer(house: House, talk: Talk) -> None:
    assert bot.TURN_SECONDS == 8.0
    seen: list[Any] = []

    def note(request: httpx.Request) -> httpx.Response:
        seen.append(request.extensions["timeout"])
        return httpx.Response(502)

    house.rasa.misbehave["turn"] = note

    await talk.says(SHOP)

    assert set(seen[0].values()) == {8.0}


async def test_an_action_that_fails_is_a_silent_bot(
    house: House, talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError(SHOP)

    monkeypatch.setattr("knowledge.conversations.composing.answer", broken)

    content = await talk.says(SHOP)

    assert say("dialogue.degraded") in words(content["replies"])
    assert "RuntimeError" in house.log.getvalue()
    assert MARK not in house.log.getvalue()


async def test_triage_says_that_it_cannot_and_when_to_come_back(house: House) -> None:
    for ill in (_down, _slow, _says(502), _says(200, json={}), _says(200, content=b"[]")):
        house.rasa.misbehave["parse"] = ill

        answer = await house.http.post(f"{API}/triage", json={"text": SHOP})

        assert answer.status_code == 503, answer.text
        assert answer.json() == {
            "error": "bot_unavailable",
            "detail": say("errors.bot_unavailable"),
        }
        assert int(answer.headers["Retry-After"]) > 0
    assert MARK not in house.log.getvalue()


@pytest.fixture
async def impatient(database: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[House]:
    """An application whose writers give up soon."""
    monkeypatch.setattr(database_module, "SQLITE_BUSY_SECONDS", 0.1)
    engine = make_engine(f"sqlite:///{database}")
    async with running(engine, database) as house:
        yield house


@pytest.fixture
def lock(database: Path) -> Iterator[Callable[[], None]]:
    """Take the write lock from outside, as a backup or a second program would."""
    other = sqlite3.connect(database, isolation_level=None)
    yield lambda: (other.execute("BEGIN IMMEDIATE"), None)[1]
    other.close()


async def test_a_locked_database_says_try_again(impatient: House, lock: Callable[[], None]) -> None:
    talk = await impatient.start()
    lock()

    for answer in (
        await talk.post(text=SHOP),
        await impatient.http.post(f"{API}/conversations", json={}),
    ):
        assert answer.status_code == 503
        assert answer.json() == {"error": "database_busy", "detail": say("errors.database_busy")}
        assert int(answer.headers["Retry-After"]) > 0
    assert impatient.rasa.asked == []
    assert "database_busy" in impatient.log.getvalue()
    assert MARK not in impatient.log.getvalue()


async def test_reading_goes_on_while_the_database_is_locked(
    impatient: House, lock: Callable[[], None]
) -> None:
    lock()

    assert (await impatient.http.get(f"{API}/programmes/ipas")).status_code == 200
    assert (await impatient.http.post(f"{API}/triage", json={"text": SHOP})).status_code == 200


async def test_an_answer_lost_to_a_lock_comes_with_the_repeat(
    impatient: House, database: Path
) -> None:
    """The message is in, the answer is not: the same message again gets it, and only once."""
    talk = await impatient.start()
    other = sqlite3.connect(database, isolation_level=None)
    webhook = impatient.rasa.webhook
    assert webhook is not None

    async def lock_meanwhile(call: dict[str, Any]) -> httpx.Response:
        answer = await webhook(call)
        other.execute("BEGIN IMMEDIATE")
        return answer

    impatient.rasa.webhook = lock_meanwhile
    first = await talk.post(text=SHOP, client_message_id="same")
    other.close()
    impatient.rasa.webhook = webhook
    again = await talk.post(text=SHOP, client_message_id="same")

    assert (first.status_code, again.status_code) == (503, 200)
    assert cards(again.json()["replies"], "desk")
    assert impatient.rows("message") == 3


@pytest.fixture
def failing_commits(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Let every commit fail from now on."""

    def fail(connection: Any) -> None:
        raise sqlite3.OperationalError(f"disk I/O error {MARK}")

    return lambda: monkeypatch.setattr(engine.dialect, "do_commit", fail)


async def test_a_commit_that_fails_is_never_a_success(
    house: House, failing_commits: Callable[[], None]
) -> None:
    talk = await house.start()
    failing_commits()

    started = await house.http.post(f"{API}/conversations", json={})
    said = await talk.post(text=SHOP)

    for answer in (started, said):
        assert answer.status_code >= 500, answer.text
        assert any(c > "\u3040" for c in answer.json()["detail"])
    assert house.rasa.asked == []
    assert MARK not in house.log.getvalue()
    assert house.rows("message") == 1


async def test_an_answer_whose_commit_fails_is_never_a_success(
    house: House, failing_commits: Callable[[], None]
) -> None:
    talk = await house.start()
    webhook = house.rasa.webhook
    assert webhook is not None

    async def then_fail(call: dict[str, Any]) -> httpx.Response:
        answer = await webhook(call)
        failing_commits()
        return answer

    house.rasa.webhook = then_fail

    answer = await talk.post(text=SHOP)

    assert answer.status_code >= 500
    assert house.rows("message") == 2


async def test_turns_of_others_go_on_while_one_bot_turn_hangs(house: House, talk: Talk) -> None:
    go_on = asyncio.Event()
    webhook = house.rasa.webhook
    assert webhook is not None

    async def hang(call: dict[str, Any]) -> httpx.Response:
        if call["sender_id"] == talk.id:
            await go_on.wait()
        return await webhook(call)

    house.rasa.webhook = hang
    waiting = asyncio.create_task(talk.post(text=SHOP))
    other = await house.start()

    assert (await other.post(text=SHOP)).status_code == 200
    assert not waiting.done()
    go_on.set()
    assert (await waiting).status_code == 200

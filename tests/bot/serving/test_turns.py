"""A turn served our way against the same turn of stock Rasa: same replies, events and parse."""

import json
from typing import Any

import pytest
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from sqlalchemy import text as sql

TALK = ["商標を登録したい", "静岡です", "ありがとう", '/patents{"choice": "a"}', "特許の費用"]
VOLATILE = {"timestamp", "message_id"}


async def _say(agent: Any, text: str, sender: str = "a") -> list[dict[str, Any]]:
    channel = CollectingOutputChannel()
    message = UserMessage(text, channel, sender, input_channel="test", metadata={"place": "x"})
    message.parse_data = await agent.parse_message(text)
    await agent.handle_message(message)
    return [_steady(said) for said in channel.messages]


def _steady(value: Any) -> Any:
    """Without times, random ids and the model's id, which differ from run to run."""
    if isinstance(value, dict):
        return {k: _steady(v) for k, v in value.items() if k not in VOLATILE}
    return [_steady(v) for v in value] if isinstance(value, list) else value


def _table(agent: Any) -> list[tuple[Any, ...]]:
    """Every stored row as Rasa wrote it, without times and ids."""
    with agent.tracker_store._tracker_store.engine.connect() as connection:
        rows = connection.execute(
            sql("SELECT sender_id, type_name, intent_name, action_name, data FROM events")
        ).fetchall()
    return [(*row[:4], _steady(json.loads(row[4]))) for row in rows]


async def test_a_talk_leaves_the_same_replies_and_rows(agents: Any) -> None:
    stock, ours = agents("stock"), agents("serving")
    for text in TALK:
        assert await _say(ours, text) == await _say(stock, text)
    assert _table(ours) == _table(stock)


@pytest.mark.parametrize("text", [*TALK, "", "？", "全然関係ない話"])
async def test_a_parse_is_the_same(agents: Any, text: str) -> None:
    assert await agents("serving").parse_message(text) == await agents("stock").parse_message(text)


@pytest.mark.parametrize("status", [400, 404, 500])
async def test_a_refusing_action_leaves_the_same_rows(
    agents: Any, actions: Any, status: int
) -> None:
    actions.answer = status
    stock, ours = agents("stock"), agents("serving")
    for text in TALK[:2]:
        assert await _say(ours, text) == await _say(stock, text)
    assert _table(ours) == _table(stock)


@pytest.mark.parametrize(
    "answer",
    [
        {"events": [{"event": "nonsense"}], "responses": []},
        {"events": [{"event": "slot", "value": 1}], "responses": []},
        {"events": {}, "responses": [{"custom": {"x": 1}}]},
        {"events": [], "responses": [{"text": "こんにちは"}, {"custom": {"x": 1}}]},
        {"events": [{"event": "action", "name": 7}]},
        {"events": [{"event": "followup", "name": "action_listen"}], "responses": []},
        {"events": [{"event": "restart"}], "responses": []},
        {"events": [{"event": "bot", "text": "x"}, {"event": "reset_slots"}]},
        {},
    ],
)
async def test_any_reply_of_an_action_is_taken_or_refused_as_stock_does(
    agents: Any, actions: Any, answer: dict[str, Any]
) -> None:
    actions.answer = answer
    stock, ours = agents("stock"), agents("serving")
    for text in TALK[:2]:
        assert await _say(ours, text) == await _say(stock, text)
    assert _table(ours) == _table(stock)


async def test_an_action_sees_what_it_saw_before_but_for_the_events(
    agents: Any, actions: Any
) -> None:
    for kind in ("stock", "serving"):
        agent = agents(kind)
        await _say(agent, TALK[0])
        await _say(agent, TALK[1])
    stock, ours = _steady(actions.calls[1]), _steady(actions.calls[3])
    assert ours["tracker"].pop("events") == []
    stock["tracker"].pop("events")
    for call in (stock, ours):
        call["tracker"].pop("latest_event_time")
    assert ours == stock


async def test_an_action_server_that_is_gone_costs_the_reply_not_the_process(
    agents: Any, actions: Any
) -> None:
    ours = agents("serving")
    address = ours.action_endpoint.url
    ours.action_endpoint.url = "http://127.0.0.1:9/none"
    assert await _say(ours, TALK[0]) == []
    ours.action_endpoint.url = address
    assert await _say(ours, TALK[0]) == [{"custom": {"said": "はい"}, "recipient_id": "a"}]


async def test_the_failure_of_an_action_is_logged_without_words_of_the_visitor(
    agents: Any, actions: Any, caplog: pytest.LogCaptureFixture
) -> None:
    actions.answer = {"events": [{"event": "nonsense", "text": "秘密の発明"}]}
    await _say(agents("serving"), "秘密の発明です")
    assert "action_test" in caplog.text
    assert "秘密" not in caplog.text

"""The judging job answers every text under its key and never repeats its words."""

import asyncio
import io
import json
from typing import Any

import pytest
from jobs import judge

TEXTS = {"a": "商標を登録したい", "b": "/restart", "c": "…"}


class Agent:
    """What a loaded model would say; remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def parse_message(self, text: str) -> dict[str, Any]:
        self.asked.append(text)
        ranking = [{"name": "trademarks", "confidence": 0.31}]
        unsure = {"name": "nlu_fallback", "confidence": 0.69}
        return {"intent": unsure, "intent_ranking": ranking, "inquiry": {"secondary_topics": []}}


def _judge(monkeypatch: pytest.MonkeyPatch, agent: Agent) -> None:
    rows = [{"key": key, "text": text, "of": ["new"]} for key, text in TEXTS.items()]
    lines = [json.dumps(row) for row in rows]
    monkeypatch.setattr("sys.stdin", io.StringIO("\n".join(lines) + "\n"))
    asyncio.run(judge.judge(agent, list(judge.asked()), who="new", span=(80, 90)))


def test_every_text_is_answered_under_its_key(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _judge(monkeypatch, Agent())

    said = capsys.readouterr().out.splitlines()
    rows = [json.loads(line[8:]) for line in said if line.startswith("result: ")]
    assert [row["key"] for row in rows] == list(TEXTS)
    assert {row["who"] for row in rows} == {"new"}
    assert {(row["name"], row["first"], row["chance"]) for row in rows} == {
        ("nlu_fallback", "trademarks", 0.31)
    }
    assert said[0].startswith("progress: 80 ")


def test_no_word_comes_out_again(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _judge(monkeypatch, Agent())

    out = capsys.readouterr().out
    assert not any(text in out for text in TEXTS.values())


def test_a_text_is_never_a_command(monkeypatch: pytest.MonkeyPatch) -> None:
    agent = Agent()

    _judge(monkeypatch, agent)

    assert not any(text.startswith("/") for text in agent.asked)

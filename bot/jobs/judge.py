"""Asks models what they make of many texts; the words come in and never go out again.

Part of ``jobs.candidate``. Standard input holds one JSON line ``{"key", "text", "of"}`` per text;
each is answered by a line ``result: {"key", "who", "name", "first", "chance", "also", "ms"}``
(``name`` is the intent acted on, ``first`` the likeliest one).
"""

import json
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

EVERY = 100
"""Texts between two signs of progress."""
LABELS = {"new": "新しいモデルの答えを確かめています", "old": "いまのモデルの答えと比べています"}
WARM_UP = 20
"""Texts read once before the clock counts: the first ones load what is shared."""


@dataclass(frozen=True)
class Asked:
    """One text; ``of`` says who is asked."""

    key: str
    text: str
    of: tuple[str, ...]


def asked() -> Iterator[Asked]:
    """What standard input holds."""
    for line in sys.stdin:
        row = json.loads(line)
        yield Asked(row["key"], row["text"], tuple(row["of"]))


def load(archive: Path) -> Any:
    """An agent with the model of an archive.

    Raises:
        ModelNotFound: no archive there, or none that can be read.
    """
    from rasa.core.utils import AvailableEndpoints
    from serving.agent import make_agent

    agent = make_agent(AvailableEndpoints())
    agent.load_model(archive)
    return agent


async def judge(agent: Any, wanted: list[Asked], *, who: str, span: tuple[int, int]) -> None:
    """Ask one model; ``span`` is from which to which percent of the whole job that counts."""
    first, last = span
    for one in wanted[:WARM_UP]:
        await _parse(agent, one)
    for done, one in enumerate(wanted):
        if done % EVERY == 0:
            write(f"progress: {first + (last - first) * done // len(wanted)} {LABELS[who]}")
        begun = time.perf_counter()
        parsed = await _parse(agent, one)
        spent = (time.perf_counter() - begun) * 1000
        result = {**_result(parsed, spent), "key": one.key, "who": who}
        write(f"result: {json.dumps(result, ensure_ascii=False)}")


def write(line: str) -> None:
    """One line, at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


async def _parse(agent: Any, one: Asked) -> dict[str, Any]:
    parsed: dict[str, Any] = await agent.parse_message(one.text.lstrip("/ ") or "・")
    return parsed


def _result(parsed: dict[str, Any], spent: float) -> dict[str, Any]:
    intent, ranking = parsed["intent"], parsed.get("intent_ranking") or []
    return {
        "name": intent["name"],
        "first": ranking[0]["name"] if ranking else intent["name"],
        "chance": round(float(ranking[0]["confidence"] if ranking else 0.0), 4),
        "also": (parsed.get("inquiry") or {}).get("secondary_topics", []),
        "ms": round(spent, 2),
    }

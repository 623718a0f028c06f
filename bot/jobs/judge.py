"""Asks one model what it makes of many texts; the words come in and never go out again.

Run in the bot environment from the bot folder: ``python -m jobs.judge --model ARCHIVE``. It reads
one JSON line ``{"key", "text"}`` per text from standard input and writes one line ``result: {"key",
"name", "first", "chance", "also", "ms"}`` for each (``name`` is the intent acted on, ``first`` the
likeliest one), then ``model: <model id>``. Exit code 1 if the model cannot be loaded.
"""

import argparse
import asyncio
import json
import sys
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from serving.imports import travel_light

EVERY = 250
"""Texts between two signs of progress."""


def main() -> int:
    """Judge and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, required=True, help="archive of the model")
    options = parser.parse_args()
    warnings.filterwarnings("ignore")
    travel_light()
    from rasa.core.utils import AvailableEndpoints
    from rasa.exceptions import ModelNotFound
    from serving.agent import make_agent

    agent = make_agent(AvailableEndpoints())
    try:
        agent.load_model(options.model)
    except ModelNotFound as error:
        sys.stdout.write(f"{error}\n")
        return 1
    asyncio.run(_judge(agent, list(_asked())))
    sys.stdout.write(f"model: {agent.model_id}\n")
    return 0


def _asked() -> Iterator[tuple[str, str]]:
    for line in sys.stdin:
        row = json.loads(line)
        yield row["key"], row["text"]


async def _judge(agent: Any, asked: list[tuple[str, str]]) -> None:
    for done, (key, text) in enumerate(asked):
        if done % EVERY == 0:
            _write(f"progress: {100 * done // len(asked)} 答えを見比べています")
        begun = time.perf_counter()
        parsed = await agent.parse_message(text.lstrip("/ ") or "・")
        spent = (time.perf_counter() - begun) * 1000
        _write(f"result: {json.dumps(_result(key, parsed, spent), ensure_ascii=False)}")


def _result(key: str, parsed: dict[str, Any], spent: float) -> dict[str, Any]:
    intent, ranking = parsed["intent"], parsed.get("intent_ranking") or []
    return {
        "key": key,
        "name": intent["name"],
        "first": ranking[0]["name"] if ranking else intent["name"],
        "chance": round(float(ranking[0]["confidence"] if ranking else 0.0), 4),
        "also": (parsed.get("inquiry") or {}).get("secondary_topics", []),
        "ms": round(spent, 2),
    }


def _write(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())

"""Lets a trained model read texts and writes what it makes of them.

Run in the bot environment from the bot folder: ``python -m jobs.predict --model ARCHIVE --texts
IN.json --out OUT.json``. ``IN.json`` is a list of normalised texts; ``OUT.json`` the list of their
parses in the same order. Labels are not its business: it never sees them.
"""

import argparse
import asyncio
import json
import logging
import sys
from pathlib import Path
from typing import Any


def main() -> int:
    """Read, parse, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--texts", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    texts = json.loads(options.texts.read_text(encoding="utf-8"))
    parses = asyncio.run(_parse_all(options.model, texts))
    options.out.write_text(json.dumps(parses, ensure_ascii=False), encoding="utf-8")
    return 0


async def _parse_all(model: Path, texts: list[str]) -> list[dict[str, Any]]:
    from rasa.core.agent import Agent
    from rasa.utils.log_utils import configure_structlog

    # Debug lines would quote every text.
    configure_structlog(logging.WARNING)
    agent = Agent.load(str(model))
    return [await agent.parse_message(text) for text in texts]


if __name__ == "__main__":
    sys.exit(main())

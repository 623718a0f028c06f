"""Trains a candidate and judges it beside the live model, all in one process.

Run in the bot environment from the bot folder: as ``jobs.train``, with ``--against ARCHIVE`` where
there is a live model. Standard input holds what ``jobs.judge`` reads; a row's ``of`` lists who is
asked, ``new`` and ``old``. After the training come the lines of ``jobs.judge``, each result with
``who`` answered, then ``model: <id of the candidate>``. Rasa is loaded once, and that the archive
can be loaded is known before anybody promotes it.
"""

import asyncio
import gc
import sys
from pathlib import Path

from jobs import judge, train

TRAINED = 80
SPANS = {"new": (TRAINED, 90), "old": (90, 100)}
"""From which to which percent each part counts."""


def main() -> int:
    """Train, judge and report; exit code 1 if there is no model or it cannot be loaded."""
    parser = train.options_parser()
    parser.add_argument("--against", type=Path, help="archive of the live model")
    options = parser.parse_args()
    options.after = options.after or options.against
    failed = train.make(options, _say)
    if failed:
        return failed
    gc.collect()
    asked = list(judge.asked())
    made = options.out / f"{options.name}.tar.gz"
    model_id = _judge(made, "new", asked)
    if options.against is not None and any("old" in one.of for one in asked):
        _judge(options.against, "old", asked)
    judge.write(f"model: {model_id}")
    return 0 if model_id else 1


def _say(percent: int, label: str) -> None:
    train.say(percent * TRAINED // 100, label)


def _judge(archive: Path, who: str, asked: list[judge.Asked]) -> str:
    from rasa.exceptions import ModelNotFound

    try:
        agent = judge.load(archive)
    except ModelNotFound as error:
        judge.write(str(error))
        return ""
    wanted = [one for one in asked if who in one.of]
    asyncio.run(judge.judge(agent, wanted, who=who, span=SPANS[who]))
    return str(agent.model_id)


if __name__ == "__main__":
    sys.exit(main())

"""Load on the LINE channel: ``python -m tests.bench.bench_line [--events 2000] [--kill-at 0.5]``.

Prints what came of it as a table; ends with 1 where something was lost or said twice.
"""

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

from api.runtime.prepare import load_content, migrate
from knowledge.database import keyring, make_engine
from tests.support.content import TEXT_KEY
from tests.support.line_standin.load import Outcome, Plan, run


def main() -> int:
    """Run and report."""
    reader = argparse.ArgumentParser()
    reader.add_argument("--events", type=int, default=2000)
    reader.add_argument("--per-second", type=float, default=50.0)
    reader.add_argument("--kill-at", type=float, default=None)
    given = reader.parse_args()
    plan = Plan(events=given.events, per_second=given.per_second, kill_at=given.kill_at)
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "product.db"
        keyring.set((TEXT_KEY,))
        migrate(f"sqlite:///{database}")
        engine = make_engine(f"sqlite:///{database}")
        load_content(engine)
        engine.dispose()
        outcome = asyncio.run(run(plan, database))
    _print(outcome)
    return 1 if problems(outcome) else 0


def problems(outcome: Outcome) -> list[str]:
    """What must not be: lost, handled twice, pushed twice or needlessly, a slow answer."""
    found = {
        "forged webhook accepted": outcome.forged_accepted,
        "event not handled": outcome.unhandled,
        "event handled twice": outcome.handled_twice,
        "answer neither shown nor counted as unclear": max(
            len(outcome.unanswered) - outcome.unclear - outcome.failed, 0
        ),
        "answer shown twice beyond the unclear ones": max(
            len(outcome.doubled) - outcome.unclear, 0
        ),
        "push accepted twice": outcome.pushed_twice,
        "push although the reply had been taken": len(outcome.pushed_needlessly),
        "acknowledged after a second (p99)": int(outcome.ack_p99 >= 1.0),
    }
    return [f"{what}: {number}" for what, number in found.items() if number]


def _print(outcome: Outcome) -> None:
    rows = {
        "calls sent": outcome.sent,
        "genuine events": outcome.genuine,
        "handled": outcome.handled,
        "answers shown": outcome.answered,
        "answers shown twice": len(outcome.doubled),
        "not shown": len(outcome.unanswered),
        "unclear": outcome.unclear,
        "failed": outcome.failed,
        "pushes": outcome.pushes,
        "acknowledged p99 (ms)": round(outcome.ack_p99 * 1000),
        "acknowledged max (ms)": round(outcome.ack_max * 1000),
        "seconds": round(outcome.seconds),
        "kills": outcome.kills,
        "platform": dict(outcome.calls),
    }
    for name, value in rows.items():
        print(f"{name:<26}{value}")
    for problem in problems(outcome):
        print(f"PROBLEM  {problem}")


if __name__ == "__main__":
    sys.exit(main())

"""How long each list of cases takes with a year of the country in the database (120,000 cases).

    .venv/bin/python -m tests.bench.bench_cases [--cases 120000] [--url postgresql+psycopg://…]

Prints a table and ends with 1 where a list is slower than 300 ms (95th percentile).
"""

import argparse
import json
import random
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from statistics import quantiles
from typing import Any

from cryptography.fernet import Fernet
from sqlalchemy import Engine, insert, text
from sqlmodel import Session

from api.runtime.prepare import load_content, migrate
from knowledge.cases.models import Case
from knowledge.cases.references import new_reference
from knowledge.cases.sheet import CaseSheet, SheetDesk
from knowledge.clock import TOKYO
from knowledge.database import keyring, make_engine, transaction
from knowledge.handoffs import inbox, queue
from knowledge.handoffs.inbox import Filters, list_cases
from knowledge.handoffs.models import Label
from knowledge.handoffs.views import OPEN_STATES, Page
from knowledge.staff.actor import Actor

LIMIT_MS = 300.0
ROUNDS = 15
NOW = datetime(2026, 11, 20, 10, 0, tzinfo=TOKYO)
PREFECTURE = "inpit-chizai-sogo-madoguchi"
OTHERS = (
    "sangyo-zaisanken-sodan-madoguchi",
    "denshi-shutsugan-support-center",
    "kaigai-tenkai-chizai-madoguchi",
    "eigyo-himitsu-chizai-senryaku-madoguchi",
)
STATES = ("closed",) * 92 + (
    "queued",
    "active",
    "active",
    "pending",
    "new",
    "new",
    "merged",
    "held",
)
TOPICS = ("patents", "trademarks", "designs", "overseas", "trade_secrets", "fee_reduction")
BATCH = 5000


def fill(engine: Engine, how_many: int) -> None:
    """Write cases of one year, spread over offices, states and urgencies."""
    chance = random.Random(1)
    desk = SheetDesk(id=PREFECTURE, name="x", office_id=PREFECTURE)
    sheet = json.dumps(CaseSheet(topics=("patents",), desk=desk).model_dump(mode="json"))
    seen: set[str] = set()
    for start in range(0, how_many, BATCH):
        rows = [_case(chance, n, sheet, seen) for n in range(start, min(start + BATCH, how_many))]
        with Session(engine) as session, session.begin():
            session.execute(insert(Case), rows)
            labels = [
                {
                    "reference": row["reference"],
                    "label": chance.choice(("展示会", "要確認", "再相談")),
                }
                for row in rows[::20]
            ]
            session.execute(insert(Label), labels)


def _case(chance: random.Random, number: int, sheet: str, seen: set[str]) -> dict[str, Any]:
    made = NOW - timedelta(seconds=chance.randrange(365 * 86400))
    state = chance.choice(STATES)
    office = (
        chance.choice(OTHERS)
        if chance.random() < 0.2
        else f"{PREFECTURE}/{chance.randrange(1, 48):02d}"
    )
    reference = new_reference(made.date(), chance.choice)
    while reference in seen:
        reference = new_reference(made.date(), chance.choice)
    seen.add(reference)
    return {
        "reference": reference,
        "channel": "web",
        "code_hash": "",
        "state": state,
        "ongoing": state in OPEN_STATES,
        "desk": office.split("/")[0],
        "office": office,
        "topic": chance.choice(TOPICS),
        "rank": chance.choice((0, 1, 2, 2, 2)),
        "due_on": (made + timedelta(days=60)).date() if chance.random() < 0.2 else None,
        "sheet": sheet,
        "company_hash": f"h{chance.randrange(40000)}",
        "assignee": f"p{chance.randrange(200)}"
        if state in ("active", "pending", "closed")
        else None,
        "queue_no": number if state == "queued" else None,
        "since": made,
        "waiting_since": made if state in ("queued", "active") else None,
        "created_at": made,
        "last_at": made + timedelta(hours=1),
        "raised_at": None,
    }


def lists() -> dict[str, tuple[Actor, Filters]]:
    """What staff of one office and of all offices look at."""
    offices = [f"{PREFECTURE}/{n:02d}" for n in range(1, 48)]
    one = _actor("one", offices[21])
    everywhere = _actor("everywhere", *offices, *OTHERS)
    closed: Any = ("closed",)
    return {
        "one office, open": (one, Filters()),
        "one office, queued": (one, Filters(states=("queued",))),
        "one office, closed, newest first": (one, Filters(states=closed, sort="recent")),
        "one office, all, newest first": (one, Filters(states=(), sort="recent")),
        "one office, by last day": (one, Filters(sort="due")),
        "one office, label": (one, Filters(states=(), label="展示会")),
        "one office, mine": (one, Filters(assignee="p7")),
        "all offices, open": (everywhere, Filters()),
        "all offices, urgent": (everywhere, Filters(urgency="urgent")),
        "all offices, one desk": (everywhere, Filters(desk=PREFECTURE)),
        "all offices, closed, newest first": (everywhere, Filters(states=closed, sort="recent")),
        "all offices, all, newest first": (everywhere, Filters(states=(), sort="recent")),
        "all offices, all, by waiting": (everywhere, Filters(states=())),
        "all offices, by last day": (everywhere, Filters(states=(), sort="due")),
        "all offices, label": (everywhere, Filters(states=(), label="展示会")),
        "all offices, reference": (everywhere, Filters(states=(), q="K26-4F")),
        "all offices, company": (everywhere, Filters(states=(), company="h77")),
    }


def _actor(id_: str, *offices: str) -> Actor:
    return Actor(
        kind="staff", id=id_, roles=frozenset({"staff", "manager"}), offices=frozenset(offices)
    )


def measure(engine: Engine, name: str, act: Callable[[Session], Any]) -> float:
    """Print one line; the 95th percentile in milliseconds."""
    took = []
    for _ in range(ROUNDS):
        with transaction(engine, read_only=True) as session:
            began = time.perf_counter()
            act(session)
            took.append((time.perf_counter() - began) * 1000)
    cut = quantiles(took, n=20)
    sys.stdout.write(f"{name:44} {cut[9]:8.1f} {cut[18]:8.1f}\n")
    return cut[18]


def deep(session: Session, actor: Actor, filters: Filters) -> Page:
    """The twentieth page."""
    page = list_cases(session=session, actor=actor, now=NOW, filters=filters, limit=50)
    for _ in range(19):
        if page.next is None:
            break
        page = list_cases(
            session=session, actor=actor, now=NOW, filters=filters, cursor=page.next, limit=50
        )
    return page


def run(engine: Engine) -> float:
    """Time every list and its second page; the slowest."""
    sys.stdout.write(f"{'list (50 lines)':44} {'p50 ms':>8} {'p95 ms':>8}\n")
    worst = 0.0
    for name, (actor, filters) in lists().items():

        def page(
            session: Session, actor: Actor = actor, filters: Filters = filters, at: Any = None
        ) -> Page:
            return list_cases(
                session=session, actor=actor, now=NOW, filters=filters, cursor=at, limit=50
            )

        worst = max(worst, measure(engine, name, page))
        with transaction(engine, read_only=True) as session:
            cursor = deep(session, actor, filters).next
        if cursor is not None:
            worst = max(
                worst,
                measure(engine, f"{name}, page 21", lambda s, p=page, c=cursor: p(s, at=c)),  # type: ignore[misc]
            )
    everywhere = lists()["all offices, open"][0]
    worst = max(
        worst, measure(engine, "counts", lambda s: inbox.counts(session=s, actor=everywhere))
    )
    worst = max(worst, measure(engine, "stamp", lambda s: inbox.stamp(session=s)))

    def places(session: Session) -> None:
        waiting = list_cases(
            session=session, actor=everywhere, now=NOW, filters=Filters(states=("queued",)), limit=1
        )
        case = session.get_one(Case, waiting.items[0].reference)
        queue.position(session=session, case=case)

    return max(worst, measure(engine, "place in the queue", places))


def main() -> int:
    """Make a database, fill it, time it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=120_000)
    parser.add_argument("--url", help="an empty database; default: a temporary SQLite file")
    parser.add_argument(
        "--analyze", action="store_true", help="let the database look at its statistics first"
    )
    given = parser.parse_args()
    keyring.set((Fernet.generate_key().decode(),))
    with tempfile.TemporaryDirectory() as folder:
        url = given.url or f"sqlite:///{Path(folder) / 'bench.db'}"
        migrate(url)
        engine = make_engine(url)
        load_content(engine)
        began = time.perf_counter()
        fill(engine, given.cases)
        if given.analyze:
            with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(text("ANALYZE"))
        sys.stdout.write(f"{given.cases} cases written in {time.perf_counter() - began:.0f} s\n")
        worst = run(engine)
        engine.dispose()
    sys.stdout.write(f"slowest: {worst:.0f} ms (limit {LIMIT_MS:.0f})\n")
    return 1 if worst > LIMIT_MS else 0


if __name__ == "__main__":
    sys.exit(main())

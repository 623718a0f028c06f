"""A load on the LINE channel: many events, some twice, some late, some forged, while the platform
fails; and the count of what came of each. The product runs as a process that may be killed.

The stand-in runs in this process; the product's side is ``serving`` in a process of its own, with a
bot that answers at once, so that the channel itself is measured and nothing else.
"""

import asyncio
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from sqlalchemy import Engine, text

from knowledge.database import make_engine
from tests.support.line_standin import events
from tests.support.line_standin.phone import SECRET, TOKEN
from tests.support.line_standin.platform import Faults, Platform
from tests.support.line_standin.server import make_server
from tests.support.line_standin.webhooks import Webhooks
from tests.support.product import free_port

Json = dict[str, Any]
ROOT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True, slots=True)
class Plan:
    """How much of what. ``kill_at`` is the share of events after which the product is killed;
    ``chats`` people write, each several times."""

    events: int = 2000
    per_second: float = 50.0
    chats: int = 400
    duplicates: float = 0.10
    out_of_order: float = 0.10
    forged: float = 0.05
    kill_at: float | None = None
    settle_seconds: float = 120.0
    faults: Faults = field(
        default_factory=lambda: Faults(
            too_many=0.05, error_before=0.02, error_after=0.025, silence_after=0.005
        )
    )


@dataclass
class Outcome:
    """What came of it."""

    sent: int = 0
    genuine: int = 0
    forged_accepted: int = 0
    handled: int = 0
    handled_twice: int = 0
    unhandled: int = 0
    answered: int = 0
    doubled: list[str] = field(default_factory=list)
    unanswered: list[str] = field(default_factory=list)
    pushes: int = 0
    pushed_twice: int = 0
    pushed_needlessly: list[str] = field(default_factory=list)
    unclear: int = 0
    failed: int = 0
    ack_p99: float = 0.0
    ack_max: float = 0.0
    seconds: float = 0.0
    calls: Counter[str] = field(default_factory=Counter)
    kills: int = 0


@dataclass
class Product:
    """The product's process."""

    database: Path
    platform_port: int
    port: int
    process: subprocess.Popen[bytes] | None = None

    async def start(self) -> None:
        """Start it and wait until it answers."""
        command = [
            sys.executable,
            "-m",
            "tests.support.line_standin.serving",
            str(self.database),
            str(self.port),
            f"http://127.0.0.1:{self.platform_port}",
        ]
        self._spawn(command)
        async with httpx.AsyncClient() as http:
            for _ in range(600):
                with suppress(httpx.HTTPError):
                    if (await http.get(f"http://127.0.0.1:{self.port}/livez")).status_code == 200:
                        return
                assert self.process is not None
                assert self.process.poll() is None, "the product ended by itself"
                await asyncio.sleep(0.1)
        raise AssertionError("the product did not start")

    def _spawn(self, command: list[str]) -> None:
        self.process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL)

    def kill(self) -> None:
        """End it at once, in the middle of whatever it does."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """End it."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


@asynccontextmanager
async def platform_server(platform: Platform) -> AsyncIterator[int]:
    """The stand-in on a port of this machine."""
    port = free_port()
    config = uvicorn.Config(make_server(platform), port=port, log_config=None, access_log=False)
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    for _ in range(500):
        await asyncio.sleep(0.02)
        if server.started:
            break
    try:
        yield port
    finally:
        server.should_exit = True
        await task


async def run(plan: Plan, database: Path, *, seed: int = 11) -> Outcome:
    """Play the plan against a fresh database and count."""
    platform = Platform(channel_token=TOKEN, now=time.time, limit=None, faults=plan.faults)
    begun = time.monotonic()
    async with platform_server(platform) as platform_port:
        product = Product(database, platform_port, free_port())
        try:
            await product.start()
            base = f"http://127.0.0.1:{product.port}"
            async with httpx.AsyncClient(base_url=base, timeout=10.0) as http:
                webhooks = Webhooks(http, SECRET)
                planned = _plan_events(plan, platform, random.Random(seed))
                outcome = await _play(plan, planned, platform, webhooks, product)
            await _settle(plan, database)
        finally:
            product.stop()
    outcome.seconds = time.monotonic() - begun
    _count(outcome, planned, platform, webhooks, database)
    return outcome


@dataclass(frozen=True, slots=True)
class Planned:
    """One call: when (seconds from the start), which event, and whether it is forged."""

    at: float
    event: Json
    forged: bool = False


def _plan_events(plan: Plan, platform: Platform, dice: random.Random) -> list[Planned]:
    """Events with their duplicates, disorder and forgeries, by the time they are sent."""
    calls: list[Planned] = []
    start_ms = int(time.time() * 1000)
    for number in range(plan.events):
        source = events.user(1 + dice.randrange(plan.chats))
        platform.people.add(source["userId"])
        event = events.text(f"番号{number}の相談です", source)
        at = number / plan.per_second
        event["timestamp"] = start_ms + int(at * 1000)
        if dice.random() < plan.forged:
            calls.append(Planned(at, event, forged=True))
            continue
        late = dice.uniform(0.5, 3.0) if dice.random() < plan.out_of_order else 0.0
        calls.append(Planned(at + late, event))
        if dice.random() < plan.duplicates:
            calls.append(Planned(at + late + dice.uniform(0.0, 4.0), events.again(event)))
    return sorted(calls, key=lambda call: call.at)


async def _play(
    plan: Plan,
    planned: list[Planned],
    platform: Platform,
    webhooks: Webhooks,
    product: Product,
) -> Outcome:
    outcome = Outcome()
    kill_after = int(len(planned) * plan.kill_at) if plan.kill_at is not None else None
    started = time.monotonic()
    running: set[asyncio.Task[None]] = set()
    restarting: asyncio.Task[None] | None = None
    for index, call in enumerate(planned):
        await asyncio.sleep(max(started + call.at - time.monotonic(), 0))
        if index == kill_after:
            outcome.kills += 1
            restarting = asyncio.create_task(_kill_and_start(product))
        running.add(asyncio.create_task(_send(call, platform, webhooks, outcome)))
    await asyncio.gather(*running)
    if restarting is not None:
        await restarting
    while webhooks.undelivered:
        await asyncio.sleep(0.5)
        await webhooks.redeliver()
    outcome.sent = len(planned)
    return outcome


async def _kill_and_start(product: Product) -> None:
    await asyncio.to_thread(product.kill)
    await asyncio.sleep(0.5)
    await product.start()


async def _send(call: Planned, platform: Platform, webhooks: Webhooks, outcome: Outcome) -> None:
    if call.forged:
        status = await webhooks.send(call.event, secret="f" * 32)
        outcome.forged_accepted += status == 200
        return
    # The platform gives the token when it sends; a duplicate carries the same.
    if "replyToken" not in call.event:
        call.event["replyToken"] = _token(platform, call.event)
    await webhooks.send(call.event)


def _token(platform: Platform, event: Json) -> str:
    """One token per event, however often it is sent."""
    known: dict[str, str] = platform.__dict__.setdefault("tokens_by_event", {})
    id_ = event["webhookEventId"]
    if id_ not in known:
        known[id_] = platform.reply_token(event["source"]["userId"])
    return known[id_]


async def _settle(plan: Plan, database: Path) -> None:
    """Wait until nothing waits any more, deliveries that will be tried again included."""
    engine = make_engine(f"sqlite:///{database}")
    waiting = text(
        "select (select count(*) from line_event where state = 'waiting')"
        " + (select count(*) from delivery where state = 'waiting' and kind like 'line.%')"
    )
    end = time.monotonic() + plan.settle_seconds
    try:
        while time.monotonic() < end:
            with engine.execution_options(madoguchi_read_only=True).connect() as connection:
                if connection.execute(waiting).scalar_one() == 0:
                    return
            await asyncio.sleep(0.5)
    finally:
        engine.dispose()


def _count(
    outcome: Outcome,
    planned: list[Planned],
    platform: Platform,
    webhooks: Webhooks,
    database: Path,
) -> None:
    genuine = {c.event["webhookEventId"]: c.event for c in planned if not c.forged}
    outcome.genuine = len(genuine)
    engine = make_engine(f"sqlite:///{database}")
    try:
        _count_stored(outcome, genuine, engine)
    finally:
        engine.dispose()
    _count_shown(outcome, genuine, platform)
    acknowledged = sorted(
        seconds
        for seconds, status in zip(webhooks.acknowledged, webhooks.statuses, strict=True)
        if status == 200
    )
    outcome.ack_p99 = acknowledged[int(len(acknowledged) * 0.99) - 1]
    outcome.ack_max = acknowledged[-1]
    outcome.calls = platform.calls


def _count_stored(outcome: Outcome, genuine: dict[str, Json], engine: Engine) -> None:
    with engine.execution_options(madoguchi_read_only=True).connect() as connection:
        rows = connection.execute(text("select event_id, state from line_event"))
        states: dict[str, str] = {row[0]: row[1] for row in rows}
        messages = Counter(
            connection.execute(
                text("select client_message_id from message where author = 'visitor'")
            ).scalars()
        )
        deliveries = Counter(
            connection.execute(
                text("select state from delivery where kind like 'line.%'")
            ).scalars()
        )
    outcome.handled = sum(states.get(id_) == "done" for id_ in genuine)
    outcome.unhandled = outcome.genuine - outcome.handled
    outcome.handled_twice = sum(messages[f"line:{id_}"] > 1 for id_ in genuine)
    outcome.unclear = deliveries["unclear"]
    outcome.failed = deliveries["failed"]


def _count_shown(outcome: Outcome, genuine: dict[str, Json], platform: Platform) -> None:
    """What the people saw: each answer names the number of its question."""
    seen: Counter[str] = Counter()
    keys: Counter[str] = Counter()
    by_push: set[str] = set()
    for chat in platform.chats.values():
        for shown in chat:
            content = str(shown.message)
            for word in content.split("「番号")[1:]:
                number = word.split("の", 1)[0]
                seen[number] += 1
                if shown.by == "push":
                    by_push.add(number)
            if shown.by == "push":
                keys[shown.key] += 1
    pushed_calls = {shown.key for c in platform.chats.values() for shown in c if shown.by == "push"}
    outcome.pushes = len(pushed_calls)
    outcome.pushed_twice = len(platform.retry_keys) - len(pushed_calls)
    for event in genuine.values():
        number = event["message"]["text"].removeprefix("番号").removesuffix("の相談です")
        outcome.answered += seen[number] > 0
        if seen[number] > 1:
            outcome.doubled.append(number)
        if seen[number] == 0:
            outcome.unanswered.append(number)
        token = platform.tokens.get(_known_token(platform, event))
        if number in by_push and token is not None and token.used:
            outcome.pushed_needlessly.append(number)


def _known_token(platform: Platform, event: Json) -> str:
    known: dict[str, str] = platform.__dict__.get("tokens_by_event", {})
    return known.get(event["webhookEventId"], "")

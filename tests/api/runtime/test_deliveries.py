"""The sender loop: each delivery once, tried again, given up, or shown as unclear."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import Engine
from sqlmodel import Session, SQLModel, select

from api.channels.mail import MailSender
from api.runtime import deliveries
from api.runtime.deliveries import deliver_due, make_senders
from api.runtime.settings import Secrets, Settings
from api.senders import Failed, Result, Sent, Unclear, Unconfigured
from api.webhooks import WebhookSender
from knowledge.clock import TOKYO
from knowledge.database import keyring, make_engine, transaction
from knowledge.outbox import service as outbox
from knowledge.outbox.models import Delivery
from knowledge.outbox.service import BACKOFF, LEASE, Leased
from tests.support.content import TEXT_KEY

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=TOKYO)


class Killed(BaseException):
    """The worker is gone; a KeyboardInterrupt in a task would take the test's loop along."""


@dataclass
class Script:
    """A sender that answers what it is told."""

    answers: list[Result | BaseException] = field(default_factory=list)
    repeatable: bool = False
    seen: list[Leased] = field(default_factory=list)

    async def send(self, delivery: Leased) -> Result:
        self.seen.append(delivery)
        answer = self.answers.pop(0) if self.answers else Sent()
        if isinstance(answer, BaseException):
            raise answer
        return answer


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    keyring.set((TEXT_KEY,))
    engine = make_engine(f"sqlite:///{tmp_path / 'product.db'}")
    SQLModel.metadata.create_all(engine)
    yield engine
    engine.dispose()


def put(engine: Engine, key: str = "k", **more: Any) -> None:
    with transaction(engine) as session:
        outbox.enqueue(session=session, kind="mail", key=key, payload={"to": "x"}, now=NOW, **more)


def row(engine: Engine) -> Delivery:
    with Session(engine) as session:
        return session.exec(select(Delivery)).one()


async def at(engine: Engine, sender: Script, after: float) -> int:
    return await deliver_due(engine, {"mail": sender}, now=NOW + timedelta(seconds=after))


async def test_what_arrived_is_not_sent_again(engine: Engine) -> None:
    put(engine)
    sender = Script()

    assert [await at(engine, sender, n) for n in (0, 60, 3600)] == [1, 0, 0]
    assert row(engine).state == "done"
    assert [one.key for one in sender.seen] == ["k"]


async def test_asking_twice_sends_once(engine: Engine) -> None:
    put(engine)
    put(engine)
    sender = Script()

    await at(engine, sender, 0)

    assert len(sender.seen) == 1


async def test_a_failure_is_tried_again_ever_more_slowly_and_given_up_visibly(
    engine: Engine,
) -> None:
    put(engine)
    sender = Script([Failed("refused")] * 9)
    moment = 0.0
    for pause in BACKOFF:
        assert await at(engine, sender, moment) == 1
        assert await at(engine, sender, moment + pause - 1) == 0
        moment += pause
    await at(engine, sender, moment)

    with transaction(engine) as session:
        (shown,) = outbox.troubled(session=session)
    assert (shown.state, shown.problem, shown.tries) == ("failed", "refused", len(BACKOFF) + 1)
    assert await at(engine, sender, moment + 10**6) == 0


async def test_a_final_failure_is_not_tried_again(engine: Engine) -> None:
    put(engine)
    sender = Script([Failed("smtp 550", final=True)])

    await at(engine, sender, 0)

    assert row(engine).state == "failed"
    assert await at(engine, sender, 10**6) == 0


async def test_what_is_unclear_is_tried_once_more_and_then_arrives(engine: Engine) -> None:
    put(engine)
    sender = Script([Unclear("lost")])

    await at(engine, sender, 0)
    assert row(engine).state == "waiting"
    await at(engine, sender, BACKOFF[0])

    assert row(engine).state == "done"
    assert [one.unclear_tries for one in sender.seen] == [0, 1]


async def test_what_stays_unclear_is_shown_and_never_sent_a_third_time(engine: Engine) -> None:
    put(engine)
    sender = Script([Unclear("lost"), Unclear("lost")])

    for moment in (0, BACKOFF[0], 10**6):
        await at(engine, sender, moment)

    assert (row(engine).state, row(engine).unclear_tries) == ("unclear", 2)
    assert len(sender.seen) == 2


async def test_clear_failures_do_not_use_up_the_one_repetition(engine: Engine) -> None:
    put(engine)
    sender = Script([Failed("refused"), Failed("refused"), Unclear("lost")])
    moment = 0.0
    for pause in (*BACKOFF[:3], 0):
        await at(engine, sender, moment)
        moment += pause

    assert row(engine).state == "done"
    assert len(sender.seen) == 4


async def test_a_worker_that_dies_in_the_middle_counts_as_unclear(engine: Engine) -> None:
    put(engine)
    held = LEASE.total_seconds()
    sender = Script([Killed(), Killed()])

    for moment in (0.0, held):
        with pytest.raises(Killed):
            await at(engine, sender, moment)
        assert await at(engine, sender, moment + held - 1) == 0
    await at(engine, sender, 2 * held)

    assert row(engine).state == "unclear"
    assert len(sender.seen) == 2


async def test_what_may_be_repeated_is_repeated_after_a_death(engine: Engine) -> None:
    put(engine)
    held = LEASE.total_seconds()
    sender = Script([Killed(), Killed()], repeatable=True)
    for moment in (0.0, held):
        with pytest.raises(Killed):
            await at(engine, sender, moment)

    await at(engine, sender, 2 * held)

    assert row(engine).state == "done"


async def test_a_slow_one_does_not_hold_up_the_others(engine: Engine) -> None:
    for key in ("slow", "quick"):
        put(engine, key)
    order: list[str] = []

    class Mixed:
        repeatable = True

        async def send(self, delivery: Leased) -> Result:
            await asyncio.sleep(0.05 if delivery.key == "slow" else 0)
            order.append(delivery.key)
            return Sent()

    await deliver_due(engine, {"mail": Mixed()}, now=NOW)

    assert order == ["quick", "slow"]


async def test_what_is_not_due_waits(engine: Engine) -> None:
    put(engine, due_at=NOW + timedelta(minutes=2))
    sender = Script()

    assert await at(engine, sender, 119) == 0
    assert await at(engine, sender, 120) == 1


async def test_a_cancelled_delivery_is_not_sent(engine: Engine) -> None:
    put(engine, reference="K", due_at=NOW + timedelta(minutes=2))
    with transaction(engine) as session:
        assert outbox.cancel(session=session, reference="K", kinds=("mail",), now=NOW) == 1

    assert await at(engine, Script(), 3600) == 0


async def test_the_loop_goes_on_for_ever(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deliveries, "PAUSE_SECONDS", 0.01)
    sender = Script()
    task = asyncio.create_task(deliveries.run(engine, {"mail": sender}))
    with transaction(engine) as session:
        outbox.enqueue(session=session, kind="mail", key="a", payload={}, now=NOW)
    for _ in range(200):
        await asyncio.sleep(0.02)
        if sender.seen:
            break
    task.cancel()

    assert [one.key for one in sender.seen] == ["a"]


def test_what_is_not_configured_fails_instead_of_waiting_unseen() -> None:
    settings = Settings(rasa_port=1, _env_file=None)

    senders = make_senders(settings, Secrets("s" * 32, ("k",)))

    assert isinstance(senders["mail"], Unconfigured)
    assert isinstance(senders["webhook"], Unconfigured)


async def test_what_is_configured_is_sent() -> None:
    settings = Settings(
        rasa_port=1,
        smtp_url=SecretStr("smtp://127.0.0.1:1"),
        webhook_url="https://example.jp/hook",
        webhook_secret=SecretStr("w" * 32),
        _env_file=None,
    )

    senders = make_senders(settings, Secrets("s" * 32, ("k",)))

    assert isinstance(senders["mail"], MailSender)
    assert isinstance(senders["webhook"], WebhookSender)
    assert isinstance(await Unconfigured().send(Leased(1, "mail", "k", "", {}, 1)), Failed)


def test_a_webhook_without_a_good_secret_is_refused() -> None:
    with pytest.raises(ValueError, match="MADOGUCHI_WEBHOOK_SECRET"):
        Settings(
            webhook_url="https://example.jp", webhook_secret=SecretStr("short"), _env_file=None
        )

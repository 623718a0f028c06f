"""A database with the shipped content, and a visitor who talks."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import Engine

from knowledge.catalogue import Catalogue
from knowledge.clock import TOKYO
from knowledge.conversations import composing, service
from knowledge.conversations.replies import Reply
from knowledge.conversations.service import Inbound, Recorded, Started
from knowledge.conversations.views import MessageView
from knowledge.database import keyring, make_engine, transaction
from knowledge.triage.understanding import Understanding
from tests.support.content import TEXT_KEY, copy_database, shipped_catalogue, template_database

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=TOKYO)


@pytest.fixture(autouse=True)
def _keys() -> None:
    keyring.set((TEXT_KEY,))


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The migrated file with all shipped content."""
    return template_database(tmp_path_factory)


@pytest.fixture(scope="session")
def catalogue(template: Path) -> Catalogue:
    """The shipped content."""
    return shipped_catalogue(template)


@pytest.fixture
def engine(template: Path, tmp_path: Path) -> Iterator[Engine]:
    """A database of this test's own with the shipped content."""
    engine = make_engine(copy_database(template, tmp_path / "product.db"))
    yield engine
    engine.dispose()


@dataclass
class Visitor:
    """One conversation; each call is one transaction, as in the relay."""

    engine: Engine
    started: Started
    now: datetime = NOW
    _ids: Iterator[int] = field(default_factory=count)

    def send(self, inbound: Inbound, *, token: str | None = None) -> Recorded:
        with transaction(self.engine) as session:
            return service.record(
                session=session,
                conversation_id=self.started.id,
                token=token or self.started.token,
                inbound=inbound,
                now=self.now,
            )

    def says(self, text: str, *, keep: bool = False) -> Recorded:
        return self.send(Inbound(f"m{next(self._ids)}", text=text, keep=keep))

    def picks(self, choice: str) -> Recorded:
        return self.send(Inbound(f"m{next(self._ids)}", choice=choice))

    def gets(
        self, to: Recorded, *replies: Reply, heard: Understanding | None = None
    ) -> tuple[MessageView, ...]:
        with transaction(self.engine) as session:
            return service.answer(
                session=session,
                conversation_id=self.started.id,
                in_reply_to=to.message.id,
                replies=replies,
                now=self.now,
                understanding=heard,
            ).replies

    def sees(self, after: int = 0) -> tuple[MessageView, ...]:
        with transaction(self.engine, read_only=True) as session:
            return service.messages_after(
                session=session, conversation_id=self.started.id, seq=after
            )


@pytest.fixture
def arrive(engine: Engine) -> Callable[..., Visitor]:
    """Start a conversation."""

    def start(on: Engine = engine, now: datetime = NOW) -> Visitor:
        with transaction(on) as session:
            started = service.start(
                session=session,
                channel="web",
                prefecture=None,
                now=now,
                opening=composing.opening(retention_days=90),
            )
        return Visitor(on, started, now)

    return start


@pytest.fixture
def visitor(arrive: Callable[..., Visitor]) -> Visitor:
    """A conversation that has just begun."""
    return arrive()

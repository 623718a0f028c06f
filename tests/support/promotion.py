"""Maintainers at the real product: accounts, decisions without clicks, and visitors meanwhile."""

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import httpx
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from api.runtime.paths import NLU_DATA
from knowledge import clock
from knowledge.conversations.models import Message
from knowledge.database import keyring, make_engine, transaction
from knowledge.staff import service
from knowledge.staff.actor import Actor, Role, system
from knowledge.text import normalise
from knowledge.training import corrections, promotion, runs
from knowledge.training.data import intent_files
from knowledge.training.known import Known, KnownSentences
from knowledge.training.lint_texts import public_contacts
from knowledge.training.meaning import Meaning
from knowledge.training.models import ModelRelease, TrainingRun
from knowledge.training.report import Report
from knowledge.training.scrub import forbidden
from tests.support.console import PASSWORD
from tests.support.product import Product, Talk, wait_until

TEXTS = (
    "商標の更新はいつからできますか",
    "特許の出願の流れを教えてください",
    "海外で部品を真似されました",
    "営業秘密の管理のしかたを知りたい",
)


@dataclass
class Maintainers:
    """Two maintainers and a manager of a running product."""

    product: Product
    engine: Engine = field(init=False)

    def __post_init__(self) -> None:
        secrets = json.loads((self.product.data_dir / "secrets.json").read_text())
        keyring.set(tuple(secrets["text_keys"]))
        self.engine = make_engine(f"sqlite:///{self.product.data_dir / 'madoguchi.db'}")

    def do(self, work: Callable[[Session], Any]) -> Any:
        """Something in one transaction of this process."""
        with transaction(self.engine) as session:
            done = work(session)
            session.flush()
            session.expunge_all()
            return done

    def hire(self) -> None:
        """Accounts with the password of the tests: two who are managers too, one who is not."""
        for login in ("mei", "ken"):
            self._hire(login, "maintainer", "manager")
        self._hire("aoi", "maintainer")

    def _hire(self, login: str, *roles: Role) -> None:
        self.do(
            lambda session: service.add(
                session=session,
                actor=system("test"),
                now=clock.now(),
                login=login,
                name=f"見本 {login}",
                grants=[(role, "") for role in roles],
                password=PASSWORD,
            )
        )

    def correct(self, text: str, intent: str) -> None:
        """One proposes, the other accepts."""
        row = self.do(
            lambda session: corrections.propose(
                session=session,
                text=text,
                meaning=Meaning(intent=intent, need="learn"),
                actor=_actor("mei"),
                now=clock.now(),
            )
        )
        self.do(
            lambda session: corrections.approve(
                session=session,
                id=row.id,
                known=KnownSentences([]),
                actor=_actor("ken"),
                now=clock.now(),
            )
        )

    def poison(self, intent: str, *, as_intent: str, most: int = 800) -> int:
        """Approve shipped training sentences of an intent as if they meant another; how many."""
        shipped = [
            normalise(example.text)
            for _, file in intent_files([NLU_DATA], "train")
            if file.intent == intent
            for example in file.examples
            if not forbidden(normalise(example.text), public=public_contacts())
        ]
        texts = shipped[:: max(1, len(shipped) // most)][:most]
        known = KnownSentences(Known(text, as_intent, "train") for text in texts)
        for at in range(0, len(texts), 50):
            batch = texts[at : at + 50]
            self.do(partial(self._poison, texts=batch, intent=as_intent, known=known))
        return len(texts)

    def _poison(
        self, session: Session, *, texts: list[str], intent: str, known: KnownSentences
    ) -> None:
        for text in texts:
            row = corrections.propose(
                session=session,
                text=text,
                meaning=Meaning(intent=intent, need="learn"),
                actor=_actor("mei"),
                now=clock.now(),
            )
            corrections.approve(
                session=session, id=row.id, known=known, actor=_actor("ken"), now=clock.now()
            )

    def train(self, *, seconds: float) -> str:
        """Ask for a training and wait for its release."""
        asked = self.do(
            lambda session: runs.request(session=session, actor=_actor("mei"), now=clock.now())
        )
        wait_until(lambda: self.run(asked.id).state in runs.ENDED, seconds=seconds, what="a model")
        ended = self.run(asked.id)
        assert ended.state == "done", ended.problem
        return str(ended.release)

    def run(self, run_id: int) -> TrainingRun:
        """A training as it stands."""
        found: TrainingRun = self.do(lambda session: session.get_one(TrainingRun, run_id))
        return found

    def newest_step(self) -> str:
        """What the newest training does just now."""
        newest = select(TrainingRun).order_by(col(TrainingRun.id).desc()).limit(1)
        run = self.do(lambda session: session.exec(newest).first())
        return f"{run.step}" if run is not None and run.state == "running" else ""

    def report(self, name: str) -> Report:
        """The report on a release."""
        found = self.do(lambda session: session.get_one(ModelRelease, name))
        report = promotion.report_of(found)
        assert report is not None
        return report

    def promote(self, name: str, *, seconds: float) -> None:
        """Promote (as a manager, whatever the gate says) and wait until it is live."""
        self.do(
            lambda session: promotion.promote(
                session=session, name=name, actor=_actor("bucho"), now=clock.now(), reason="試験"
            )
        )
        wait_until(lambda: self.state(name) == "live", seconds=seconds, what=f"{name} live")

    def state(self, name: str) -> str:
        """Where a release stands."""
        found: str = self.do(lambda session: session.get_one(ModelRelease, name).state)
        return found

    def answers_of(self, message_id: str) -> list[str]:
        """Ids of the stored answers to a message."""
        found: list[str] = self.do(
            lambda session: list(
                session.exec(select(Message.id).where(Message.in_reply_to == message_id))
            )
        )
        return found


@dataclass
class Visitors:
    """Eight conversations that go on while something happens to the model."""

    product: Product
    n: int = 8
    sent: list[tuple[str, list[str]]] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    _over: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def __enter__(self) -> "Visitors":
        for number in range(self.n):
            thread = threading.Thread(target=self._talk, args=(number,))
            thread.start()
            self._threads.append(thread)
        time.sleep(2)
        return self

    def __exit__(self, *_: object) -> None:
        time.sleep(2)
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _talk(self, number: int) -> None:
        with httpx.Client(base_url=self.product.url, trust_env=False, timeout=30) as http:
            begun = http.post("/api/v1/conversations", json={}).json()
            talk = Talk(http, begun["id"], begun["token"], [])
            while not self._over.is_set():
                answer = talk.post(text=TEXTS[number % len(TEXTS)])
                if answer.status_code != 200:
                    self.failed.append(f"{answer.status_code} {answer.text[:200]}")
                    continue
                body = answer.json()
                replies = [reply["id"] for reply in body["replies"]]
                self.sent.append((body["message"]["id"], replies))

    def problems(self, maintainers: Maintainers) -> list[str]:
        """Messages that failed, had no answer, or are stored with other answers than were given."""
        silent = [id_ for id_, replies in self.sent if not replies]
        doubled = [
            id_
            for id_, replies in self.sent
            if sorted(maintainers.answers_of(id_)) != sorted(replies)
        ]
        return [
            *self.failed,
            *(f"no answer: {i}" for i in silent),
            *(f"doubled: {i}" for i in doubled),
        ]


def _actor(login: str) -> Actor:
    return Actor(kind="staff", id=login, name=login, roles=frozenset({"maintainer", "manager"}))

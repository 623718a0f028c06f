"""What a visitor took back is nowhere any more: the real product, with Rasa's own memory of it.

A text is said, corrected and learned from; then it is taken back on LINE, or its case is deleted on
the web. Every file of the installation is read.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from knowledge.cases.models import Case
from knowledge.conversations.models import Conversation, Message
from knowledge.database import keyring, make_engine, transaction
from knowledge.training import corrections, inbox
from knowledge.training.models import Correction
from knowledge.wording import say
from tests.support.line_standin import events
from tests.support.line_standin.beside import Handset, platform_beside
from tests.support.line_standin.phone import SECRET, TOKEN
from tests.support.line_standin.platform import Platform
from tests.support.maintain import corrected, maintainer
from tests.support.product import Product, free_port, wait_until

pytestmark = [pytest.mark.rasa]
SAID = "見本通りで焼いている「ひなたぼっこ焼き」の名前を商標登録したいです"
MARK = "ひなたぼっこ焼き"
SECONDS = 90


@dataclass
class Connected(Product):
    """The product with a channel of LINE."""

    line_url: str = ""
    engine: Engine = field(init=False)

    def environment(self) -> dict[str, str]:
        told = {
            "MADOGUCHI_LINE_CHANNEL_SECRET": SECRET,
            "MADOGUCHI_LINE_CHANNEL_TOKEN": TOKEN,
            "MADOGUCHI_LINE_API_URL": self.line_url,
        }
        return super().environment() | told

    def work(self, job: Callable[[Session], Any]) -> Any:
        """Something in a transaction of the test's own process."""
        with transaction(self.engine) as session:
            return job(session)

    def files_with(self, words: str) -> list[str]:
        """Every file of the installation in which the words can be read."""
        forms = (words.encode(), json.dumps(words).strip('"').encode())
        return sorted(
            str(path.relative_to(self.data_dir))
            for path in self.data_dir.rglob("*")
            if path.is_file() and any(form in path.read_bytes() for form in forms)
        )


@pytest.fixture(scope="module")
def platform() -> Iterator[tuple[Platform, str]]:
    with platform_beside() as made:
        yield made


@pytest.fixture(scope="module")
def connected(
    product: Product, platform: tuple[Platform, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Connected]:
    folder = tmp_path_factory.mktemp("line") / "var"
    product.copy(folder)
    made = Connected(folder, port=free_port(), line_url=platform[1])
    secrets = json.loads((folder / "secrets.json").read_text("utf-8"))
    keyring.set(tuple(secrets["text_keys"]))
    made.engine = make_engine(f"sqlite:///{folder / 'madoguchi.db'}")
    try:
        made.launch()
        made.wait_ready()
        yield made
    finally:
        made.engine.dispose()
        left = made.close()
    assert left == {}


def _learned(connected: Connected, words: str) -> str:
    """A maintainer corrects the text, another one agrees; its message."""

    def work(session: Session) -> str:
        rows = session.exec(select(Message).where(Message.author == "visitor")).all()
        message = next(row for row in rows if row.text == words)
        corrected(session, words, "trademarks", message=message)
        return message.id

    found: str = connected.work(work)
    wait_until(
        lambda: any("nlu" in name or "overlay" in name for name in connected.files_with(MARK)),
        seconds=SECONDS,
        what="the sentence among those to learn from",
    )
    return found


def _is_nowhere(connected: Connected) -> None:
    def left(session: Session) -> list[str]:
        found = [row.text for row in session.exec(select(Correction))]
        found += [c.text for c in inbox.candidates(session=session, known=None, actor=maintainer())]
        found += [
            row.text
            for row in corrections.listed(session=session, actor=maintainer(), state="approved")
        ]
        found += [row.text or "" for row in session.exec(select(Message))]
        found += [row.reply or "" for row in session.exec(select(Message))]
        found += [row.understanding or "" for row in session.exec(select(Message))]
        found += [row.memory or "" for row in session.exec(select(Conversation))]
        found += [row.sheet for row in session.exec(select(Case))]
        return [text for text in found if MARK in text or MARK in json.loads(f'"{_plain(text)}"')]

    wait_until(lambda: connected.work(left) == [], seconds=SECONDS, what="gone from every table")
    try:
        wait_until(lambda: connected.files_with(MARK) == [], seconds=SECONDS, what="gone")
    except AssertionError:
        assert connected.files_with(MARK) == []


def _plain(text: str) -> str:
    """Escapes of JSON inside a text are read; nothing else of it is."""
    return "".join(part for part in text if part not in '"\n\r\t') if "\\u" in text else ""


def test_a_message_taken_back_on_line(connected: Connected, platform: tuple[Platform, str]) -> None:
    phone = Handset(platform[0], connected.url)
    said = phone.says(SAID)
    phone.waits_for(say("topics.trademarks"), seconds=60)
    phone.says("静岡県です")
    phone.waits_for("INPIT静岡県知財総合支援窓口", seconds=60)
    phone.says("職員と話したいです")
    phone.waits_for(say("handoff.choice_request"), seconds=60)
    assert connected.files_with(MARK), "Rasa's memory is expected to hold it in clear"
    _learned(connected, SAID)

    phone.send(events.unsend(said))

    _is_nowhere(connected)
    phone.says("意匠の話です")
    phone.waits_for(say("topics.designs"), seconds=60)


def test_a_case_deleted_on_the_web(connected: Connected) -> None:
    talk = connected.talk("静岡県")
    talk.say(SAID)
    answer = connected.http.post(
        f"/api/v1/conversations/{talk.id}/handoff", json={}, headers=talk.headers
    )
    case = answer.json()
    _learned(connected, SAID)

    gone = connected.http.delete(
        f"/api/v1/cases/{case['reference']}", headers={"Authorization": f"Bearer {case['code']}"}
    )

    assert gone.status_code == 200
    _is_nowhere(connected)

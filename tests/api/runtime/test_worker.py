from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from api.bot import BotClient
from api.runtime.settings import Settings
from api.runtime.worker import delete_expired, make_huey, say_alive
from knowledge import clock
from knowledge.conversations import composing, service
from knowledge.conversations.models import Conversation
from knowledge.database import transaction
from knowledge.heartbeats import last_beat
from tests.support.fake_rasa import FakeRasa


def _silent_for(engine: Engine, days: int) -> str:
    with transaction(engine) as session:
        return service.start(
            session=session,
            channel="web",
            prefecture=None,
            now=clock.now() - timedelta(days=days),
            opening=composing.opening(retention_days=90),
        ).id


def _left(engine: Engine) -> set[str]:
    with Session(engine) as session:
        return set(session.exec(select(Conversation.id)))


@pytest.fixture
def rasa() -> FakeRasa:
    return FakeRasa()


def test_a_sign_of_life_is_left(engine: Engine) -> None:
    before = clock.now()

    say_alive(engine)
    say_alive(engine)

    with transaction(engine, read_only=True) as session:
        seen = last_beat(session=session, name="worker")
        assert last_beat(session=session, name="other") is None
    assert seen is not None
    assert before <= seen <= clock.now()


async def test_only_what_is_past_its_time_is_deleted(engine: Engine, rasa: FakeRasa) -> None:
    old, kept = _silent_for(engine, 91), _silent_for(engine, 89)

    async with rasa.client() as http:
        deleted = await delete_expired(engine, BotClient(http), days=90)

    assert deleted == 1
    assert _left(engine) == {kept}
    assert rasa.asked == [("forget", {"sender": old})]


async def test_the_tracker_is_asked_before_the_row_goes(engine: Engine, rasa: FakeRasa) -> None:
    old = _silent_for(engine, 91)
    there: list[bool] = []

    def forget(request: httpx.Request) -> httpx.Response:
        there.append(old in _left(engine))
        return httpx.Response(200, json={"forgotten": 3})

    rasa.misbehave["forget"] = forget
    async with rasa.client() as http:
        await delete_expired(engine, BotClient(http), days=90)

    assert there == [True]
    assert _left(engine) == set()


@pytest.mark.parametrize("status", [500, 503, 404])
async def test_while_rasa_fails_the_row_stays_and_is_tried_again(
    engine: Engine, rasa: FakeRasa, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    ids = {_silent_for(engine, 91), _silent_for(engine, 92)}
    rasa.misbehave["forget"] = lambda request: httpx.Response(status)
    async with rasa.client() as http:
        assert await delete_expired(engine, BotClient(http), days=90) == 0
        assert _left(engine) == ids
        assert "retention waits" in caplog.text

        rasa.misbehave.clear()
        assert await delete_expired(engine, BotClient(http), days=90) == 2

    assert _left(engine) == set()


async def test_nothing_to_delete_asks_nobody(engine: Engine, rasa: FakeRasa) -> None:
    async with rasa.client() as http:
        assert await delete_expired(engine, BotClient(http), days=90) == 0

    assert rasa.asked == []


def test_the_queue_makes_its_file_when_it_is_asked_for_and_not_before(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, redis_url=None)
    assert not (tmp_path / "queue.db").exists()

    huey = make_huey(settings)

    assert (tmp_path / "queue.db").exists()
    assert huey.pending_count() == 0
    huey.storage.close()

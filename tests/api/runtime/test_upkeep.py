"""The worker's chores for cases: each in its own transaction, nothing lost."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from api.bot import BotClient
from api.runtime import upkeep
from api.runtime.worker import delete_expired
from knowledge import clock
from knowledge.cases.models import Case, Tally
from knowledge.conversations.models import Conversation
from knowledge.database import transaction
from knowledge.handoffs import files, service
from knowledge.training import misses
from knowledge.training.models import SearchMiss
from tests.support.desk import arrive, write
from tests.support.fake_rasa import FakeRasa
from tests.support.staff import OPEN_MOMENT, person

NOW = OPEN_MOMENT


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Set the clock."""

    def set_(moment: datetime) -> None:
        monkeypatch.setattr("knowledge.clock.now", lambda: moment)

    set_(NOW)
    return set_


def test_waiting_and_unanswered_are_looked_after(engine: Engine, at: Any) -> None:
    arrive(engine).asks()

    at(NOW + timedelta(minutes=15))
    assert (upkeep.offer_exits(engine), upkeep.raise_unanswered(engine)) == (1, 0)
    at(NOW + timedelta(minutes=75))
    assert (upkeep.offer_exits(engine), upkeep.raise_unanswered(engine)) == (0, 1)


async def test_a_conversation_somebody_works_on_is_not_deleted(engine: Engine, at: Any) -> None:
    guest = arrive(engine)
    guest.asks()
    at(NOW + timedelta(days=91))

    async with FakeRasa().client() as http:
        assert await delete_expired(engine, BotClient(http), days=90) == 0


async def test_a_closed_case_outlives_its_conversation_and_can_still_be_read(
    engine: Engine, at: Any
) -> None:
    guest = arrive(engine)
    reference = guest.asks().reference
    told: dict[str, Any] = {"reference": reference, "actor": person(), "now": NOW}
    write(engine, service.claim, **told)
    write(engine, service.close, outcome="answered", **told)
    at(NOW + timedelta(days=91))

    async with FakeRasa().client() as http:
        assert await delete_expired(engine, BotClient(http), days=90) == 1

    file = write(engine, files.read, **told)
    assert file.messages == ()
    assert file.row.state == "closed"
    at(NOW + timedelta(days=1096))
    assert upkeep.delete_expired_cases(engine, days=1095) == 1
    with Session(engine) as session:
        assert session.exec(select(Case)).all() == []
        assert len(session.exec(select(Tally)).all()) == 1


async def test_a_sheet_that_was_never_handed_over_goes_with_its_conversation(
    engine: Engine, at: Any
) -> None:
    arrive(engine).amends(company="見本製作所")
    at(NOW + timedelta(days=91))

    async with FakeRasa().client() as http:
        assert await delete_expired(engine, BotClient(http), days=90) == 1

    with Session(engine) as session:
        assert session.exec(select(Case)).all() == []
        assert session.exec(select(Conversation)).all() == []


def test_words_searched_for_in_vain_go_after_the_retention_time(engine: Engine) -> None:
    now = clock.now()
    with transaction(engine) as session:
        for age, words in ((100, "養蜂箱の名前"), (1, "ヒンメリの型紙")):
            then = now - timedelta(days=age)
            misses.note(session=session, text=words, place="articles", now=then)

    assert upkeep.forget_searches(engine, days=90) == 1

    with transaction(engine) as session:
        assert [row.text for row in session.exec(select(SearchMiss))] == ["ヒンメリの型紙"]

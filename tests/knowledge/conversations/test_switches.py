"""Emergency switches: bot off, a topic or article off, a banner; audited and at once."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from api.runtime.prepare import load_content
from knowledge.audit.models import AuditEntry
from knowledge.catalogue import current
from knowledge.conversations import standstill, switches
from knowledge.conversations.composing import opening, plain
from knowledge.database import transaction
from knowledge.errors import InvalidInputError, NotAllowedError, NotFoundError
from knowledge.triage.understanding import Understanding
from tests.knowledge.conversations.conftest import NOW, Visitor
from tests.support.desk import write
from tests.support.staff import person

CHIEF = person("chief", roles=("manager",))
HEARD = Understanding(text="x", topic="trademarks", confidence=0.9)


def switch(engine: Engine, name: str, *, on: bool = True, text: str = "") -> Any:
    return write(engine, switches.set_switch, name=name, on=on, text=text, actor=CHIEF, now=NOW)


def told(visitor: Visitor, topic: str = "trademarks") -> str:
    recorded = visitor.says("店名を登録したい")
    reply = plain("dialogue.affirm").model_copy(update={"memory": {"inquiry": {"topic": topic}}})
    shown = visitor.gets(recorded, reply, heard=HEARD)
    return str(shown[0].parts[0]["text"])


def test_with_the_bot_off_it_is_not_asked_and_people_are_offered(
    engine: Engine, visitor: Visitor
) -> None:
    switch(engine, "bot_off")

    recorded = visitor.says("店名を登録したい")

    assert recorded.bot_text is None
    assert recorded.replies is not None
    assert "自動応答を止めています" in recorded.replies[0].parts[0]["text"]
    assert recorded.replies[0].parts[1]["choices"][0]["label"] == "職員に引きつぐ"
    switch(engine, "bot_off", on=False)
    assert visitor.says("もう一度").bot_text == "もう一度"


def test_a_topic_that_is_off_is_not_answered(engine: Engine, visitor: Visitor) -> None:
    switch(engine, "topic:trademarks")

    assert "自動でお答えしていません" in told(visitor)
    assert "自動でお答えしていません" not in told(visitor, "patents")
    switch(engine, "topic:trademarks", on=False)
    assert "自動でお答えしていません" not in told(visitor)


def test_an_article_that_is_off_is_gone_and_stays_gone_after_a_restart(engine: Engine) -> None:
    with transaction(engine, read_only=True) as session:
        id_ = current(session=session).articles[0].id

    switch(engine, f"article:{id_}")
    with transaction(engine, read_only=True) as session:
        assert current(session=session).article(id_) is None
    load_content(engine)
    with transaction(engine, read_only=True) as session:
        assert current(session=session).article(id_) is None
    switch(engine, f"article:{id_}", on=False)
    with transaction(engine, read_only=True) as session:
        assert current(session=session).article(id_) is not None


def test_a_banner_stands_above_the_opening(engine: Engine) -> None:
    switch(engine, "banner", text=" 年末年始は休みます ")

    banner = write(engine, switches.states).banner
    assert banner == "年末年始は休みます"
    shown = standstill.with_banner(opening(retention_days=90), banner)
    assert shown.parts[0].text == banner  # type: ignore[union-attr]
    switch(engine, "banner", on=False)
    assert write(engine, switches.states).banner is None


@pytest.mark.parametrize("text", ["", "  ", "長" * 301])
def test_a_banner_has_words_and_not_too_many(engine: Engine, text: str) -> None:
    with pytest.raises(InvalidInputError):
        switch(engine, "banner", text=text)


@pytest.mark.parametrize("name", ["", "all", "topic:weather", "topic:", "article:none", "x" * 99])
def test_what_is_no_switch_is_not_found(engine: Engine, name: str) -> None:
    with pytest.raises(NotFoundError):
        switch(engine, name)


def test_only_managers_switch_and_it_is_in_the_trail(engine: Engine) -> None:
    with pytest.raises(NotAllowedError):
        write(engine, switches.set_switch, name="bot_off", on=True, actor=person(), now=NOW)
    switch(engine, "bot_off")
    switch(engine, "bot_off", on=False)

    with Session(engine) as session:
        lines = session.exec(select(AuditEntry)).all()
        used = switches.history(session=session)
    assert [(line.action, line.subject) for line in lines] == [
        ("switch.on", "switch:bot_off"),
        ("switch.off", "switch:bot_off"),
    ]
    assert [row.name for row in used] == ["bot_off"]


def test_a_visitor_who_comes_later_is_served_as_the_switches_say_then(
    engine: Engine, arrive: Callable[..., Visitor]
) -> None:
    early = arrive()
    switch(engine, "bot_off")

    assert early.says("こんにちは").bot_text is None
    assert arrive().says("こんにちは").bot_text is None

"""Advice counts honestly: the rate of answers is not the rate of right ones."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from knowledge.database import keyring, transaction
from knowledge.errors import NotAllowedError, NotFoundError
from knowledge.training import advice
from tests.support.content import TEXT_KEY
from tests.support.maintain import NOW, maintainer, replied, said
from tests.support.staff import person


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    keyring.set((TEXT_KEY,))
    with transaction(engine) as opened:
        yield opened


def _draw(session: Session, size: int = 50) -> int:
    return advice.draw(session=session, actor=maintainer(), now=NOW, size=size)


def test_a_sample_is_drawn_once_a_month(session: Session) -> None:
    for number in range(10):
        said(session, f"特許の相談その{number}番目です")

    assert (_draw(session, 4), _draw(session, 4)) == (4, 4)
    assert len(advice.sample(session=session, actor=maintainer(), now=NOW)) == 4


def test_what_was_taken_back_is_never_in_the_sample(session: Session) -> None:
    message = said(session, "特許の相談です")
    said(session, "内緒の相談です", sensitive=True)
    assert _draw(session) == 1

    message.text, message.sensitive = None, True
    session.add(message)
    session.flush()

    assert advice.sample(session=session, actor=maintainer(), now=NOW) == ()


def test_right_answers_are_told_with_their_interval(session: Session) -> None:
    for number in range(4):
        said(session, f"特許の相談その{number}番目です", sure=number > 0)
    _draw(session)
    picks = advice.sample(session=session, actor=maintainer(), now=NOW)
    for pick, verdict in zip(picks, ("right", "right", "wrong", "unclear"), strict=True):
        advice.judge(
            session=session,
            message_id=pick.message_id,
            verdict=verdict,  # type: ignore[arg-type]
            actor=maintainer(),
            now=NOW,
        )

    found = advice.rates(session=session, actor=maintainer(), now=NOW)

    assert (found.messages, found.answered.share) == (4, 0.75)
    assert (found.judged, round(found.right.share, 2)) == (3, 0.67)
    assert found.right.low < 0.3 < 0.9 < found.right.high


def test_questions_without_an_article_come_most_frequent_first(session: Session) -> None:
    helped = said(session, "商標の更新の手続きを知りたいです")
    replied(session, helped, basis={"articles": ["trademarks-renewal@1"]})
    for text in ("防護標章って何ですか", "団体商標の規約の見本", "団体商標の規約の見本。"):
        replied(session, said(session, text, topic="trademarks"), basis={"articles": []})

    found = advice.unanswered(session=session, actor=maintainer(), now=NOW)

    assert [(one.text, one.times) for one in found] == [
        ("団体商標の規約の見本。", 2),
        ("防護標章って何ですか", 1),
    ]


def test_strangers_and_unknown_messages_are_refused(session: Session) -> None:
    with pytest.raises(NotAllowedError):
        advice.rates(session=session, actor=person(), now=NOW)
    with pytest.raises(NotFoundError):
        advice.judge(session=session, message_id="x", verdict="right", actor=maintainer(), now=NOW)

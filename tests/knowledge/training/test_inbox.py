"""The inbox shows the worst first, folds copies, and shows nothing that was taken back."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from knowledge.cases.models import CorrectionHint
from knowledge.conversations.models import Feedback
from knowledge.database import keyring, transaction
from knowledge.errors import NotAllowedError, NotFoundError
from knowledge.staff.actor import system
from knowledge.training import corrections, inbox
from knowledge.training.inbox import Filters
from knowledge.training.models import ModelRelease
from tests.support.content import TEXT_KEY
from tests.support.maintain import NOW, corrected, known, maintainer, replied, said
from tests.support.staff import person


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    keyring.set((TEXT_KEY,))
    with transaction(engine) as opened:
        yield opened


def _list(session: Session, **changes: object) -> tuple[inbox.Candidate, ...]:
    given = {"known": None, "actor": maintainer(), **changes}
    return inbox.candidates(session=session, **given)  # type: ignore[arg-type]


def test_what_people_complained_of_comes_first(session: Session) -> None:
    fine = said(session, "商標の更新の手続きを知りたい", confidence=0.95)
    unsure = said(session, "あれをどうにかしたい件です", confidence=0.4)
    asked = said(session, "この前の続きなんですけど", sure=False, confidence=0.3)
    silent = said(session, "止まっていた時の問い合わせです", heard=False)
    disliked = said(session, "特許の費用はどれくらいですか")
    answer = replied(session, disliked)
    session.add(
        Feedback(message_id=answer.id, conversation_id=answer.conversation_id, solved=False, at=NOW)
    )
    moved = said(session, "ベトナムで名前を取られました", topic="trademarks")
    session.add(
        CorrectionHint(
            at=NOW,
            reference="K26-AAAAA-A",
            conversation_id=moved.conversation_id,
            message_id=moved.id,
            actor_id="jiro",
            from_desk="a",
            to_desk="b",
            topic_before="trademarks",
            topic_after="overseas",
        )
    )
    session.flush()

    found = _list(session)

    wanted = [moved, disliked, silent, asked, unsure, fine]
    assert [c.message_id for c in found] == [m.id for m in wanted]
    assert [c.reasons[:1] for c in found] == [
        ("wrong_desk",),
        ("thumbs_down",),
        ("no_answer",),
        ("asked_back",),
        ("unsure",),
        (),
    ]
    assert found[0].hinted_topic == "overseas"


def test_what_training_never_saw_is_marked(session: Session) -> None:
    said(session, "ﾜｰﾑﾎｰﾙ製造特区の申込み")

    (found,) = _list(session, known=known(("patents", "特許の出願の流れ")))

    assert found.reasons == ("unusual",)


def test_copies_are_folded_under_the_worst(session: Session) -> None:
    mild = said(session, "引越しの見積りをお願いしたい", confidence=0.9)
    worst = said(session, "引っ越しの見積もりをお願いしたい", confidence=0.2)

    (found,) = _list(session)

    assert (found.message_id, found.others) == (worst.id, (mild.id,))


@pytest.mark.parametrize("state", [{"sensitive": True}, {"withheld": True}])
def test_what_is_not_for_training_is_not_shown(session: Session, state: dict[str, Any]) -> None:
    message = said(session, "社外秘の配合について", **state)

    assert _list(session) == ()
    if "sensitive" in state:
        with pytest.raises(NotFoundError):
            inbox.context(session=session, message_id=message.id, actor=maintainer())


def test_choices_and_answers_are_no_candidates(session: Session) -> None:
    message = said(session, "商標・ブランド", choice_id="c1")
    replied(session, message)

    assert _list(session) == ()


def test_what_was_looked_at_leaves_and_can_be_found_again(session: Session) -> None:
    message = said(session, "商標の更新の手続きを知りたい")
    corrections.mark(
        session=session, message_id=message.id, verdict="right", actor=maintainer(), now=NOW
    )

    assert _list(session) == ()
    (again,) = _list(session, filters=Filters(reviewed=True))
    assert (again.message_id, again.verdict) == (message.id, "right")


def test_filters_narrow_the_list(session: Session) -> None:
    web = said(session, "商標の更新の手続きを知りたい", topic="trademarks", confidence=0.9)
    old = said(
        session,
        "拒絶理由の返事の期限について",
        channel="line",
        confidence=0.3,
        at=NOW - timedelta(days=3),
    )
    today, before = NOW.date(), NOW.date() - timedelta(days=3)

    def ids(**changes: object) -> list[str]:
        filters = replace(Filters(), **changes)  # type: ignore[arg-type]
        return [c.message_id for c in _list(session, filters=filters)]

    assert ids(topic="trademarks") == [web.id]
    assert ids(below=0.5) == [old.id]
    assert ids(channel="line") == [old.id]
    assert ids(since=today) == [web.id]
    assert ids(until=before) == [old.id]
    assert ids(since=date(2026, 1, 1), until=today) == [old.id, web.id]


def test_the_turns_around_are_shown_but_not_what_was_held_back(session: Session) -> None:
    first = said(session, "こんにちは", conversation="c")
    replied(session, first, "ご用件をどうぞ")
    said(session, "内緒の話です", conversation="c", sensitive=True)
    message = said(session, "商標の相談です", conversation="c")
    replied(session, message, "商標ですね")

    before, after = inbox.context(session=session, message_id=message.id, actor=maintainer())

    assert [m.parts[0]["text"] for m in before] == ["こんにちは", "ご用件をどうぞ"]
    assert [m.parts[0]["text"] for m in after] == ["商標ですね"]


def test_a_corrected_message_left_the_inbox(session: Session) -> None:
    message = said(session, "屋号を守りたい")
    corrected(session, "屋号を守りたい", message=message)

    assert _list(session) == ()


def test_only_maintainers_read_messages_here(session: Session) -> None:
    for call in (
        lambda: _list(session, actor=person()),
        lambda: inbox.context(session=session, message_id="x", actor=person()),
        lambda: corrections.mark(
            session=session, message_id="x", verdict="right", actor=person(), now=NOW
        ),
    ):
        with pytest.raises(NotAllowedError):
            call()


def test_the_product_itself_may_read(session: Session) -> None:
    assert _list(session, actor=system("advice")) == ()


def test_the_model_that_heard_it_is_called_by_its_name(session: Session) -> None:
    message = said(session, "商標の更新の手続きを知りたい")
    message.model_release = "b31f"
    release = ModelRelease(
        name="20261120-120000-first",
        model_id="b31f",
        fingerprint="x",
        trained_at=NOW,
        trained_by="system",
        state_at=NOW,
    )
    session.add_all((message, release))
    session.flush()

    assert [one.model_release for one in _list(session)] == [release.name]

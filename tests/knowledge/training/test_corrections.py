"""A sentence is proposed by one and decided by another; personal data never passes."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from knowledge.audit.models import AuditEntry
from knowledge.database import keyring, transaction
from knowledge.errors import (
    ConflictError,
    InvalidInputError,
    NotAllowedError,
    NotFoundError,
)
from knowledge.staff.actor import Actor
from knowledge.training import corrections
from knowledge.training.meaning import Meaning, meaning_of
from knowledge.training.models import Correction, MessageReview
from tests.support.content import TEXT_KEY
from tests.support.maintain import NOTHING_KNOWN, NOW, corrected, maintainer, said

SHOP = Meaning(intent="trademarks", need="learn", also=("overseas",), wants=("human",))
TEXT = "屋号を守りたいので、海外の分も含めて人に相談したい"


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    keyring.set((TEXT_KEY,))
    with transaction(engine) as opened:
        yield opened


def _propose(session: Session, **changes: object) -> Correction:
    given = {"text": TEXT, "meaning": SHOP, "actor": maintainer("mei"), "now": NOW, **changes}
    return corrections.propose(session=session, **given)  # type: ignore[arg-type]


def test_a_second_person_accepts_what_the_first_proposed(session: Session) -> None:
    message = said(session, TEXT)
    row = _propose(session, message_id=message.id)
    assert session.get_one(MessageReview, message.id).verdict == "corrected"

    done = corrections.approve(
        session=session, id=row.id, known=NOTHING_KNOWN, actor=maintainer("ken"), now=NOW
    )

    assert (done.state, done.decided_by, done.part in ("train", "heldout")) == (
        "approved",
        "ken",
        True,
    )
    assert meaning_of(done) == SHOP
    actions = [entry.action for entry in session.exec(select(AuditEntry))]
    assert actions == ["correction.proposed", "correction.approved"]


def test_who_proposed_it_cannot_accept_it(session: Session) -> None:
    row = _propose(session)

    with pytest.raises(NotAllowedError):
        corrections.approve(
            session=session, id=row.id, known=NOTHING_KNOWN, actor=maintainer("mei"), now=NOW
        )

    assert row.state == "proposed"


def test_nothing_is_decided_twice(session: Session) -> None:
    row = corrected(session, TEXT)

    with pytest.raises(ConflictError):
        corrections.refuse(
            session=session, id=row.id, reason="やめる", actor=maintainer("ken"), now=NOW
        )


def test_a_refusal_needs_a_reason_and_frees_the_message(session: Session) -> None:
    message = said(session, TEXT)
    row = _propose(session, message_id=message.id)
    with pytest.raises(InvalidInputError):
        corrections.refuse(session=session, id=row.id, reason=" ", actor=maintainer("ken"), now=NOW)

    corrections.refuse(
        session=session, id=row.id, reason="話題が違います", actor=maintainer("ken"), now=NOW
    )

    assert _propose(session, message_id=message.id).state == "proposed"


def test_one_message_gives_one_sentence(session: Session) -> None:
    message = said(session, TEXT)
    _propose(session, message_id=message.id)

    with pytest.raises(ConflictError):
        _propose(session, message_id=message.id)


@pytest.mark.parametrize(
    "text", ["電話は03-1234-5678です", "mihon@example.comまで", " ", "あ" * 5001]
)
def test_personal_data_and_nothing_are_refused(session: Session, text: str) -> None:
    with pytest.raises(InvalidInputError):
        _propose(session, text=text)


def test_the_second_person_cannot_bring_personal_data_back(session: Session) -> None:
    row = _propose(session)

    with pytest.raises(InvalidInputError):
        corrections.approve(
            session=session,
            id=row.id,
            known=NOTHING_KNOWN,
            actor=maintainer("ken"),
            now=NOW,
            text="03-1234-5678の店の名前",
        )


@pytest.mark.parametrize(
    "meaning",
    [
        Meaning(intent="weather"),
        Meaning(intent="patents"),
        Meaning(intent="patents", need="sleep"),
        Meaning(intent="patents", need="learn", also=("patents",)),
        Meaning(intent="patents", need="learn", also=("designs", "designs")),
        Meaning(intent="patents", need="learn", wants=("coffee",)),
        Meaning(intent="patents", need="learn", asker="cat"),
        Meaning(intent="patents", need="learn", register="sung"),
        Meaning(intent="out_of_scope", need="learn"),
        Meaning(intent="human", judgement=True),
    ],
)
def test_what_the_language_data_would_not_take_is_refused(
    session: Session, meaning: Meaning
) -> None:
    with pytest.raises(InvalidInputError):
        _propose(session, meaning=meaning)


def test_a_sentence_is_learned_as_a_live_message_is_read(session: Session) -> None:
    row = _propose(session, text="／ｼｮｳﾋｮｳ［店］\nの件")

    assert row.text == "ショウヒョウ(店) の件"


@pytest.mark.parametrize("state", [{"sensitive": True}, {"withheld": True}])
def test_a_message_not_for_training_is_not_found(session: Session, state: dict[str, Any]) -> None:
    message = said(session, TEXT, **state)

    with pytest.raises(NotFoundError):
        _propose(session, message_id=message.id)


def test_the_words_of_the_bot_are_no_sentence(session: Session) -> None:
    message = said(session, TEXT)
    message.author = "bot"

    with pytest.raises(NotFoundError):
        _propose(session, message_id=message.id)


@pytest.mark.parametrize("roles", [(), ("staff",), ("manager",)])
def test_only_maintainers_maintain(session: Session, roles: tuple[str, ...]) -> None:
    other = Actor(kind="staff", id="eve", roles=frozenset(roles))  # type: ignore[arg-type]
    row = _propose(session)
    done = corrected(session, "別の文です")

    for forbidden in (
        lambda: _propose(session, actor=other),
        lambda: corrections.approve(
            session=session, id=row.id, known=NOTHING_KNOWN, actor=other, now=NOW
        ),
        lambda: corrections.refuse(session=session, id=row.id, reason="理由", actor=other, now=NOW),
        lambda: corrections.withdraw(session=session, id=done.id, actor=other, now=NOW),
        lambda: corrections.listed(session=session, actor=other),
    ):
        with pytest.raises(NotAllowedError):
            forbidden()


def test_an_unknown_id_is_not_found(session: Session) -> None:
    for call in (
        lambda: corrections.approve(
            session=session, id="x", known=NOTHING_KNOWN, actor=maintainer(), now=NOW
        ),
        lambda: corrections.withdraw(session=session, id="x", actor=maintainer(), now=NOW),
    ):
        with pytest.raises(NotFoundError):
            call()


def test_no_word_of_a_sentence_is_readable_in_the_file(engine: Engine, tmp_path: Path) -> None:
    keyring.set((TEXT_KEY,))
    with transaction(engine) as session:
        corrected(session, "屋号のことで相談したい見本の文")

    stored = b"".join(path.read_bytes() for path in tmp_path.glob("product.db*"))

    assert "屋号のことで".encode() not in stored

"""Searches in vain: kept encrypted and masked, never what the guard stops, gone with their source."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from knowledge.database import keyring, transaction
from knowledge.errors import NotAllowedError
from knowledge.training import misses
from knowledge.training.misses import Place
from tests.support.content import TEXT_KEY
from tests.support.maintain import NOW, maintainer, replied, said
from tests.support.staff import person

NOTHING = {"wording": ["dialogue.search_nothing"]}


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    keyring.set((TEXT_KEY,))
    with transaction(engine) as opened:
        yield opened


def _note(session: Session, words: str, place: Place = "articles") -> bool:
    return misses.note(session=session, text=words, place=place, now=NOW)


def _listed(session: Session) -> list[tuple[str, int]]:
    found = misses.listed(session=session, actor=maintainer(), now=NOW)
    return [(one.text, one.times) for one in found]


def test_spellings_of_one_search_are_folded_and_counted(session: Session) -> None:
    for words in ("ヒンメリの型紙", "ﾋﾝﾒﾘの型紙", "ひんめりの型紙", "養蜂箱"):
        assert _note(session, words)

    assert _listed(session) == [("ひんめりの型紙", 3), ("養蜂箱", 1)]


def test_the_table_holds_no_readable_word(session: Session) -> None:
    _note(session, "養蜂箱の名前")

    (stored,) = session.execute(text("select text from search_miss")).scalars()

    assert "養蜂箱".encode() not in bytes(stored)


def test_what_looks_personal_is_masked(session: Session) -> None:
    _note(session, "株式会社見本商店 090-1234-5678")

    ((kept, _),) = _listed(session)
    assert "090" not in kept
    assert "見本商店" not in kept


@pytest.mark.parametrize(
    "words", ["", "?!", "未発表の発明です。構成はAの上にBを重ね、Cで固定する仕組みです"]
)
def test_empty_and_guarded_words_are_not_kept(session: Session, words: str) -> None:
    assert not _note(session, words)
    assert _listed(session) == []


def test_a_flood_is_not_kept(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(misses, "MOST_A_DAY", 2)

    assert [_note(session, f"言葉{n}の件") for n in range(3)] == [True, True, False]


def test_a_question_the_bot_found_nothing_for_is_listed_until_it_is_taken_back(
    session: Session,
) -> None:
    message = said(session, "ヒンメリの型紙を知りたい", sure=False)
    replied(session, message, basis=NOTHING)
    helped = said(session, "商標の更新の時期を知りたい")
    replied(session, helped, basis={"wording": ["dialogue.answered"]})
    assert _listed(session) == [("ヒンメリの型紙を知りたい", 1)]

    message.text, message.sensitive = None, True
    session.add(message)
    session.flush()

    assert _listed(session) == []


def test_kept_words_go_after_the_retention_time(session: Session) -> None:
    _note(session, "養蜂箱の名前")

    kept = misses.forget_old(session=session, older_than=timedelta(days=90), now=NOW)
    later = NOW + timedelta(days=91)
    gone = misses.forget_old(session=session, older_than=timedelta(days=90), now=later)

    assert (kept, gone) == (0, 1)
    assert _listed(session) == []


def test_only_maintainers_see_them(session: Session) -> None:
    with pytest.raises(NotAllowedError):
        misses.listed(session=session, actor=person(), now=NOW)

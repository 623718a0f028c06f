"""The installation's own sentences as files: deterministic, clean for the linter, quickly gone."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session, select

from knowledge.conversations import retention
from knowledge.database import keyring, transaction
from knowledge.line.models import LineContact, LineEvent
from knowledge.line.unsending import unsend
from knowledge.training import corrections, overlay
from knowledge.training.export import export_training
from knowledge.training.forgetting import Folders, forget, refresh_files
from knowledge.training.models import Correction, MessageReview
from knowledge.training.private import delete_words
from knowledge.training.protected import protected_sentences
from tests.knowledge.training.conftest import DataFolder
from tests.support.content import TEXT_KEY
from tests.support.maintain import NOW, corrected, files_of, known, maintainer, said

TEXTS = [
    "屋号を長く使ってきたので守り方を知りたい",
    "となりの県の同業者と名前がかぶっていたと分かりました",
    "看板の文字だけ先に押さえておきたい気持ちです",
    "通販で似た名前の店を見つけて不安になった",
    "孫が作ったマークを包装紙に刷りたい",
]


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    keyring.set((TEXT_KEY,))
    with transaction(engine) as opened:
        yield opened


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    return Folders(tmp_path / "own", tmp_path / "export", tmp_path / "runs")


def _words(folder: Path) -> str:
    return b"".join(files_of(folder).values()).decode()


def test_the_same_corrections_give_the_same_bytes(session: Session, tmp_path: Path) -> None:
    for words in TEXTS:
        corrected(session, words)
    rows = overlay.approved(session=session)

    overlay.write(rows, to=tmp_path / "a")
    overlay.write(reversed(rows), to=tmp_path / "b")

    assert files_of(tmp_path / "a") == files_of(tmp_path / "b")
    assert overlay.write(rows, to=tmp_path / "a") is False


def test_the_linter_has_nothing_against_it(
    session: Session, tmp_path: Path, data: DataFolder
) -> None:
    for words in TEXTS:
        corrected(session, words, protected=True)
    corrected(session, "人と話がしたいのですが", "human")
    corrected(session, "ラーメン屋のおすすめは", "out_of_scope")
    overlay.write(overlay.approved(session=session), to=tmp_path / "own")

    assert [str(finding) for finding in data.findings(tmp_path / "own")] == []
    assert len(protected_sentences([data.root, tmp_path / "own"])) == len(TEXTS)


def test_learned_sentences_reach_the_export_and_judging_ones_do_not(
    session: Session, tmp_path: Path, data: DataFolder
) -> None:
    learn = corrected(session, TEXTS[0], known_sentences=known(("trademarks", TEXTS[0])))
    judge = corrected(
        session, TEXTS[1], known_sentences=known(("trademarks", TEXTS[1]), part="heldout")
    )
    overlay.write(overlay.approved(session=session), to=tmp_path / "own")

    export_training(roots=[data.root, tmp_path / "own"], names={}, to=tmp_path / "export")

    assert learn.text in _words(tmp_path / "export")
    assert judge.text not in _words(tmp_path / "export")
    assert judge.text in _words(tmp_path / "own")


def test_only_approved_sentences_are_written(session: Session, tmp_path: Path) -> None:
    row = corrected(session, TEXTS[0])
    row.state = "refused"
    session.add(row)

    overlay.write(overlay.approved(session=session), to=tmp_path / "own")

    assert files_of(tmp_path / "own") == {}


def test_an_operators_own_files_are_left_alone(session: Session, tmp_path: Path) -> None:
    own = tmp_path / "own" / "train" / "inquiry" / "patents.yml"
    own.parent.mkdir(parents=True)
    own.write_text("intent: patents\nexamples: []\n")
    corrected(session, TEXTS[0], "patents")
    overlay.write(overlay.approved(session=session), to=tmp_path / "own")

    overlay.write((), to=tmp_path / "own")

    assert list(files_of(tmp_path / "own")) == ["train/inquiry/patents.yml"]


def _everywhere(session: Session, folders: Folders, words: str) -> None:
    """The sentence stands in the overlay and in copies made from it."""
    assert refresh_files(session=session, folders=folders)
    for copy in (folders.export, folders.runs):
        copy.mkdir(parents=True, exist_ok=True)
        (copy / "trademarks.yml").write_text(words)
    assert words in _words(folders.overlay)


def _nowhere(session: Session, folders: Folders, words: str) -> None:
    forget(session=session, now=NOW)
    refresh_files(session=session, folders=folders)
    assert words not in _words(folders.overlay)
    assert not folders.export.exists()
    assert not folders.runs.exists()
    assert session.exec(select(Correction)).all() == []
    assert session.exec(select(MessageReview)).all() == []


def test_an_unsent_message_leaves_training_with_every_copy(
    session: Session, folders: Folders
) -> None:
    message = said(session, TEXTS[0], channel="line", client_message_id="line:event-1")
    session.add(
        LineContact(
            key="contact",
            kind="user",
            line_id="U1",
            conversation_id=message.conversation_id,
            created_at=NOW,
            last_at=NOW,
        )
    )
    session.add(
        LineEvent(
            event_id="event-1",
            contact_key="contact",
            message_id="m1",
            kind="text",
            occurred_at=NOW,
            received_at=NOW,
            state="done",
        )
    )
    session.flush()
    corrected(session, TEXTS[0], message=message)
    _everywhere(session, folders, TEXTS[0])

    assert unsend(session=session, contact_key="contact", message_id="m1", now=NOW)

    assert corrections.listed(session=session, actor=maintainer(), state="approved") == []
    assert overlay.approved(session=session) == ()
    _nowhere(session, folders, TEXTS[0])


def test_a_conversation_past_its_retention_leaves_training(
    session: Session, folders: Folders
) -> None:
    message = said(session, TEXTS[0], at=NOW - timedelta(days=91))
    corrected(session, TEXTS[0], message=message)
    _everywhere(session, folders, TEXTS[0])
    (expired,) = retention.expired_ids(session=session, older_than=timedelta(days=90), now=NOW)

    retention.delete_conversation(session=session, conversation_id=expired)
    session.expire_all()

    _nowhere(session, folders, TEXTS[0])


def test_words_deleted_by_a_maintainer_leave_training(session: Session, folders: Folders) -> None:
    message = said(session, TEXTS[0])
    corrected(session, TEXTS[0], message=message)
    _everywhere(session, folders, TEXTS[0])

    delete_words(session=session, message_id=message.id, actor=maintainer(), now=NOW)

    assert (message.text, message.withheld, message.sensitive) == (None, True, True)
    _nowhere(session, folders, TEXTS[0])
    waiting = session.connection().execute(text("SELECT kind FROM delivery")).scalars().all()
    assert waiting == ["forget"]


def test_a_sentence_in_ones_own_words_stays(session: Session, folders: Folders) -> None:
    corrected(session, TEXTS[0])
    refresh_files(session=session, folders=folders)

    forget(session=session, now=NOW)
    refresh_files(session=session, folders=folders)

    assert TEXTS[0] in _words(folders.overlay)


def test_a_new_sentence_leaves_the_copies_alone(session: Session, folders: Folders) -> None:
    corrected(session, TEXTS[0])
    _everywhere(session, folders, TEXTS[0])

    corrected(session, TEXTS[1])
    refresh_files(session=session, folders=folders)

    assert folders.export.exists()


def test_new_shipped_sentences_leave_the_own_ones(
    session: Session, tmp_path: Path, data: DataFolder
) -> None:
    corrected(session, TEXTS[0], "trademarks", known_sentences=known(("trademarks", TEXTS[0])))
    overlay.write(overlay.approved(session=session), to=tmp_path / "own")

    data.train("trademarks", data.row("trademarks", text="新しい版で入れ替わった文です"))
    export_training(roots=[data.root, tmp_path / "own"], names={}, to=tmp_path / "export")

    words = _words(tmp_path / "export")
    assert TEXTS[0] in words
    assert "新しい版で入れ替わった文です" in words

"""Entries are changed by maintainers: checked, kept in versions, and never lost to an upgrade."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from knowledge.articles import service as articles
from knowledge.audit.models import AuditEntry
from knowledge.catalogue import current
from knowledge.content_loader import load
from knowledge.content_store import history
from knowledge.database import keyring, transaction
from knowledge.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError
from knowledge.training import carrying, editing, resting
from tests.knowledge.conftest import ContentFolder
from tests.support.content import TEXT_KEY
from tests.support.maintain import NOW, maintainer, replied, said
from tests.support.staff import person

ID = "patents-first"
TODAY = NOW.date()


@pytest.fixture
def session(engine: Engine, good_folder: ContentFolder) -> Iterator[Session]:
    keyring.set((TEXT_KEY,))
    with transaction(engine) as opened:
        load(session=opened, root=good_folder.root)
        yield opened


def _cells(session: Session, **changes: str) -> dict[str, str]:
    found = editing.opened(session=session, kind="article", id=ID, actor=maintainer(), today=TODAY)
    return {**found.cells, **changes}


def _save(session: Session, version: int = 1, **changes: str) -> int:
    return editing.save(
        session=session,
        kind="article",
        cells=_cells(session, **changes),
        version=version,
        actor=maintainer(),
        now=NOW,
    )


def _export(session: Session, form: str = "csv") -> bytes:
    _, content = carrying.exported(session=session, kind="article", actor=maintainer(), form=form)
    return content


def _import(session: Session, content: bytes, name: str = "a.csv") -> carrying.Imported:
    return carrying.imported(
        session=session, kind="article", name=name, content=content, actor=maintainer(), now=NOW
    )


def test_an_edit_is_the_next_version_and_the_one_before_stays_readable(session: Session) -> None:
    assert _save(session, answer="新しい答えです。") == 2

    (diff,) = editing.compared(
        session=session, kind="article", id=ID, version=1, actor=maintainer()
    )

    assert [(line.sign, line.text) for line in diff.lines] == [
        ("-", "通知書に書かれた期限が優先します。"),
        ("+", "新しい答えです。"),
    ]
    kept = history.versions(session=session, kind="article", id=ID)
    assert [(one.version, one.by, one.at) for one in kept] == [(2, "mei", NOW), (1, "", None)]


def test_an_edit_that_changes_nothing_is_no_version(session: Session) -> None:
    assert _save(session) == 1
    assert history.versions(session=session, kind="article", id=ID) == []


def test_who_was_slower_is_told(session: Session) -> None:
    _save(session, answer="先の人の答え。")

    with pytest.raises(ConflictError):
        _save(session, version=1, answer="後の人の答え。")


@pytest.mark.parametrize(
    ("field", "value", "word"),
    [
        ("answer", "あなたの商標は登録できます。", "個別の判断"),
        ("answer", "", "answer"),
        ("review_on", "来年", "日付"),
        ("programmes", "no-such-programme", "no-such-programme"),
        ("needs", "sleep", "sleep"),
    ],
)
def test_what_the_linter_refuses_is_refused_here(
    session: Session, field: str, value: str, word: str
) -> None:
    changes: dict[str, Any] = {field: value}
    with pytest.raises(InvalidInputError) as caught:
        _save(session, **changes)

    assert any(word in problem.reason for problem in caught.value.fields)
    assert articles.active(session=session)[ID].version == 1


def test_an_entry_switched_off_stays_off_through_an_upgrade(
    session: Session, good_folder: ContentFolder
) -> None:
    editing.show(session=session, kind="article", id=ID, shown=False, actor=maintainer(), now=NOW)
    good_folder.article(answer="新しい版の答えです。")

    load(session=session, root=good_folder.root)
    load(session=session, root=good_folder.root)

    assert ID not in articles.active(session=session)
    editing.show(session=session, kind="article", id=ID, shown=True, actor=maintainer(), now=NOW)
    assert articles.active(session=session)[ID].entry.answer == "新しい版の答えです。"


def test_an_upgrade_keeps_the_own_text_and_shows_what_differs(
    session: Session, good_folder: ContentFolder
) -> None:
    _save(session, answer="手元の答えです。")
    good_folder.article(answer="新しい版の答えです。")

    load(session=session, root=good_folder.root)

    found = editing.opened(session=session, kind="article", id=ID, actor=maintainer(), today=TODAY)
    assert found.entry.answer == "手元の答えです。"  # type: ignore[union-attr]
    assert [diff.field for diff in found.pending] == ["answer"]
    only = editing.listed(
        session=session, kind="article", actor=maintainer(), today=TODAY, only="pending"
    )
    assert [item.id for item in only] == [ID]
    editing.accept_shipped(session=session, kind="article", id=ID, actor=maintainer(), now=NOW)
    assert articles.active(session=session)[ID].entry.answer == "新しい版の答えです。"


def test_what_is_due_comes_first(session: Session) -> None:
    day = (TODAY + timedelta(days=10)).isoformat()
    _save(session, review_on=day)

    found = editing.listed(session=session, kind="article", actor=maintainer(), today=TODAY)

    assert [item.id for item in found if item.due] == [ID]
    assert found[0].id == ID
    assert editing.listed(
        session=session, kind="article", actor=maintainer(), today=TODAY, q="発送日", only="due"
    )


def test_answers_and_articles_that_rest_on_an_entry_are_counted(session: Session) -> None:
    message = said(session, "期限はいつですか")
    replied(session, message, basis={"articles": [f"{ID}@1"], "programmes": []})
    replied(session, message, basis={"articles": ["patents-first-other@1"]})

    assert resting.answers_resting_on(session=session, id=ID, actor=maintainer()) == 1
    naming = resting.entries_resting_on(session=session, id="ipas")
    assert ID in {article.id for article in naming}


def test_a_changed_source_lists_every_entry_that_quotes_it(session: Session) -> None:
    found = current(session=session)
    entry = found.article(ID)
    assert entry is not None
    pages = {source.url for source in entry.sources if source.url}

    sharing = {one.id for one in resting.entries_sharing_sources(session=session, entry=entry)}

    quoting = {
        *(a.id for a in found.articles if pages & {source.url for source in a.sources}),
        *(p.id for p in found.programmes if pages & {source.url for source in p.cited}),
    }
    assert sharing == quoting - {ID}
    assert sharing


def test_export_after_no_change_is_byte_identical(session: Session) -> None:
    for form in ("csv", "yaml"):
        assert _export(session, form) == _export(session, form)
    before = _export(session)

    done = _import(session, before)

    assert (done.added, done.changed) == ((), ())
    assert _export(session) == before


def test_an_import_adds_and_changes(session: Session) -> None:
    content = _export(session).decode("utf-8-sig")
    changed = content.replace("通知書に書かれた期限が優先します。", "書き直した答えです。", 1)

    done = _import(session, changed.encode())

    assert len(done.changed) == 1
    assert (done.added, len(done.same)) == ((), 13)


def test_one_error_changes_nothing(session: Session) -> None:
    before = _export(session)
    content = before.decode("utf-8-sig")
    spoiled = content.replace("期限が優先します。", "商標は登録できます。", 1)
    spoiled = spoiled.replace("通知書の発送日", "通知書の日付")

    with pytest.raises(InvalidInputError) as caught:
        _import(session, spoiled.encode())

    assert "「登録できます」" in caught.value.fields[0].reason
    assert _export(session) == before


def test_every_change_is_audited_without_its_words(session: Session) -> None:
    from sqlmodel import select

    _save(session, answer="新しい答えです。")
    editing.show(session=session, kind="article", id=ID, shown=False, actor=maintainer(), now=NOW)

    lines = session.exec(select(AuditEntry)).all()
    assert [line.action for line in lines] == ["article.edited", "article.hidden"]
    assert not any("新しい答え" in str(line.detail) for line in lines)


def test_who_maintains_nothing_changes_nothing(session: Session) -> None:
    with pytest.raises(NotAllowedError):
        editing.show(session=session, kind="article", id=ID, shown=False, actor=person(), now=NOW)
    with pytest.raises(NotAllowedError):
        carrying.exported(session=session, kind="article", actor=person(), form="csv")
    with pytest.raises(NotFoundError):
        editing.opened(session=session, kind="article", id="x", actor=maintainer(), today=TODAY)
    with pytest.raises(NotFoundError):
        editing.compared(session=session, kind="article", id=ID, version=9, actor=maintainer())

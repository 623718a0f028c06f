from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine

from knowledge import clock
from knowledge.content_loader import LoadReport, load
from knowledge.content_store.service import fingerprint, revision
from knowledge.database import transaction
from knowledge.errors import ContentError
from knowledge.programmes import service as programmes

EDITED = "人が直した文です。"


def _load(engine: Engine, folder: Any) -> LoadReport:
    with transaction(engine) as session:
        return load(session=session, root=folder.root)


def _revision(engine: Engine) -> tuple[int, str] | None:
    with transaction(engine, read_only=True) as session:
        return revision(session=session)


def _offers(engine: Engine) -> tuple[str, int]:
    with transaction(engine, read_only=True) as session:
        stored = programmes.active(session=session)["ipas"]
        return stored.entry.offers, stored.version


@pytest.fixture
def edit(engine: Engine) -> Callable[[str], None]:
    """A person edits what the programme offers."""

    def do(offers: str) -> None:
        with transaction(engine) as session:
            entry = programmes.active(session=session)["ipas"].entry
            changed = entry.model_copy(update={"offers": offers})
            programmes.edit(session=session, entry=changed, at=clock.now())

    return do


def test_the_first_load_adds_everything(engine: Engine, good_folder: Any) -> None:
    report = _load(engine, good_folder)

    assert len(report.added) == 1 + 14 + 1
    assert "desk/inpit-chizai-sogo-madoguchi" in report.added


def test_a_second_load_changes_nothing(engine: Engine, good_folder: Any) -> None:
    _load(engine, good_folder)
    before = _revision(engine)

    report = _load(engine, good_folder)

    assert len(report.unchanged) == 16
    assert not report.changed
    assert _revision(engine) == before


def test_an_unedited_row_follows_the_shipped_file(engine: Engine, folder: Any) -> None:
    folder.programme()
    _load(engine, folder)
    before = _revision(engine)
    folder.programme(offers="新しい文です。")

    report = _load(engine, folder)

    assert report.updated == ("programme/ipas",)
    assert _offers(engine) == ("新しい文です。", 2)
    assert _revision(engine) != before


def test_an_edit_is_kept_when_nothing_new_is_shipped(
    engine: Engine, folder: Any, edit: Callable[[str], None]
) -> None:
    folder.programme()
    _load(engine, folder)
    edit(EDITED)

    report = _load(engine, folder)

    assert report.kept_edits == ("programme/ipas",)
    assert report.pending == ()
    assert _offers(engine) == (EDITED, 2)


def test_a_new_shipped_version_waits_beside_an_edit_until_accepted(
    engine: Engine, folder: Any, edit: Callable[[str], None]
) -> None:
    folder.programme()
    _load(engine, folder)
    edit(EDITED)
    folder.programme(offers="新しい文です。")

    reports = [_load(engine, folder), _load(engine, folder)]

    assert all(report.pending == ("programme/ipas",) for report in reports)
    assert _offers(engine) == (EDITED, 2)
    with transaction(engine) as session:
        programmes.accept_shipped(session=session, id="ipas")
    assert _offers(engine) == ("新しい文です。", 3)
    assert _load(engine, folder).unchanged == ("programme/ipas",)


def test_an_edit_that_was_shipped_later_is_no_edit_any_more(
    engine: Engine, folder: Any, edit: Callable[[str], None]
) -> None:
    folder.programme()
    _load(engine, folder)
    edit(EDITED)
    folder.programme(offers=EDITED)
    _load(engine, folder)
    folder.programme(offers="その後の文です。")

    assert _load(engine, folder).updated == ("programme/ipas",)


def test_what_is_no_longer_shipped_is_hidden_and_comes_back(engine: Engine, folder: Any) -> None:
    path = folder.programme()
    _load(engine, folder)
    path.unlink()

    assert _load(engine, folder).retired == ("programme/ipas",)
    assert _load(engine, folder).retired == ()
    with transaction(engine, read_only=True) as session:
        assert programmes.active(session=session) == {}
    folder.programme()
    assert _load(engine, folder).updated == ("programme/ipas",)


def test_one_bad_file_leaves_everything_as_it_was(engine: Engine, good_folder: Any) -> None:
    good_folder.desk(kind="shop")
    good_folder.article("patents", fence="law")

    with pytest.raises(ContentError) as refused:
        _load(engine, good_folder)

    assert str(refused.value).count("\n") == 1
    with transaction(engine, read_only=True) as session:
        assert programmes.active(session=session) == {}


def test_a_wrong_folder_retires_nothing(engine: Engine, good_folder: Any) -> None:
    _load(engine, good_folder)

    with pytest.raises(ContentError, match="フォルダー"), transaction(engine) as session:
        load(session=session, root=good_folder.root / "no")

    with transaction(engine, read_only=True) as session:
        assert "ipas" in programmes.active(session=session)


def test_the_order_of_keys_is_no_change() -> None:
    assert fingerprint({"a": 1, "b": [2]}) == fingerprint({"b": [2], "a": 1})
    assert fingerprint({"a": 1}) != fingerprint({"a": 2})

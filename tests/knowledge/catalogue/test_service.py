from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import SQLModel

from knowledge import clock
from knowledge.catalogue import Catalogue, current
from knowledge.content_loader import load
from knowledge.database import make_engine, transaction
from knowledge.programmes import service as programmes


@pytest.fixture
def loaded(engine: Engine, good_folder: Any) -> Engine:
    good_folder.programme(id="ended-ipas", name="旧プログラム", aliases=["旧IPAS"], status="ended")
    with transaction(engine) as session:
        load(session=session, root=good_folder.root)
    return engine


def _current(engine: Engine) -> Catalogue:
    with transaction(engine, read_only=True) as session:
        return current(session=session)


def test_entries_are_found_by_id_and_unknown_ids_give_none(loaded: Engine) -> None:
    catalogue = _current(loaded)

    assert catalogue.programme("ipas") in catalogue.programmes
    assert catalogue.article("patents-first") in catalogue.articles
    assert catalogue.desk("inpit-chizai-sogo-madoguchi") in catalogue.desks
    assert catalogue.programme("no") is None
    assert catalogue.article("no") is None
    assert catalogue.desk("no") is None


def test_prefectures_are_part_of_it(loaded: Engine) -> None:
    catalogue = _current(loaded)

    assert len(catalogue.prefectures) == 47
    assert catalogue.prefecture("しずおか") == catalogue.prefectures[21]
    assert catalogue.prefecture("火星") is None


def test_answers_can_quote_the_version(loaded: Engine) -> None:
    catalogue = _current(loaded)

    assert catalogue.version_of("ipas") == "ipas@1"
    assert catalogue.version_of("patents-first") == "patents-first@1"
    assert catalogue.version_of("no") == "no@0"


def test_the_same_snapshot_serves_until_content_changes(loaded: Engine) -> None:
    first = _current(loaded)
    assert _current(loaded) is first
    programme = first.programme("ipas")
    assert programme is not None
    edited = programme.model_copy(update={"aliases": ("アクセラ支援",)})

    with transaction(loaded) as session:
        programmes.edit(session=session, entry=edited, at=clock.now())

    second = _current(loaded)
    assert second is not first
    assert second.version_of("ipas") == "ipas@2"
    assert second.search_programmes("アクセラ支援")[0].entry.id == "ipas"
    assert first.search_programmes("アクセラ支援") != second.search_programmes("アクセラ支援")


def test_a_change_that_was_rolled_back_is_not_kept(loaded: Engine) -> None:
    before = _current(loaded).programme("ipas")
    assert before is not None

    def edit_and_fail() -> None:
        with transaction(loaded) as session:
            edited = before.model_copy(update={"offers": "書きかけの文です。"})
            programmes.edit(session=session, entry=edited, at=clock.now())
            current(session=session)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        edit_and_fail()

    assert _current(loaded).programme("ipas") == before


def test_two_databases_are_not_mixed_up(loaded: Engine, tmp_path: Any) -> None:
    other = make_engine(f"sqlite:///{tmp_path / 'other.db'}")
    SQLModel.metadata.create_all(other)

    assert _current(loaded).programmes
    assert _current(other).programmes == ()
    other.dispose()


def test_articles_of_the_topic_asked_for_come_first(loaded: Engine) -> None:
    hits = _current(loaded).search_articles("拒絶理由通知が来た", limit=3, topic="designs")

    assert hits[0].entry.id == "designs-first"
    assert len(hits) == 3
    assert hits[0].score > hits[1].score


def test_the_need_moves_an_article_up_too(engine: Engine, folder: Any) -> None:
    folder.article("patents", needs=["deadline"])
    folder.article("designs", needs=["cost"])
    with transaction(engine) as session:
        load(session=session, root=folder.root)

    hits = _current(engine).search_articles("拒絶理由通知が来た", need="deadline")

    assert [hit.entry.id for hit in hits] == ["patents-first", "designs-first"]


def test_what_is_over_comes_after_what_runs(loaded: Engine) -> None:
    hits = _current(loaded).search_programmes("スタートアップの知財戦略", topic="startups")

    assert [hit.entry.id for hit in hits] == ["ipas", "ended-ipas"]


def test_many_threads_may_search_a_fresh_snapshot(loaded: Engine) -> None:
    catalogue = _current(loaded)

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(catalogue.search_programmes, ["アイパス"] * 40))

    assert all(hits == found[0] and hits[0].entry.id == "ipas" for hits in found)


def test_an_empty_database_gives_an_empty_catalogue(engine: Engine) -> None:
    catalogue = _current(engine)
    catalogue.prepare()

    entries = (*catalogue.programmes, *catalogue.articles, *catalogue.desks)
    assert entries == ()
    assert catalogue.search_articles("商標") == ()

"""The shipped content itself: complete, clean, and found by the words people use."""

from pathlib import Path

import pytest
from sqlmodel import SQLModel

from knowledge.catalogue import Catalogue, current
from knowledge.content_lint import check
from knowledge.content_loader import load
from knowledge.content_store.files import CONTENT_DIR
from knowledge.database import make_engine, transaction

SYSTEM_IDS = Path(__file__).parent.parent / "data" / "system_ids.txt"

LEADING_DESKS = (
    "sangyo-zaisanken-sodan-madoguchi",
    "inpit-chizai-sogo-madoguchi",
    "eigyo-himitsu-chizai-senryaku-madoguchi",
    "kaigai-tenkai-chizai-madoguchi",
    "kansai-chizai-senryaku-senmon-madoguchi",
    "denshi-shutsugan-support-center",
    "sangaku-startup-sodan-madoguchi",
)


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    """The shipped content, loaded once."""
    engine = make_engine(f"sqlite:///{tmp_path_factory.mktemp('content') / 'product.db'}")
    SQLModel.metadata.create_all(engine)
    with transaction(engine) as session:
        load(session=session)
        loaded = current(session=session)
    engine.dispose()
    return loaded


def test_the_linter_finds_nothing() -> None:
    assert [str(finding) for finding in check(CONTENT_DIR)] == []


def test_every_named_system_of_the_sources_is_there(catalogue: Catalogue) -> None:
    ids = SYSTEM_IDS.read_text(encoding="utf-8").split()

    assert len(ids) == 255
    assert [id_ for id_ in ids if catalogue.programme(id_) is None] == []


def test_every_desk_and_partner_of_the_sources_has_a_card(catalogue: Catalogue) -> None:
    named = [p.id for p in catalogue.programmes if p.kind in ("desk", "partner")]

    assert [id_ for id_ in named if catalogue.desk(id_) is None] == []


def test_the_leading_desks_are_there_and_old_phones_are_not(catalogue: Catalogue) -> None:
    desks = {desk.id: desk for desk in catalogue.desks}

    assert set(LEADING_DESKS) <= set(desks)
    assert desks["eigyo-himitsu-chizai-senryaku-madoguchi"].phone is None
    assert all(desk.phone_as_of for desk in desks.values() if desk.phone)
    assert all(
        "要確認" in (d.note or "") for d in desks.values() if d.kind == "desk" and not d.phone
    )


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("ジェイプラットパット", "j-platpat"),
        ("j-platpat", "j-platpat"),
        ("Ｊ－ＰｌａｔＰａｔ", "j-platpat"),
        ("ｼﾞｪｲﾌﾟﾗｯﾄﾊﾟｯﾄ", "j-platpat"),
        ("jプラパ", "j-platpat"),
        ("下請かけこみ寺", "torihiki-kakekomidera"),
        ("新興国データベース", "globalipdb"),
        ("アイパスに申し込みたい", "ipas"),
        ("営業秘密110番", "eigyo-himitsu-chizai-senryaku-madoguchi"),
        ("外国出願の補助金", "inpit-gaikoku-shutsugan-hojokin"),
    ],
)
def test_programmes_are_found_by_the_names_people_use(
    catalogue: Catalogue, typed: str, found: str
) -> None:
    assert catalogue.search_programmes(typed)[0].entry.id == found


@pytest.mark.parametrize(
    ("typed", "topic"),
    [
        ("拒絶理由通知が来た いつまで", "patents"),
        ("商標の更新を忘れてた", "trademarks"),
        ("しょうひょうのこうしん", "trademarks"),
        ("外国に特許を出すときの期限", "overseas"),
    ],
)
def test_articles_are_found_by_own_words(catalogue: Catalogue, typed: str, topic: str) -> None:
    assert topic in catalogue.search_articles(typed)[0].entry.topics

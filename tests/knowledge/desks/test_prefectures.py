from collections import Counter
from pathlib import Path

import pytest

from knowledge.desks.prefectures import find_prefecture, prefectures, read_prefectures
from knowledge.errors import ContentError


@pytest.mark.parametrize(
    "typed",
    ["静岡県", "静岡", "しずおか", "しずおかけん", "シズオカ", "ｼｽﾞｵｶ", "22", "２２", " 静岡県 "],
)
def test_a_prefecture_is_found_however_it_is_written(typed: str) -> None:
    found = find_prefecture(typed)

    assert found is not None
    assert found.name == "静岡県"


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("東京", "東京都"),
        ("京都", "京都府"),
        ("おおさか", "大阪府"),
        ("北海道", "北海道"),
        ("ほっかいどう", "北海道"),
        ("1", "北海道"),
        ("47", "沖縄県"),
    ],
)
def test_prefectures_with_other_endings_are_found_too(typed: str, name: str) -> None:
    found = find_prefecture(typed)

    assert found is not None
    assert found.name == name


@pytest.mark.parametrize("typed", ["", "火星", "48", "00", "県", "静岡市"])
def test_what_is_no_prefecture_gives_none(typed: str) -> None:
    assert find_prefecture(typed) is None


def test_there_are_47_in_the_blocks_of_the_order() -> None:
    sizes = Counter(p.block for p in prefectures())

    assert sum(sizes.values()) == 47
    assert sizes == {
        "北海道": 1,
        "東北": 6,
        "関東": 11,
        "中部": 5,
        "近畿": 7,
        "中国": 5,
        "四国": 4,
        "九州": 7,
        None: 1,
    }


def test_okinawa_belongs_to_no_bureau() -> None:
    okinawa = find_prefecture("沖縄")

    assert okinawa is not None
    assert okinawa.block is None


def test_the_kansai_desk_serves_seven_prefectures() -> None:
    served = {p.short for p in prefectures() if p.kansai_desk}

    assert served == {"福井", "滋賀", "京都", "大阪", "兵庫", "奈良", "和歌山"}


def test_each_has_an_office_with_its_own_name() -> None:
    assert all(p.office == f"INPIT{p.name}知財総合支援窓口" for p in prefectures())


def test_a_missing_or_broken_list_is_told(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match=r"prefectures\.yml"):
        read_prefectures(tmp_path)
    (tmp_path / "prefectures.yml").write_text("- {jis: '01', name: 北海道}\n", encoding="utf-8")
    with pytest.raises(ContentError, match="kana"):
        read_prefectures(tmp_path)

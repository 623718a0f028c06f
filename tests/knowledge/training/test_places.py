import pytest

from knowledge.training.places import COMMON_WORDS, municipality_names


@pytest.fixture(scope="module")
def names() -> dict[str, tuple[str, ...]]:
    return municipality_names()


@pytest.mark.parametrize(
    ("place", "written"),
    [
        ("静岡県浜松市", ("浜松市", "浜松")),
        ("大阪府東大阪市", ("東大阪市", "東大阪")),
        ("茨城県つくば市", ("つくば市", "つくば")),
        ("東京都渋谷区", ("渋谷区", "渋谷")),
        ("神奈川県大和市", ("大和市",)),
        ("栃木県さくら市", ("さくら市",)),
        ("三重県津市", ("津市",)),
    ],
)
def test_a_municipality_is_known_by_the_ways_people_write_it(
    names: dict[str, tuple[str, ...]], place: str, written: tuple[str, ...]
) -> None:
    assert names[place] == written


def test_a_ward_counts_as_its_city(names: dict[str, tuple[str, ...]]) -> None:
    assert not any(place.startswith("静岡県浜松市") and place.endswith("区") for place in names)


def test_a_town_loses_its_county(names: dict[str, tuple[str, ...]]) -> None:
    assert "北海道余市町" in names
    assert not any("余市郡" in place for place in names)


def test_a_city_with_county_in_its_name_keeps_it(names: dict[str, tuple[str, ...]]) -> None:
    assert names["福岡県小郡市"] == ("小郡市", "小郡")
    assert "奈良県大和郡山市" in names


def test_a_name_of_several_prefectures_stands_for_none_of_them(
    names: dict[str, tuple[str, ...]],
) -> None:
    assert names["府中市"] == ()
    assert names["東京都府中市"] == ()
    assert names["広島県府中市"] == ()


def test_no_short_form_is_a_common_word_or_a_single_letter(
    names: dict[str, tuple[str, ...]],
) -> None:
    written = [name for place in names for name in names[place]]

    assert not COMMON_WORDS & set(written)
    assert min(len(name) for name in written) >= 2


def test_no_spelling_means_two_municipalities(names: dict[str, tuple[str, ...]]) -> None:
    written = [name for place in names for name in names[place]]

    assert sorted({name for name in written if written.count(name) > 1}) == []


def test_every_prefecture_has_places(names: dict[str, tuple[str, ...]]) -> None:
    prefectures = {
        place[: place.index(end) + 1] for place in names for end in "都道府県" if end in place[2:4]
    }

    assert {"北海道", "東京都", "京都府", "大阪府", "沖縄県", "鹿児島県"} <= prefectures

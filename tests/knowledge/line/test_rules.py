"""Codes in messages, prefectures in addresses."""

import pytest

from knowledge.line.places import prefecture_of
from knowledge.line.rules import reference_and_code

CODES = [
    ("K26-4F7QM-9 4F7Q-9MKT-2XWA", ("K26-4F7QM-9", "4F7Q-9MKT-2XWA")),
    ("番号 K26-4F7QM-9、コード 4F7Q-9MKT-2XWA です", ("K26-4F7QM-9", "4F7Q-9MKT-2XWA")),
    ("４Ｆ７Ｑ－９ＭＫＴ－２ＸＷＡ　Ｋ２６－４Ｆ７ＱＭ－９", ("K26-4F7QM-9", "4F7Q-9MKT-2XWA")),
    ("k26-4f7qm-9\n4f7q 9mkt 2xwa", ("K26-4F7QM-9", "4F7Q 9MKT 2XWA")),
]
NO_CODES = [
    "",
    "K26-4F7QM-9",
    "4F7Q-9MKT-2XWA",
    "相談番号 K26-4F7QM-9 の件です",
    "特許第1234567号と商標登録第7654321号",
    "K26-4F7QM-9 0000-1111-OOOO",
    "請求項は10個、社員8人です",
]


@pytest.mark.parametrize(("said", "found"), CODES)
def test_a_reference_with_its_code_is_found(said: str, found: tuple[str, str]) -> None:
    assert reference_and_code(said) == found


@pytest.mark.parametrize("said", NO_CODES)
def test_other_texts_are_no_codes(said: str) -> None:
    assert reference_and_code(said) is None


ADDRESSES = [
    ("〒430-0929 静岡県浜松市中央区", "静岡県"),
    ("日本、〒430-0929 静岡県浜松市", "静岡県"),
    ("東京都府中市宮西町", "東京都"),
    ("京都府京都市", "京都府"),
    ("北海道札幌市", "北海道"),
    ("432-8051 Hamamatsu", "静岡県"),
    ("４３２－８０５１", "静岡県"),
    ("沖縄県那覇市（東京都の会社の支店）", "沖縄県"),
    ("", None),
    ("Sea of Japan", None),
    ("000-0000", None),
    ("1 Main Street, Springfield 12345-6789", None),
]


@pytest.mark.parametrize(("address", "prefecture"), ADDRESSES)
def test_the_prefecture_of_an_address(address: str, prefecture: str | None) -> None:
    assert prefecture_of(address) == prefecture

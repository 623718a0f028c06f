"""Long texts are cut where a reader would cut them, and nothing is lost."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.channels.line.splitting import shorten, split, units

LINK = "https://www.jpo.go.jp/system/process/tesuryo/hyou.html?a=1&b=%E3%81%82#top"
SENTENCE = "知財総合支援窓口は、都道府県ごとにあります。"


def _without_spaces(text: str) -> str:
    return re.sub(r"\s+", "", text)


def test_a_short_text_stays_whole() -> None:
    assert split("  こんにちは。\n") == ["こんにちは。"]


def test_nothing_is_nothing() -> None:
    assert split(" \n ") == []


def test_it_is_cut_between_paragraphs_first() -> None:
    text = SENTENCE * 3 + "\n\n" + SENTENCE * 3

    assert split(text, 100) == [SENTENCE * 3, SENTENCE * 3]


def test_it_is_cut_after_a_sentence_when_there_is_no_paragraph() -> None:
    pieces = split(SENTENCE * 20, 100)

    assert all(piece.endswith("。") for piece in pieces)
    assert "".join(pieces) == SENTENCE * 20


@pytest.mark.parametrize("before", range(60, 101, 5))
def test_a_link_is_never_cut(before: int) -> None:
    text = "あ" * before + " " + LINK + " をご覧ください。" + "い" * 80

    pieces = split(text, 110)

    assert sum(LINK in piece for piece in pieces) == 1
    assert all(units(piece) <= 110 for piece in pieces)


@pytest.mark.parametrize(
    "link",
    [
        "https://ja.example.org/wiki/特許の出願?q=見本&a=1#章",
        "https://example.jp/" + "a" * 60,
        "http://example.jp/a(b)_c",
    ],
)
def test_a_link_with_japanese_signs_is_never_cut(link: str) -> None:
    for before in range(0, 99, 7):
        pieces = split("漢" * before + " " + link + " をご覧ください。" + "字" * 80, 100)

        assert any(link in piece for piece in pieces)


@pytest.mark.parametrize(
    "word", ["Madoguchi", "データベース", "2026年11月21日", "1,234,567円", "J-PlatPat"]
)
def test_a_word_is_never_cut(word: str) -> None:
    for before in range(80, 100):
        text = "の" * before + word + "の" * 50

        assert sum(word in piece for piece in split(text, 100)) == 1


def test_without_any_mark_it_is_cut_after_hiragana() -> None:
    pieces = split("特許出願の手続や商標登録の更新に関する相談" * 10, 100)

    assert all(re.search(r"[ぁ-ん]$", piece) for piece in pieces[:-1])


@pytest.mark.parametrize(
    "sign", ["😀", "👨‍👩‍👧", "👍🏽", "か\u3099", "葛\U000e0100", "𠮷", "🇯🇵", "ｶﾞ", "1️⃣", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "नि"]
)
def test_a_sign_of_several_codes_stays_whole(sign: str) -> None:
    for before in range(90, 100):
        pieces = split("漢" * before + sign * 40, 100)

        assert all(units(piece) <= 100 for piece in pieces)
        assert all(piece.lstrip("漢").replace(sign, "") == "" for piece in pieces)
        "".join(pieces).encode()


def test_units_are_counted_as_line_counts_them() -> None:
    assert units("🍎") == 2
    assert units("葛󠄀") == 3
    assert units("特許") == 2


def test_a_word_longer_than_a_message_is_cut_at_last() -> None:
    pieces = split("a" * 250, 100)

    assert [len(piece) for piece in pieces] == [100, 100, 50]


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=400), st.integers(20, 120))
def test_no_text_loses_anything_and_no_piece_is_too_long(text: str, limit: int) -> None:
    pieces = split(text, limit)

    assert _without_spaces("".join(pieces)) == _without_spaces(text)
    assert all(0 < units(piece) <= limit for piece in pieces)


def test_a_name_is_shortened_with_an_ellipsis() -> None:
    assert shorten("窓口", 20) == "窓口"
    assert (
        shorten("INPIT静岡県知財総合支援窓口の職員さん", 20) == "INPIT静岡県知財総合支援窓口の職員…"
    )
    assert units(shorten("🍎" * 30, 20)) <= 20

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.text import char_ngrams, fold, has_words, jaccard, normalise, strip_controls

NORMALISED = [
    ("half-width kana", "ﾄｯｷｮ ｼﾞﾑｼｮ", "トッキョ ジムショ"),
    ("full-width Latin and digits", "ＰＣＴ　２０２６年", "PCT 2026年"),
    ("circled and unit signs", "①㈱山田㌔", "1(株)山田キロ"),
    ("wave dashes", "10〜20～30", "10~20~30"),
    ("a hyphen inside katakana", "ユ-ザ−", "ユーザー"),
    ("a hyphen between digits stays", "03-1234", "03-1234"),
    ("a hyphen after kanji stays", "特許-商標", "特許-商標"),
    ("spaces of every kind", "特許 \u3000\u00a0 庁", "特許 庁"),
    ("line ends", "一行目 \r\n\r\n 二行目\r三行目", "一行目\n二行目\n三行目"),
    ("ends are trimmed", "\n\t 商標 \n", "商標"),
    ("case is kept", "J-PlatPat", "J-PlatPat"),
    ("combining voice marks", "か\u3099く", "がく"),
    ("zero width characters", "商\u200b標\ufeff", "商標"),
    ("a soft hyphen", "trade\u00admark", "trademark"),
    ("direction overrides", "\u202e標商\u202c", "標商"),
    ("emoji variation selectors", "☎\ufe0f電話", "☎電話"),
    ("controls and NUL", "特\x00許\x1b[31m", "特許[31m"),
    ("a lone surrogate", "特\ud800許", "特許"),
    ("private use", "特\ue000許", "特許"),
]


@pytest.mark.parametrize(("typed", "expected"), [row[1:] for row in NORMALISED], ids=lambda v: "")
def test_what_people_type_becomes_one_form(typed: str, expected: str) -> None:
    assert normalise(typed) == expected


@given(st.text())
def test_normalising_twice_changes_nothing_more(text: str) -> None:
    once = normalise(text)

    assert normalise(once) == once


@given(st.text())
def test_no_control_character_survives(text: str) -> None:
    assert not [
        c for c in normalise(text) if c != "\n" and unicodedata.category(c) in {"Cc", "Cs", "Cf"}
    ]


def test_the_visitors_own_words_keep_breaks_tabs_width_and_emoji() -> None:
    assert strip_controls("ｶﾅ\t１😀\r\n次\x07") == "ｶﾅ\t１😀\n次"


@pytest.mark.parametrize(
    "spelling",
    ["ジェイ・プラットパット", "じぇいぷらっとぱっと", "ｼﾞｪｲ ﾌﾟﾗｯﾄﾊﾟｯﾄ", "「ジェイ プラットパット」"],
)
def test_spellings_of_one_name_meet(spelling: str) -> None:
    assert fold(spelling) == "じぇいぷらっとぱっと"


def test_folding_ignores_case_and_width() -> None:
    assert fold("Ｊ－ＰｌａｔＰａｔ") == fold("j-platpat")


@pytest.mark.parametrize(
    "text", ["", " \n\u3000", "😀🎉", "!!!???。、", "\x00\x01", "\u200b", "〜ー"]
)
def test_nothing_readable_counts_as_no_words(text: str) -> None:
    # The long-vowel mark alone is a letter to Unicode, but says nothing.
    assert not has_words(text.replace("ー", ""))


@pytest.mark.parametrize("text", ["特許", "a", "7", "😀店", "１"])
def test_one_letter_or_digit_is_words(text: str) -> None:
    assert has_words(text)


def test_a_short_text_is_its_own_ngram() -> None:
    assert char_ngrams("商標", 5) == {"商標"}
    assert char_ngrams("", 5) == frozenset()
    assert char_ngrams("商標登録", 3) == {"商標登", "標登録"}


def test_likeness_runs_from_nothing_to_the_same() -> None:
    left, right = char_ngrams("商標登録をしたい"), char_ngrams("特許を調べたいです")

    assert jaccard(left, left) == 1.0
    assert jaccard(left, right) < 0.2
    assert jaccard(left, frozenset()) == 0.0

"""Our words against those spaCy makes with the same package, and the keys of its vector table."""

from typing import Any

import numpy as np
import pytest
from components import ginza

SENTENCES = [
    "商標登録の費用はいくらですか",
    "浜松市の町工場です。特許を出願したいのですが、来月末までに間に合いますか？",
    "shohyo touroku shitai",
    "J-PlatPat の使い方を教えて",
    "令和8年3月に1,000円払いました",
    "ほんまに登録できるんかいな",
    "拒絶理由通知（29条2項）が届いた。",
    "(株)山田製作所のロゴ",
    "😀特許😀",
    "ゲーミングチェアの意匠・形状",
    "",
]
COSTLY = [
    "tok2vec",
    "parser",
    "ner",
    "morphologizer",
    "attribute_ruler",
    "compound_splitter",
    "bunsetu_recognizer",
]


@pytest.fixture(scope="module")
def spacy_ginza() -> Any:
    """GiNZA as its makers load it, without the parts that parse."""
    import spacy

    return spacy.load("ja_ginza", exclude=COSTLY)


@pytest.mark.parametrize("text", SENTENCES)
def test_words_are_those_of_spacy_with_offset_lemma_tag_and_reading(
    spacy_ginza: Any, text: str
) -> None:
    expected = [
        (t.text, t.idx, t.lemma_, t.tag_, (t.morph.get("Reading") or [None])[0])
        for t in spacy_ginza.make_doc(text)
        if not t.is_space
    ]
    found = ginza.shared().doc(text)
    assert [(w.text, w.idx, w.lemma_, w.tag_, w.reading) for w in found] == expected


@pytest.mark.parametrize("text", SENTENCES)
def test_the_mean_vector_is_that_of_spacys_word_vectors(spacy_ginza: Any, text: str) -> None:
    rows = [
        t.vector
        for t in spacy_ginza.make_doc(text)
        if t.has_vector and not t.tag_.startswith(("助", "補助記号"))
    ]
    mean = np.mean(rows, axis=0) if rows else np.zeros(ginza.VECTOR_SIZE)
    length = float(np.linalg.norm(mean)) or 1.0
    found = ginza.mean_vector(ginza.shared().doc(text))
    np.testing.assert_allclose(found, mean / length, atol=1e-6)


@pytest.mark.parametrize("word", ["a", "商標", "特許出願", "J-PlatPat", "abcdefgh", "😀", ""])
def test_a_word_has_the_key_under_which_spacy_files_it(word: str) -> None:
    from spacy.strings import hash_string

    assert word == "" or ginza.word_key(word) == hash_string(word)


def test_a_word_unknown_to_the_table_has_no_vector() -> None:
    assert ginza.vectors().row("ぬほほほ窓口号") == -1
    assert ginza.vectors().row("商標") >= 0


def test_spacy_is_not_imported_to_cut_words() -> None:
    import subprocess
    import sys

    code = (
        "import sys; from components import ginza; ginza.mean_vector(ginza.shared().doc('商標'));"
        "print('spacy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"

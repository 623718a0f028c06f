"""A new sentence meets the language data: known, contradicted, unusual, and where it goes."""

from pathlib import Path

import pytest

from knowledge.training.dealing import EVERY, INTENTS, deal, skill_of
from knowledge.training.folding import folded
from knowledge.training.known import (
    Known,
    KnownSentences,
    known_sentences,
    shipped_differences,
)
from tests.knowledge.training.conftest import DataFolder
from tests.knowledge.training.conftest import skill_of as folder_of
from tests.support.maintain import NOTHING_KNOWN, known

SHOP = "店の名前を商標として登録したいのですが何から始めればよいですか"


def test_the_same_meaning_in_nearly_the_same_words_is_known() -> None:
    hints = known(("trademarks", SHOP)).hints(SHOP + "ね", "trademarks")

    assert hints.same is not None
    assert hints.against is None


def test_another_meaning_in_nearly_the_same_words_contradicts() -> None:
    hints = known(("trademarks", SHOP)).hints(SHOP + "。", "patents")

    assert hints.against is not None
    assert hints.against.intent == "trademarks"
    assert hints.same is None


def test_something_new_has_no_hints() -> None:
    hints = known(("trademarks", SHOP)).hints("海外で部品を真似されました", "overseas")

    assert (hints.same, hints.against) == (None, None)


def test_a_short_sentence_is_alike_only_if_it_is_the_same() -> None:
    data = known(("affirm", "はい"))

    assert data.closest("ハイ", part="train") is not None
    assert data.closest("はいは", part="train") is None


def test_signs_never_learned_are_unusual() -> None:
    data = known(("trademarks", SHOP))

    assert data.unusual(SHOP) == 0.0
    assert data.unusual("ﾜｰﾑﾎｰﾙ製造特区") > 0.9
    assert data.unusual("") == 0.0


def test_a_changed_file_is_read_again(data: DataFolder) -> None:
    before = known_sentences([data.root])
    assert known_sentences([data.root]) is before

    data.beside(data.row(text="歯車のかみ合わせを工夫しました"))

    found = known_sentences([data.root]).closest("歯車のかみ合わせを工夫しました", part="train")
    assert found is not None
    assert found.intent == "patents"


def test_the_deal_is_fixed_and_near_one_in_five() -> None:
    texts = [f"{n}番目の商品について相談があります、担当は{n * 7}課です" for n in range(1000)]

    dealt = [deal(text, NOTHING_KNOWN) for text in texts]

    assert dealt == [deal(text, NOTHING_KNOWN) for text in texts]
    assert abs(dealt.count("heldout") - 1000 / EVERY) < 50


@pytest.mark.parametrize("part", ["train", "heldout"])
def test_a_sentence_goes_where_its_likes_are(part: str) -> None:
    texts = [f"{SHOP}その{n}" for n in range(20)]

    assert {deal(text, known(("trademarks", SHOP), part=part)) for text in texts} == {part}


def test_every_intent_has_the_folder_of_its_skill() -> None:
    assert {intent: skill_of(intent) for intent in INTENTS} == {
        intent: folder_of(intent) for intent in INTENTS
    }


def test_spellings_and_near_copies_are_folded_under_the_first() -> None:
    texts = [
        "引越しの見積りをお願いしたい",
        "商標の登録を更新する手続きはいつまでに済ませればよいですか",
        "引っ越しの見積もりをお願いしたい",
        "商標の登録を更新する手続きは、いつまでに済ませればよいですか？",
        "商標の登録を更新する手続きっていつまでに済ませればよいですか",
        "しょうひょうの更新はいつ",
        "商標の更新はいつ？",
    ]

    groups = folded([(text, at) for at, text in enumerate(texts)])

    assert groups == [[0, 2], [1, 3, 4], [5, 6]]


def test_nothing_folds_to_nothing(tmp_path: Path) -> None:
    assert folded([]) == []
    assert known_sentences([tmp_path]).sentences == ()


def test_what_the_shipped_sentences_say_otherwise_is_found() -> None:
    shipped = KnownSentences([Known("包装紙に刷るマークを守りたいのですが", "designs", "train")])
    own = [
        ("包装紙に刷るマークを守りたいのですが。", "trademarks"),
        ("包装紙に刷るマークを守りたいのですが", "designs"),
        ("漁網を巻く機械の工夫について", "patents"),
    ]

    found = shipped_differences(shipped, own)

    assert {text: one.intent for text, one in found.items()} == {own[0][0]: "designs"}

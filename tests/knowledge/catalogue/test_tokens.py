from concurrent.futures import ThreadPoolExecutor

import pytest

from knowledge.catalogue.tokens import kana_runs, tokens


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("取下げ", "取り下げ"),
        ("引越し", "引っ越し"),
        ("J-PlatPat", "Ｊ－ＰｌａｔＰａｔ"),
        ("ジェイプラットパット", "ｼﾞｪｲﾌﾟﾗｯﾄﾊﾟｯﾄ"),
        ("下請かけこみ寺", "下請け駆け込み寺"),
    ],
)
def test_spellings_of_one_word_share_a_token(one: str, other: str) -> None:
    assert set(tokens(one)) & set(tokens(other))


def test_a_long_word_is_found_by_its_parts() -> None:
    assert {"住所", "変更"} <= set(tokens("住所変更"))


def test_kanji_gives_its_reading_and_kana_is_kept_whole() -> None:
    assert "よみ:しょうひょう" in tokens("商標を守りたい")
    assert kana_runs("ショウヒョウのコウシンはいつ？ 特許") == ["しょうひょうのこうしんはいつ"]


def test_particles_marks_and_empty_words_give_nothing() -> None:
    assert tokens("のは、です。？！") == []
    assert tokens("することができますか") == []


def test_nothing_gives_nothing() -> None:
    assert tokens("") == []
    assert tokens("　\n") == []


def test_threads_cut_alike_at_the_same_time() -> None:
    text = "拒絶理由通知が届いた。いつまでに何を出すか"
    alone = tokens(text)

    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(tokens, [text] * 200))

    assert all(cut == alone for cut in together)

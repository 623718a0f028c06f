import pytest

from knowledge.catalogue.search import Searchable, SearchIndex, best_hits

INDEX = SearchIndex(
    {
        "j-platpat": Searchable(
            names=("特許情報プラットフォーム", "J-PlatPat", "ジェイプラットパット", "Jプラパ"),
            questions=(),
            body="特許や商標の公報を無料で検索できます。",
        ),
        "globalipdb": Searchable(
            names=("新興国等知財情報データバンク", "新興国データベース"),
            questions=(),
            body="新興国の制度の情報です。",
        ),
        "api": Searchable(
            names=("特許情報取得API", "API"), questions=(), body="データを取れます。"
        ),
        "office-action": Searchable(
            names=("拒絶理由通知が届いたとき",),
            questions=("拒絶理由通知が来た いつまでに返事", "審査官からダメと言われた"),
            body="意見書と補正書を出せます。出願の取下げもあります。",
        ),
        "renewal": Searchable(
            names=("商標の更新",), questions=("更新を忘れた", "登録が切れる"), body="10年ごとです。"
        ),
    }
)


def _best(text: str) -> str | None:
    scores = INDEX.scores(text)
    return max(scores, key=lambda id_: scores[id_]) if scores else None


@pytest.mark.parametrize(
    "typed",
    [
        "ジェイプラットパット",
        "j-platpat",
        "J PlatPat",
        "jplatpat",
        "Ｊ－ＰｌａｔＰａｔ",
        "ｼﾞｪｲﾌﾟﾗｯﾄﾊﾟｯﾄ",
        "jプラパ",
        "じぇいぷらっとぱっと",
        "プラットパット",
        "j-platpatの使い方がわからない",
    ],
)
def test_a_name_is_found_however_it_is_typed(typed: str) -> None:
    assert _best(typed) == "j-platpat"


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("取り下げたい", "office-action"),
        ("取下げ", "office-action"),
        ("きょぜつりゆう", "office-action"),
        ("審査官からだめだと言われました", "office-action"),
        ("しょうひょうの更新", "renewal"),
        ("しょうひょうがきれる", "renewal"),
        ("ショウヒョウ ノ コウシン", "renewal"),
        ("新興国のデータバンク", "globalipdb"),
        ("新興国データベース", "globalipdb"),
    ],
)
def test_spellings_old_names_and_own_words_are_found(typed: str, found: str) -> None:
    assert _best(typed) == found


def test_an_exact_name_scores_one_and_a_name_in_a_sentence_high() -> None:
    assert INDEX.scores("ジェイプラットパット")["j-platpat"] == 1.0
    assert 0.75 <= INDEX.scores("新興国データベースはどこ")["globalipdb"] < 1.0


def test_a_short_latin_name_is_not_found_inside_another_word() -> None:
    assert "api" not in INDEX.scores("rapidな審査")
    assert INDEX.scores("apiを使いたい")["api"] >= 0.75


@pytest.mark.parametrize("typed", ["", "　", "？？？", "😀", "zzzz", "天気"])
def test_what_is_not_there_gives_nothing(typed: str) -> None:
    assert INDEX.scores(typed) == {}


@pytest.mark.parametrize("typed", ["更新", "更新 " * 500, "商標の更新を忘れた" * 100, "a" * 5000])
def test_scores_stay_between_zero_and_one(typed: str) -> None:
    assert all(0 < score <= 1 for score in INDEX.scores(typed).values())


def test_an_empty_index_finds_nothing() -> None:
    assert SearchIndex({}).scores("商標") == {}


def test_hits_are_weighted_sorted_and_cut() -> None:
    entries = {"a": "A", "b": "B", "c": "C"}
    scores = {"a": 0.9, "b": 0.6, "c": 0.6}

    hits = best_hits(entries, scores, limit=2, weight=lambda e: 0.5 if e == "A" else 1.0)

    assert [(hit.entry, hit.score) for hit in hits] == [("B", 0.6), ("C", 0.6)]

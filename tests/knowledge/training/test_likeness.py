from knowledge.text import char_ngrams, jaccard
from knowledge.training.likeness import LikenessIndex

TEXTS = (
    "商標の更新を忘れていました",
    "商標の更新をすっかり忘れていました",
    "意匠の更新を忘れていました",
    "特許",
    "とっきょ",
    "",
)


def test_the_index_finds_what_comparing_every_pair_would_find() -> None:
    index = LikenessIndex()
    for text in TEXTS:
        index.add(text)
    for asked in (*TEXTS, "商標の更新を忘れた", "トッキョ"):
        pairs = [jaccard(char_ngrams(asked), char_ngrams(text)) for text in TEXTS]
        best = max(pairs)

        found = index.closest(asked, at_least=0.3)

        assert found == ((pairs.index(best), best) if best >= 0.3 else None)


def test_an_empty_index_finds_nothing() -> None:
    assert LikenessIndex().closest("商標", at_least=0.1) is None


def test_texts_are_numbered_in_the_order_they_came() -> None:
    index = LikenessIndex()

    assert [index.add(text) for text in TEXTS] == list(range(len(TEXTS)))

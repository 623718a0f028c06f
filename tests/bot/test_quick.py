"""The short way to one row gives the numbers of the long way."""

import numpy as np
import pytest
from components import quick
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer

TEXTS = ["商標を登録したい", "特許の  費用", "Ａbc ABC abc", "登録登録登録", "意匠", "費用はいくら"]
UNSEEN = [*TEXTS, "", "全く別の文です", "a", "登録  したい 商標"]
WORDS = [["商標", "を", "登録"], ["登録", "登録", "費用"], ["特許"]]


def _same(words: list[str]) -> list[str]:
    return words


@pytest.mark.parametrize("text", UNSEEN)
def test_a_text_is_counted_as_scikit_learn_counts_it(text: str) -> None:
    fitted = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), sublinear_tf=True).fit(TEXTS)
    (counter,) = quick.counters([fitted])
    indices, values = counter.pairs(text)
    found = sparse.csr_matrix(
        (values, ([0] * len(indices), indices)), shape=(1, len(fitted.vocabulary_))
    )
    np.testing.assert_allclose(found.toarray(), fitted.transform([text]).toarray(), atol=1e-12)


@pytest.mark.parametrize("words", [*WORDS, [], ["商標", "登録", "商標", "登録"]])
def test_words_are_counted_as_scikit_learn_counts_them(words: list[str]) -> None:
    fitted = TfidfVectorizer(
        tokenizer=_same,
        preprocessor=_same,
        token_pattern=None,
        ngram_range=(1, 2),
        sublinear_tf=True,
    ).fit(WORDS)
    (counter,) = quick.counters([fitted])
    indices, values = counter.pairs(words)
    dense = np.zeros(len(fitted.vocabulary_))
    dense[indices] = values
    np.testing.assert_allclose(dense, fitted.transform([words]).toarray()[0], atol=1e-12)


def test_a_row_times_a_matrix_is_the_sparse_product() -> None:
    fitted = TfidfVectorizer(analyzer="char", ngram_range=(1, 2), sublinear_tf=True).fit(TEXTS)
    other = TfidfVectorizer(analyzer="char", ngram_range=(2, 2), sublinear_tf=True).fit(TEXTS)
    tail = np.array([0.5, -1.0])
    long_way = sparse.hstack(
        [fitted.transform(["登録の費用"]), other.transform(["登録の費用"]), tail[np.newaxis, :]]
    ).tocsr()
    matrix = np.random.default_rng(3).normal(size=(long_way.shape[1], 4))
    row = quick.row(
        zip(quick.counters([fitted, other]), ["登録の費用", "登録の費用"], strict=True), tail
    )
    np.testing.assert_allclose(row @ matrix, long_way @ matrix, atol=1e-12)


def test_another_kind_of_counting_is_refused() -> None:
    fitted = TfidfVectorizer(analyzer="char", sublinear_tf=False).fit(TEXTS)
    with pytest.raises(ValueError, match="sublinear"):
        quick.counters([fitted])

"""GiNZA's tokens, lemmas and word vectors, loaded once per process; nothing is parsed.

Only the tokenizer and the vector table are kept: ``tok2vec`` and ``ner`` cost 17-30 ms a sentence,
tokens and vectors 0.3 ms. The Sudachi tokenizer is not safe across threads, hence the lock.
"""

import re
import threading
from functools import lru_cache
from typing import Any

import jaconv
import numpy as np

_ROMAJI = re.compile(r"[A-Za-z]{2,}")
_LATIN = re.compile(r"[a-z]")
_LONG_VOWEL = re.compile(r"ー|(?<=[オコソトノホモヨロゴゾドボポョ])ウ")

COSTLY_PIPES = [
    "tok2vec",
    "parser",
    "ner",
    "morphologizer",
    "attribute_ruler",
    "compound_splitter",
    "bunsetu_recognizer",
]
VECTOR_SIZE = 300


class Ginza:
    """Tokens and mean vectors of Japanese text."""

    def __init__(self) -> None:
        import spacy

        self._nlp = spacy.load("ja_ginza", exclude=COSTLY_PIPES)
        self._lock = threading.Lock()

    def doc(self, text: str) -> Any:
        """Tokenise; the returned spaCy ``Doc`` carries lemmas and vectors."""
        with self._lock:
            return self._nlp.make_doc(text)


def mean_vector(doc: Any) -> np.ndarray:
    """Mean of the known word vectors of content tokens, unit length; zeros if none is known."""
    rows = [t.vector for t in doc if t.has_vector and not t.tag_.startswith(("助", "補助記号"))]
    if not rows:
        return np.zeros(VECTOR_SIZE, dtype=np.float32)
    mean = np.mean(rows, axis=0)
    norm = float(np.linalg.norm(mean))
    return (mean / norm if norm else mean).astype(np.float32)


def reading(doc: Any) -> str:
    """How a message is read, in katakana without long vowels; romaji words are read as kana.

    Nobody writes long vowels alike in romaji (shohyo, shouhyou) or kana: they are left out.
    """
    return _LONG_VOWEL.sub("", "".join(_token_reading(token) for token in doc))


def _token_reading(token: Any) -> str:
    if _ROMAJI.fullmatch(token.text):
        kana = jaconv.alphabet2kana(token.text.lower())
        if not _LATIN.search(kana):
            return str(jaconv.hira2kata(kana))
    found = token.morph.get("Reading")
    return str(found[0]) if found else token.text


@lru_cache(maxsize=1)
def shared() -> Ginza:
    """The one instance of this process: models change, the language does not."""
    return Ginza()

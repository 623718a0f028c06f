"""GiNZA's tokens, lemmas, readings and word vectors, loaded once per process; nothing is parsed.

Sudachi (mode C, as GiNZA uses it) cuts the text and GiNZA's own vector table is looked up by the
key spaCy gave each word. spaCy itself is not imported: its vocabulary of 600,000 strings costs
270 MB and a second and a half, its ``tok2vec`` and ``ner`` 17-30 ms a sentence; tokens and vectors
alone cost 0.2 ms. A test compares every token with what spaCy's ``ja_ginza`` gives.
"""

import hashlib
import importlib.util
import json
import re
import threading
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import jaconv
import msgpack
import numpy as np

_ROMAJI = re.compile(r"[A-Za-z]{2,}")
_LATIN = re.compile(r"[a-z]")
_LONG_VOWEL = re.compile(r"ー|(?<=[オコソトノホモヨロゴゾドボポョ])ウ")
_FEATURE_SIGNS = re.compile(r"[=|]")

VECTOR_SIZE = 300
_SPACY_SEED = 1
_MASK = 0xFFFFFFFFFFFFFFFF
_MIX = 0xC6A4A7935BD1E995


class Word:
    """One token: text, offset, lemma, reading in katakana (None if unknown) and Sudachi's tag."""

    __slots__ = ("idx", "is_space", "lemma_", "reading", "tag_", "text")

    def __init__(self, text: str, idx: int, lemma: str, reading: str | None, tag: str) -> None:
        self.text = text
        self.idx = idx
        self.lemma_ = lemma
        self.reading = reading
        self.tag_ = tag
        self.is_space = False


class Vectors:
    """GiNZA's word vectors: 20,000 rows of 300 numbers under 480,000 words."""

    def __init__(self, folder: Path) -> None:
        # Read by page when a word asks for it; nothing else of the vocabulary is needed.
        self._table = np.load(folder / "vectors", mmap_mode="r", allow_pickle=False)
        self._keys, self._rows = _read_rows(folder / "key2row")

    @lru_cache(maxsize=50_000)  # noqa: B019  (one instance a process)
    def row(self, word: str) -> int:
        """The table row of a word, or -1."""
        key = np.uint64(word_key(word))
        at = int(np.searchsorted(self._keys, key))
        found = at < len(self._keys) and self._keys[at] == key
        return int(self._rows[at]) if found else -1

    def mean(self, words: Sequence[Word]) -> np.ndarray:
        """Mean vector of the content words that have one, unit length; zeros if none has."""
        content = (w.text for w in words if not w.tag_.startswith(("助", "補助記号")))
        rows = [row for row in map(self.row, content) if row >= 0]
        if not rows:
            return np.zeros(VECTOR_SIZE, dtype=np.float32)
        mean = self._table[rows].mean(axis=0)
        norm = float(np.linalg.norm(mean))
        return (mean / norm if norm else mean).astype(np.float32)


def _read_rows(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Sorted word keys and their rows."""
    with path.open("rb") as file:
        unpacker = msgpack.Unpacker(file, strict_map_key=False, max_buffer_size=2**30)
        size = unpacker.read_map_header()
        keys, rows = np.empty(size, np.uint64), np.empty(size, np.int32)
        for at in range(size):
            keys[at], rows[at] = unpacker.unpack(), unpacker.unpack()
    order = np.argsort(keys)
    return keys[order], rows[order]


def word_key(word: str) -> int:
    """The 64-bit key under which spaCy files a word (MurmurHash64A of its UTF-8 bytes)."""
    data = word.encode()
    value = _SPACY_SEED ^ (len(data) * _MIX & _MASK)
    whole = len(data) & ~7
    for at in range(0, whole, 8):
        block = int.from_bytes(data[at : at + 8], "little") * _MIX & _MASK
        value = (value ^ ((block ^ (block >> 47)) * _MIX & _MASK)) * _MIX & _MASK
    if len(data) > whole:
        value = (value ^ int.from_bytes(data[whole:], "little")) * _MIX & _MASK
    value = (value ^ (value >> 47)) * _MIX & _MASK
    return value ^ (value >> 47)


_made: dict[str, "Ginza"] = {}
_making = threading.Lock()


class Ginza:
    """Tokens and mean vectors of Japanese text; safe across threads (Sudachi is not)."""

    def __init__(self, user_dictionary: Path | None = None) -> None:
        from sudachipy import Dictionary, SplitMode

        config = json.dumps({"userDict": [str(user_dictionary)]}) if user_dictionary else None
        self._tokenizer = Dictionary(config=config, dict="core").create(mode=SplitMode.C)
        self._lock = threading.Lock()

    def doc(self, text: str) -> list[Word]:
        """The words of a text; white space is left out, offsets refer to ``text``."""
        with self._lock:
            return [
                _word(found)
                for found in self._tokenizer.tokenize(text)
                if found.surface() and not found.surface().isspace()
            ]


def _word(found: Any) -> Word:
    surface = found.surface()
    tag = "-".join(part for part in found.part_of_speech()[:4] if part != "*")
    sounds = found.reading_form() or None
    if sounds is not None:
        # spaCy keeps readings as a feature list, in which these signs have a meaning.
        sounds = _FEATURE_SIGNS.sub("_", sounds).split(",")[0]
    return Word(surface, found.begin(), found.dictionary_form() or surface, sounds, tag)


def mean_vector(doc: Sequence[Word]) -> np.ndarray:
    """Mean of the known word vectors of content tokens, unit length; zeros if none is known."""
    return vectors().mean(doc)


def reading(doc: Sequence[Word]) -> str:
    """How a message is read, in katakana without long vowels; romaji words are read as kana.

    Nobody writes long vowels alike in romaji (shohyo, shouhyou) or kana: they are left out.
    """
    return _LONG_VOWEL.sub("", "".join(_word_reading(word) for word in doc))


def _word_reading(word: Word) -> str:
    if _ROMAJI.fullmatch(word.text):
        kana = jaconv.alphabet2kana(word.text.lower())
        if not _LATIN.search(kana):
            return str(jaconv.hira2kata(kana))
    return word.text if word.reading is None else word.reading


@lru_cache(maxsize=1)
def vectors() -> Vectors:
    """The one table of this process: models change, the language does not."""
    found = importlib.util.find_spec("ja_ginza")
    if found is None or found.origin is None:
        raise ModuleNotFoundError("ja_ginza is not installed: run `make setup`")
    (folder,) = Path(found.origin).parent.glob("ja_ginza-*/vocab")
    return Vectors(folder)


def shared(user_dictionary: Path | None = None) -> Ginza:
    """The one instance of this process for a user dictionary (or none); vectors are warmed up."""
    vectors()
    content = user_dictionary.read_bytes() if user_dictionary is not None else b""
    digest = hashlib.sha256(content).hexdigest()
    with _making:
        if digest not in _made:
            _made[digest] = Ginza(user_dictionary)
        return _made[digest]

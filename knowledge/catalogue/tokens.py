"""Cuts Japanese text into search tokens; the same for content and for what is typed.

A word gives its normalised form (取下げ and 取り下げ meet), its parts (知財総合支援窓口 is found
by 窓口) and its reading (しょうひょう meets 商標). Sudachi is not safe across threads: each
thread has its own tokenizer, made when first needed.
"""

import re
import threading
from collections.abc import Iterator

from sudachipy import (
    Dictionary,
    Morpheme,
    SplitMode,
    Tokenizer,
)

from knowledge.text import fold, normalise

IGNORED = frozenset({"助詞", "助動詞", "補助記号", "記号", "空白"})
"""Parts of speech that say nothing about the subject."""

_MARKS = frozenset({"補助記号", "記号", "空白"})

EMPTY_WORDS = frozenset(
    {
        *("為る", "有る", "居る", "成る", "出来る", "下さる", "欲しい", "言う", "思う", "良い"),
        *("事", "物", "所", "方", "様", "御", "私", "うち", "何", "何れ", "此れ", "其れ"),
        *("こと", "もの", "ところ", "ため", "よう"),
    }
)
"""Words of every question (in Sudachi's normalised form)."""

MIN_READING = 3
"""Shorter readings are shared by too many words to be worth a token."""

READING = "よみ:"

_KANA = re.compile(r"[ぁ-ゖー]{4,}")
_local = threading.local()


def tokens(text: str) -> list[str]:
    """Search tokens of a text, in order, repeats kept; readings begin with ``READING``."""
    return [token for word in _tokenizer().tokenize(normalise(text)) for token in _of(word)]


def spelling_key(text: str) -> str:
    """A key under which spellings of one sentence meet (見積もり and 見積り)."""
    words = _tokenizer().tokenize(normalise(text))
    return fold("".join(w.normalized_form() for w in words if w.part_of_speech()[0] not in _MARKS))


def reading_key(text: str) -> str:
    """How a text is read, as a key: 商標 and しょうひょう meet."""
    words = _tokenizer().tokenize(normalise(text))
    return fold("".join(w.reading_form() for w in words if w.part_of_speech()[0] not in _MARKS))


def person_names(text: str) -> list[tuple[int, int]]:
    """Where a text that is normalised names people: family name, given name or both (offsets)."""
    found: list[tuple[int, int]] = []
    for word in _tokenizer().tokenize(text):
        if word.part_of_speech()[2] != "人名":
            continue
        if found and found[-1][1] == word.begin():
            found[-1] = (found[-1][0], word.end())
        else:
            found.append((word.begin(), word.end()))
    return found


def _tokenizer() -> Tokenizer:
    if not hasattr(_local, "tokenizer"):
        _local.tokenizer = Dictionary(dict="core").create(mode=SplitMode.C)
    tokenizer: Tokenizer = _local.tokenizer
    return tokenizer


def _of(word: Morpheme) -> Iterator[str]:
    surface = word.normalized_form()
    lone_letter = len(surface) == 1 and surface.isascii()
    if lone_letter or surface in EMPTY_WORDS or word.part_of_speech()[0] in IGNORED:
        return
    forms = {surface.casefold(): None, word.dictionary_form().casefold(): None}
    parts = word.split(SplitMode.A)
    if len(parts) > 1:
        forms |= {part.normalized_form().casefold(): None for part in parts}
    yield from forms
    reading = fold(word.reading_form())
    if len(reading) >= MIN_READING and not reading.isascii():
        yield READING + reading


def kana_runs(text: str) -> list[str]:
    """Stretches written in kana, in which Sudachi rarely finds the words that were meant."""
    return _KANA.findall(fold(text))

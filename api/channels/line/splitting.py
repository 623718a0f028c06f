"""Cuts long texts where a reader would: never inside a link, a word or a character.

LINE counts a text in UTF-16 units; so does this. Pure.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

MOST_TEXT: Final = 5000
LOOK_BACK: Final = 0.4
"""How far before the limit a better place to cut is looked for, as a share of the limit."""

_UNCUT: Final = re.compile(
    r"https?://[^\s「」『』（）、。！？]+|[A-Za-z0-9][!-~]*|[ァ-ヶー]+|\d[\d,.:/年月日円%％]*"
)
"""Links (with Japanese signs too), words and numbers of ASCII, words in katakana, dates, sums."""
_PLACES: Final = (
    re.compile(r"\n\s*\n+"),
    re.compile(r"\n+"),
    re.compile(r"[。！？!?]+[」』）)]*\s*"),
    re.compile(r"[、，,;；）」』)]\s*|\s+"),
)
TONES: Final = ("\U0001f3fb", "\U0001f3ff")
TAGS: Final = ("\U000e0020", "\U000e007f")
FLAGS: Final = ("\U0001f1e6", "\U0001f1ff")
_HIRAGANA_BEFORE_OTHER: Final = re.compile(r"(?<=[ぁ-ん])(?=[^ぁ-んー])")
"""Where a Japanese word most likely ends when no mark says so."""


def units(text: str) -> int:
    """The length as LINE counts it."""
    return len(text.encode("utf-16-le", errors="surrogatepass")) // 2


def split(text: str, limit: int = MOST_TEXT) -> list[str]:
    """The text in pieces of at most ``limit`` units; joined again they lose only white space."""
    return list(_pieces(text.strip(), limit))


def shorten(text: str, limit: int) -> str:
    """The beginning of a text with an ellipsis; for names and labels, never for answers."""
    if units(text) <= limit:
        return text
    return text[: _whole(text, _fitting(text, limit - 1))].rstrip() + "…"


def _pieces(rest: str, limit: int) -> Iterator[str]:
    while units(rest) > limit:
        cut = _cut(rest, limit)
        piece = rest[:cut].rstrip()
        if piece:
            yield piece
        rest = rest[cut:].lstrip()
    if rest:
        yield rest


def _cut(text: str, limit: int) -> int:
    """The index to cut at: the best place in reach, else between two characters."""
    most = _fitting(text, limit)
    least = max(int(most * (1 - LOOK_BACK)), 1)
    uncut = [m.span() for m in _UNCUT.finditer(text[: most + 2100])]

    def free(index: int) -> bool:
        return _starts_character(text, index) and not any(
            start < index < end for start, end in uncut
        )

    for place in (*_PLACES, _HIRAGANA_BEFORE_OTHER):
        ends = [m.end() for m in place.finditer(text, least, most)]
        found = next((end for end in reversed(ends) if least <= end <= most and free(end)), None)
        if found is not None:
            return found
    index = most
    while index > 0 and not free(index):
        index -= 1
    return index or _whole(text, most)


def _whole(text: str, most: int) -> int:
    """Nothing but one endless word: between two characters at least."""
    index = most
    while index > 1 and not _starts_character(text, index):
        index -= 1
    return index


def _fitting(text: str, limit: int) -> int:
    """How many characters of the text fit into ``limit`` units."""
    used = 0
    for index, char in enumerate(text):
        used += 2 if ord(char) > 0xFFFF else 1
        if used > limit:
            return index
    return len(text)


def _starts_character(text: str, index: int) -> bool:
    """Whether a new visible character begins here (Unicode's grapheme clusters, UAX 29, as far as
    texts of ours hold them: marks, joined and coloured signs, flags, half-width voiced kana)."""
    if index >= len(text):
        return True
    here, before = text[index], text[index - 1]
    if "\u200d" in (here, before) or unicodedata.category(here) in {"Mn", "Me", "Mc"}:
        return False
    if here in "\uff9e\uff9f" or TONES[0] <= here <= TONES[1] or TAGS[0] <= here <= TAGS[1]:
        return False
    if here == "\n" and before == "\r":
        return False
    return not (_is_flag(here) and _flags_before(text, index) % 2)


def _is_flag(char: str) -> bool:
    """Half of a flag: two of them are one sign."""
    return FLAGS[0] <= char <= FLAGS[1]


def _flags_before(text: str, index: int) -> int:
    count = 0
    while index - count > 0 and _is_flag(text[index - count - 1]):
        count += 1
    return count

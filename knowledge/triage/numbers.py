"""Decides which number Japanese words mean; knows nothing of people, money or dates."""

import re

_DIGITS = dict(zip("〇零一二三四五六七八九壱弐参", (0, 0, *range(1, 10), 1, 2, 3), strict=True))
_SMALL = {"十": 10, "百": 100, "千": 1_000}
_LARGE = {"万": 10_000, "億": 100_000_000}

_KANJI = "〇零一二三四五六七八九十百千壱弐参"
NUMBER = rf"(?:[0-9][0-9,]*(?:\.[0-9]+)?|[{_KANJI}])[0-9,.{_KANJI}万億]*"
"""A number as typed: 3,000万 · 1億5千万 · 十二 · 二百五十."""

_PIECE = re.compile(r"[0-9][0-9,]*(?:\.[0-9]+)?|.")


def parse_number(words: str) -> int | None:
    """The whole number meant, or ``None`` if it is none (``1千万`` → 10,000,000)."""
    total, section, current = 0.0, 0.0, 0.0
    seen = False
    for piece in _PIECE.findall(words):
        if piece[0].isdigit() and piece[0].isascii():
            current, seen = float(piece.replace(",", "")), True
        elif piece in _DIGITS:
            current, seen = current * 10 + _DIGITS[piece], True
        elif piece in _SMALL:
            section += (current or 1) * _SMALL[piece]
            current, seen = 0.0, True
        elif piece in _LARGE:
            total += (section + current or 1) * _LARGE[piece]
            section = current = 0.0
        elif piece not in ",.":
            return None
    return round(total + section + current) if seen else None

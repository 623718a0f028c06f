"""Proposes what to mask in a sentence: what may name a person, a company or a place to reach them.

It proposes; people decide. Only telephone numbers and mail addresses are refused outright later.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from knowledge.catalogue.tokens import person_names
from knowledge.training.lint_texts import MAIL, PHONE

MASK = "〇〇"
_ORDER = ("mail", "phone", "url", "postcode", "address", "company", "person", "number")
_COMPANY_KIND = r"(?:株式会社|有限会社|合同会社|合資会社|合名会社|一般社団法人|㈱|㈲|\(株\)|\(有\))"
_NAME = r"[A-Za-z0-9ァ-ヶー一-龠々ぁ-ん&・'-]{1,20}?"
_BEFORE = r"(?:[A-Za-z0-9ァ-ヶー&・]{2,20}|[一-龠々]{1,8})"
_PATTERNS = {
    "mail": MAIL,
    "phone": PHONE,
    "url": re.compile(r"https?://[^\s「」()、。]+", re.ASCII),
    "postcode": re.compile(r"(?:〒\s*)?(?<!\d)\d{3}-\d{4}(?!\d|-)"),
    "address": re.compile(
        r"[一-龠々ぁ-んァ-ヶー]{1,12}?(?:\d+|[一二三四五六七八九十]+)(?:丁目|番地?)"
        r"(?:[\d一二三四五六七八九十]*(?:番地?|号|-)?)*"
    ),
    "company": re.compile(
        rf"{_COMPANY_KIND}{_NAME}(?=[のはがをにでとも、。,.()\s\n]|です|と申|$)"
        rf"|{_BEFORE}{_COMPANY_KIND}"
    ),
    "person": re.compile(
        r"(?<=担当の)[一-龠々ァ-ヶー]{1,6}(?=さん|様|氏)|[一-龠々ぁ-んァ-ヶー]{2,8}(?=と申し|といいます)"
    ),
    "number": re.compile(r"(?<![\d-])(?:\d{4}-\d{4}-\d{4}(?:-\d{4})?|\d{12,13})(?![\d-])"),
}


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of a text (offsets in characters) that may be personal, and what it looks like."""

    start: int
    end: int
    kind: str


def marks(text: str, *, public: Collection[str] = ()) -> tuple[Mark, ...]:
    """What to mask, in order and without overlaps; ``public`` contacts of desks are left alone."""
    taken: list[Mark] = []
    for mark in (found for kind in _ORDER for found in _of_kind(kind, text)):
        free = all(mark.end <= other.start or other.end <= mark.start for other in taken)
        if free and text[mark.start : mark.end] not in public:
            taken.append(mark)
    return tuple(sorted(taken, key=lambda mark: mark.start))


def masked(text: str, found: Collection[Mark]) -> str:
    """The text with every mark replaced by ``MASK``; a company keeps what kind it is."""
    for mark in sorted(found, key=lambda mark: mark.start, reverse=True):
        words = text[mark.start : mark.end]
        kind = re.search(_COMPANY_KIND, words) if mark.kind == "company" else None
        said = MASK if kind is None else _company(words, kind)
        text = text[: mark.start] + said + text[mark.end :]
    return text


def forbidden(text: str, *, public: Collection[str] = ()) -> tuple[Mark, ...]:
    """Marks that never enter training: mail addresses and telephone numbers."""
    found = (mark for kind in ("mail", "phone") for mark in _of_kind(kind, text))
    return tuple(mark for mark in found if text[mark.start : mark.end] not in public)


def _company(words: str, kind: re.Match[str]) -> str:
    return f"{kind.group()}{MASK}" if kind.start() == 0 else f"{MASK}{kind.group()}"


def _of_kind(kind: str, text: str) -> Iterator[Mark]:
    for match in _PATTERNS[kind].finditer(text):
        if match.group() != MASK:
            yield Mark(match.start(), match.end(), kind)
    if kind == "person":
        for start, end in person_names(text):
            yield Mark(start, end, "person")

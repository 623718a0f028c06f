"""Checks the sentences themselves: nothing Rasa would misread, nothing that names a person."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from knowledge.content_store.files import CONTENT_DIR, Problem, read_yaml
from knowledge.text import has_words, normalise
from knowledge.training.sentences import Sentence

MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)
PHONE = re.compile(
    r"(?<![\d-])(?:"
    r"0\d{1,4}[-(]\d{1,4}[-)]\d{3,4}"  # 03-1234-5678, 03(1234)5678
    r"|0[5789]0[ -]?\d{4}[ -]?\d{4}"  # mobile, also without hyphens
    r"|0(?:570|120)[ -]?\d{3}[ -]?\d{3}"  # Navi-Dial, toll-free
    r"|\+\d{1,3}(?:[ -]?\d{1,4}){3,4}"  # international
    r")(?![\d-])"
)
_JOINER = "\u200d"
"""Zero-width joiner: part of many emoji, so it is no stray control character."""


def public_contacts(content: Path = CONTENT_DIR) -> frozenset[str]:
    """Numbers and addresses of public desks, which a sentence may quote."""
    listed, _ = read_yaml(content / "contacts.yml")
    return frozenset(normalise(str(item["value"])) for item in listed or ())


def markup(sentences: Iterable[Sentence]) -> Iterator[Problem]:
    """Characters that Rasa or the terminal would not take as text."""
    for sentence in sentences:
        if any(bracket in sentence.text for bracket in "[]"):
            told = "角かっこ [ ] は使えません（Rasaの記号です）。丸かっこにしてください。"
            yield sentence.problem(told)
        if sentence.text.startswith("/"):
            yield sentence.problem("「/」で始まる文は、Rasaの命令と読まれます。")
        stray = sorted({f"U+{ord(c):04X}" for c in sentence.example.text if _is_stray(c)})
        if stray:
            yield sentence.problem(f"見えない文字（{'、'.join(stray)}）を消してください。")
        if not sentence.text:
            yield sentence.problem("文が空です。")


def personal_data(sentences: Iterable[Sentence], allowed: Collection[str]) -> Iterator[Problem]:
    """Mail addresses and telephone numbers that are not those of a public desk."""
    for sentence in sentences:
        for said, pattern in (("メールアドレス", MAIL), ("電話番号", PHONE)):
            for value in (m.group() for m in pattern.finditer(sentence.text)):
                if value not in allowed:
                    yield sentence.problem(f"{said}「{value}」は個人の情報かもしれません。")


def readable(sentences: Iterable[Sentence], wordless: Collection[str]) -> Iterator[Problem]:
    """A topic needs words; only small talk and nonsense may do without."""
    for sentence in sentences:
        if sentence.intent not in wordless and not has_words(sentence.text):
            yield sentence.problem("文字か数字が一つもありません。")


def _is_stray(char: str) -> bool:
    if char in "\n\t" or char == _JOINER:
        return False
    return unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Cn"}

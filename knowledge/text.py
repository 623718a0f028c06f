"""The one normaliser of what people type; it knows nothing of topics, storage or Rasa.

Everything that is matched, searched, trained on or sent to the bot has passed ``normalise``;
offsets of entities refer to its result. What the visitor sees of her own message is the original.
"""

import re
import unicodedata

MAX_TEXT_LENGTH = 5_000
"""Characters a message may have (ARCHITECTURE.md §5)."""

# Characters that look like the long-vowel mark between katakana, as people type them.
_LONG_VOWEL_LOOKALIKES = re.compile(r"(?<=[ァ-ヺー])[-‐‑‒–—―−─ｰ](?=[ァ-ヺー]|\b|$|\s)")
_WAVES = re.compile(r"[〜～∼〰]")
_SPACES = re.compile(r"[^\S\n]+")
_NEWLINES = re.compile(r"\s*\n\s*")
_ZERO_WIDTH = dict.fromkeys([0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0x00AD])
_VARIATION_SELECTORS = dict.fromkeys(range(0xFE00, 0xFE10))


def strip_controls(text: str) -> str:
    """Remove control, bidirectional-override and zero-width characters; keep line breaks, tabs."""
    text = text.translate(_ZERO_WIDTH).replace("\r\n", "\n").replace("\r", "\n")
    return "".join(
        c
        for c in text
        if c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co", "Cn"}
    )


def normalise(text: str) -> str:
    """Return the form that is matched and trained on.

    NFKC (half-width kana and full-width Latin become ordinary), control characters out, wave
    dashes and stray hyphens inside katakana unified, spaces folded, ends trimmed. Case is kept:
    product names carry it; what ignores case folds it itself.
    """
    text = strip_controls(text).translate(_VARIATION_SELECTORS)
    text = unicodedata.normalize("NFKC", text)
    text = _WAVES.sub("~", text)
    text = _LONG_VOWEL_LOOKALIKES.sub("ー", text)
    text = _SPACES.sub(" ", text)
    text = _NEWLINES.sub("\n", text)
    return text.strip()


def fold(text: str) -> str:
    """Return a key under which spellings of one thing meet (katakana to hiragana, case, spaces).

    Used for search and for comparing sentences, never for display and never for offsets.
    """
    text = normalise(text).casefold()
    text = re.sub(r"[\s・、。,.!?「」『』()\[\]\"'~\-]+", "", text)
    return "".join(chr(ord(c) - 0x60) if "ァ" <= c <= "ヶ" else c for c in text)


def has_words(text: str) -> bool:
    """Whether anything readable is left: a letter or a digit of any script, not only emoji."""
    return any(unicodedata.category(c)[0] in {"L", "N"} for c in normalise(text))


def char_ngrams(text: str, size: int = 5) -> frozenset[str]:
    """Character n-grams of the folded text; a shorter text is its own single n-gram."""
    folded = fold(text)
    if len(folded) <= size:
        return frozenset({folded}) if folded else frozenset()
    return frozenset(folded[i : i + size] for i in range(len(folded) - size + 1))


def jaccard(left: frozenset[str], right: frozenset[str]) -> float:
    """Shared share of two n-gram sets, 0 to 1."""
    if not left or not right:
        return 0.0
    return len(left & right) / len(left | right)

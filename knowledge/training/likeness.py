"""Finds sentences that are copies or near copies of each other, without comparing every pair.

It knows texts only; what a likeness means is decided by ``lint_overlap``.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator

from knowledge.text import char_ngrams


class LikenessIndex:
    """Texts by their character 5-grams; only texts that share one are ever compared."""

    def __init__(self) -> None:
        self._sizes: list[int] = []
        self._having: dict[str, list[int]] = defaultdict(list)

    def add(self, text: str) -> int:
        """Remember a text; return its number, counted from 0."""
        grams = char_ngrams(text)
        number = len(self._sizes)
        self._sizes.append(len(grams))
        for gram in grams:
            self._having[gram].append(number)
        return number

    def closest(self, text: str, *, at_least: float) -> tuple[int, float] | None:
        """The most alike text (number, Jaccard 0 to 1), the earliest among equals, or None."""
        alike = sorted(self._alike(text, at_least), key=lambda pair: (-pair[1], pair[0]))
        return alike[0] if alike else None

    def _alike(self, text: str, at_least: float) -> Iterator[tuple[int, float]]:
        grams = char_ngrams(text)
        shared: Counter[int] = Counter()
        for gram in grams:
            shared.update(self._having.get(gram, ()))
        for number, count in shared.items():
            likeness = count / (len(grams) + self._sizes[number] - count)
            if likeness >= at_least:
                yield number, likeness

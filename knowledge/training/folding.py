"""Folds messages that say the same: spelled otherwise, read alike, or in nearly the same words."""

from collections.abc import Sequence
from typing import TypeVar

from knowledge.catalogue.tokens import reading_key, spelling_key
from knowledge.text import fold, normalise
from knowledge.training.likeness import LikenessIndex

ALIKE = 0.6
Item = TypeVar("Item")


def folded(items: Sequence[tuple[str, Item]]) -> list[list[Item]]:
    """Groups of (text, item) pairs, each led by its first item, in the order given."""
    groups: list[list[Item]] = []
    by_key: dict[str, int] = {}
    index = LikenessIndex()
    of_number: list[int] = []
    for text, item in items:
        key = spelling_key(normalise(text))
        keys = (key, fold(text), f"read:{reading_key(text)}")
        at = next((by_key[one] for one in keys if one in by_key), None)
        if at is None:
            found = index.closest(key, at_least=ALIKE)
            at = of_number[found[0]] if found else len(groups)
            index.add(key)
            of_number.append(at)
        by_key |= dict.fromkeys(keys, at)
        if at == len(groups):
            groups.append([])
        groups[at].append(item)
    return groups

"""Folds messages that say the same: spelled otherwise, or in nearly the same words."""

from collections.abc import Sequence
from typing import TypeVar

from knowledge.catalogue.tokens import spelling_key
from knowledge.text import normalise
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
        at = by_key.get(key)
        if at is None:
            found = index.closest(key, at_least=ALIKE)
            at = of_number[found[0]] if found else len(groups)
            by_key[key] = at
            index.add(key)
            of_number.append(at)
        if at == len(groups):
            groups.append([])
        groups[at].append(item)
    return groups

"""Which article comes first for a topic and need when no article fits the words well.

Reviewed data (``content/first_articles.yml``); it reads no text.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

import yaml

FIRST_ARTICLES_FILE = Path(__file__).parent.parent / "content" / "first_articles.yml"
OTHER = "other"


@lru_cache(maxsize=1)
def shipped() -> Mapping[str, Mapping[str, str | None]]:
    """Topic → need (or ``other``) → article id, read once."""
    table: Mapping[str, Mapping[str, str | None]] = yaml.safe_load(
        FIRST_ARTICLES_FILE.read_text(encoding="utf-8")
    )
    return table


def first_article(topic: str, need: str | None, *, right: str | None = None) -> str | None:
    """The id of the article to begin with, or None where the search decides.

    ``right`` is the topic of the right a price question is about.
    """
    table = shipped()
    asks_the_price = topic == "fee_reduction" and need == "cost"
    if asks_the_price and right is not None and right in table["fees_of"]:
        return table["fees_of"][right]
    by_need = table.get(topic, {})
    return by_need.get(need or OTHER, by_need.get(OTHER))


def bound_article(topic: str, reserved: Sequence[str], *, sized: bool) -> str | None:
    """The article that goes first whatever the words: for what the law reserves, and for a
    question of money by somebody who told the size of the company."""
    table = shipped()
    for kind in reserved:
        if kind in table["reserved"]:
            return table["reserved"][kind]
    return table["sized"].get(topic) if sized else None

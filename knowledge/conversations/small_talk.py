"""Which kind of small talk a message is; reviewed patterns, see ``content/small_talk.yml``."""

import re
from functools import lru_cache
from pathlib import Path

import yaml

SMALL_TALK_FILE = Path(__file__).parent.parent / "content" / "small_talk.yml"
GREETING = "smalltalk"


@lru_cache(maxsize=1)
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    table = yaml.safe_load(SMALL_TALK_FILE.read_text(encoding="utf-8"))
    return tuple((key, re.compile("|".join(parts))) for key, parts in table.items())


def small_talk_key(text: str) -> str:
    """The wording key (under ``dialogue``) that answers it; a greeting where nothing fits."""
    return next((key for key, pattern in _patterns() if pattern.search(text)), GREETING)


def korean(text: str) -> bool:
    """Whether a message is written in Hangul."""
    return sum("\uac00" <= char <= "\ud7a3" for char in text) >= 2

"""Looks up one keyed sentence and fills its blanks; it knows nothing of when it is said.

Keys are ``<file>.<name>`` of ``knowledge/content/wording/<file>.yml``.
"""

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from knowledge.errors import ContentError

WORDING_DIR = Path(__file__).parent.parent / "content" / "wording"


class Wording:
    """The sentences of one folder."""

    def __init__(self, directory: Path = WORDING_DIR) -> None:
        self._texts: dict[str, str] = {}
        for path in sorted(directory.glob("*.yml")):
            content = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
            for name, text in content.items():
                self._texts[f"{path.stem}.{name}"] = str(text).strip()

    def keys(self) -> frozenset[str]:
        """Every key there is."""
        return frozenset(self._texts)

    def say(self, key: str, **values: Any) -> str:
        """The sentence of ``key`` with its ``{blanks}`` filled.

        Raises:
            ContentError: the key does not exist or a blank has no value.
        """
        try:
            return self._texts[key].format(**values)
        except KeyError as error:
            raise ContentError(f"wording {key}: {error} is missing") from error


@lru_cache(maxsize=1)
def shipped() -> Wording:
    """The shipped sentences, read once."""
    return Wording()


def say(key: str, **values: Any) -> str:
    """The shipped sentence of ``key`` with its blanks filled."""
    return shipped().say(key, **values)

"""The held-out set stays as it was recorded: its hash, and the list of misses that may only shrink.

It knows no label rules; it only says whether the set that judges the model has changed.
"""

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from pydantic import RootModel

from knowledge.content_store.files import ContentPart, Problem, read_yaml
from knowledge.text import normalise
from knowledge.training.sentences import Sentence

HASH_FILE = "heldout.sha256"
MISSES_FILE = "known_misses.yml"
MOST_KNOWN_MISSES = 0
"""How long ``known_misses.yml`` may be. Only ever lowered: a new miss is mended, not listed."""


class Miss(ContentPart):
    """A held-out sentence the model is known to get wrong."""

    intent: str
    text: str
    got: str


class _Misses(RootModel[tuple[Miss, ...]]):
    """The file: a list."""


def heldout_hash(root: Path) -> str:
    """SHA-256 over names and bytes of all held-out files of a root, in the order of the names."""
    folder = root / "heldout"
    digest = hashlib.sha256()
    paths = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*.yml")}
    for name, path in sorted(paths.items()):
        content = path.read_bytes()
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def record(root: Path) -> str:
    """Write the hash beside the set and return it; done once, when the set is accepted."""
    value = heldout_hash(root)
    (root / HASH_FILE).write_text(f"{value}\n", encoding="ascii")
    return value


def unrecorded_changes(roots: Iterable[Path]) -> Iterator[Problem]:
    """A root whose held-out files are not those that were recorded."""
    for root in (root for root in roots if (root / "heldout").is_dir()):
        path, now = root / HASH_FILE, heldout_hash(root)
        if not path.exists():
            yield Problem(path, None, f"検証用の文のハッシュが記録されていません（今は {now}）。")
            continue
        recorded = path.read_text(encoding="utf-8").strip()
        if recorded != now:
            told = (
                f"検証用の文が、記録した時から変わっています（記録 {recorded[:12]}…、今 {now}）。"
                "まちがいなら元に戻し、直した理由があるなら記録を改めてください。"
            )
            yield Problem(path, 1, told)


def misses(
    roots: Iterable[Path], heldout: Iterable[Sentence], *, most: int = MOST_KNOWN_MISSES
) -> Iterator[Problem]:
    """Known misses that are not of the expected shape, too many, or gone from the held-out set."""
    known = {(sentence.intent, sentence.text) for sentence in heldout}
    for path in (root / MISSES_FILE for root in roots if (root / MISSES_FILE).exists()):
        content, problems = read_yaml(path)
        yield from problems
        if problems:
            continue
        try:
            listed = _Misses.model_validate(content).root
        except ValueError:
            yield Problem(path, 1, "{intent: …, text: …, got: …} の一覧にしてください。")
            continue
        if len(listed) > most:
            told = f"既知のまちがいが{len(listed)}件あります。{most}件から増やせません。"
            yield Problem(path, 1, told)
        for miss in (m for m in listed if (m.intent, normalise(m.text)) not in known):
            yield Problem(path, 1, f"「{_short(miss.text)}」は検証用の文にありません。")


def _short(text: str) -> str:
    return text if len(text) <= 16 else f"{text[:16]}…"

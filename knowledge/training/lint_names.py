"""Checks the lookup files: known values, and no spelling that could mean two things."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import yaml

from knowledge.content_store.files import Problem
from knowledge.text import normalise
from knowledge.training.sentences import keys_of, line, read_nodes
from knowledge.vocabulary import ASKERS, RIGHTS

KNOWN_VALUES = {"right": RIGHTS, "company_kind": ASKERS}
"""Kinds whose values the rules read; the values of other kinds are free."""

Spellings = dict[tuple[str, str], tuple[str, str]]
"""(kind, normalised spelling) → (value, where it stands)."""


def check_names(roots: Iterable[Path]) -> list[Problem]:
    """Every problem of every lookup file."""
    problems: list[Problem] = []
    seen: Spellings = {}
    for path in (p for root in roots for p in sorted((root / "lookups").glob("*.yml"))):
        node, wrong = read_nodes(path)
        problems += wrong
        if not wrong:
            _file(path, node, seen, problems)
    return problems


def _file(path: Path, node: yaml.Node | None, seen: Spellings, problems: list[Problem]) -> None:
    keys = keys_of(path, node, problems) if isinstance(node, yaml.MappingNode) else {}
    for name, (at, _) in keys.items():
        if name not in ("kind", "values"):
            problems.append(Problem(path, at, f"項目「{name}」は決められていません。"))
    _, kind = keys.get("kind", (1, None))
    _, values = keys.get("values", (1, None))
    if not isinstance(kind, yaml.ScalarNode) or not isinstance(values, yaml.MappingNode):
        problems.append(Problem(path, 1, "「kind: …」と「values:」の形で書いてください。"))
        return
    for value, (at, spelled) in keys_of(path, values, problems).items():
        known = KNOWN_VALUES.get(str(kind.value))
        if known is not None and value not in known:
            problems.append(Problem(path, at, f"値「{value}」は {kind.value} にありません。"))
        if not _is_list_of_words(spelled):
            problems.append(Problem(path, at, f"「{value}」の書き方は [a, b] と並べてください。"))
            continue
        names = [(at, value)] if not value.isascii() else []
        names += [(line(item), str(item.value)) for item in spelled.value]
        problems += _clashes(path, str(kind.value), value, names, seen)


def _is_list_of_words(node: yaml.Node) -> bool:
    return isinstance(node, yaml.SequenceNode) and all(
        isinstance(item, yaml.ScalarNode) and item.value for item in node.value
    )


def _clashes(
    path: Path, kind: str, value: str, names: Iterable[tuple[int, str]], seen: Spellings
) -> Iterator[Problem]:
    for at, name in names:
        key = (kind, normalise(name))
        earlier, place = seen.setdefault(key, (value, f"{path.name}:{at}"))
        if earlier != value:
            told = f"「{name}」が「{earlier}」（{place}）と「{value}」の両方にあります。"
            yield Problem(path, at, told)

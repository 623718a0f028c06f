"""Reads sentence files with the line of every sentence; nothing is raised, problems are told.

``data`` reads the same files strictly, for training; this reading is for the people who mend them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from knowledge.content_store.files import Problem
from knowledge.text import normalise
from knowledge.training.data import Example, Part

_FILE_KEYS = ("intent", "examples")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence and where it stands; ``text`` is normalised, ``example.text`` as typed."""

    path: Path
    line: int
    part: Part
    intent: str
    text: str
    example: Example

    def problem(self, message: str) -> Problem:
        """A finding on the line of this sentence."""
        return Problem(self.path, self.line, message)

    @property
    def place(self) -> str:
        """``skill/intent.yml:line``, short enough to stand inside another finding."""
        return f"{self.path.parent.name}/{self.path.name}:{self.line}"


@dataclass(frozen=True, slots=True)
class SentenceFile:
    """One file as read: its intent and those sentences that have the right shape."""

    path: Path
    part: Part
    intent: str
    intent_line: int
    sentences: tuple[Sentence, ...]


class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """The safe loader; used for its nodes, which know their lines."""


def line(node: yaml.Node) -> int:
    """The line a node starts on, from 1."""
    return int(node.start_mark.line) + 1


def value_of(node: yaml.Node) -> Any:
    """The plain value of a node."""
    loader = Loader("")
    try:
        return loader.construct_object(node, deep=True)
    finally:
        loader.dispose()


def read_nodes(path: Path) -> tuple[yaml.Node | None, list[Problem]]:
    """The nodes of one YAML file, or why it cannot be read."""
    try:
        node = yaml.compose(path.read_text(encoding="utf-8"), Loader=Loader)
    except UnicodeDecodeError:
        return None, [Problem(path, None, "文字コードをUTF-8にしてください。")]
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = mark.line + 1 if mark else None
        return None, [Problem(path, where, f"YAMLとして読めません: {error.problem}")]
    except yaml.YAMLError as error:
        return None, [Problem(path, None, f"YAMLとして読めません: {error}")]
    return node, []


def read_sentences(roots: Iterable[Path], part: Part) -> tuple[list[SentenceFile], list[Problem]]:
    """Every sentence file of one part, sorted by path, and what could not be read."""
    files: list[SentenceFile] = []
    problems: list[Problem] = []
    for path in (p for root in roots for p in sorted((root / part).rglob("*.yml"))):
        node, wrong = read_nodes(path)
        problems += wrong
        if wrong:
            continue
        found = _file(path, part, node, problems)
        if found is not None:
            files.append(found)
    return files, problems


def keys_of(
    path: Path, node: yaml.MappingNode, problems: list[Problem]
) -> dict[str, tuple[int, yaml.Node]]:
    """Key → line and value node; a key given twice is told."""
    found: dict[str, tuple[int, yaml.Node]] = {}
    for key, value in node.value:
        name = str(key.value)
        if name in found:
            problems.append(Problem(path, line(key), f"項目「{name}」が2回書かれています。"))
        found[name] = (line(key), value)
    return found


def _file(
    path: Path, part: Part, node: yaml.Node | None, problems: list[Problem]
) -> SentenceFile | None:
    if not isinstance(node, yaml.MappingNode):
        problems.append(Problem(path, 1, "「intent: …」と「examples:」の形で書いてください。"))
        return None
    keys = keys_of(path, node, problems)
    for name, (at, _) in keys.items():
        if name not in _FILE_KEYS:
            problems.append(Problem(path, at, f"項目「{name}」は決められていません。"))
    at, named = keys.get("intent", (1, None))
    if not isinstance(named, yaml.ScalarNode) or not named.value:
        problems.append(Problem(path, at, "意図の名前（intent）がありません。"))
        return None
    _, rows = keys.get("examples", (1, None))
    if not isinstance(rows, yaml.SequenceNode):
        problems.append(Problem(path, 1, "文の一覧（examples）がありません。"))
        return None
    sentences = tuple(_sentences(path, part, str(named.value), rows, problems))
    return SentenceFile(path, part, str(named.value), at, sentences)


def _sentences(
    path: Path, part: Part, intent: str, rows: yaml.SequenceNode, problems: list[Problem]
) -> Iterator[Sentence]:
    for node in rows.value:
        at = line(node)
        if not isinstance(node, yaml.MappingNode):
            problems.append(Problem(path, at, '文は {text: "…", …} の形で書いてください。'))
            continue
        keys_of(path, node, problems)
        try:
            example = Example.model_validate(value_of(node))
        except ValidationError as error:
            problems += [Problem(path, at, _in_japanese(detail)) for detail in error.errors()]
            continue
        yield Sentence(path, at, part, intent, normalise(example.text), example)


def _in_japanese(detail: ErrorDetails) -> str:
    name = ".".join(str(part) for part in detail["loc"])
    expected = detail.get("ctx", {}).get("expected")
    sentences = {
        "missing": f"項目「{name}」がありません。",
        "extra_forbidden": f"項目「{name}」は決められていません。つづりを確かめてください。",
        "literal_error": f"項目「{name}」は {expected} のどれかにしてください。",
        "string_type": f"項目「{name}」は文字で、引用符で囲んで書いてください。",
        "string_too_short": f"項目「{name}」が空です。",
        "tuple_type": f"項目「{name}」は [a, b] の形で書いてください。",
        "bool_parsing": f"項目「{name}」は true と書くか、消してください。",
        "bool_type": f"項目「{name}」は true と書くか、消してください。",
    }
    return sentences.get(detail["type"], f"項目「{name}」の書き方が違います（{detail['msg']}）。")

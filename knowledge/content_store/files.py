"""Reads one YAML file or a folder of them and says in Japanese everything that is wrong.

Nothing is raised for bad content here: the linter shows all problems, a loader refuses them.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from knowledge.errors import ContentError

CONTENT_DIR = Path(__file__).parent.parent / "content"
"""The shipped content."""


class ContentPart(BaseModel):
    """Anything inside an entry: immutable, and a key it does not know is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ContentEntry(ContentPart):
    """One reviewed entry; the id is the name of its file."""

    id: str


Entry = TypeVar("Entry", bound=ContentEntry)
Shape = TypeVar("Shape", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Problem:
    """Something a maintainer has to mend; ``line`` counts from 1 where it is known."""

    path: Path
    line: int | None
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line or 1}: {self.message}"


@dataclass(frozen=True, slots=True)
class Located(Generic[Entry]):
    """An entry and the file it came from."""

    path: Path
    entry: Entry


@dataclass(frozen=True, slots=True)
class Reading(Generic[Entry]):
    """A folder as read: the good entries and every problem."""

    found: tuple[Located[Entry], ...]
    problems: tuple[Problem, ...]

    def by_id(self) -> dict[str, Entry]:
        """The entries by id.

        Raises:
            ContentError: any file of the folder is not as it should be.
        """
        if self.problems:
            raise ContentError("\n".join(str(problem) for problem in self.problems))
        return {located.entry.id: located.entry for located in self.found}


class _StrictLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """YAML in which a key given twice is an error, not silently the last one."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"「{key}」が2回書かれています", key_node.start_mark
                )
            seen.add(key)
        mapping: dict[Any, Any] = super().construct_mapping(node, deep=deep)
        return mapping


def read_yaml(path: Path) -> tuple[Any, tuple[Problem, ...]]:
    """The content of one file, or the problem that keeps it from being read."""
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=_StrictLoader), ()  # noqa: S506
    except OSError:
        return None, (Problem(path, None, "ファイルを開けません。"),)
    except UnicodeDecodeError:
        return None, (Problem(path, None, "文字コードをUTF-8にしてください。"),)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        return None, (Problem(path, line, f"YAMLとして読めません: {error.problem}"),)
    except yaml.YAMLError as error:
        return None, (Problem(path, None, f"YAMLとして読めません: {error}"),)


def read_entry(path: Path, shape: type[Shape]) -> tuple[Shape | None, tuple[Problem, ...]]:
    """One file as an entry, or all its problems."""
    content, problems = read_yaml(path)
    if problems:
        return None, problems
    if not isinstance(content, dict):
        return None, (Problem(path, 1, "「項目: 値」の形で書いてください。"),)
    try:
        return shape.model_validate(content), ()
    except ValidationError as error:
        text = path.read_text(encoding="utf-8")
        return None, tuple(_problem(path, text, detail) for detail in error.errors())


def read_folder(folder: Path, shape: type[Entry]) -> Reading[Entry]:
    """Every ``*.yml`` below a folder, sorted by path; a missing folder is an empty one."""
    found: list[Located[Entry]] = []
    problems: list[Problem] = []
    for path in sorted(folder.rglob("*.yml")):
        entry, wrong = read_entry(path, shape)
        problems += wrong
        if entry is not None:
            found.append(Located(path, entry))
    return Reading(tuple(found), tuple(problems))


def line_of(text: str, key: str) -> int | None:
    """The line on which a top-level key stands."""
    match = re.search(rf"^{re.escape(key)}\s*:", text, re.MULTILINE)
    return text.count("\n", 0, match.start()) + 1 if match else None


def _problem(path: Path, text: str, detail: ErrorDetails) -> Problem:
    place = [str(part) for part in detail["loc"]]
    line = line_of(text, place[0]) if place else 1
    return Problem(path, line, in_japanese(".".join(place), detail))


def in_japanese(name: str, detail: ErrorDetails) -> str:
    """What is wrong with a field, in a sentence."""
    kind, context = detail["type"], detail.get("ctx", {})
    sentences = {
        "missing": f"項目「{name}」がありません。",
        "extra_forbidden": f"項目「{name}」は決められていません。つづりを確かめてください。",
        "literal_error": f"項目「{name}」は {context.get('expected')} のどれかにしてください。",
        "string_type": f"項目「{name}」は文字で書いてください（数字は引用符で囲みます）。",
        "string_too_short": f"項目「{name}」が空です。",
        "too_short": f"項目「{name}」は{context.get('min_length')}個以上書いてください。",
        "too_long": f"項目「{name}」は{context.get('max_length')}個までにしてください。",
        "bool_type": f"項目「{name}」は true か false にしてください。",
    }
    if kind.startswith("date"):
        return f"項目「{name}」は 2026-11-20 の形の日付にしてください。"
    if kind == "value_error":
        return f"項目「{name}」: {context.get('error')}"
    return sentences.get(kind, f"項目「{name}」の書き方が違います（{detail['msg']}）。")

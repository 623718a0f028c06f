"""Entries as a table for Excel and as YAML for a git diff; out and in again, to the same bytes.

A cell is a text, a day, or a list with one item a line (an item with parts is JSON). Reading tells
everything that is wrong, with line and column, and gives entries only if nothing is.
"""

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import UnionType
from typing import Any, Generic, Union, get_args, get_origin

import yaml
from pydantic import BaseModel, ValidationError

from knowledge.content_store.files import Entry, in_japanese

BOM = b"\xef\xbb\xbf"
"""Excel in Japanese reads UTF-8 only behind it."""
YEAR_ONE_OF_ZIP = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class CellProblem:
    """What is wrong: the line (from 1, of a table as Excel counts it) and the column, if known."""

    line: int
    column: str
    message: str

    def __str__(self) -> str:
        place = f"{self.line}行目" + (f"「{self.column}」" if self.column else "")
        return f"{place}: {self.message}"


@dataclass(frozen=True, slots=True)
class Read(Generic[Entry]):
    """What a file holds: entries if there is no problem, else none."""

    entries: tuple[Entry, ...]
    problems: tuple[CellProblem, ...]


def to_csv(entries: Iterable[Entry], shape: type[Entry]) -> bytes:
    """A table with one line an entry, sorted by id, UTF-8 with BOM and CRLF as Excel writes it."""
    names = list(shape.model_fields)
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(names)
    for entry in sorted(entries, key=lambda one: one.id):
        cells = cells_of(entry)
        writer.writerow([cells[name] for name in names])
    return BOM + out.getvalue().encode()


def to_yaml(entry: Entry) -> str:
    """One entry as its file: keys in the order of the shape, long texts as blocks."""
    data = entry.model_dump(mode="json")
    text: str = yaml.dump(data, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=100_000)
    return text


def to_zip(named: Mapping[str, str]) -> bytes:
    """Files by their path in one archive; the same files give the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in sorted(named.items()):
            archive.writestr(zipfile.ZipInfo(name, YEAR_ONE_OF_ZIP), text.encode())
    return out.getvalue()


def cells_of(entry: BaseModel) -> dict[str, str]:
    """An entry as texts, field by field."""
    return {name: _cell(value) for name, value in entry.model_dump(mode="json").items()}


def is_list(shape: type[BaseModel], name: str) -> bool:
    """Whether a field holds several things, one a line in its cell."""
    return tuple in _kinds(shape.model_fields[name].annotation)


def from_cells(cells: Mapping[str, str], shape: type[Entry], *, line: int = 1) -> Read[Entry]:
    """An entry from texts, or everything that is wrong with them."""
    data: dict[str, Any] = {}
    problems: list[CellProblem] = []
    for name, text in cells.items():
        try:
            data[name] = _value(shape, name, text)
        except ValueError as error:
            problems.append(CellProblem(line, name, str(error)))
    if problems:
        return Read((), tuple(problems))
    try:
        return Read((shape.model_validate(data),), ())
    except ValidationError as error:
        return Read((), tuple(_problem(line, detail) for detail in error.errors()))


def from_csv(content: bytes, shape: type[Entry]) -> Read[Entry]:
    """The entries of a table, or everything that is wrong with it."""
    text, problem = _decoded(content)
    if problem is not None:
        return Read((), (problem,))
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        head = next(reader, [])
        problems = _head_problems(head, list(shape.model_fields))
        # As Excel counts them: a cell may hold several lines.
        rows = [] if problems else [(at, row) for at, row in enumerate(reader, 2) if any(row)]
    except csv.Error as error:
        return Read((), (CellProblem(reader.line_num, "", f"CSVとして読めません（{error}）。"),))
    return _rows(head, rows, shape, problems)


def from_yaml(content: bytes, shape: type[Entry]) -> Read[Entry]:
    """The entry of one YAML file, or what is wrong with it."""
    text, problem = _decoded(content)
    if problem is not None:
        return Read((), (problem,))
    try:
        data = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        return Read((), (CellProblem(line, "", f"YAMLとして読めません: {error.problem}"),))
    if not isinstance(data, dict):
        return Read((), (CellProblem(1, "", "「項目: 値」の形で書いてください。"),))
    try:
        return Read((shape.model_validate(data),), ())
    except ValidationError as error:
        found = []
        for detail in error.errors():
            name = str(detail["loc"][0]) if detail["loc"] else ""
            found.append(_problem(_line_of(text, name), detail))
        return Read((), tuple(found))


def _rows(
    head: Sequence[str],
    rows: Iterable[tuple[int, Sequence[str]]],
    shape: type[Entry],
    problems: list[CellProblem],
) -> Read[Entry]:
    entries: list[Entry] = []
    lines: dict[str, int] = {}
    for line, row in rows:
        if len(row) != len(head):
            told = f"列が{len(row)}個あります。{len(head)}個にしてください。"
            problems.append(CellProblem(line, "", told))
            continue
        read = from_cells(dict(zip(head, row, strict=True)), shape, line=line)
        problems += read.problems
        for entry in read.entries:
            if entry.id in lines:
                told = f"「{entry.id}」は{lines[entry.id]}行目にもあります。"
                problems.append(CellProblem(line, "id", told))
            lines.setdefault(entry.id, line)
            entries.append(entry)
    return Read(() if problems else tuple(entries), tuple(problems))


def _decoded(content: bytes) -> tuple[str, CellProblem | None]:
    try:
        return content.decode("utf-8-sig"), None
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        column = content[: error.start].rsplit(b"\n", 1)[-1].count(b",") + 1
    try:
        content.decode("cp932")
    except UnicodeDecodeError:
        told = "文字コードが分かりません。UTF-8で保存してください。"
    else:
        told = "Shift_JISで保存されています。Excelでは「CSV UTF-8」を選んで保存してください。"
    return "", CellProblem(line, f"{column}列目", told)


def _head_problems(head: Sequence[str], wanted: Sequence[str]) -> list[CellProblem]:
    missing = [CellProblem(1, name, "この列がありません。") for name in wanted if name not in head]
    unknown = [
        CellProblem(1, name, "この列は決められていません。つづりを確かめてください。")
        for name in head
        if name not in wanted
    ]
    twice = [
        CellProblem(1, name, "この列が2回あります。")
        for name in dict.fromkeys(head)
        if head.count(name) > 1
    ]
    return [*missing, *unknown, *twice]


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return "\n".join(item if isinstance(item, str) else _json(item) for item in value)
    return value if isinstance(value, str) else _json(value)


def _value(shape: type[BaseModel], name: str, text: str) -> Any:
    text = text.replace("\r\n", "\n").strip("\n")
    kinds = _kinds(shape.model_fields[name].annotation)
    if is_list(shape, name):
        lines = [line.strip() for line in text.split("\n") if line.strip()]
        return [_item(line) for line in lines]
    if not text.strip() and type(None) in kinds:
        return None
    if date in kinds:
        return _day(text.strip())
    return text


def _item(line: str) -> Any:
    if not line.startswith("{"):
        return line
    try:
        return json.loads(line)
    except ValueError as error:
        raise ValueError(f"JSONとして読めません（{error}）。") from error


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text.replace("/", "-"))
    except ValueError as error:
        raise ValueError("2026-11-20 の形の日付にしてください。") from error


def _kinds(annotation: Any) -> set[Any]:
    """The plain types inside an annotation: ``str | None`` → {str, NoneType}."""
    origin = get_origin(annotation)
    if origin in (Union, UnionType):
        return {kind for part in get_args(annotation) for kind in _kinds(part)}
    if origin is not None and hasattr(annotation, "__metadata__"):
        return _kinds(get_args(annotation)[0])
    return {origin or annotation}


def _problem(line: int, detail: Any) -> CellProblem:
    place = [str(part) for part in detail["loc"]]
    return CellProblem(line, place[0] if place else "", in_japanese(".".join(place), detail))


def _line_of(text: str, key: str) -> int:
    for number, line in enumerate(text.splitlines(), start=1):
        if line.startswith(f"{key}:"):
            return number
    return 1


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


class _Dumper(yaml.SafeDumper):
    """Texts of several lines as blocks, so that a difference is readable."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)

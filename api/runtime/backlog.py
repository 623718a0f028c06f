"""Reads a desk's backlog of inquiries and writes how they were sorted; knows no server, no rule.

In: CSV with ``id,text[,prefecture,received_at]``, UTF-8 (with or without BOM) or Shift_JIS (CP932).
Out: the columns of ``COLUMNS``, UTF-8 with BOM, one row per inquiry in the order read. A bad line
never stops the others: it carries its reason in ``error``.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from api.runtime.backlog_encoding import UnusableBacklogError, decode
from knowledge.clock import TOKYO
from knowledge.text import MAX_TEXT_LENGTH, has_words, strip_controls
from knowledge.triage.answer import DeadlineOut, Triage
from knowledge.wording import say

COLUMNS = (
    "id",
    "topic",
    "secondary_topics",
    "need",
    "desk",
    "confidence",
    "rules",
    "urgency",
    "deadline",
    "error",
)
REQUIRED = ("id", "text")
READ = (*REQUIRED, "prefecture", "received_at")

_DATE = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[T ]+(\d{1,2})[:時](\d{1,2})(?::(\d{1,2})|分)?)?"
)
FIRST_YEAR, LAST_YEAR = 2000, 2099
"""Years in which an inquiry can have been received; outside, the date is a slip of the pen."""

NOT_A_DATE = "received_at を日付として読めません（例：2026-09-10、2026/9/10 14:30）。"

_FORMULA_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")


@dataclass(frozen=True, slots=True)
class Line:
    """One inquiry; ``number`` is its first line in the file, ``error`` why it cannot be sorted."""

    number: int
    id: str
    text: str
    prefecture: str | None = None
    received_at: datetime | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one line: a triage, or the reason why there is none."""

    line: Line
    triage: Triage | None = None
    error: str | None = None


def read_backlog(path: Path) -> tuple[Line, ...]:
    """All inquiries of the file, in its order; bad ones carry ``error``.

    Raises:
        UnusableBacklogError: no file, no known encoding, or no ``id`` and ``text`` columns.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise UnusableBacklogError(f"{path} を開けません（{_os_reason(error)}）。") from error
    records = _records(decode(raw, path.name))
    columns = _columns(next(records, None), path.name)
    lines: list[Line] = []
    seen: dict[str, int] = {}
    empty: list[Line] = []
    for record in records:
        line = _line(record, columns, seen)
        if record.cells and not any(cell.strip() for cell in record.cells):
            empty.append(line)
            continue
        lines += [*empty, line]  # empty rows count only where something follows
        empty = []
    return tuple(lines)


@dataclass(frozen=True, slots=True)
class _Record:
    number: int
    raw: str
    cells: list[str] | None
    """None where the quotes are wrong."""


def _records(text: str) -> Iterator[_Record]:
    """CSV records. After wrong quotes reading goes on at the next line, so nothing is swallowed."""
    lines = list(io.StringIO(text, newline=""))
    limit = csv.field_size_limit(max(len(text), 1))
    try:
        at = 0
        while at < len(lines):
            reader = csv.reader(lines[at:], strict=True)
            begin, first = at, at
            try:
                for cells in reader:
                    if any(cell.strip() for cell in cells) or len(cells) > 1:
                        yield _Record(begin + 1, lines[begin], cells)
                    begin = first + reader.line_num
                at = len(lines)
            except csv.Error:
                yield _Record(begin + 1, lines[begin], None)
                at = begin + 1
    finally:
        csv.field_size_limit(limit)


def _columns(header: _Record | None, name: str) -> dict[str, int]:
    if header is None:
        raise UnusableBacklogError(f"{name} は空です。1行目に id,text の列名が必要です。")
    names = [unicodedata.normalize("NFKC", cell).strip().lower() for cell in header.cells or ()]
    missing = [column for column in REQUIRED if column not in names]
    if missing:
        raise UnusableBacklogError(
            f"{name} の{header.number}行目に {' と '.join(missing)} の列がありません。"
            "1行目は id,text,prefecture,received_at のように書いてください（後ろの二つは任意）。"
        )
    twice = [column for column in READ if names.count(column) > 1]
    if twice:
        raise UnusableBacklogError(
            f"{name} の{header.number}行目に {'、'.join(twice)} の列が二つ以上あります。"
        )
    found = {column: names.index(column) for column in READ if column in names}
    return {**found, "": len(names)}


def _line(record: _Record, columns: dict[str, int], seen: dict[str, int]) -> Line:
    if record.cells is None:
        salvaged = record.raw.split(",")[0].strip().strip('"') if columns["id"] == 0 else ""
        return Line(record.number, _clean_id(salvaged), "", error='引用符（"）の使い方が違います。')
    cells = record.cells

    def cell(column: str) -> str:
        place = columns.get(column, len(cells))
        return cells[place] if place < len(cells) else ""

    line = Line(record.number, _clean_id(cell("id")), cell("text"))
    error = _problem_of_shape(cells, columns) or _problem_of_id(line, seen)
    if error is None:
        error = problem_of_text(line.text)
    try:
        received = parse_received_at(cell("received_at"))
    except ValueError as bad:
        return replace(line, error=error or str(bad))
    prefecture = strip_controls(cell("prefecture")).strip() or None
    return replace(line, prefecture=prefecture, received_at=received, error=error)


def _clean_id(value: str) -> str:
    return " ".join(strip_controls(value).split())


def _problem_of_shape(cells: list[str], columns: dict[str, int]) -> str | None:
    if len(cells) <= max(columns["id"], columns["text"]):
        return f"列が足りません（{len(cells)}列）。"
    if any(cell.strip() for cell in cells[columns[""] :]):
        return '列が多すぎます。コンマを含む文章は "…" で囲んでください。'
    return None


def _problem_of_id(line: Line, seen: dict[str, int]) -> str | None:
    if not line.id:
        return "id が入っていません。"
    first = seen.setdefault(line.id, line.number)
    return None if first == line.number else f"id が{first}行目と同じです。"


def problem_of_text(text: str) -> str | None:
    """Why this text cannot be an inquiry, in Japanese; None if it can."""
    if any("\ud800" <= char <= "\udfff" for char in text):
        return "文字として読めない部分があります（端末の文字コードを確かめてください）。"
    if len(text) > MAX_TEXT_LENGTH:
        return say("errors.text_too_long")
    return None if has_words(text) else say("errors.text_empty")


def parse_received_at(value: str) -> datetime | None:
    """A date, with or without time, as people and spreadsheets write it; Asia/Tokyo unless told.

    Raises:
        ValueError: not a date; the message is Japanese.
    """
    text = " ".join(unicodedata.normalize("NFKC", value).split())
    if not text:
        return None
    try:
        found = _parse(text)
    except ValueError as error:
        raise ValueError(NOT_A_DATE) from error
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise ValueError(NOT_A_DATE)
    return (found if found.tzinfo else found.replace(tzinfo=TOKYO)).astimezone(TOKYO)


def _parse(text: str) -> datetime:
    written = _DATE.fullmatch(text)
    if written is None:
        return datetime.fromisoformat(text)
    year, month, day, hour, minute, second = (int(part or 0) for part in written.groups())
    return datetime(year, month, day, hour, minute, second, tzinfo=TOKYO)


def check_out(out: Path, source: Path) -> None:
    """Refuse, before any work is done, a place where the result cannot be written.

    Raises:
        UnusableBacklogError: it is the input itself, a folder, or in a folder that is not there.
    """
    if out.exists() and source.exists() and out.samefile(source):
        raise UnusableBacklogError("--out に、読むファイルと同じものは指定できません。")
    if out.is_dir():
        raise UnusableBacklogError(f"{out} はフォルダーです。ファイルの名前を指定してください。")
    if not out.absolute().parent.is_dir():
        raise UnusableBacklogError(f"{out} を書くフォルダーがありません。")


def write_outcomes(path: Path, outcomes: Iterable[Outcome]) -> None:
    """Write the result file in one go.

    Raises:
        UnusableBacklogError: the file cannot be written.
    """
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(COLUMNS)
    for outcome in outcomes:
        writer.writerow([_defused(cell) for cell in _row(outcome)])
    try:
        path.write_bytes(buffer.getvalue().encode("utf-8-sig"))
    except OSError as error:
        raise UnusableBacklogError(f"{path} に書けません（{_os_reason(error)}）。") from error


def _row(outcome: Outcome) -> tuple[str, ...]:
    found = outcome.triage
    if found is None:
        return (outcome.line.id, *[""] * (len(COLUMNS) - 2), outcome.error or "")
    return (
        outcome.line.id,
        found.topic,
        ";".join(found.secondary_topics),
        found.need or "",
        found.desk.id if found.desk else "",
        f"{found.confidence:.3f}",
        ";".join(dict.fromkeys(reason.rule for reason in found.reasons)),
        found.urgency.level,
        _deadline(found.urgency.deadlines),
        "",
    )


def _deadline(deadlines: tuple[DeadlineOut, ...]) -> str:
    """The earliest last day: the safe one first, then the one shifted by holidays if it differs."""
    if not deadlines:
        return ""
    first = min(deadlines, key=lambda one: (one.unshifted, one.date))
    days = dict.fromkeys((first.unshifted, first.date))
    return ";".join(day.isoformat() for day in days)


def _defused(cell: str) -> str:
    """A cell that a spreadsheet would run as a formula, made into plain text."""
    starts = cell.lstrip().startswith(_FORMULA_STARTS) and not _NUMBER.fullmatch(cell)
    return f"'{cell}" if starts else cell


def _os_reason(error: OSError) -> str:
    known = {
        FileNotFoundError: "見つかりません",
        IsADirectoryError: "フォルダーです",
        PermissionError: "許可がありません",
    }
    return known.get(type(error), error.strerror or type(error).__name__)

"""The rules of the house (STYLE.md) as small lints; each says why it is there."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MOST_LINES_OF_A_FUNCTION = 45
MOST_LINES_OF_A_MODULE = 300
# Words that would tell where or by whom a file was written; put together so as not to find itself.
MACHINE = re.compile(
    "|".join((r"/" + "work/", r"/" + r"home/\w+", r"/" + "root/", r"/" + "Users/"))
)
OPEN_ENDS = re.compile(
    "|".join((r"\bTO" + "DO\b", r"\bFIX" + "ME\b", r"\bX" + "XX\b", r"\bHA" + "CK\b"))
)
WRITTEN = {".py", ".yml", ".yaml", ".md", ".toml", ".js", ".css", ".html", ".txt", ".example"}


def _tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    return [path for name in listed if (path := ROOT / name).is_file()]


FILES = _tracked()
PYTHON = [path for path in FILES if path.suffix == ".py"]
SOURCE = [
    path
    for path in PYTHON
    if path.relative_to(ROOT).parts[0] in {"knowledge", "actions", "api", "bot"}
]


def _where(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def test_no_function_is_longer_than_a_screen() -> None:
    """A function is read as a whole or not at all."""
    # A migration lists tables; it is written once and never changed.
    long = [
        (f"{_where(path)}:{node.lineno} {node.name}", lines)
        for path in SOURCE
        if "migrations" not in path.parts
        for node in _functions(path)
        if (lines := (node.end_lineno or 0) - node.lineno + 1) > MOST_LINES_OF_A_FUNCTION
    ]

    assert long == []


def test_no_module_is_longer_than_can_be_remembered() -> None:
    """A module that needs a search has two subjects."""
    long = {
        _where(path): lines
        for path in SOURCE
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > MOST_LINES_OF_A_MODULE
    }

    assert long == {}


def test_every_module_opens_with_what_it_decides() -> None:
    """The reader learns from the first line whether this is the file to open."""
    silent = [
        _where(path)
        for path in SOURCE
        if path.stat().st_size
        and not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]

    assert silent == []


def test_nothing_is_printed() -> None:
    """Output belongs to the log or the command line; a stray print once broke a piped CSV."""
    found = [
        f"{_where(path)}:{node.lineno}"
        for path in SOURCE
        if path.relative_to(ROOT).parts[0] != "bot"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "print"
    ]

    assert found == []


def test_nobody_commits_in_a_service() -> None:
    """One request is one transaction: only ``transaction`` commits."""
    found = [
        f"{_where(path)}:{node.lineno}"
        for path in SOURCE
        if path.parts[-2:] != ("knowledge", "database.py")
        and path.relative_to(ROOT).parts[0] != "bot"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "commit"
    ]

    assert found == []


@pytest.mark.parametrize(
    ("pattern", "why"), [(MACHINE, "a path of one machine"), (OPEN_ENDS, "an open end")]
)
def test_no_file_carries(pattern: re.Pattern[str], why: str) -> None:
    """A path of a machine works nowhere else; an open end belongs into an issue."""
    found = [
        f"{_where(path)}: {why}"
        for path in FILES
        if path.suffix in WRITTEN
        and pattern.search(path.read_text(encoding="utf-8", errors="replace"))
    ]

    assert found == []


def test_tests_mirror_the_packages_without_being_packages() -> None:
    """An ``__init__.py`` below tests would give two modules one name in two environments."""
    assert [
        _where(path) for path in FILES if path.name == "__init__.py" and "tests" in path.parts
    ] == []

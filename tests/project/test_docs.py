"""What the documents say can be done, can be done."""

import re
from pathlib import Path

import pytest
from typer.main import get_command

from api.runtime import cli
from api.runtime.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
TARGETS = set(re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE))
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
TEXTS = {str(page.relative_to(ROOT)): page.read_text(encoding="utf-8") for page in PAGES}


def _commands() -> set[str]:
    found = set()
    for name, command in get_command(cli.app).commands.items():  # type: ignore[attr-defined]
        below = getattr(command, "commands", None)
        found |= {f"{name} {sub}" for sub in below} if below else {name}
    return found


@pytest.mark.parametrize("page", TEXTS)
def test_every_make_command_of_a_page_exists(page: str) -> None:
    named = set(
        re.findall(
            r"\bmake ([a-z][a-z-]*)\b",
            re.sub(r"(?i)\bmake (it|sure|a|the|ready)\b", "", TEXTS[page]),
        )
    )

    assert named <= TARGETS


@pytest.mark.parametrize("page", TEXTS)
def test_every_madoguchi_command_of_a_page_exists(page: str) -> None:
    groups = {name.split()[0] for name in _commands()}
    for words in re.findall(
        r"(?:`|bin/|^ {4}|\$ )madoguchi ([a-z]+(?: [a-z]+)?)", TEXTS[page], re.MULTILINE
    ):
        first = words.split()[0]
        assert first in groups, words
        if first in {"content", "data"} and " " in words:
            assert words in _commands()


def test_the_readme_names_the_two_commands_and_every_command_of_the_line() -> None:
    readme = TEXTS["README.md"]

    assert {"run", "test"} <= set(re.findall(r"make ([a-z]+)", readme))
    assert [name for name in sorted(_commands()) if f"madoguchi {name}" not in readme] == []


def test_every_setting_is_documented() -> None:
    readme = "\n".join(TEXTS.values())

    missing = [f"MADOGUCHI_{n.upper()}" for n in Settings.model_fields]
    assert [name for name in missing if name not in readme] == []


def test_no_page_names_a_setting_that_does_not_exist() -> None:
    known = {f"MADOGUCHI_{name.upper()}" for name in Settings.model_fields}
    known |= set(re.findall(r"MADOGUCHI_\w+", (ROOT / "bot" / "endpoints.yml").read_text()))
    # What only the tests read.
    known |= set(
        re.findall(
            r"MADOGUCHI_TEST_\w+",
            "\n".join(
                p.read_text(encoding="utf-8") for p in (ROOT / "tests" / "support").glob("*.py")
            ),
        )
    )

    named = {
        name for text in TEXTS.values() for name in re.findall(r"MADOGUCHI_[A-Z_]+[A-Z]", text)
    }
    assert named - known == set()


@pytest.mark.parametrize("page", TEXTS)
def test_every_link_inside_the_project_leads_somewhere(page: str) -> None:
    folder = (ROOT / page).parent
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", TEXTS[page])

    assert [link for link in links if "://" not in link and not (folder / link).exists()] == []


def test_every_target_of_the_makefile_is_no_file() -> None:
    (phony,) = re.findall(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)

    assert set(phony.split()) == TARGETS - {""}

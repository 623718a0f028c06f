"""Who may import whom (ARCHITECTURE §1), and that the contracts forget no package."""

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"][
    "importlinter"
]
CODE = ("knowledge", "actions", "api")


def _imports(folder: Path) -> set[tuple[str, str]]:
    """Pairs of (file, imported top-level name) below a folder."""
    found = set()
    for path in sorted(folder.rglob("*.py")):
        if ".venv" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module:
                names = [node.module]
            found |= {(str(path.relative_to(ROOT)), name.split(".")[0]) for name in names}
    return found


def test_the_import_contracts_hold() -> None:
    linter = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run(
        [linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout[-3000:]


def test_every_package_of_knowledge_has_its_rank() -> None:
    (ranks,) = [c for c in SETTINGS["contracts"] if c["type"] == "layers"]
    ranked = {
        name.strip() for layer in ranks["layers"] for name in layer.replace(":", "|").split("|")
    }
    there = {
        path.stem
        for path in (ROOT / "knowledge").iterdir()
        if path.suffix == ".py" or (path / "__init__.py").exists()
    } - {"__init__"}

    assert there == ranked


def test_the_bot_imports_nothing_of_the_product() -> None:
    assert not [pair for pair in _imports(ROOT / "bot") if pair[1] in CODE]


def test_nobody_imports_rasa_but_the_bot() -> None:
    for package in CODE:
        assert not [pair for pair in _imports(ROOT / package) if pair[1] == "rasa"]


def test_only_the_server_of_the_actions_knows_the_web() -> None:
    web = {"fastapi", "starlette", "httpx"}

    assert {f for f, name in _imports(ROOT / "actions") if name in web} == {"actions/server.py"}


def test_only_the_assembly_knows_the_actions() -> None:
    users = {file for file, name in _imports(ROOT / "api") if name == "actions"}

    assert users == {"api/runtime/app.py"}


def test_the_shared_helpers_of_the_tests_need_nothing_installed() -> None:
    """``tests/bot`` runs in Rasa's environment and meets ``tests/conftest.py`` there."""
    shared = ROOT / "tests" / "conftest.py"
    if shared.exists():
        names = {n for f, n in _imports(ROOT / "tests") if f == "tests/conftest.py"}
        assert names <= sys.stdlib_module_names | {"pytest"}


def test_language_data_holds_no_code() -> None:
    assert list((ROOT / "nlu_data").rglob("*.py")) == []

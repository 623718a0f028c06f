"""The Rasa installed is the Rasa our overrides were compared with."""

import ast
from pathlib import Path

import pytest
from serving import seams

SERVING = Path(seams.__file__).parent


def test_rasa_is_the_version_the_seams_were_checked_against() -> None:
    seams.check_version()


@pytest.mark.parametrize("seam", seams.SEAMS)
def test_the_function_we_stand_in_for_reads_as_it_did(seam: str) -> None:
    assert seams.source_hash(seam) == seams.SEAMS[seam], f"read {seam} again, then note its hash"


def test_another_version_is_refused_with_a_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seams, "version", lambda name: "3.7.0")
    with pytest.raises(seams.WrongRasaError, match="rasa run"):
        seams.check_version()


def test_no_file_of_the_package_assigns_to_anything_of_rasa() -> None:
    """Subclasses and hooks only: replacing a function of Rasa would go unseen by its own tests."""
    for path in SERVING.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            targets = node.targets if isinstance(node, ast.Assign) else []
            for target in targets:
                if isinstance(target, ast.Attribute):
                    assert not ast.unparse(target).startswith("rasa"), (path.name, target.lineno)

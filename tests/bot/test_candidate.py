"""A candidate is trained and judged beside the live model in one process, and must load."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from jobs import candidate, judge, train
from rasa.exceptions import ModelNotFound

ROWS = [
    {"key": "a", "text": "商標を登録したい", "of": ["new", "old"]},
    {"key": "b", "text": "発明を特許にしたい", "of": ["new"]},
]


class Agent:
    """A loaded model that says its own name."""

    def __init__(self, archive: Path) -> None:
        self.model_id = f"id-{archive.name}"

    async def parse_message(self, text: str) -> dict[str, Any]:
        return {"intent": {"name": self.model_id}, "intent_ranking": []}


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Archives that were loaded, in their order."""
    found: list[str] = []

    def load(archive: Path) -> Agent:
        found.append(archive.name)
        if archive.name == "broken.tar.gz":
            raise ModelNotFound("cannot be read")
        return Agent(archive)

    monkeypatch.setattr(judge, "load", load)
    monkeypatch.setattr(train, "make", lambda options, say: 0)
    return found


def _run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *more: str
) -> tuple[int, list[str]]:
    given = ["candidate", "--data", "d", "--out", "o", *more]
    monkeypatch.setattr("sys.argv", given if "--name" in more else [*given, "--name", "made"])
    monkeypatch.setattr("sys.stdin", io.StringIO("\n".join(json.dumps(row) for row in ROWS)))
    return candidate.main(), capsys.readouterr().out.splitlines()


def _answers(lines: list[str]) -> list[tuple[str, str, str]]:
    rows = [json.loads(line[8:]) for line in lines if line.startswith("result: ")]
    return [(row["who"], row["key"], row["name"]) for row in rows]


def test_both_models_answer_what_they_are_asked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], loaded: list[str]
) -> None:
    code, lines = _run(monkeypatch, capsys, "--against", "live.tar.gz")

    assert code == 0
    assert _answers(lines) == [
        ("new", "a", "id-made.tar.gz"),
        ("new", "b", "id-made.tar.gz"),
        ("old", "a", "id-live.tar.gz"),
    ]
    assert lines[-1] == "model: id-made.tar.gz"
    percents = [int(line.split()[1]) for line in lines if line.startswith("progress: ")]
    assert percents == sorted(percents)
    assert "商標" not in "".join(lines)


def test_without_a_live_model_only_the_candidate_is_loaded(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], loaded: list[str]
) -> None:
    code, lines = _run(monkeypatch, capsys)

    assert (code, loaded) == (0, ["made.tar.gz"])
    assert {who for who, _, _ in _answers(lines)} == {"new"}


def test_a_candidate_that_cannot_be_loaded_fails(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], loaded: list[str]
) -> None:
    code, lines = _run(monkeypatch, capsys, "--name", "broken")

    assert code == 1
    assert "cannot be read" in lines


def test_a_failed_training_judges_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], loaded: list[str]
) -> None:
    monkeypatch.setattr(train, "make", lambda options, say: 1)

    assert _run(monkeypatch, capsys)[0] == 1
    assert loaded == []

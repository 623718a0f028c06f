"""Learning curves come of real fits: fewer sentences, other writers, and no word comes out."""

import io
import json
from pathlib import Path

import numpy as np
import pytest
import yaml
from jobs import curve
from jobs.curve import FOLDS, PARTS, Sentences
from scipy import sparse


def _sentences(writers: int = 4, each: int = 24) -> Sentences:
    """Two intents told apart by their own column, with some noise in a third."""
    chance = np.random.default_rng(3)
    n = writers * each
    truth = np.arange(n) % 2
    rows = np.zeros((n, 3))
    rows[np.arange(n), truth] = 1.0
    rows[:, 2] = chance.random(n)
    return Sentences(
        sparse.csr_matrix(rows), truth, ("patents", "trademarks"), np.arange(n) // each
    )


def test_no_writer_is_on_both_sides() -> None:
    sentences = _sentences()

    for seen, unseen in curve.divisions(sentences.writers):
        assert not set(sentences.writers[seen]) & set(sentences.writers[unseen])


def test_every_part_is_fitted_and_judged_on_the_writers_left_out() -> None:
    sentences = _sentences()
    seen, unseen = curve.divisions(sentences.writers)[0]

    found = list(curve.points(sentences, seen, unseen, [0], 0))

    assert [point.trained for point in found] == [round(part * 36) for part in PARTS]
    assert {(point.intent, point.total, point.n) for point in found} == {("patents", 48, 12)}
    assert found[-1].right == 12


def test_an_intent_nobody_else_writes_about_gives_no_point() -> None:
    sentences = _sentences()
    seen, unseen = curve.divisions(sentences.writers)[0]
    only_seen = unseen[sentences.truth[unseen] == 1]

    assert list(curve.points(sentences, seen, only_seen, [0], 0)) == []


def _write(folder: Path, writers: int) -> None:
    texts = {
        "patents": "発明を特許にしたい",
        "trademarks": "店の名前を商標にしたい",
    }
    for intent, text in texts.items():
        examples = [
            {"text": f"{text}その{number}", "metadata": {"by": str(number % writers)}}
            for number in range(16)
        ]
        block = {"version": "3.1", "nlu": [{"intent": intent, "examples": examples}]}
        (folder / f"{intent}.yml").write_text(yaml.safe_dump(block, allow_unicode=True))
    (folder / "names.yml").write_text('version: "3.1"\nnlu: []\n')


def _run(monkeypatch: pytest.MonkeyPatch, folder: Path) -> tuple[int, str]:
    out = io.StringIO()
    monkeypatch.setattr("sys.argv", ["curve", "--data", str(folder), "--intents", "patents"])
    monkeypatch.setattr("sys.stdout", out)
    return curve.main(), out.getvalue()


def test_the_job_prints_points_and_no_words(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _write(tmp_path, writers=4)

    code, out = _run(monkeypatch, tmp_path)

    points = [json.loads(line[7:]) for line in out.splitlines() if line.startswith("point: ")]
    assert code == 0
    assert len(points) == FOLDS * len(PARTS)
    assert {point["intent"] for point in points} == {"patents"}
    assert "発明" not in out


def test_too_few_writers_are_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    _write(tmp_path, writers=2)

    code, out = _run(monkeypatch, tmp_path)

    assert code == 1
    assert "too few writers" in out

"""Content goes out and in by commands; a broken file changes nothing and says where."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.runtime.cli import app


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> CliRunner:
    monkeypatch.setenv("MADOGUCHI_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.chdir(tmp_path)
    return CliRunner()


def test_what_goes_out_comes_in_and_out_again_the_same(run: CliRunner, tmp_path: Path) -> None:
    first = run.invoke(app, ["content", "export", "article", "--to", str(tmp_path)])
    file = tmp_path / "articles.csv"
    before = file.read_bytes()

    done = run.invoke(app, ["content", "import", "article", str(file)])
    run.invoke(app, ["content", "export", "article", "--to", str(tmp_path)])

    assert (first.exit_code, done.exit_code) == (0, 0)
    assert "追加 0件、変更 0件" in done.output
    assert file.read_bytes() == before


def test_a_broken_file_is_refused_with_line_and_column(run: CliRunner, tmp_path: Path) -> None:
    run.invoke(app, ["content", "export", "programme", "--to", str(tmp_path)])
    file = tmp_path / "programmes.csv"
    text = file.read_text("utf-8-sig")
    file.write_text(text.replace("review_on", "review", 1), encoding="utf-8-sig")

    done = run.invoke(app, ["content", "import", "programme", str(file)])

    assert done.exit_code == 1
    assert "1行目「review_on」: この列がありません。" in done.output
    assert "何も変えていません" in done.output

"""`madoguchi samples`, and what a start brings."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import func, select
from typer.testing import CliRunner, Result

from api.runtime import sample_commands
from api.runtime.cli import app
from api.runtime.settings import Settings
from knowledge.bookings.models import Resource
from knowledge.database import keyring, make_engine, transaction
from tests.support.content import TEXT_KEY, copy_database, template_database


@pytest.fixture
def settings(
    tmp_path_factory: pytest.TempPathFactory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Settings]:
    template = template_database(tmp_path_factory)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MADOGUCHI_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("MADOGUCHI_DATABASE_URL", copy_database(template, tmp_path / "product.db"))
    yield Settings()
    keyring.set((TEXT_KEY,))


def run(*words: str) -> Result:
    return CliRunner().invoke(app, ["samples", *words])


def calendars(settings: Settings) -> int:
    engine = make_engine(settings.effective_database_url)
    with transaction(engine, read_only=True) as session:
        found = session.exec(select(func.count()).select_from(Resource)).one()
    engine.dispose()
    return found


def test_samples_are_loaded_once_and_cleared_with_one_command(settings: Settings) -> None:
    assert run("load").exit_code == 0
    before = calendars(settings)
    again = run("load")

    assert before > 500
    assert "0件" in again.output
    cleared = run("clear")
    assert (cleared.exit_code, calendars(settings)) == (0, 0)
    assert f"{before}件" in cleared.output


def test_a_start_brings_them_until_they_were_cleared(settings: Settings) -> None:
    assert sample_commands.load_at_start(settings) > 500
    assert sample_commands.load_at_start(settings) == 0
    run("clear")

    assert sample_commands.load_at_start(settings) == 0
    assert calendars(settings) == 0


def test_production_refuses_them(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MADOGUCHI_ENV", "production")

    refused = run("load")

    assert refused.exit_code == 1
    assert sample_commands.load_at_start(Settings()) == 0
    assert calendars(settings) == 0

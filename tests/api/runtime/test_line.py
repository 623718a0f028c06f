"""LINE's settings, what an installation without a channel does, and ``madoguchi line``."""

import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import ValidationError
from typer.testing import CliRunner, Result

from api.channels.line.settings import DATA_URL, LineSettings
from api.runtime import line_commands
from api.runtime.cli import app
from api.runtime.line import forget_old, line_settings
from api.runtime.settings import LINE_API_URL, Settings, resolve_secrets
from knowledge import clock
from knowledge.database import keyring, make_engine, transaction
from knowledge.line import contacts, counts
from knowledge.outbox import service as outbox
from tests.support.content import copy_database, template_database
from tests.support.line_standin.phone import SECRET, TOKEN
from tests.support.line_standin.platform import Platform
from tests.support.line_standin.server import make_server
from tests.support.product import ROOT

BOTH: dict[str, Any] = {"line_channel_secret": SECRET, "line_channel_token": TOKEN}


def test_without_settings_there_is_no_channel(tmp_path: Path) -> None:
    assert line_settings(Settings(data_dir=tmp_path)) is None
    assert line_settings(Settings(line_channel_secret="", line_channel_token="")) is None


def test_with_both_settings_there_is_one_at_lines_address() -> None:
    found = line_settings(Settings(**BOTH, public_url="https://madoguchi.example.jp"))

    assert found is not None
    assert (found.api_url, found.data_url) == (LINE_API_URL, DATA_URL)
    assert found.public_url == "https://madoguchi.example.jp"


def test_the_stand_in_has_one_host_for_everything() -> None:
    assert LineSettings(SECRET, TOKEN, api_url="http://localhost:8090").data_url == (
        "http://localhost:8090"
    )


@pytest.mark.parametrize("name", sorted(BOTH))
def test_one_of_both_settings_is_refused(name: str) -> None:
    with pytest.raises(ValidationError, match="go together"):
        Settings(**{name: BOTH[name]})


def test_production_speaks_with_line_and_nobody_else() -> None:
    with pytest.raises(ValidationError, match="MADOGUCHI_LINE_API_URL"):
        Settings(env="production", line_api_url="http://localhost:8090", **BOTH)

    assert Settings(env="production", **BOTH).line_api_url == LINE_API_URL


def test_secrets_are_not_shown_by_accident() -> None:
    assert SECRET not in repr(Settings(**BOTH))
    assert TOKEN not in repr(Settings(**BOTH))


def test_an_installation_without_line_does_not_load_the_sdk() -> None:
    code = "import sys, api.runtime.web; sys.exit('linebot' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT).returncode == 0


@pytest.fixture
def settings(
    tmp_path_factory: pytest.TempPathFactory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Settings:
    """An installation with a channel and a database of its own."""
    template = template_database(tmp_path_factory)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MADOGUCHI_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("MADOGUCHI_DATABASE_URL", copy_database(template, tmp_path / "product.db"))
    monkeypatch.setenv("MADOGUCHI_LINE_CHANNEL_SECRET", SECRET)
    monkeypatch.setenv("MADOGUCHI_LINE_CHANNEL_TOKEN", TOKEN)
    made = Settings()
    keyring.set(resolve_secrets(made).text_keys)
    return made


def run(*words: str) -> Result:
    return CliRunner().invoke(app, ["line", *words], env={"COLUMNS": "200"})


def test_the_state_of_an_unused_channel_is_all_zero(settings: Settings) -> None:
    done = run("status")

    assert done.exit_code == 0, done.output
    assert "応答 0通" in done.output
    assert "残り" not in done.output


def test_the_state_tells_figures_rest_and_what_did_not_arrive(settings: Settings) -> None:
    engine, now = make_engine(settings.effective_database_url), clock.now()
    with transaction(engine) as session:
        counts.add(session=session, what="reply", now=now)
        counts.add(session=session, what="push", now=now)
        counts.remember(session=session, limit=200, used=150, now=now)
        for number, kind in enumerate(("line.push", "line.reply", "mail")):
            outbox.enqueue(
                session=session,
                kind=kind,
                key=f"k{number}",
                payload={},
                now=now,
                reference=f"conversation:{kind}",
            )
        lost, doubtful, _ = outbox.lease(
            session=session, now=now, kinds=("line.push", "line.reply", "mail")
        )
        outbox.failed(
            session=session, delivery_id=lost.id, now=now, problem="quota 429", final=True
        )
        outbox.unclear(session=session, delivery_id=doubtful.id, now=now, problem="unclear")
    engine.dispose()

    done = run("status")

    assert done.exit_code == 0, done.output
    assert "応答 1通（無料）、プッシュ 1通" in done.output
    assert "残り 50通（上限 200通" in done.output
    assert "届いていない: conversation:line.push（quota 429）" in done.output
    assert "届いたか分からない: conversation:line.reply（unclear）" in done.output
    assert "mail" not in done.output


def _with_platform(monkeypatch: pytest.MonkeyPatch, platform: Platform) -> None:
    def beside(settings: Settings) -> LineSettings | None:
        configured = line_settings(settings)
        assert configured is not None
        return LineSettings(
            configured.channel_secret,
            configured.channel_token,
            api_url="http://line",
            transport=httpx.ASGITransport(make_server(platform)),
        )

    monkeypatch.setattr(line_commands, "line_settings", beside)


def test_the_rich_menu_is_put_in_place_and_replaced(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    platform = Platform(channel_token=TOKEN, now=time.time)
    _with_platform(monkeypatch, platform)

    first, second = run("richmenu"), run("richmenu")

    assert (first.exit_code, second.exit_code) == (0, 0)
    assert str(platform.default_menu) in second.output
    assert "前のもの 1件を消しました" in second.output


def test_a_wrong_token_is_said_in_a_sentence(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    _with_platform(monkeypatch, Platform(channel_token="another", now=time.time))

    done = run("richmenu")

    assert done.exit_code == 1
    assert "Traceback" not in done.output


def test_without_a_channel_the_menu_command_names_the_settings(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MADOGUCHI_LINE_CHANNEL_SECRET")
    monkeypatch.delenv("MADOGUCHI_LINE_CHANNEL_TOKEN")

    done = run("richmenu")

    assert done.exit_code == 2


def test_silent_chats_are_forgotten_by_the_nightly_job(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = make_engine(settings.effective_database_url)
    long_ago = clock.now() - timedelta(days=91)
    with transaction(engine) as session:
        contacts.note(session=session, kind="user", line_id="U1", now=long_ago)
        contacts.note(session=session, kind="user", line_id="U2", now=clock.now())

    assert forget_old(engine, days=90) == 1
    assert forget_old(engine, days=90) == 0
    engine.dispose()

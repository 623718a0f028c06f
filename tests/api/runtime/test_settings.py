import json
import re
import stat
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from pydantic import ValidationError

from api.runtime.paths import ROOT
from api.runtime.settings import Settings, new_secrets, resolve_secrets

SECRET = "a-secret-of-the-operator-0123456789abcdef"
KEY = Fernet.generate_key().decode()


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No variable and no ``.env`` of this machine."""
    for name in Settings.model_fields:
        monkeypatch.delenv(f"MADOGUCHI_{name.upper()}", raising=False)
    monkeypatch.chdir(tmp_path)


def _example() -> dict[str, str]:
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def test_the_example_names_every_setting_and_no_other() -> None:
    assert sorted(_example()) == sorted(f"MADOGUCHI_{n.upper()}" for n in Settings.model_fields)


def test_the_example_is_what_one_gets_without_it(monkeypatch: pytest.MonkeyPatch) -> None:
    without = Settings()
    for name, value in _example().items():
        monkeypatch.setenv(name, value)

    assert Settings() == without


def test_each_line_of_the_example_is_explained() -> None:
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    unexplained, explained = [], False
    for line in lines:
        if line.startswith("MADOGUCHI_") and not explained:
            unexplained.append(line)
        # One remark may stand above several lines that belong together.
        explained = bool(line)

    assert unexplained == []


def test_each_setting_has_a_description() -> None:
    assert not [name for name, field in Settings.model_fields.items() if not field.description]


def test_the_example_holds_no_secret() -> None:
    assert _example()["MADOGUCHI_BOT_SECRET"] == ""
    assert _example()["MADOGUCHI_TEXT_KEYS"] == ""


def test_by_default_only_this_machine_is_served() -> None:
    assert (Settings().host, Settings().port) == ("127.0.0.1", 8000)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BOT_SECRET", "changeme"),
        ("BOT_SECRET", "secret"),
        ("BOT_SECRET", "x" * 31),
        ("TEXT_KEYS", "changeme"),
        ("TEXT_KEYS", "changeme,placeholder"),
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "eight"),
        ("ENV", "staging"),
        ("RETENTION_DAYS", "0"),
        ("RATE_LIMITS", "maybe"),
        ("LOG_LEVEL", "LOUD"),
    ],
)
def test_an_unusable_value_is_refused(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"MADOGUCHI_{name}", value)

    with pytest.raises(ValidationError) as refused:
        Settings()
    if name in {"BOT_SECRET", "TEXT_KEYS"}:
        assert "madoguchi secrets" in str(refused.value)


def test_a_secret_is_not_shown_by_accident(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MADOGUCHI_BOT_SECRET", SECRET)
    monkeypatch.setenv("MADOGUCHI_TEXT_KEYS", KEY)

    assert SECRET not in repr(Settings())
    assert KEY not in repr(Settings())


def test_lists_are_written_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MADOGUCHI_ALLOWED_ORIGINS", "https://a.example, https://b.example,")

    assert Settings().allowed_origins == ("https://a.example", "https://b.example")


def test_the_database_is_a_file_in_the_data_folder_unless_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MADOGUCHI_DATA_DIR", str(tmp_path / "data"))
    assert Settings().effective_database_url == f"sqlite:///{tmp_path}/data/madoguchi.db"

    monkeypatch.setenv("MADOGUCHI_DATABASE_URL", "postgresql+psycopg://u@h/d")
    assert Settings().effective_database_url == "postgresql+psycopg://u@h/d"


def test_development_makes_its_secrets_once_and_for_its_owner_only(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data")

    first, again = resolve_secrets(settings), resolve_secrets(settings)

    kept = tmp_path / "data" / "secrets.json"
    assert (first.bot_secret, first.text_keys) == (again.bot_secret, again.text_keys)
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert set(json.loads(kept.read_text())) == set(new_secrets())


def test_every_installation_has_secrets_of_its_own() -> None:
    assert new_secrets()["bot_secret"] != new_secrets()["bot_secret"]


@pytest.mark.parametrize("given", [{}, {"bot_secret": SECRET}, {"text_keys": KEY}])
def test_production_without_its_secrets_refuses_to_start(
    tmp_path: Path, given: dict[str, Any]
) -> None:
    settings = Settings(env="production", data_dir=tmp_path / "data", **given)

    with pytest.raises(SystemExit, match="madoguchi secrets"):
        resolve_secrets(settings)


def test_production_does_not_take_secrets_that_development_made(tmp_path: Path) -> None:
    resolve_secrets(Settings(data_dir=tmp_path))

    with pytest.raises(SystemExit, match="madoguchi secrets"):
        resolve_secrets(Settings(env="production", data_dir=tmp_path))


def test_production_takes_what_the_operator_set(tmp_path: Path) -> None:
    keys = f"{KEY},{Fernet.generate_key().decode()}"
    given: dict[str, Any] = {"bot_secret": SECRET, "text_keys": keys}

    secrets = resolve_secrets(Settings(env="production", data_dir=tmp_path, **given))

    assert (secrets.bot_secret, list(secrets.text_keys)) == (SECRET, keys.split(","))
    assert not (tmp_path / "secrets.json").exists()


def test_every_setting_is_read_somewhere() -> None:
    source = "\n".join(
        path.read_text(encoding="utf-8")
        for path in (ROOT / "api").rglob("*.py")
        if path.name != "settings.py"
    ) + re.sub(r"^    \w+: .*$", "", (ROOT / "api/runtime/settings.py").read_text(), flags=re.M)

    unread = [n for n in Settings.model_fields if not re.search(rf"(settings|self)\.{n}\b", source)]
    assert unread == []

"""`madoguchi staff` on a database of its own."""

import re
from pathlib import Path

import pytest
from sqlmodel import select
from typer.testing import CliRunner, Result

from api.runtime import prepare, staff_commands
from api.runtime.cli import app
from api.runtime.settings import Settings
from knowledge import clock
from knowledge.database import keyring, make_engine, transaction
from knowledge.errors import InvalidInputError, MadoguchiError, NotFoundError
from knowledge.staff import service, sessions
from knowledge.staff.models import StaffAccount
from knowledge.staff.sessions import SignedIn
from tests.support.content import TEXT_KEY, copy_database, template_database

SHIZUOKA = "inpit-chizai-sogo-madoguchi/22"


@pytest.fixture
def settings(
    tmp_path_factory: pytest.TempPathFactory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Settings:
    keyring.set((TEXT_KEY,))
    template = template_database(tmp_path_factory)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MADOGUCHI_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("MADOGUCHI_DATABASE_URL", copy_database(template, tmp_path / "product.db"))
    monkeypatch.setenv("COLUMNS", "200")
    return Settings()


def run(*words: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(app, ["staff", *words], input=typed)


def let_in(settings: Settings, login: str, password: str) -> bool:
    engine = make_engine(settings.effective_database_url)
    with transaction(engine) as session:
        signed = sessions.sign_in(session=session, login=login, password=password, now=clock.now())
    engine.dispose()
    return isinstance(signed, SignedIn)


def printed_password(result: Result) -> str:
    (found,) = re.findall(r"パスワード: (\S+)", result.output)
    return str(found)


def test_the_first_administrator_gets_a_random_password_shown_once(settings: Settings) -> None:
    done = run("add", "Kanri", "--name", "見本 太郎", "--role", "administrator")

    assert done.exit_code == 0, done.output
    assert let_in(settings, "kanri", printed_password(done))


def test_a_password_may_be_typed_and_is_not_shown(settings: Settings) -> None:
    typed = "nagai-himitsu-2026"
    done = run(
        *("add", "kanri", "--name", "見本", "--role", "administrator", "--ask"),
        typed=f"{typed}\n{typed}\n",
    )

    assert done.exit_code == 0, done.output
    assert typed not in done.output
    assert let_in(settings, "kanri", typed)


def test_staff_get_one_place_or_all_of_them(settings: Settings) -> None:
    one = run("add", "hitori", "--name", "見本", "--role", "staff", "--office", SHIZUOKA)
    every = run(
        *("add", "zenbu", "--name", "見本", "--role", "staff", "--role", "manager"),
        *("--office", "all"),
    )

    assert (one.exit_code, every.exit_code) == (0, 0), one.output + every.output
    engine = make_engine(settings.effective_database_url)
    with transaction(engine, read_only=True) as session:
        seen = {
            row.login: service.actor_of_account(session=session, account_id=row.id).offices
            for row in session.exec(select(StaffAccount))
        }
    engine.dispose()
    assert seen["hitori"] == {SHIZUOKA}
    assert {SHIZUOKA, "inpit-chizai-sogo-madoguchi", "kaigai-tenkai-chizai-madoguchi"} <= seen[
        "zenbu"
    ]


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (("--role", "staff", "--office", "nowhere"), InvalidInputError),
        (("--role", "staff"), InvalidInputError),
        (("--role", "king"), InvalidInputError),
    ],
)
def test_what_cannot_be_is_a_sentence(
    settings: Settings, words: tuple[str, ...], error: type[MadoguchiError]
) -> None:
    done = run("add", "dareka", "--name", "見本", *words)

    assert done.exit_code == 1
    assert isinstance(done.exception, error)
    assert done.exception.detail


def test_a_forgotten_password_is_replaced(settings: Settings) -> None:
    run("add", "kanri", "--name", "見本", "--role", "administrator")

    done = run("password", "kanri")

    assert let_in(settings, "kanri", printed_password(done))


def test_a_disabled_account_is_listed_and_stays_out(settings: Settings) -> None:
    run("add", "kanri", "--name", "見本", "--role", "administrator")
    made = run("add", "hanako", "--name", "見本 花子", "--role", "staff", "--office", SHIZUOKA)

    assert run("disable", "hanako").exit_code == 0

    assert not let_in(settings, "hanako", printed_password(made))
    shown = run("list").output
    assert re.search(r"hanako.*見本 花子.*staff.*停止", shown)
    run("enable", "hanako")
    assert let_in(settings, "hanako", printed_password(made))


def test_nobody_is_listed_before_anybody_is_added(settings: Settings) -> None:
    assert "まだありません" in run("list").output


def test_an_unknown_login_is_said(settings: Settings) -> None:
    for command in ("password", "disable", "enable"):
        assert isinstance(run(command, "nobody").exception, NotFoundError)


def test_a_token_is_the_only_thing_on_standard_output(settings: Settings) -> None:
    run("add", "hanako", "--name", "見本", "--role", "staff", "--office", SHIZUOKA)

    done = run("token", "hanako", "--label", "連携")

    token = done.stdout.strip()
    engine = make_engine(settings.effective_database_url)
    with transaction(engine, read_only=True) as session:
        actor = service.actor_of_token(session=session, token=token, now=clock.now())
    engine.dispose()
    assert actor.offices == {SHIZUOKA}


def test_the_demonstration_makes_one_account_once(settings: Settings) -> None:
    prepare.prepare(settings)

    made = staff_commands.make_demo_account(settings)

    assert made is not None
    assert let_in(settings, staff_commands.DEMO_LOGIN, made)
    assert staff_commands.make_demo_account(settings) is None


def test_production_never_makes_a_sample_account(settings: Settings) -> None:
    production = settings.model_copy(update={"env": "production"})

    assert staff_commands.make_demo_account(production) is None
    assert "まだありません" in run("list").output


def test_a_wrong_setting_is_named_not_thrown(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MADOGUCHI_PORT", "many")

    done = run("list")

    assert done.exit_code == 2
    assert "MADOGUCHI_PORT" in done.output

"""``madoguchi staff``: the first administrator, and help where the console cannot be entered.

A password is asked for without echo, or made at random and printed once; it is never an argument,
since arguments stay in the shell's history.
"""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from sqlmodel import Session

from api.offices import places
from api.runtime import prepare
from api.runtime.read_settings import read_settings
from api.runtime.settings import Settings
from knowledge import clock
from knowledge.catalogue import current
from knowledge.database import transaction
from knowledge.errors import NotFoundError
from knowledge.staff import service, tokens
from knowledge.staff.actor import ROLES, system
from knowledge.staff.rules import BOUND_ROLES, refused
from knowledge.staff.secrets import new_password
from knowledge.staff.service import AccountView
from knowledge.wording import say

BY = system("command line")
ALL = "all"
DEMO_LOGIN = "mihon"

app = typer.Typer(help="職員のアカウントを作る、直す。", no_args_is_help=True)
console = Console(emoji=False)
errors = Console(stderr=True, emoji=False)

Login = Annotated[str, typer.Argument(help="ログイン名", show_default=False)]
Ask = Annotated[
    bool, typer.Option("--ask", help="パスワードを自分で入力する（なければ自動で作り、表示する）")
]


@app.command("add")
def add(
    login: Login,
    name: Annotated[str, typer.Option(help="画面に出るお名前")],
    role: Annotated[list[str], typer.Option(help="、".join(ROLES) + "（くり返し可）")],
    office: Annotated[
        list[str] | None, typer.Option(help="担当する窓口のID（くり返し可。all ですべて）")
    ] = None,
    external_id: Annotated[str, typer.Option(help="OpenID Connect での呼び名")] = "",
    ask: Ask = False,
) -> None:
    """アカウントを作ります。最初の管理者もここで作ります。"""
    password = _password(ask=ask)
    with _opened() as session:
        service.add(
            session=session,
            actor=BY,
            now=clock.now(),
            login=login,
            name=name,
            grants=grants(session, role, office or []),
            password=password,
            external_id=external_id,
        )
    console.print(f"アカウントを作りました: {login}")
    if not ask:
        say_password(password)


@app.command("password")
def password(login: Login, ask: Ask = False) -> None:
    """パスワードを付け直します。開いている画面はすべてログアウトします。"""
    chosen = _password(ask=ask)
    with _opened() as session:
        service.set_password(
            session=session,
            actor=BY,
            now=clock.now(),
            account_id=_account(session, login).id,
            password=chosen,
        )
    console.print(f"パスワードを付け直しました: {login}")
    if not ask:
        say_password(chosen)


@app.command("list")
def list_accounts() -> None:
    """アカウントの一覧を表示します。"""
    with _opened() as session:
        views = service.accounts(session=session, actor=BY)
    table = Table("ログイン名", "お名前", "役割", "窓口", "状態")
    for view in views:
        offices = sorted({office for _, office in view.grants if office})
        shown = "、".join(offices[:3]) + (f" ほか{len(offices) - 3}" if len(offices) > 3 else "")
        state = "使える" if view.active else "停止"
        table.add_row(view.login, view.name, "、".join(view.roles), shown, state)
    console.print(table if views else "アカウントはまだありません。")


@app.command("disable")
def disable(login: Login) -> None:
    """アカウントを止めます。画面もトークンも、すぐに使えなくなります。"""
    _set_active(login, active=False)


@app.command("enable")
def enable(login: Login) -> None:
    """止めたアカウントを、また使えるようにします。"""
    _set_active(login, active=True)


@app.command("token")
def token(
    login: Login,
    label: Annotated[str, typer.Option(help="何に使うか")],
    days: Annotated[int, typer.Option(help="有効な日数（30、90、365）")] = 90,
) -> None:
    """APIのトークンを作り、一度だけ表示します。"""
    with _opened() as session:
        actor = service.actor_of_account(session=session, account_id=_account(session, login).id)
        made = tokens.make(session=session, actor=actor, now=clock.now(), label=label, days=days)
    sys.stdout.write(made.token + "\n")


def grants(
    session: Session, roles: Sequence[str], offices: Sequence[str]
) -> tuple[tuple[str, str], ...]:
    """Each role at each place; ``all`` stands for every place there is.

    Raises:
        InvalidInputError: a place that does not exist.
    """
    known = [place.id for place in places(current(session=session))]
    unknown = [office for office in offices if office not in (*known, ALL)]
    if unknown:
        raise refused("office", say("console.unknown_office", office=unknown[0]))
    wanted = known if ALL in offices else list(offices)
    return tuple(
        (role, office)
        for role in roles
        for office in (wanted if role in BOUND_ROLES and wanted else [""])
    )


def make_demo_account(settings: Settings) -> str | None:
    """On a fresh installation for trying out: one sample account with every right.

    Returns its password, to be shown once; ``None`` where anybody has an account already, and
    always in production.
    """
    if settings.is_production:
        return None
    engine = prepare.open_engine(settings)
    try:
        with transaction(engine) as session:
            if service.any_account(session=session):
                return None
            made = new_password()
            service.add(
                session=session,
                actor=system("demonstration"),
                now=clock.now(),
                login=DEMO_LOGIN,
                name=say("console.demo_name"),
                grants=grants(session, ROLES, [ALL]),
                password=made,
            )
            return made
    finally:
        engine.dispose()


def say_password(made: str) -> None:
    """Show a password that was made, once."""
    console.print(f"パスワード: [bold]{made}[/bold]")
    console.print("いまだけ表示しています。忘れたら madoguchi staff password で付け直せます。")


@contextmanager
def _opened() -> Iterator[Session]:
    settings = read_settings(errors)
    prepare.prepare(settings)
    engine = prepare.open_engine(settings)
    try:
        with transaction(engine) as session:
            yield session
    finally:
        engine.dispose()


def _account(session: Session, login: str) -> AccountView:
    found = service.find(session=session, login=login)
    if found is None:
        raise NotFoundError(say("console.unknown_login"))
    return found


def _set_active(login: str, *, active: bool) -> None:
    with _opened() as session:
        service.set_active(
            session=session,
            actor=BY,
            now=clock.now(),
            account_id=_account(session, login).id,
            active=active,
        )
    console.print(f"{'使えるようにしました' if active else '止めました'}: {login}")


def _password(*, ask: bool) -> str:
    if not ask:
        return new_password()
    typed: str = typer.prompt("パスワード", hide_input=True, confirmation_prompt="もう一度")
    return typed

"""``madoguchi content export`` and ``import``: all articles or programmes out and in as files."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console
from sqlmodel import Session

from api.runtime import prepare
from api.runtime.read_settings import read_settings
from knowledge import clock
from knowledge.database import transaction
from knowledge.errors import InvalidInputError
from knowledge.staff.actor import system
from knowledge.training import carrying

console = Console()
errors = Console(stderr=True)
OPERATOR = system("command line")
Kind = Literal["article", "programme"]
Form = Literal["csv", "yaml"]


def export(
    kind: Annotated[Kind, typer.Argument(help="article（質問集）か programme（制度）")],
    form: Annotated[Form, typer.Option("--as", help="csv か yaml（zip）")] = "csv",
    to: Annotated[Path, typer.Option(help="書き出すフォルダー")] = Path(),
) -> None:
    """いまの内容をファイルに書き出します。同じ内容からは、いつも同じファイルができます。"""
    settings = read_settings(errors)
    prepare.prepare(settings)
    engine = prepare.open_engine(settings)
    try:
        with transaction(engine, read_only=True) as session:
            name, content = carrying.exported(session=session, kind=kind, actor=OPERATOR, form=form)
    finally:
        engine.dispose()
    to.mkdir(parents=True, exist_ok=True)
    (to / name).write_bytes(content)
    console.print(f"書き出しました: {to / name}", highlight=False)


def take_in(
    kind: Annotated[Kind, typer.Argument(help="article（質問集）か programme（制度）")],
    file: Annotated[Path, typer.Argument(help="CSVかYAMLのファイル", exists=True)],
) -> None:
    """ファイルの内容を取り込みます。誤りが一つでもあれば、何も変えません。"""
    settings = read_settings(errors)
    prepare.prepare(settings)
    engine = prepare.open_engine(settings)
    try:
        with transaction(engine) as session:
            done = _take(session, kind, file, clock.now())
    except InvalidInputError as error:
        for problem in error.fields:
            errors.print(problem.reason, markup=False, highlight=False, soft_wrap=True)
        errors.print(f"{len(error.fields)}か所に誤りがあります。何も変えていません。")
        raise typer.Exit(1) from error
    finally:
        engine.dispose()
    same = len(done.same)
    console.print(f"追加 {len(done.added)}件、変更 {len(done.changed)}件、変わらず {same}件")


def _take(session: Session, kind: str, file: Path, now: datetime) -> carrying.Imported:
    return carrying.imported(
        session=session,
        kind=kind,
        name=file.name,
        content=file.read_bytes(),
        actor=OPERATOR,
        now=now,
    )

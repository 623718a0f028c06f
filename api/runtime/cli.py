"""The command line: ``madoguchi``; each command is a few lines over the same services."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from api.runtime import (
    content_commands,
    line_commands,
    prepare,
    sample_commands,
    staff_commands,
    supervisor,
    training,
)
from api.runtime.paths import CONTENT
from api.runtime.read_settings import read_settings
from api.runtime.settings import Settings, new_secrets
from knowledge import clock
from knowledge.errors import MadoguchiError
from knowledge.wording import say

app = typer.Typer(
    help="窓口（Madoguchi）: 知的財産の相談を振り分け、公表された情報で案内します。",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
)
content_app = typer.Typer(
    help="制度・質問集・窓口の内容を確かめる、読み込む。", no_args_is_help=True
)
data_app = typer.Typer(help="学習用の文を確かめる。", no_args_is_help=True)
content_app.command("export")(content_commands.export)
content_app.command("import")(content_commands.take_in)
app.add_typer(content_app, name="content")
app.add_typer(data_app, name="data")
app.add_typer(staff_commands.app, name="staff")
app.add_typer(line_commands.app, name="line")
app.add_typer(sample_commands.app, name="samples")

console = Console(emoji=False)
errors = Console(stderr=True, emoji=False)


def _settings() -> Settings:
    return read_settings(errors)


@app.command()
def serve() -> None:
    """全部を準備して起動します（make run と同じ）。止めるときは Ctrl-C。"""
    settings = _settings()
    try:
        supervisor.check_port(settings.host, settings.port)
    except supervisor.PortTakenError as error:
        errors.print(
            f"ポート {error} は使われています。"
            "使っているものを止めるか、MADOGUCHI_PORT で別の番号を指定してください。"
        )
        raise typer.Exit(1) from error
    try:
        with supervisor.stoppable():
            _prepare(settings)
        running = supervisor.Supervisor(settings, console)
        code = running.run(on_ready=lambda: _say_ready(settings))
    except KeyboardInterrupt:
        code = 130
    raise typer.Exit(code)


def _prepare(settings: Settings) -> None:
    console.print("準備しています（データベースと内容）…")
    report = prepare.prepare(settings)
    for kept in report.kept_edits:
        console.print(f"  手元の修正を残しました: {kept}")
    if sample_commands.load_at_start(settings):
        console.print("  見本の窓口と専門家を入れました（消すとき: madoguchi samples clear）")
    engine = prepare.open_engine(settings)
    try:
        with _bar() as progress:
            task = progress.add_task("モデルを確かめています", total=100)
            training.ensure_model(
                settings,
                engine,
                lambda done, label: progress.update(task, completed=done, description=label),
            )
            progress.update(task, completed=100, description="モデルの準備ができました")
    except training.TrainingFailedError as error:
        errors.print(f"学習に失敗しました。\n{error}")
        raise typer.Exit(1) from error
    finally:
        engine.dispose()


def _bar() -> Progress:
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeElapsedColumn(),
        console=console,
    )


def _say_ready(settings: Settings) -> None:
    shown = "localhost" if settings.host in ("127.0.0.1", "0.0.0.0") else settings.host  # noqa: S104
    console.print(f"[bold green]窓口が開きました[/bold green]: http://{shown}:{settings.port}/")
    console.print(f"職員の画面: http://{shown}:{settings.port}/console/")
    demo_password = staff_commands.make_demo_account(settings)
    if demo_password is not None:
        console.print(f"見本のアカウントを作りました。ログイン名: {staff_commands.DEMO_LOGIN}")
        staff_commands.say_password(demo_password)
    console.print("止めるときは Ctrl-C を押してください。")


@app.command()
def train() -> None:
    """学習データから新しいモデルを作り、使い始めます。"""
    settings = _settings()
    prepare.prepare(settings)
    engine = prepare.open_engine(settings)
    try:
        with _bar() as progress:
            task = progress.add_task("始めています", total=100)
            release = training.train_now(
                settings,
                engine,
                lambda done, label: progress.update(task, completed=done, description=label),
            )
    except training.TrainingFailedError as error:
        errors.print(f"学習に失敗しました。\n{error}")
        raise typer.Exit(1) from error
    finally:
        engine.dispose()
    console.print(f"できました: {release.name}")


@app.command()
def secrets() -> None:
    """本番用の秘密の値を作って表示します（保存はしません）。"""
    made = new_secrets()
    keys = made["text_keys"]
    sys.stdout.write(f"MADOGUCHI_BOT_SECRET={made['bot_secret']}\n")
    sys.stdout.write(f"MADOGUCHI_TEXT_KEYS={','.join(keys) if isinstance(keys, list) else keys}\n")


@app.command()
def triage(
    text: Annotated[str | None, typer.Argument(help="相談の文章", show_default=False)] = None,
    file: Annotated[
        Path | None, typer.Option(help="相談のCSV（id,text[,prefecture,received_at]）")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="--file の結果を書くCSV")] = None,
    prefecture: Annotated[
        str | None, typer.Option(help="都道府県（静岡県、静岡、22 のどれでも）")
    ] = None,
    received_at: Annotated[str, typer.Option(help="受け取った日時（例：2026-09-10）")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="結果をJSONで出す")] = False,
) -> None:
    """相談を一件、またはCSVの全件を振り分けます。内容はどこにも保存しません。"""
    from api.runtime import triage_command
    from api.runtime.product import open_product

    settings = _settings()
    asked = triage_command.Asked(text, file, out, prefecture, received_at, as_json)
    terminal = triage_command.Terminal(console, errors, lambda: open_product(settings, errors))
    raise typer.Exit(triage_command.run(asked, terminal))


@content_app.command("check")
def content_check(
    due: Annotated[bool, typer.Option("--due", help="見直しの日を過ぎたものも知らせる")] = False,
) -> None:
    """内容の誤りを、一度に全部知らせます。"""
    from knowledge.content_lint import check

    findings = check(CONTENT, today=clock.today() if due else None)
    for finding in findings:
        console.print(str(finding), markup=False, highlight=False)
    if findings:
        console.print(f"{len(findings)}件の誤りがあります。")
        raise typer.Exit(1)
    console.print("誤りはありません。")


@content_app.command("load")
def content_load(
    as_json: Annotated[bool, typer.Option("--json", help="結果をJSONで出す")] = False,
) -> None:
    """内容をデータベースに読み込みます。手元の修正は上書きしません。"""
    report = prepare.prepare(_settings())
    counts = {
        "added": len(report.added),
        "updated": len(report.updated),
        "unchanged": len(report.unchanged),
        "kept_edits": list(report.kept_edits),
    }
    if as_json:
        sys.stdout.write(json.dumps(counts, ensure_ascii=False) + "\n")
        return
    console.print(
        f"追加 {counts['added']}件、更新 {counts['updated']}件、変わらず {counts['unchanged']}件"
    )
    for kept in report.kept_edits:
        console.print(f"手元の修正を残しました: {kept}")


@data_app.command("check")
def data_check() -> None:
    """学習用と検証用の文の誤りを、一度に全部知らせます。"""
    from knowledge.training.lint import check

    findings = check(training.roots(_settings()))
    for finding in findings:
        console.print(str(finding), markup=False, highlight=False, soft_wrap=True)
    if findings:
        console.print(f"{len(findings)}件の誤りがあります。")
        raise typer.Exit(1)
    console.print("誤りはありません。")


def main() -> None:
    """Entry point of the ``madoguchi`` command; an expected failure is a sentence, no traceback."""
    try:
        app()
    except MadoguchiError as error:
        errors.print(error.detail or say(error.wording), markup=False, highlight=False)
        sys.exit(1)

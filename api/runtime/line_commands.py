"""``madoguchi line``: puts the rich menu in place, says what was sent and what could not be."""

import asyncio

import typer
from rich.console import Console

from api.channels.line.settings import LineSettings
from api.runtime.line import line_settings
from api.runtime.prepare import open_engine, unlock
from api.runtime.read_settings import read_settings
from api.runtime.settings import Settings
from knowledge import clock
from knowledge.database import transaction
from knowledge.line import dispatch
from knowledge.line import service as line
from knowledge.outbox import service as outbox

app = typer.Typer(help="LINEの設定を行う、状態を見る。", no_args_is_help=True)
console = Console()
errors = Console(stderr=True)


def _configured(settings: Settings) -> LineSettings:
    found = line_settings(settings)
    if found is None:
        errors.print(
            "LINEの設定がありません。MADOGUCHI_LINE_CHANNEL_SECRET と"
            " MADOGUCHI_LINE_CHANNEL_TOKEN を設定してください。"
        )
        raise typer.Exit(2)
    return found


@app.command()
def richmenu() -> None:
    """リッチメニューを作り、全員に表示します。前に作ったものは消します。"""
    configured = _configured(read_settings(errors))
    # The SDK takes a second to load: not for every command.
    from api.channels.line.client import LineClient, line_http
    from api.channels.line.richmenu import Installed, RichMenuError, install

    async def work() -> Installed:
        http = line_http(
            url=configured.api_url,
            token=configured.channel_token,
            transport=configured.transport,
        )
        client = LineClient(http, configured.data_url)
        try:
            return await install(client)
        finally:
            await client.close()

    try:
        installed = asyncio.run(work())
    except RichMenuError as error:
        errors.print(
            f"リッチメニューを置けませんでした（{error}）。トークンと通信を確かめてください。"
        )
        raise typer.Exit(1) from error
    console.print(f"リッチメニューを表示しました: {installed.id}")
    if installed.deleted:
        console.print(f"前のもの {installed.deleted}件を消しました。")


@app.command()
def status() -> None:
    """今月の送信数、残り、届いていないものを表示します。"""
    settings = read_settings(errors)
    unlock(settings)
    engine = open_engine(settings)
    now = clock.now()
    with transaction(engine, read_only=True) as session:
        quota = line.quota(session=session, now=now)
        waiting = line.waiting_events(session=session)
        given_up = len(line.troubled_events(session=session))
        troubled = [
            (delivery.state, delivery.reference, delivery.problem)
            for delivery in outbox.troubled(session=session)
            if delivery.kind in dispatch.KINDS
        ]
    engine.dispose()
    console.print(f"{quota.month} 応答 {quota.replies}通（無料）、プッシュ {quota.pushes}通")
    if quota.left is not None:
        console.print(
            f"プッシュの残り {quota.left}通（上限 {quota.limit}通、{quota.as_of:%m/%d %H:%M} 現在）"
        )
    console.print(f"処理を待つできごと {waiting}件、あきらめたもの {given_up}件")
    for state, reference, problem in troubled:
        words = "届いたか分からない" if state == "unclear" else "届いていない"
        console.print(f"{words}: {reference}（{problem}）", highlight=False, markup=False)

"""``madoguchi samples``: fictional desks and experts for a first look; never in production."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer
from rich.console import Console
from sqlmodel import Session

from api.runtime import prepare
from api.runtime.read_settings import read_settings
from api.runtime.settings import Settings
from knowledge import clock
from knowledge.bookings import samples
from knowledge.database import transaction

app = typer.Typer(help="見本の窓口・専門家・相談会を入れる、消す。", no_args_is_help=True)
console = Console(emoji=False)
errors = Console(stderr=True, emoji=False)


@app.command("load")
def load() -> None:
    """見本を入れます。もう入っているものは、そのままです。"""
    settings = read_settings(errors)
    if settings.is_production:
        errors.print("本番（MADOGUCHI_ENV=production）では、見本を入れられません。")
        raise typer.Exit(1)
    prepare.prepare(settings)
    with _opened(settings) as session:
        added = samples.load(session=session, now=clock.now())
    console.print(f"見本を入れました: {added}件")


@app.command("clear")
def clear() -> None:
    """見本を、見本への予約ごとすべて消します。次の起動でも入りません。"""
    settings = read_settings(errors)
    prepare.prepare(settings)
    with _opened(settings) as session:
        gone = samples.clear(session=session, now=clock.now())
    console.print(f"見本を消しました: {gone}件")


def load_at_start(settings: Settings) -> int:
    """Bring the samples into a fresh installation, and sessions of the coming weeks into one that
    has them; return how many were added. Nothing in production, beside real calendars, or after
    they were cleared."""
    if settings.is_production:
        return 0
    with _opened(settings) as session:
        if not samples.wanted_at_start(session=session):
            return 0
        return samples.load(session=session, now=clock.now())


@contextmanager
def _opened(settings: Settings) -> Iterator[Session]:
    """One transaction of a command."""
    prepare.unlock(settings)
    engine = prepare.open_engine(settings)
    try:
        with transaction(engine) as session:
            yield session
    finally:
        engine.dispose()

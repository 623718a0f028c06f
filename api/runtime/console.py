"""Adds the console to the web application where it is wanted: in the one web process."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from fastapi import FastAPI

from api.http.parts import Parts


@dataclass(frozen=True, slots=True)
class ConsoleSettings:
    """What the console needs from the settings. ``secret`` signs cookies; ``secure`` sends them
    over HTTPS only; ``provider`` is issuer, client id and secret of OpenID Connect, which sends
    browsers back to ``site`` (empty: to the address they came by). ``roots`` gives the folders of
    language data."""

    secret: str
    secure: bool = False
    provider: tuple[str, str, str] | None = None
    site: str = ""
    roots: Callable[[], tuple[Path, ...]] = tuple


def add_console(app: FastAPI, parts: Parts, wanted: ConsoleSettings) -> None:
    """Mount the console under ``/console``."""
    # Imported here: a process without console does not pay for NiceGUI (and tests need not).
    from api.consoles.app import make_house, mount
    from api.consoles.pages import PAGES
    from api.consoles.staff.alerts import mark, watch

    house = make_house(
        database=parts.database,
        events=parts.events,
        throttle=parts.throttle,
        secret=wanted.secret,
        secure=wanted.secure,
        provider=wanted.provider,
        site=wanted.site,
    )
    house = replace(house, roots=wanted.roots, line=app.state.line is not None)
    mount(app, house, pages=PAGES, mark=mark, extra=watch)

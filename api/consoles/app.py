"""Mounts the console into the web application: one sub-application, one process, no foreign host.

NiceGUI keeps one application per process; mounting a second one is refused with a plain word.
"""

from collections.abc import Awaitable, Callable, Collection
from pathlib import Path

import httpx
from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import Mount

from api.consoles import login
from api.consoles.cookies import PATH, Cookies
from api.consoles.guard import Guard
from api.consoles.house import House
from api.consoles.oidc import IdentityProvider
from api.consoles.pulse import Mark, Pulse
from api.consoles.registry import ConsolePage
from api.consoles.shell import Shell
from api.consoles.staff import files
from api.consoles.visit import Visit
from api.database import Database
from api.events import EventHub
from api.throttle import Throttle
from knowledge.wording import say

STATIC = Path(__file__).parent / "static"
RECONNECT_SECONDS = 20.0
"""How long a page whose line broke may come back to where it was (a tunnel, a sleeping tablet)."""
PROVIDER_SECONDS = 10.0


def make_house(
    *,
    database: Database,
    events: EventHub,
    throttle: Throttle,
    secret: str,
    secure: bool,
    provider: tuple[str, str, str] | None = None,
    site: str = "",
) -> House:
    """The parts of the console. ``provider``: issuer, client id and secret, where configured."""
    identity = None
    if provider is not None:
        issuer, client_id, client_secret = provider
        identity = IdentityProvider(
            issuer=issuer,
            client_id=client_id,
            client_secret=client_secret,
            http=httpx.AsyncClient(timeout=PROVIDER_SECONDS),
        )
    cookies = Cookies(secret, secure=secure)
    return House(database, events, throttle, cookies, identity, site=site)


def mount(
    app: FastAPI,
    house: House,
    *,
    pages: Collection[ConsolePage],
    mark: Mark,
    extra: Callable[[Visit], Awaitable[None]],
) -> None:
    """Add the console to the application under ``/console``.

    Raises:
        RuntimeError: this process has a console already.
    """
    # NiceGUI opens its own application when it is imported: only who mounts it pays for it.
    from nicegui import app as console
    from nicegui import ui

    if getattr(console.state, "madoguchi_mounted", False):
        raise RuntimeError("this process has a console already")
    console.state.madoguchi_mounted = True
    pulse = Pulse(house.database, mark)
    app.include_router(login.make_router(house))
    console.add_static_files("/static", str(STATIC))
    console.include_router(files.make_router())
    Shell(pages, pulse, extra).install()
    console.on_shutdown(pulse.close)
    if house.provider is not None:
        console.on_shutdown(house.provider.close)
    ui.run_with(
        app,
        mount_path=PATH,
        title=say("console.brand"),
        favicon=(STATIC / "mark.svg").read_text(encoding="utf-8"),
        language="ja",
        dark=False,
        tailwind=False,
        reconnect_timeout=RECONNECT_SECONDS,
        binding_refresh_interval=None,
        gzip_middleware_factory=None,
        show_welcome_message=False,
    )
    for route in app.router.routes:
        if isinstance(route, Mount) and route.path == PATH:
            route.app = GZipMiddleware(Guard(route.app, house), minimum_size=1000)

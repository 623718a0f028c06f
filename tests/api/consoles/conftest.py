"""The way in and out of the console without NiceGUI: a small application of our routes."""

from collections.abc import AsyncIterator, Callable

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import Engine

from api.consoles.cookies import Cookies
from api.consoles.house import House
from api.consoles.login import make_router
from api.consoles.oidc import IdentityProvider
from api.database import Database
from api.events import EventHub
from api.http import errors
from api.throttle import Throttle
from knowledge import clock
from knowledge.database import transaction
from knowledge.staff import service
from knowledge.staff.actor import system

SECRET = "the-secret-of-the-console-tests-0123456789"
PASSWORD = "nagai-himitsu-2026"
Build = Callable[..., House]


@pytest.fixture
async def build(engine: Engine) -> AsyncIterator[Build]:
    """Make a house on this test's database."""
    made: list[Database] = []

    def make(provider: IdentityProvider | None = None, *, limits: bool = False) -> House:
        database = Database(engine)
        made.append(database)
        cookies = Cookies(SECRET, secure=False)
        return House(database, EventHub(), Throttle(enabled=limits), cookies, provider)

    yield make
    for database in made:
        database.close()


@pytest.fixture
def people(engine: Engine) -> None:
    """One member of staff, who may also come by the identity provider."""
    with transaction(engine) as session:
        service.add(
            session=session,
            actor=system("test"),
            now=clock.now(),
            login="hanako",
            name="見本 花子",
            grants=(("administrator", ""),),
            password=PASSWORD,
            external_id="hana@example.jp",
        )


def browser(house: House) -> httpx.AsyncClient:
    """A browser in front of the routes: it keeps cookies and follows nothing by itself."""
    app = FastAPI()
    errors.install(app, max_body_bytes=64 * 1024)
    app.include_router(make_router(house))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://desk.example")

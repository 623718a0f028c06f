"""A session of one test, and accounts made in it."""

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

import knowledge.tables  # noqa: F401  (registers every table)
from knowledge.clock import TOKYO
from knowledge.staff import service
from knowledge.staff.actor import Actor, system
from knowledge.staff.service import AccountView

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=TOKYO)
SHIZUOKA = "inpit-chizai-sogo-madoguchi/22"
PASSWORD = "nagai-himitsu-2026"
Make = Callable[..., AccountView]


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    with Session(engine, expire_on_commit=False) as opened:
        yield opened


@pytest.fixture
def make(session: Session) -> Make:
    """Make an account; staff of Shizuoka where nothing else is said."""

    def add(login: str = "mihon", **more: object) -> AccountView:
        values: dict[str, object] = {
            "name": "見本 花子",
            "grants": (("staff", SHIZUOKA),),
            "password": PASSWORD,
        }
        values |= more
        return service.add(
            session=session,
            actor=system("test"),
            now=NOW,
            login=login,
            **values,  # type: ignore[arg-type]
        )

    return add


@pytest.fixture
def administrator(make: Make, session: Session) -> Actor:
    made = make("kanri", name="見本 太郎", grants=(("administrator", ""),))
    return service.actor_of_account(session=session, account_id=made.id)

"""Colleagues for tests: an account with its rights and a token, and what they do over HTTP."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx
from sqlalchemy import Engine

from knowledge.clock import TOKYO
from knowledge.database import transaction
from knowledge.staff import service, tokens
from knowledge.staff.actor import Actor, system

OPEN_MOMENT = datetime(2026, 11, 20, 10, 0, tzinfo=TOKYO)
"""A Friday morning: every office with the default hours is open."""
SHIZUOKA = "inpit-chizai-sogo-madoguchi/22"
AICHI = "inpit-chizai-sogo-madoguchi/23"
NOWHERE = "inpit-chizai-sogo-madoguchi"
"""The prefecture desk where the prefecture is not known."""


@dataclass
class Colleague:
    """One member of staff with a token."""

    actor: Actor
    token: str
    http: httpx.AsyncClient | None = None

    async def post(self, path: str, **body: Any) -> httpx.Response:
        """Call the staff API."""
        assert self.http is not None
        return await self.http.post(f"/api/v1/staff/cases{path}", json=body, headers=self.headers)

    async def get(self, path: str = "", **query: Any) -> httpx.Response:
        """Read from the staff API."""
        assert self.http is not None
        return await self.http.get(f"/api/v1/staff/cases{path}", params=query, headers=self.headers)

    @property
    def headers(self) -> dict[str, str]:
        """The token."""
        return {"Authorization": f"Bearer {self.token}"}


def hire(
    engine: Engine,
    login: str,
    *grants: tuple[str, str],
    name: str = "",
    http: httpx.AsyncClient | None = None,
    now: datetime = OPEN_MOMENT,
) -> Colleague:
    """Make an account with these roles (role, place) and a token for it."""
    with transaction(engine) as session:
        account = service.add(
            session=session,
            actor=system("tests"),
            now=now,
            login=login,
            name=name or f"見本 {login}",
            grants=tuple(grants) or (("staff", SHIZUOKA),),
        )
        actor = service.actor_of_account(session=session, account_id=account.id)
        made = tokens.make(session=session, actor=actor, now=now, label="tests", days=30)
    return Colleague(actor, made.token, http)


def person(
    id_: str = "sato", *offices: str, roles: Iterable[str] = ("staff",), name: str = "見本 佐藤"
) -> Actor:
    """A member of staff without an account, for services."""
    return Actor(
        kind="staff",
        id=id_,
        name=name,
        roles=frozenset(roles),  # type: ignore[arg-type]
        offices=frozenset(offices or (SHIZUOKA,)),
    )

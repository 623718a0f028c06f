"""What the console's pages need from the running application, and who is at a page."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from sqlmodel import Session

from api.consoles.cookies import Cookies
from api.consoles.oidc import IdentityProvider
from api.consoles.presence import Presence
from api.database import Database
from api.events import EventHub
from api.throttle import Throttle
from knowledge import clock
from knowledge.staff import sessions
from knowledge.staff.actor import Actor

Result = TypeVar("Result")
Work = Callable[[Session, Actor, datetime], Result]


@dataclass(frozen=True, slots=True)
class House:
    """The parts of one running console. ``provider`` is set where OpenID Connect is configured;
    ``site`` is the public address, where it was told; ``roots`` gives the folders of language data,
    the shipped one first; ``line`` says whether a channel of LINE is connected."""

    database: Database
    events: EventHub
    throttle: Throttle
    cookies: Cookies
    provider: IdentityProvider | None = None
    site: str = ""
    presence: Presence = field(default_factory=Presence)
    roots: Callable[[], tuple[Path, ...]] = tuple
    line: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    """One signed-in browser. Its rights are looked up anew with every piece of work."""

    house: House
    token: str

    async def actor(self) -> Actor:
        """Who it is just now.

        Raises:
            NotFoundError: the session is over, or the account was switched off.
        """
        return await self.read(lambda session, actor, now: actor)

    async def read(self, work: Work[Result]) -> Result:
        """Do some reading with today's rights.

        Raises:
            NotFoundError: the session is over (or what ``work`` asks for does not exist).
        """
        now = clock.now()

        def job(session: Session) -> Result:
            return work(session, self._actor(session, now), now)

        return await self.house.database.read(job)

    async def write(self, work: Work[Result]) -> Result:
        """Do something with today's rights in one transaction, committed before this returns.

        Raises:
            NotFoundError: the session is over (or what ``work`` asks for does not exist).
        """
        now = clock.now()

        def job(session: Session) -> Result:
            actor = self._actor(session, now)
            if sessions.is_seen_to_note(session=session, token=self.token, now=now):
                sessions.note_seen(session=session, token=self.token, now=now)
            return work(session, actor, now)

        return await self.house.database.write(job)

    def _actor(self, session: Session, now: datetime) -> Actor:
        return sessions.actor_of_session(session=session, token=self.token, now=now)

"""What the parts of a case page share: the case as last seen, and how something is done to it."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TypeVar

from sqlmodel import Session

from api.consoles import kit
from api.consoles.staff.case_chat import Aside, aside_of
from api.consoles.visit import Visit
from api.offices import Place, places
from knowledge.catalogue import current
from knowledge.errors import MadoguchiError
from knowledge.handoffs import files
from knowledge.handoffs.views import CaseFile
from knowledge.staff.actor import Actor

Result = TypeVar("Result")
Redraw = Callable[[], Awaitable[None]]


class CaseView:
    """One open case. ``file`` is what the screen shows; ``changed`` looks again and redraws."""

    def __init__(
        self,
        visit: Visit,
        reference: str,
        file: CaseFile,
        known: tuple[Place, ...],
        aside: Aside,
    ) -> None:
        self.visit = visit
        self.reference = reference
        self.file = file
        self.places = known
        self.aside = aside
        self.leaving = False
        self.redraw: Redraw = _nothing

    @classmethod
    async def open(cls, visit: Visit, reference: str) -> "CaseView":
        """Open a case; the look is audited.

        Raises:
            NotFoundError: unknown, or another office's.
        """

        def work(
            session: Session, actor: Actor, now: datetime
        ) -> tuple[CaseFile, tuple[Place, ...], Aside]:
            file = files.read(session=session, reference=reference, actor=actor, now=now)
            aside = aside_of(session, file.row.reference, actor, now)
            return file, places(current(session=session)), aside

        file, known, aside = await visit.write(work)
        return cls(visit, reference, file, known, aside)

    @property
    def mine(self) -> bool:
        """Whether the person at this page has the case."""
        row = self.file.row
        return row.assignee == self.visit.actor.id and row.state in ("active", "pending")

    @property
    def manages(self) -> bool:
        """Whether the person is a manager of the case's office."""
        return self.visit.actor.has_at("manager", self.file.row.office)

    def place(self, office: str) -> str:
        """The name of a place."""
        return next((place.name for place in self.places if place.id == office), office)

    async def do(self, work: Callable[[Session, Actor, datetime], Result]) -> Result:
        """Change something in one transaction, wake the visitor's page, look again.

        Raises:
            MadoguchiError: it was refused; nothing was changed.
        """
        done = await self.visit.write(work)
        if self.file.row.conversation_id is not None:
            self.visit.house.events.wake(self.file.row.conversation_id)
        await self.look()
        return done

    async def look(self) -> None:
        """Look again and redraw what has changed.

        Raises:
            NotFoundError: the case went to another office.
        """

        def work(session: Session, actor: Actor, now: datetime) -> tuple[CaseFile, Aside]:
            file = files.look(session=session, reference=self.reference, actor=actor)
            return file, aside_of(session, file.row.reference, actor, now)

        self.file, self.aside = await self.visit.read(work)
        await self.redraw()

    async def send_away(self, work: Callable[[Session, Actor, datetime], object]) -> None:
        """Do what takes the case from this page; nobody looks for it here while it goes.

        Raises:
            MadoguchiError: it was refused; the page stays.
        """
        self.leaving = True
        try:
            await self.visit.write(work)
        except MadoguchiError:
            self.leaving = False
            raise
        if self.file.row.conversation_id is not None:
            self.visit.house.events.wake(self.file.row.conversation_id)

    def leave(self, told: str, *, to: str = "") -> None:
        """Go back to the inbox (or to another case); say there why."""
        self.leaving = True
        address = f"/console/staff/cases/{to}" if to else "/console/staff"
        kit.script(f"madoguchi.leave({kit.dumps(told)}, {kit.dumps(address)})")

    async def mark_read(self) -> None:
        """What the visitor wrote has been seen by the person it is for."""
        self.file = await self.visit.write(
            lambda session, actor, now: files.read(
                session=session, reference=self.reference, actor=actor, now=now
            )
        )


async def _nothing() -> None:
    """Before the page stands there is nothing to redraw."""

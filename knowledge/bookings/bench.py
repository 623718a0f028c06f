"""What a conversation may do with bookings: look, hold, book, move, cancel its own ones.

A write that fails is taken back by itself, so that the turn can go on and say so. The transaction
is the action's; nothing is said before it is committed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from sqlmodel import Session

from knowledge.bookings import changes, mails, occupying, offers, service
from knowledge.bookings.models import Booking
from knowledge.bookings.orders import Order
from knowledge.bookings.slot_ids import Mode
from knowledge.bookings.slots import Wanted
from knowledge.bookings.views import SlotView
from knowledge.desks.prefectures import Prefecture
from knowledge.errors import NotFoundError
from knowledge.staff.actor import Actor

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Bench:
    """The bookings of one conversation within one transaction."""

    session: Session
    site: str
    conversation_id: str

    def slots(
        self, prefecture: Prefecture, *, first: date | None, mode: Mode | None, now: datetime
    ) -> tuple[SlotView, ...]:
        """Free first meetings from a day on."""
        wanted = Wanted(kind="meeting", prefecture=prefecture, first=first, mode=mode)
        return offers.find(session=self.session, wanted=wanted, now=now).slots

    def hold(self, slot_id: str, now: datetime) -> str:
        """Keep a slot for ten minutes; the token of the hold.

        Raises:
            SlotTakenError, SlotNotOpenError: it cannot be had.
        """
        return self._write(
            lambda: occupying.hold(session=self.session, slot_id=slot_id, now=now).hold
        )

    def give_up(self, hold: str | None) -> None:
        """Give a kept slot back."""
        if hold:
            occupying.give_up(session=self.session, token=hold)

    def book(self, order: Order, now: datetime) -> Booking:
        """Book for the visitor of this conversation.

        Raises:
            MadoguchiError: see ``service.book``; nothing is written then.
        """
        return self._write(
            lambda: (
                service.book(
                    session=self.session, order=order, site=self.site, actor=self._actor, now=now
                ).booking
            )
        )

    def booking(self, reference: str) -> Booking:
        """A booking of this conversation.

        Raises:
            NotFoundError: unknown, or of another conversation.
        """
        found = self.session.get(Booking, reference)
        if found is None or found.conversation_id != self.conversation_id:
            raise NotFoundError
        return found

    def move(self, reference: str, slot_id: str, now: datetime) -> Booking:
        """Move a booking of this conversation.

        Raises:
            MadoguchiError: see ``changes.move``; the old time stays.
        """
        code = self.booking(reference).code
        return self._write(
            lambda: changes.move(
                session=self.session,
                reference=reference,
                code=code,
                slot_id=slot_id,
                site=self.site,
                actor=self._actor,
                now=now,
            )
        )

    def cancel(self, reference: str, now: datetime) -> Booking:
        """Cancel a booking of this conversation.

        Raises:
            MadoguchiError: see ``changes.cancel``.
        """
        code = self.booking(reference).code
        return self._write(
            lambda: changes.cancel(
                session=self.session,
                reference=reference,
                code=code,
                site=self.site,
                actor=self._actor,
                now=now,
            )
        )

    def manage_url(self, booking: Booking) -> str:
        """The page where she changes it later."""
        return mails.manage_url(self.site, booking)

    @property
    def _actor(self) -> Actor:
        return Actor(kind="visitor", id=self.conversation_id)

    def _write(self, work: Callable[[], Result]) -> Result:
        with self.session.begin_nested():
            return work()

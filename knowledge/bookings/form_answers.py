"""What the booking form knows between two messages; values only."""

from datetime import date
from typing import Any, Final

from pydantic import BaseModel, ConfigDict

from knowledge.bookings.form_reading import Told, day_in, hour_in
from knowledge.bookings.slot_ids import Mode
from knowledge.bookings.views import SlotView

SHOWN: Final = 4
"""Times shown at once."""


class Answers(BaseModel):
    """What was told and shown so far. ``first`` is the day looked from, ``next_day`` the one after
    those shown; ``reference`` stands once it is booked; ``moving`` while another time is chosen."""

    model_config = ConfigDict(frozen=True)

    prefecture: str | None = None
    first: date | None = None
    next_day: date | None = None
    mode: Mode | None = None
    shown: tuple[SlotView, ...] = ()
    slot: SlotView | None = None
    hold: str | None = None
    contact: dict[str, Any] = {}
    reference: str | None = None
    moving: bool = False

    @property
    def missing(self) -> str | None:
        """The wording key that asks for what is missing of the contact; None if nothing is."""
        if not self.contact:
            return "bookings.form_contact"
        if not self.contact.get("name"):
            return "bookings.form_need_name"
        if not self.contact.get("company"):
            return "bookings.form_need_company"
        if not (self.contact.get("email") or self.contact.get("phone")):
            return "bookings.form_need_reach"
        return None

    def with_told(self, told: Told) -> "Answers":
        """Who she is, joined with what she said before; a lone word fills what is missing."""
        before, new = (
            self.contact,
            {
                "name": told.name,
                "company": told.company,
                "email": told.email,
                "phone": told.phone,
            },
        )
        if before.get("name") and told.name and not told.company and not before.get("company"):
            new |= {"name": None, "company": told.name}
        kept = {key: value or before.get(key) for key, value in new.items()}
        return self.model_copy(update={"contact": kept})

    def showing(self, shown: tuple[SlotView, ...], next_day: date | None) -> "Answers":
        """With these times on the screen."""
        return self.model_copy(update={"shown": shown, "next_day": next_day})


def choose_shown(answers: Answers, number: int | None, text: str, today: date) -> str | None:
    """The id of the shown time a message means: by its number, or by its day and hour."""
    if number is not None:
        return answers.shown[number].id if 0 <= number < len(answers.shown) else None
    hour, day = hour_in(text), day_in(text, today)
    if hour is None:
        return None
    fits = [
        slot.id
        for slot in answers.shown
        if slot.starts_at.hour == hour and (day is None or slot.starts_at.date() == day)
    ]
    return fits[0] if len(fits) == 1 else None

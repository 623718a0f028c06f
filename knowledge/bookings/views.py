"""What anyone outside sees of slots and bookings; it names no other visitor."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from knowledge.bookings.slot_ids import Kind, Mode
from knowledge.clock import TOKYO, japanese_date
from knowledge.experts.rules import Ring


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True)


class SlotView(_Shape):
    """One free time. ``ring`` and ``profession`` stand with experts only; times are Asia/Tokyo.

    ``why`` says in Japanese why this is offered (for experts: ring, and nearer rings passed).
    """

    id: str
    kind: Kind
    starts_at: datetime
    ends_at: datetime
    mode: Mode
    place: str
    profession: str | None = None
    ring: Ring | None = None
    why: str


class SlotList(_Shape):
    """Free times in order; ``next_from`` is the day to ask from for later ones (null: no later)."""

    slots: tuple[SlotView, ...]
    next_from: str | None = None


class Contact(_Shape):
    """Who comes. Stored encrypted, never logged."""

    name: str
    company: str
    prefecture: str
    email: str | None = None
    phone: str | None = None


class BookingView(_Shape):
    """A booking as its owner sees it."""

    reference: str
    kind: Kind
    status: str
    starts_at: datetime
    ends_at: datetime
    mode: Mode
    place: str
    profession: str | None
    ring: Ring | None
    why: str
    office: str
    contact: Contact
    topic: str
    may_move: bool
    may_cancel: bool
    bring: tuple[str, ...]


def when_text(starts_at: datetime, ends_at: datetime) -> str:
    """2026年12月1日（火）10:00〜11:00."""
    start, end = starts_at.astimezone(TOKYO), ends_at.astimezone(TOKYO)
    return f"{japanese_date(start.date())}{start:%H:%M}〜{end:%H:%M}"


def dump(shape: BaseModel) -> dict[str, Any]:
    """The JSON of a view."""
    return shape.model_dump(mode="json")

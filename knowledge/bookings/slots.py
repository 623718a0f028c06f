"""What is looked for, what a free slot is, and how it is put together; it searches nothing."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from knowledge.bookings.calendar_store import Place
from knowledge.bookings.calendars import Span
from knowledge.bookings.models import RegularSession
from knowledge.bookings.slot_ids import Kind, Mode, SlotKey
from knowledge.bookings.views import SlotView
from knowledge.desks.prefectures import Prefecture
from knowledge.experts.rules import Ring
from knowledge.staff.actor import office_id
from knowledge.wording import say

DESK: Final = "inpit-chizai-sogo-madoguchi"
MODE_PLACES: Final[dict[Mode, str]] = {
    "place": "bookings.place_desk",
    "online": "bookings.place_online",
    "phone": "bookings.place_phone",
    "visit": "bookings.place_visit",
}
RESOURCE_KINDS: Final[dict[Kind, str]] = {
    "meeting": "staff",
    "regular": "event",
    "expert": "expert",
}
"""Whose calendar a kind of booking is cut from."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for; days are Tokyo days, both within. ``parties`` are party hashes."""

    kind: Kind
    prefecture: Prefecture
    profession: str | None = None
    topic: str | None = None
    first: date | None = None
    last: date | None = None
    mode: Mode | None = None
    parties: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ExpertOffer:
    """An expert as offered: profession, ring, and why."""

    profession: str
    ring: Ring
    why: str


@dataclass(frozen=True, slots=True)
class Slot:
    """One slot with what booking it needs: the place, and until when it is taken."""

    key: SlotKey
    place: Place
    ends_at: datetime
    until: datetime
    where: str
    profession: str | None = None
    ring: Ring | None = None
    why: str = ""

    @property
    def view(self) -> SlotView:
        """What is shown of it."""
        return SlotView(
            id=self.key.encode(),
            kind=self.key.kind,
            starts_at=self.key.starts_at,
            ends_at=self.ends_at,
            mode=self.key.mode,
            place=self.where,
            profession=self.profession,
            ring=self.ring,
            why=self.why,
        )


def prefecture_office(prefecture: Prefecture) -> str:
    """The id of a prefecture's own office."""
    return office_id(DESK, prefecture.jis)


def meeting_slot(place: Place, span: Span, mode: Mode) -> Slot:
    """A first meeting with a member of the desk's staff."""
    return Slot(
        key=SlotKey("meeting", place.id, span.starts_at, mode),
        place=place,
        ends_at=span.ends_at,
        until=span.until,
        where=_where(place, mode),
        why=say("bookings.why_meeting", prefecture=place.prefecture),
    )


def regular_slot(place: Place, span: Span, mode: Mode, planned: RegularSession) -> Slot:
    """A place at a 定期相談会; the profession stands where there is one only."""
    return Slot(
        key=SlotKey("regular", place.id, span.starts_at, mode),
        place=place,
        ends_at=span.ends_at,
        until=span.until,
        where=_where(place, mode),
        profession=planned.professions[0] if len(planned.professions) == 1 else None,
        why=say("bookings.why_regular", title=planned.title),
    )


def expert_slot(
    place: Place,
    span: Span,
    mode: Mode,
    offer: ExpertOffer | None,
    *,
    prefecture: Prefecture | None,
) -> Slot:
    """A session with an expert; in person it is held at the desk of the company's prefecture."""
    where = _where(place, mode)
    if mode == "place" and prefecture is not None:
        where = say("bookings.place_desk", office=prefecture.office)
    return Slot(
        key=SlotKey("expert", place.id, span.starts_at, mode),
        place=place,
        ends_at=span.ends_at,
        until=span.until,
        where=where,
        profession=offer.profession if offer else None,
        ring=offer.ring if offer else None,
        why=offer.why if offer else "",
    )


def _where(place: Place, mode: Mode) -> str:
    return place.place if mode == "place" else say(MODE_PLACES[mode])

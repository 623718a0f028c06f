"""How kinds, states and ways of bookings are said on the staff's pages."""

from typing import Final

from knowledge.bookings.slots import MODE_PLACES
from knowledge.experts.rules import RING_NAMES
from knowledge.wording import say

KINDS: Final = {
    "meeting": "bookings.kind_meeting",
    "regular": "bookings.kind_regular",
    "expert": "bookings.kind_expert",
}
STATES: Final = {
    "requested": ("bookings.state_requested", "warn"),
    "confirmed": ("bookings.state_confirmed", "good"),
    "declined": ("bookings.state_declined", ""),
    "lapsed": ("bookings.state_lapsed", "bad"),
    "cancelled": ("bookings.state_cancelled", ""),
    "done": ("bookings.state_done", ""),
    "no_show": ("bookings.state_no_show", "bad"),
}
PROFESSION_NAMES: Final = {
    "benrishi": "bookings.profession_benrishi",
    "bengoshi": "bookings.profession_bengoshi",
    "shindanshi": "bookings.profession_shindanshi",
    "design": "bookings.profession_design",
    "brand": "bookings.profession_brand",
    "standards": "bookings.profession_standards",
    "overseas": "bookings.profession_overseas",
}
ACTIONS: Final = {
    "booking.made": "bookings.did_made",
    "booking.moved": "bookings.did_moved",
    "booking.cancelled": "bookings.did_cancelled",
    "booking.approved": "bookings.did_approved",
    "booking.declined": "bookings.did_declined",
    "booking.accepted": "bookings.did_accepted",
    "booking.lapsed": "bookings.did_lapsed",
    "booking.no_show": "bookings.did_no_show",
    "booking.done": "bookings.did_done",
}
WHO: Final = {
    "visitor": "bookings.who_visitor",
    "staff": "bookings.who_staff",
    "system": "bookings.who_system",
}


def kind(name: str) -> str:
    """The kind of a booking."""
    return say(KINDS[name])


def state(name: str) -> tuple[str, str]:
    """The state in words and its colour."""
    key, colour = STATES[name]
    return say(key), colour


def mode(name: str) -> str:
    """The way of meeting."""
    key = next(key for known, key in MODE_PLACES.items() if known == name)
    return say(key, office=say("bookings.mode_place"))


def ring(name: str | None) -> str:
    """The ring of an expert; empty where there is none."""
    return next((say(key) for known, key in RING_NAMES.items() if known == name), "")


def profession(name: str | None) -> str:
    """The profession of an expert; empty where there is none."""
    return say(PROFESSION_NAMES[name]) if name else ""


def did(action: str) -> str:
    """What was done, in the history."""
    return say(ACTIONS[action]) if action in ACTIONS else action

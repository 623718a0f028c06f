"""The names of the slots, and how a conversation's state lies in them."""

from typing import Any, Final

from rasa_sdk.events import SlotSet

from knowledge.conversations.state import State

INQUIRY: Final = "inquiry"
FACTS: Final = "facts"
PENDING: Final = "pending"
MISSES: Final = "misses"
TRAIL: Final = "trail"
ASKED: Final = "asked"
OFFERING: Final = "offering"
FORM: Final = "form"

ALL: Final = (INQUIRY, FACTS, PENDING, MISSES, TRAIL, ASKED, OFFERING, FORM)


def read_state(slots: dict[str, Any]) -> State:
    """The state as the slots hold it; empty slots are a fresh conversation."""
    held = {name: slots[name] for name in ALL if slots.get(name) is not None}
    return State.model_validate(held)


def write_state(before: State, after: State) -> list[dict[str, Any]]:
    """Slot events for what changed."""
    old, new = before.model_dump(mode="json"), after.model_dump(mode="json")
    return [SlotSet(name, new[name]) for name in ALL if old[name] != new[name]]

"""How the state of a handoff follows from its events; pure, one event after the other.

It knows no database: ``events.append`` writes what ``step`` says, and a test folds whole threads.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from knowledge.handoffs.views import State

SILENT: Final = frozenset(
    {"offered", "requested", "contact_left", "corrected", "raised", "exits_offered", "labelled"}
)
"""Events that tell something and leave the state as it is."""
KINDS: Final = SILENT | {
    "confirmed",
    "queued",
    "held",
    "resolved",
    "claimed",
    "waiting",
    "resumed",
    "released",
    "withdrawn",
    "transferred",
    "moved",
    "closed",
    "reopened",
    "merged",
}
TO_QUEUE: Final = frozenset({"queued", "transferred", "moved"})
"""Events after which the case stands in a queue and belongs to nobody."""
_PLAIN: Final[dict[str, State]] = {
    "held": "held",
    "resolved": "new",
    "released": "new",
    "withdrawn": "new",
    "closed": "closed",
    "merged": "merged",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """What a thread amounts to. ``assignee`` is the id of the person it belongs to."""

    state: State = "draft"
    assignee: str | None = None


@dataclass(frozen=True, slots=True)
class Happened:
    """One event as far as the state follows from it. ``keeps`` is true where a reopened case goes
    straight back to the person who had it."""

    kind: str
    actor_id: str = ""
    keeps: str | None = None


def step(before: Standing, event: Happened) -> Standing:
    """The state after one event.

    Raises:
        ValueError: no event is called that.
    """
    if event.kind not in KINDS:
        raise ValueError(f"no event is called {event.kind}")
    if event.kind in SILENT:
        return before
    if event.kind == "confirmed":
        return replace(before, state="new") if before.state == "draft" else before
    if event.kind == "claimed":
        return Standing("active", event.actor_id)
    if event.kind in TO_QUEUE:
        return Standing("queued")
    if event.kind == "reopened":
        return Standing("active", event.keeps) if event.keeps else Standing("queued")
    if event.kind == "waiting":
        return replace(before, state="pending")
    if event.kind == "resumed":
        return replace(before, state="active")
    return Standing(_PLAIN[event.kind])


def fold(events: Iterable[Happened]) -> Standing:
    """What a whole thread amounts to."""
    standing = Standing()
    for event in events:
        standing = step(standing, event)
    return standing

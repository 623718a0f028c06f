"""The one shape of an action: slots → state and words → one dialogue step → one reply."""

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from sqlmodel import Session

from actions.slots import read_state, write_state
from knowledge import clock
from knowledge.catalogue import current
from knowledge.conversations.state import Scene, State, Turn
from knowledge.triage.understanding import Understanding

Result = TypeVar("Result")
Step = Callable[[Scene, State, Understanding], Turn]


class Reader(Protocol):
    """Runs a service in a read-only transaction of its own."""

    async def read(self, work: Callable[[Session], Result]) -> Result:
        """Run ``work`` outside the event loop."""
        ...


def make_scene(session: Session, tracker: Tracker) -> Scene:
    """The published content, the moment, and the place the page gave with the message."""
    metadata = tracker.latest_message.get("metadata") or {}
    return Scene(
        catalogue=current(session=session), now=clock.now(), place=metadata.get("prefecture")
    )


class DialogueAction(Action):  # type: ignore[misc]  # rasa_sdk ships no types
    """An action that is one dialogue step."""

    def __init__(self, name: str, step: Step, reader: Reader) -> None:
        self._name = name
        self._step = step
        self._reader = reader

    def name(self) -> str:
        """The name the rules use."""
        return self._name

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Play the step and remember its state."""
        state = read_state(tracker.slots)
        turn = await self._reader.read(lambda session: self._play(session, state, tracker))
        dispatcher.utter_message(json_message=turn.reply.model_dump(mode="json"))
        return write_state(state, turn.state)

    def _play(self, session: Session, state: State, tracker: Tracker) -> Turn:
        return self._step(make_scene(session, tracker), state, self._heard(tracker))

    def _heard(self, tracker: Tracker) -> Understanding:
        latest = tracker.latest_message
        return Understanding.from_parse(latest, text=latest.get("text") or "")

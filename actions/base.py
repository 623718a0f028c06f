"""The one shape of an action: slots → state and words → one dialogue step → one reply."""

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from sqlmodel import Session

from actions.forms import forms_of, may_write
from actions.slots import read_state, write_state
from knowledge import clock
from knowledge.catalogue import current
from knowledge.conversations.forms import Forms
from knowledge.conversations.state import Scene, State, Turn, kept
from knowledge.triage.understanding import Understanding

Result = TypeVar("Result")
Step = Callable[[Scene, State, Understanding], Turn]


class Reader(Protocol):
    """Runs a service in a read-only transaction of its own."""

    async def read(self, work: Callable[[Session], Result]) -> Result:
        """Run ``work`` outside the event loop."""
        ...

    async def write(self, work: Callable[[Session], Result]) -> Result:
        """Run ``work`` in one transaction; it is committed before this returns."""
        ...


def make_scene(session: Session, tracker: Tracker) -> Scene:
    """The published content, the moment, and the place the page gave with the message."""
    metadata = tracker.latest_message.get("metadata") or {}
    return Scene(
        catalogue=current(session=session), now=clock.now(), place=metadata.get("prefecture")
    )


class DialogueAction(Action):  # type: ignore[misc]  # rasa_sdk ships no types
    """An action that is one dialogue step; an active form has the first word.

    ``site`` is the address of the installation, for links that are told.
    """

    def __init__(self, name: str, step: Step, reader: Reader) -> None:
        self._name = name
        self._step = step
        self._reader = reader
        self.site = "http://localhost:8000"

    def name(self) -> str:
        """The name the rules use."""
        return self._name

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Play the step and remember its state."""
        state = read_state(tracker.slots)
        writing = may_write(state, self._payload(tracker))
        run = self._reader.write if writing else self._reader.read
        turn = await run(lambda session: self._play(session, state, tracker))
        reply = turn.reply.model_copy(update={"memory": kept(turn.state)})
        dispatcher.utter_message(json_message=reply.model_dump(mode="json"))
        return write_state(state, turn.state)

    def _play(self, session: Session, state: State, tracker: Tracker) -> Turn:
        scene = make_scene(session, tracker)
        forms = self._forms(session, tracker)
        return forms.hear(scene, state, self._heard(tracker), self._step)

    def _payload(self, tracker: Tracker) -> dict[str, Any]:
        """What a picked choice means; empty for a text."""
        return {}

    def _forms(self, session: Session, tracker: Tracker) -> Forms:
        return forms_of(session=session, conversation_id=tracker.sender_id, site=self.site)

    def _heard(self, tracker: Tracker) -> Understanding:
        latest = tracker.latest_message
        return Understanding.from_parse(latest, text=latest.get("text") or "")

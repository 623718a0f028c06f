"""Skill: not sure what was meant; asking back, choosing, correcting."""

import json
from typing import Any

from rasa_sdk import Tracker
from sqlmodel import Session

from actions.base import DialogueAction, Reader, make_scene
from knowledge.conversations import dialogue
from knowledge.conversations.state import State, Turn


class ChooseAction(DialogueAction):
    """Acts on a choice; its payload comes from the server, never from the visitor's text."""

    def _play(self, session: Session, state: State, tracker: Tracker) -> Turn:
        scene, forms = make_scene(session, tracker), self._forms(session, tracker)
        return forms.choose(scene, state, self._payload(tracker), dialogue.choose)

    def _payload(self, tracker: Tracker) -> dict[str, Any]:
        entities = tracker.latest_message.get("entities") or []
        chosen = next((e["value"] for e in entities if e["entity"] == "choice"), "{}")
        payload: dict[str, Any] = json.loads(chosen)
        return payload


def actions(reader: Reader) -> tuple[DialogueAction, ...]:
    """The actions of this skill."""
    return (
        DialogueAction("action_ask_back", dialogue.ask_back, reader),
        ChooseAction("action_choose", dialogue.ask_back, reader),
        DialogueAction("action_deny", dialogue.deny, reader),
        DialogueAction("action_affirm", dialogue.affirm, reader),
    )

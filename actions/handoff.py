"""Skill: the way to a person or a meeting."""

from actions.base import DialogueAction, Reader
from knowledge.conversations import dialogue


def actions(reader: Reader) -> tuple[DialogueAction, ...]:
    """The actions of this skill."""
    return (
        DialogueAction("action_offer_person", dialogue.offer_person, reader),
        DialogueAction("action_offer_session", dialogue.offer_session, reader),
    )

"""Skill: greetings, and what is not our business."""

from actions.base import DialogueAction, Reader
from knowledge.conversations import dialogue


def actions(reader: Reader) -> tuple[DialogueAction, ...]:
    """The actions of this skill."""
    return (
        DialogueAction("action_smalltalk", dialogue.smalltalk, reader),
        DialogueAction("action_out_of_scope", dialogue.out_of_scope, reader),
    )

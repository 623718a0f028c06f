"""Skill: moving about in the conversation."""

from actions.base import DialogueAction, Reader
from knowledge.conversations import dialogue


def actions(reader: Reader) -> tuple[DialogueAction, ...]:
    """The actions of this skill."""
    return (
        DialogueAction("action_go_back", dialogue.go_back, reader),
        DialogueAction("action_start_over", dialogue.start_over, reader),
        DialogueAction("action_explain", dialogue.explain, reader),
    )

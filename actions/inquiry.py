"""Skill: a message about a subject."""

from actions.base import DialogueAction, Reader
from knowledge.conversations import dialogue


def actions(reader: Reader) -> tuple[DialogueAction, ...]:
    """The actions of this skill."""
    return (DialogueAction("action_answer_inquiry", dialogue.answer_inquiry, reader),)

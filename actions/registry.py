"""Every action there is, by skill; nothing is found by scanning."""

from rasa_sdk.executor import ActionExecutor

from actions import chitchat, clarify, handoff, inquiry, navigation
from actions.base import DialogueAction, Reader

SKILLS = (inquiry, clarify, navigation, handoff, chitchat)


def all_actions(reader: Reader) -> tuple[DialogueAction, ...]:
    """The actions of all skills."""
    return tuple(action for skill in SKILLS for action in skill.actions(reader))


def make_executor(reader: Reader, *, site: str = "http://localhost:8000") -> ActionExecutor:
    """An executor that knows exactly ``all_actions``; links begin with ``site``."""
    executor = ActionExecutor()
    for action in all_actions(reader):
        action.site = site
        executor.register_action(action)
    return executor

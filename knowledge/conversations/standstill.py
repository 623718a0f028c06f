"""What is said in place of an answer while an emergency switch is on; it reads no switch."""

from collections.abc import Sequence
from typing import Any

from knowledge.conversations.composing import person_choice
from knowledge.conversations.replies import Basis, Choice, ChoicesPart, Reply, TextPart
from knowledge.wording import say


def handoff_choice() -> Choice:
    """The way to a member of staff; acted on by ``knowledge.handoffs``, never by the bot."""
    return Choice(label=say("handoff.choice_request"), payload={"handoff": "preview"})


def sheet_choice() -> Choice:
    """The way to the case sheet."""
    return Choice(label=say("handoff.choice_sheet"), payload={"handoff": "sheet"})


def bot_off() -> Reply:
    """The bot is off: people only."""
    return _instead("handoff.bot_off", handoff_choice())


def with_banner(opening: Reply, banner: str | None) -> Reply:
    """The opening message with the banner above it, where one is shown."""
    if banner is None:
        return opening
    return opening.model_copy(update={"parts": (TextPart(text=banner), *opening.parts)})


def unless_switched_off(replies: Sequence[Reply], topics_off: frozenset[str]) -> Sequence[Reply]:
    """The replies, or what is said instead where their topic is switched off."""
    topic = next((_topic(r.memory) for r in reversed(replies) if r.memory is not None), None)
    if topic is None or topic not in topics_off:
        return replies
    return (_instead("handoff.topic_off", person_choice()),)


def _topic(memory: dict[str, Any] | None) -> str | None:
    inquiry = (memory or {}).get("inquiry") or {}
    topic: str | None = inquiry.get("topic")
    return topic


def _instead(key: str, choice: Choice) -> Reply:
    parts = (TextPart(text=say(key)), ChoicesPart(choices=(choice,)))
    return Reply(parts=parts, basis=Basis(wording=(key,)), author="system")

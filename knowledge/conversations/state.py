"""What a conversation remembers between two messages, and what one turn is; values only."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from knowledge.catalogue import Catalogue
from knowledge.conversations.replies import Reply
from knowledge.triage.facts import Facts
from knowledge.triage.understanding import Understanding


class FormState(BaseModel):
    """A form that is being filled in: which one, what was answered, what it asked last.

    ``answers`` is JSON in a shape of the form's own; ``asking`` is None while it asks nothing.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    answers: dict[str, Any] = {}
    asking: str | None = None


class State(BaseModel):
    """What the conversation knows.

    ``pending`` is the fact we asked for last, ``offering`` the way to people it was asked for,
    ``form`` the form that has the first word (see ``forms``).
    """

    model_config = ConfigDict(frozen=True)

    inquiry: Understanding | None = None
    facts: Facts = Facts()
    pending: str | None = None
    offering: str | None = None
    asked: tuple[str, ...] = ()
    misses: int = 0
    trail: tuple[Understanding, ...] = ()
    form: FormState | None = None


@dataclass(frozen=True, slots=True)
class Scene:
    """What a turn may look at: the published content, the moment, the company's prefecture as
    the page knew it when the conversation began."""

    catalogue: Catalogue
    now: datetime
    place: str | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """What is said, and what is remembered."""

    reply: Reply
    state: State


def kept(state: State) -> dict[str, Any]:
    """What a case needs of a state, as JSON: the inquiry, the facts, the topics before it."""
    trail = tuple(
        Understanding(text="", topic=one.topic, confidence=one.confidence) for one in state.trail
    )
    inquiry = state.inquiry.model_copy(update={"ranking": ()}) if state.inquiry else None
    lean = State(inquiry=inquiry, facts=state.facts, trail=trail)
    return lean.model_dump(mode="json", exclude_defaults=True)

"""What a conversation remembers between two messages, and what one turn is; values only."""

from dataclasses import dataclass
from datetime import datetime

from pydantic import BaseModel, ConfigDict

from knowledge.catalogue import Catalogue
from knowledge.conversations.replies import Reply
from knowledge.triage.facts import Facts
from knowledge.triage.understanding import Understanding


class State(BaseModel):
    """What the conversation knows.

    ``pending`` is the fact we asked for last, ``offering`` the way to people it was asked for.
    """

    model_config = ConfigDict(frozen=True)

    inquiry: Understanding | None = None
    facts: Facts = Facts()
    pending: str | None = None
    offering: str | None = None
    asked: tuple[str, ...] = ()
    misses: int = 0
    trail: tuple[Understanding, ...] = ()


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

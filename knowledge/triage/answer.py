"""The shape of a triage, field for field the JSON of ``POST /triage`` (ARCHITECTURE §5)."""

import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from knowledge.sources import Source
from knowledge.triage.clocks import Urgency


class Shape(BaseModel):
    """Frozen, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class DeskOut(Shape):
    """A desk, office or partner body; ``office`` is the prefecture's own office where known.

    ``open_now`` is null where the hours are not known.
    """

    id: str
    office: str | None = None
    name: str
    phone: str | None = None
    phone_as_of: str | None = None
    hours: str | None = None
    open_now: bool | None = None
    url: str | None = None


class ReasonOut(Shape):
    """A rule of DUTIES.md, DOMAIN.md or ARCHITECTURE.md that was followed, said in Japanese."""

    rule: str
    text: str


class ProgrammeOut(Shape):
    """A programme that belongs to the inquiry, and why it is shown."""

    id: str
    name: str
    why: str
    status: str
    source: Source


class ArticleOut(Shape):
    """An article that answers, with its score (0 to 1)."""

    id: str
    title: str
    score: float
    source: Source


class DeadlineOut(Shape):
    """A last day; ``unshifted`` is the safe one. ``if_right`` where the right is not known."""

    date: datetime.date
    unshifted: datetime.date
    basis: str
    rule: str
    if_right: str | None = None
    extension: str | None = None
    source: Source | None = None


class UrgencyOut(Shape):
    """How urgent, and the last days that follow from the dates given."""

    level: Urgency = "normal"
    deadlines: tuple[DeadlineOut, ...] = ()


class NoticeOut(Shape):
    """Something the visitor must be told; ``code`` says what kind."""

    code: str
    text: str


class ClarifyOut(Shape):
    """One named choice where the topic is not sure."""

    topic: str
    label: str


class Triage(Shape):
    """The whole answer. ``desk`` is null for smalltalk and out_of_scope."""

    topic: str
    confidence: float = Field(ge=0, le=1)
    secondary_topics: tuple[str, ...] = ()
    wants: tuple[str, ...] = ()
    need: str | None = None
    asker: str | None = None
    judgement_or_drafting: bool = False
    desk: DeskOut | None = None
    other_desks: tuple[DeskOut, ...] = ()
    reasons: tuple[ReasonOut, ...] = ()
    programmes: tuple[ProgrammeOut, ...] = ()
    articles: tuple[ArticleOut, ...] = ()
    entities: dict[str, Any] = Field(default_factory=dict)
    urgency: UrgencyOut = UrgencyOut()
    ask: tuple[str, ...] = ()
    notices: tuple[NoticeOut, ...] = ()
    clarify: tuple[ClarifyOut, ...] = ()

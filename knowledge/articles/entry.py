"""What an article is: questions, one answer, its sources and how long it holds."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from knowledge.content_store.fields import CitedSource, LooseText, Text
from knowledge.content_store.files import ContentEntry

Fence = Literal["judgement", "drafting"]


class Article(ContentEntry):
    """One article, exactly the keys of its file.

    ``fence`` marks a question that touches what the law reserves: its answer says why it cannot
    be decided here and shows the way on. ``unconfirmed`` names facts shown as 要確認.
    """

    title: Text
    questions: Annotated[tuple[LooseText, ...], Field(min_length=1)]
    topic: str
    also: tuple[str, ...]
    needs: tuple[str, ...]
    askers: tuple[str, ...]
    answer: Text
    points: Annotated[tuple[LooseText, ...], Field(max_length=5)]
    fence: Fence | None
    programmes: tuple[str, ...]
    desk: str | None
    sources: Annotated[tuple[CitedSource, ...], Field(min_length=1)]
    valid_from: date
    valid_to: date | None
    review_on: date
    unconfirmed: tuple[LooseText, ...]

    @property
    def topics(self) -> tuple[str, ...]:
        """Every topic it answers, the main one first."""
        return (self.topic, *self.also)

    def valid_on(self, day: date) -> bool:
        """Whether its facts hold on a day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

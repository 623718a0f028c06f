"""What a desk is and whether it is open; it decides nothing about who is sent there.

Phones and hours carry the date they were seen; old hours are shown, never trusted for "open now".
"""

import re
from datetime import date, datetime, time
from typing import Annotated, Literal

from pydantic import Field, field_validator

from knowledge.clock import TOKYO, office_closed
from knowledge.content_store.fields import DocumentSource, LooseText, Text
from knowledge.content_store.files import ContentEntry, ContentPart
from knowledge.sources import Source
from knowledge.wording import say

HOURS_TRUSTED_YEARS = 2
"""Hours seen longer ago than this do not tell whether a desk is open just now."""

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

DeskKind = Literal["desk", "office", "partner"]
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class Hours(ContentPart):
    """One stretch of opening, the same on several days of the week (Tokyo time)."""

    days: Annotated[tuple[Day, ...], Field(min_length=1)]
    opens: time
    closes: time

    @field_validator("opens", "closes", mode="before")
    @classmethod
    def _written(cls, value: object) -> object:
        if isinstance(value, str) and re.fullmatch(r"\d{2}:\d{2}(:\d{2})?", value):
            return value
        raise ValueError('時刻は "09:30" の形で、引用符で囲んで書いてください。')

    def covers(self, moment: datetime) -> bool:
        """Whether the moment (Tokyo) lies in it, holidays not considered."""
        return DAYS[moment.weekday()] in self.days and self.opens <= moment.time() < self.closes


class Desk(ContentEntry):
    """One desk, exactly the keys of its file."""

    kind: DeskKind
    name: Text
    aliases: tuple[LooseText, ...]
    takes: Text
    phone: LooseText | None
    phone_as_of: LooseText | None
    hours: tuple[Hours, ...] | None
    hours_as_of: LooseText | None
    url: str | None
    address: Text | None
    sources: Annotated[tuple[DocumentSource, ...], Field(min_length=1)]
    note: Text | None
    reviewed_on: date
    review_on: date

    @property
    def cited(self) -> tuple[Source, ...]:
        """All sources as they are shown."""
        return tuple(source.source for source in self.sources)

    @property
    def phone_text(self) -> str | None:
        """The phone with its date, as shown."""
        return f"{self.phone}（{self.phone_as_of}）" if self.phone else None

    @property
    def hours_text(self) -> str | None:
        """The hours with their date, as shown."""
        if not self.hours:
            return None
        times = "、".join(f"{h.opens:%H:%M}〜{h.closes:%H:%M}" for h in self.hours)
        days = say("desks.weekdays") if self.hours[0].days == DAYS[:5] else self._days
        return say("desks.hours", days=days, times=times, as_of=self.hours_as_of)

    @property
    def _days(self) -> str:
        written = dict(zip(DAYS, "月火水木金土日", strict=True))
        return "".join(written[day] for day in self.hours[0].days) if self.hours else ""

    def open_at(self, moment: datetime) -> bool | None:
        """Whether the desk is open (aware moment); ``None`` where hours are unknown or too old."""
        seen = re.search(r"(\d{4})", self.hours_as_of or "")
        here = moment.astimezone(TOKYO)
        if not self.hours or seen is None or here.year - int(seen[1]) > HOURS_TRUSTED_YEARS:
            return None
        if office_closed(here.date()):
            return False
        return any(hours.covers(here) for hours in self.hours)

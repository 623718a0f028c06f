"""What a programme entry is and what its calls for applications say on a given day.

It judges nobody's eligibility; it knows no database.
"""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from knowledge.clock import japanese_date
from knowledge.content_store.fields import DocumentSource, LooseText, Text
from knowledge.content_store.files import ContentEntry, ContentPart
from knowledge.sources import Source
from knowledge.wording import say

Kind = Literal[
    "desk",
    "programme",
    "guide",
    "training",
    "partner",
    "portal",
    "fee_measure",
    "event",
    "plan",
    "subsidy",
    "database",
    "network",
    "statistic-source",
    "examination_track",
    "api",
    "insurance",
]
Category = Literal[
    "general",
    "regional",
    "overseas",
    "universities",
    "information",
    "startups",
    "fee_reduction",
    "trade_secrets",
    "patents",
    "trademarks",
    "designs",
]
Status = Literal["running", "ended", "plan", "historic", "unconfirmed"]
RoundState = Literal["open", "upcoming", "closed", "unknown"]
DeskBasis = Literal["stated", "general", "inferred", "none"]

ProgrammeSource = DocumentSource

CALL_WORDING: dict[RoundState, str] = {
    "open": "programmes.round_open",
    "upcoming": "programmes.round_upcoming",
    "unknown": "programmes.round_unknown",
}
"""What is said of a call, in the order in which calls are looked for."""
NO_END = "programmes.round_open_no_end"


class Round(ContentPart):
    """One call for applications; days are inclusive, ``None`` where they are not known."""

    name: Text
    opens_on: date | None = None
    closes_on: date | None = None
    note: str | None = None

    def state_on(self, day: date) -> RoundState:
        """Whether the call is open; ``unknown`` where the dates do not tell."""
        if self.closes_on is not None and day > self.closes_on:
            return "closed"
        if self.opens_on is not None:
            return "upcoming" if day < self.opens_on else "open"
        return "unknown"


class Programme(ContentEntry):
    """One programme, exactly the keys of its file."""

    kind: Kind
    name: Text
    name_en: Text
    aliases: tuple[LooseText, ...]
    category: Category
    topics: Annotated[tuple[str, ...], Field(min_length=1, max_length=3)]
    needs: Annotated[tuple[str, ...], Field(max_length=4)]
    askers: tuple[str, ...]
    operator: Text
    offers: Text
    audience: Text | None
    conditions: Text | None
    numbers: LooseText | None
    desk: str | None
    other_desks: tuple[str, ...]
    desk_basis: DeskBasis
    contact: LooseText | None
    url: str | None
    url_note: Text | None
    status: Status
    status_note: Text | None
    successor: str | None
    rounds: tuple[Round, ...]
    sources: Annotated[tuple[ProgrammeSource, ...], Field(min_length=1)]
    reviewed_on: date
    review_on: date

    @property
    def source(self) -> Source:
        """The source to show beside the programme: the first one."""
        return self.sources[0].source

    @property
    def cited(self) -> tuple[Source, ...]:
        """All sources as they are shown."""
        return tuple(source.source for source in self.sources)

    def rounds_note(self, day: date) -> str | None:
        """One sentence on the calls for applications; ``None`` where there are none.

        An open call is named before a coming one, that before "closed, next not announced".
        """
        for state in CALL_WORDING:
            for call in self.rounds:
                if call.state_on(day) == state:
                    return self._call_note(call, state)
        if not self.rounds:
            return None
        last = max(self.rounds, key=lambda call: call.closes_on or date.min)
        return say("programmes.rounds_closed", name=last.name, as_of=self._as_of)

    @property
    def _as_of(self) -> str:
        day = self.reviewed_on
        return f"{day.year}年{day.month}月{day.day}日"

    def _call_note(self, call: Round, state: RoundState) -> str:
        opens = japanese_date(call.opens_on) if call.opens_on else ""
        closes = japanese_date(call.closes_on) if call.closes_on else ""
        key = NO_END if state == "open" and not closes else CALL_WORDING[state]
        return say(key, name=call.name, opens=opens, closes=closes, as_of=self._as_of)

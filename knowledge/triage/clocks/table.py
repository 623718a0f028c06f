"""Decides what a valid table of periods looks like; computes no date and opens no file."""

from datetime import date
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from knowledge.errors import ContentError
from knowledge.sources import Source
from knowledge.triage.clocks.periods import Unit

RuleRight = Literal[
    "patents", "utility_models", "designs", "trademarks", "plant_varieties", "all", "none"
]
Residence = Literal["japan", "abroad", "any"]
Count = Literal["period", "annuity", "term"]
Shift = Literal["yes", "no", "unconfirmed"]
Role = Literal[
    "filing",
    "priority",
    "drafting",
    "dispatch",
    "dated",
    "receipt",
    "service",
    "gazette",
    "registration",
    "end",
    "late_end",
    "till",
    "disclosure",
    "discovery",
    "paid",
    "unrelated",
    "other",
]
"""The part a day plays in what a visitor tells (`knowledge/triage/date_roles.py`)."""

INDUSTRIAL = frozenset({"patents", "utility_models", "designs", "trademarks"})
"""The rights a rule for `all` means."""

DEFAULT = "default"
"""The variant of a rule that holds when nothing special is known."""


class Shape(BaseModel):
    """Frozen, and a misspelt key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Period(Shape):
    """A length of time; `count_first` where the text counts the event day itself."""

    unit: Unit
    length: int = Field(gt=0)
    count_first: bool = False


class Statement(Shape):
    """A sentence and whether an official page was seen for it."""

    text: str
    confirmed: bool


class Extension(Statement):
    """What may be added to the period before it ends; each step joins the one before."""

    steps: tuple[Period, ...] = ()


class Late(Statement):
    """The window after the end; it starts from the shifted end."""

    period: Period


class Rule(Shape):
    """One row: which period one event starts for one right and one residence.

    `period` is null where none exists (the notes say so) and for annuities, whose length is the
    years paid. `part` names one of several periods of an event (`label` in words), `when` the
    variants it holds for.
    """

    rights: tuple[RuleRight, ...] = Field(min_length=1)
    residence: Residence = "any"
    part: str | None = None
    label: str | None = None
    when: tuple[str, ...] = (DEFAULT,)
    start: str | None = None
    period: Period | None = None
    count: Count = "period"
    first_year: int | None = None
    also: Period | None = None
    opens_months: int | None = None
    shift: Shift = "yes"
    extension: Extension | None = None
    late: Late | None = None
    fees: Statement | None = None
    rescue: Statement | None = None
    note: tuple[str, ...] = ()
    confirmed: bool
    source: Source
    valid_from: date | None
    valid_to: date | None

    @property
    def has_period(self) -> bool:
        """Whether this row can lead to a date at all."""
        return self.period is not None or self.count == "annuity"

    def holds(self, on: date) -> bool:
        """Whether the row was in force on the day the period started."""
        return (self.valid_from or on) <= on <= (self.valid_to or on)

    @model_validator(mode="after")
    def _period_needs_a_start(self) -> Self:
        if self.has_period and self.start is None:
            raise ValueError("a period needs the day it starts from (start)")
        if self.count == "annuity" and self.first_year is None:
            raise ValueError("an annuity needs the years paid at registration (first_year)")
        return self


class Event(Shape):
    """Something that happened, and the rows that follow from it."""

    name: str
    novelty: bool = False
    note: tuple[str, ...] = ()
    rules: tuple[Rule, ...] = Field(min_length=1)


class Start(Shape):
    """The day a period starts from: its name, what overrides our date, how to find it.

    `roles` are the days of a message that may be it, the best first; `other` is a day unexplained.
    """

    label: str
    authority: str
    hint: str | None = None
    roles: tuple[Role, ...] = Field(min_length=1)


class Thresholds(Shape):
    """How near a last day raises the urgency, in calendar days, and why."""

    urgent_days: int = Field(ge=0)
    soon_days: int = Field(ge=0)
    reason: str


class Fact(Shape):
    """A row of the handbook that starts no period anybody could work out here."""

    rights: tuple[RuleRight, ...]
    text: str
    confirmed: bool
    source: Source
    valid_from: date | None
    valid_to: date | None


class Wording(Shape):
    """The sentences around a date; placeholders in braces."""

    statement: str
    who: str
    unshifted: str
    overdue: str
    opens: str
    period_only: str
    period_first: str
    years_paid: str
    also: str
    receipt_only: str
    residence: str
    stated: str
    unconfirmed: str
    unconfirmed_shift: str
    no_rule: str
    not_held: str
    extended: str
    late: str
    check: str
    basis: dict[str, str]
    units: dict[Unit, str]


class ClockTable(Shape):
    """The whole reviewed table (`knowledge/content/clocks.yml`)."""

    reviewed_on: date
    review_on: date
    thresholds: Thresholds
    right_names: dict[str, str]
    starts: dict[str, Start]
    wording: Wording
    events: dict[str, Event]
    facts: dict[str, Fact]

    @model_validator(mode="after")
    def _starts_are_known(self) -> Self:
        for event_id, event in self.events.items():
            for rule in event.rules:
                if rule.start is not None and rule.start not in self.starts:
                    raise ValueError(f"events.{event_id}: unknown start {rule.start!r}")
        return self


def parse_table(raw: object) -> ClockTable:
    """Check the parsed YAML; raises ContentError with every finding, path first."""
    try:
        return ClockTable.model_validate(raw)
    except ValidationError as error:
        found = (
            f"clocks.yml {'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()
        )
        raise ContentError("\n".join(found)) from error

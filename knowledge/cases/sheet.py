"""What a case sheet (相談票) holds: values only; who may see or change it is decided elsewhere."""

import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from knowledge.sources import Source

ContactKind = Literal["message", "callback", "mail"]
"""How the visitor wants the answer: in the thread, by phone, by e-mail."""


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Reason(_Value):
    """A rule that led to the desk, said in Japanese."""

    rule: str
    text: str


class SheetDesk(_Value):
    """Where the case goes. ``office_id`` is what staff rights are about (``desk`` or
    ``desk/JIS``); ``office`` is the office's own name where known."""

    id: str
    name: str
    office: str | None = None
    office_id: str


class SheetProgramme(_Value):
    """A programme that was shown, and why."""

    id: str
    name: str
    why: str
    status: str
    source: Source


class SheetArticle(_Value):
    """An article that was shown."""

    id: str
    title: str


class SheetDeadline(_Value):
    """A last day that follows from the dates given; ``unshifted`` is the safe one."""

    date: datetime.date
    unshifted: datetime.date
    basis: str
    rule: str
    if_right: str | None = None


class Contact(_Value):
    """What the visitor left so that she can be reached; never in logs, never in the inbox list."""

    name: str | None = Field(default=None, max_length=100)
    mail: str | None = Field(default=None, max_length=254)
    phone: str | None = Field(default=None, max_length=30)
    wish: ContactKind | None = None
    when: str | None = Field(default=None, max_length=100)


class CaseSheet(_Value):
    """The whole sheet, as the visitor and the desk read it.

    ``topics`` stand in the order in which they should be solved. ``inquiry`` is the visitor's own
    words; ``facts`` are the public ``entities`` of a triage. ``opponents`` are names of other
    parties; only their keyed hashes leave the sheet.
    """

    topics: tuple[str, ...] = ()
    inquiry: str = ""
    wish: str = ""
    need: str | None = None
    asker: str | None = None
    confidence: float = 0.0
    judgement_or_drafting: bool = False
    facts: dict[str, Any] = Field(default_factory=dict)
    prefecture: str | None = None
    urgency: Literal["normal", "soon", "urgent"] = "normal"
    deadlines: tuple[SheetDeadline, ...] = ()
    programmes: tuple[SheetProgramme, ...] = ()
    articles: tuple[SheetArticle, ...] = ()
    desk: SheetDesk
    other_desks: tuple[SheetDesk, ...] = ()
    reasons: tuple[Reason, ...] = ()
    company: str | None = None
    opponents: tuple[str, ...] = ()
    contact: Contact = Contact()
    corrected: tuple[str, ...] = ()
    basis: dict[str, Any] = Field(default_factory=dict)

    def public(self) -> "CaseSheet":
        """The sheet as it is shown."""
        return self.model_copy(update={"basis": {}})


class SheetChanges(BaseModel):
    """What a visitor may correct; a key that is absent stays as it is, ``null`` empties it."""

    model_config = ConfigDict(extra="forbid")

    topics: list[str] | None = Field(default=None, min_length=1, max_length=6)
    inquiry: str | None = Field(default=None, max_length=5000)
    wish: str | None = Field(default=None, max_length=2000)
    prefecture: str | None = None
    company: str | None = Field(default=None, max_length=200)
    opponents: list[str] | None = Field(default=None, max_length=10)
    employees: int | None = Field(default=None, ge=0, le=10_000_000)
    capital_yen: int | None = Field(default=None, ge=0, le=10**15)
    rights: list[str] | None = Field(default=None, max_length=5)
    contact: Contact | None = None
    keep: bool = Field(default=False, description="send although the guard stopped it")

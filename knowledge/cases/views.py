"""What the visitor sees of her own case: the JSON of ``/cases/{reference}``."""

import datetime
from typing import Any, Literal

from pydantic import BaseModel

from knowledge.cases.models import Case
from knowledge.cases.service import sheet_of
from knowledge.cases.sheet import (
    Contact,
    Reason,
    SheetArticle,
    SheetDeadline,
    SheetDesk,
    SheetProgramme,
)
from knowledge.conversations.views import MessageView

PUBLIC_STATES: dict[str, str] = {"held": "queued"}
"""A visitor is not told that a conflict is being looked at: it would tell of the other party."""


class Section(BaseModel):
    """One part of the sheet as it is written on paper."""

    heading: str
    lines: list[str]


class CaseView(BaseModel):
    """The sheet, where it stands, and what was said. ``version`` goes back with corrections;
    ``sections`` is the same sheet in words."""

    reference: str
    state: Literal["draft", "new", "queued", "active", "pending", "closed", "merged"]
    version: int
    created_at: datetime.datetime
    last_at: datetime.datetime
    confirmed_at: datetime.datetime | None
    topics: list[str]
    inquiry: str
    wish: str
    need: str | None
    asker: str | None
    judgement_or_drafting: bool
    facts: dict[str, Any]
    prefecture: str | None
    urgency: Literal["normal", "soon", "urgent"]
    deadlines: list[SheetDeadline]
    programmes: list[SheetProgramme]
    articles: list[SheetArticle]
    desk: SheetDesk
    other_desks: list[SheetDesk]
    reasons: list[Reason]
    company: str | None
    opponents: list[str]
    contact: Contact
    corrected: list[str]
    merged_into: str | None = None
    owner: Literal["bot", "queue", "staff"] = "bot"
    position: int | None = None
    open_now: bool | None = None
    next_open_at: datetime.datetime | None = None
    sections: list[Section] = []
    messages: list[MessageView] = []


def case_view(case: Case, **more: Any) -> CaseView:
    """A case as its visitor sees it; ``more`` are the fields that stand elsewhere."""
    sheet = sheet_of(case)
    fields = {name: getattr(sheet, name) for name in type(sheet).model_fields if name != "basis"}
    for name in ("confidence",):
        fields.pop(name)
    values = {
        "reference": case.reference,
        "state": PUBLIC_STATES.get(case.state, case.state),
        "version": case.version,
        "created_at": case.created_at,
        "last_at": case.last_at,
        "confirmed_at": case.confirmed_at,
        "merged_into": case.merged_into,
        **fields,
        **more,
    }
    return CaseView.model_validate(values, from_attributes=True)

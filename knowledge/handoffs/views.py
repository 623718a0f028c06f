"""What staff see of cases: values only, as the console and the API show them."""

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from knowledge.cases.sheet import CaseSheet
from knowledge.conversations.views import MessageView

State = Literal["draft", "new", "queued", "held", "active", "pending", "closed", "merged"]
"""``draft`` only the visitor sees it · ``new`` confirmed, nobody asked for a person yet ·
``queued`` waits for a person · ``held`` conflict check (rule C4) · ``active`` a person speaks ·
``pending`` a person waits for the visitor or will answer later · ``closed`` · ``merged``."""

OPEN_STATES: tuple[State, ...] = ("new", "queued", "held", "active", "pending")

Outcome = Literal[
    "answered", "guided", "expert", "other_desk", "booked", "no_reply", "withdrawn", "out_of_scope"
]
"""How a case ended: advice given · shown where to go · expert brought in · other desk took it ·
a meeting was booked · the visitor did not come back · withdrawn · not our business."""

Urgency = Literal["urgent", "soon", "normal"]


class _View(BaseModel):
    model_config = ConfigDict(frozen=True)


class Row(_View):
    """One line of an inbox. ``waiting_since`` is the moment from which somebody waits for us,
    ``None`` where nobody does; ``conflict`` says that names of the parties met (no name shown)."""

    reference: str
    conversation_id: str | None
    state: State
    desk: str
    office: str
    prefecture: str | None
    channel: str
    topic: str
    urgency: Urgency
    due_on: date | None
    assignee: str | None
    assignee_name: str | None
    waiting_since: datetime | None
    last_at: datetime
    created_at: datetime
    labels: tuple[str, ...] = ()
    unread: int = 0
    raised: bool = False
    conflict: bool = False


class Page(_View):
    """A page of an inbox; ``next`` is the cursor of the following one."""

    items: tuple[Row, ...]
    next: str | None = None


class EventView(_View):
    """One event of the thread of a handoff. ``note`` is the reason staff gave."""

    id: int
    kind: str
    at: datetime
    actor_kind: str
    actor_name: str
    office: str
    detail: dict[str, Any] = {}
    note: str | None = None


class NoteView(_View):
    """A note inside the desk; the visitor never sees it."""

    id: int
    at: datetime
    author_id: str
    author_name: str
    text: str


class Suggestion(_View):
    """A programme or article that staff may insert with its source."""

    kind: Literal["programme", "article"]
    id: str
    title: str
    why: str
    url: str | None = None


class CaseFile(_View):
    """Everything on one case that a member of staff of its office may see.

    ``owner`` is who speaks now; ``messages`` the transcript without the visitor's secrets (codes);
    ``last_seq`` is what ``close`` wants back as ``seen_seq``.
    """

    row: Row
    sheet: CaseSheet
    version: int
    owner: Literal["bot", "queue", "staff"]
    accelerated: bool
    messages: tuple[MessageView, ...]
    last_seq: int
    events: tuple[EventView, ...]
    notes: tuple[NoteView, ...]
    earlier: tuple[Row, ...]
    suggestions: tuple[Suggestion, ...]
    draft: str
    outcome: str | None
    survey: Literal["none", "invited", "answered"]
    proposed_office: str | None = None


class Requested(_View):
    """The answer to the wish for a person. ``position`` counts from 1 (1 = next); ``None`` while
    the case is held or a person already speaks. ``next_open_at`` is ``None`` while it is open.
    ``wait_minutes`` is the median of recent waits, ``None`` where we do not know. ``code`` is
    given once, when the case is made."""

    reference: str
    code: str | None
    position: int | None
    open_now: bool
    closes_at: datetime | None
    next_open_at: datetime | None
    wait_minutes: int | None
    owner: Literal["bot", "queue", "staff"]


class OutcomeFacts(_View):
    """The outcome-hearing items (DUTIES.md I2); left out for 加速的支援 (I3)."""

    sales: Literal["up", "same", "down", "unknown"] | None = None
    profit: Literal["up", "same", "down", "unknown"] | None = None
    investment: Literal["made", "planned", "none", "unknown"] | None = None
    organisation: Literal["built", "planned", "none", "unknown"] | None = None
    comment: str | None = None


class Closed(_View):
    """``reopened`` is true where the visitor had written something staff had not seen."""

    reference: str
    reopened: bool

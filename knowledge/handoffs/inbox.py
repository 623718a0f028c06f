"""Lists cases for staff: by place, state, urgency, label and search, page by page.

Texts are encrypted and not searched: a search finds reference numbers, labels and companies (by
the keyed hash of the name). Pages are cut by the last line's keys, so that a list of 120,000 cases
costs the same on every page.
"""

import base64
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, literal, tuple_
from sqlalchemy.orm import defer
from sqlmodel import Session, and_, col, func, or_, select

from knowledge.cases.models import Case
from knowledge.cases.parties import known_hash
from knowledge.errors import FieldProblem, InvalidInputError
from knowledge.handoffs.models import Label
from knowledge.handoffs.rows import URGENCIES, rows_of
from knowledge.handoffs.views import OPEN_STATES, Page, State
from knowledge.staff.actor import Actor
from knowledge.text import normalise
from knowledge.wording import say

Sort = Literal["waiting", "recent", "due"]
MOST = 100
_REFERENCE = re.compile(r"K\d")
"""How a reference number begins; labels that begin so are found by their own filter."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What to list. ``states`` empty means all but drafts; ``desk`` covers its offices; ``q`` is a
    reference (or its beginning), a label or a company's name. ``sort``: ``waiting`` by urgency and
    waiting time, ``recent`` newest first, ``due`` by last day (only cases that have one)."""

    desk: str | None = None
    office: str | None = None
    states: Sequence[State] = OPEN_STATES
    urgency: str | None = None
    label: str | None = None
    assignee: str | None = None
    company: str | None = None
    q: str | None = None
    sort: Sort = "waiting"
    since: datetime | None = field(default=None)


def list_cases(
    *,
    session: Session,
    actor: Actor,
    now: datetime,
    filters: Filters | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Page:
    """A page of the cases the actor may see, in the order asked for.

    Raises:
        InvalidInputError: the cursor is none of ours.
    """
    wanted = filters or Filters()
    size = max(1, min(limit, MOST))
    lines = select(Case).options(defer(Case.sheet, raiseload=True))  # type: ignore[arg-type]
    statement = _ordered(_filtered(lines, session, actor, wanted), wanted.sort)
    if cursor is not None:
        statement = statement.where(_after(wanted.sort, _read(cursor)))
    found = list(session.execute(statement.limit(size + 1)).scalars())
    page = found[:size]
    following = _cursor(page[-1], wanted.sort) if len(found) > size else None
    return Page(items=rows_of(session, page), next=following)


def counts(*, session: Session, actor: Actor) -> dict[str, int]:
    """How many open cases the actor may see, by state."""
    statement = (
        select(Case.state, func.count())
        .where(_seen(actor), col(Case.state).in_(OPEN_STATES))
        .group_by(Case.state)
    )
    return {row[0]: row[1] for row in session.execute(statement)}


def stamp(*, session: Session) -> tuple[int, str]:
    """What changes whenever any case does: for pages that look again."""
    row = session.execute(
        select(Case.last_at, Case.reference, Case.unread)
        .order_by(col(Case.last_at).desc(), col(Case.reference).desc())
        .limit(1)
    ).first()
    return (row[2], f"{row[0].isoformat()} {row[1]}") if row is not None else (0, "")


def _filtered(
    statement: Select[Any], session: Session, actor: Actor, wanted: Filters
) -> Select[Any]:
    conditions = [_seen(actor), *_in_states(actor, wanted.states)]
    if wanted.office:
        conditions.append(col(Case.office) == wanted.office)
    if wanted.desk:
        conditions.append(col(Case.desk) == wanted.desk)
    if wanted.urgency in URGENCIES:
        conditions.append(col(Case.rank) == URGENCIES.index(wanted.urgency))
    if wanted.assignee:
        conditions.append(col(Case.assignee) == wanted.assignee)
    if wanted.since is not None:
        conditions.append(col(Case.created_at) >= wanted.since)
    if wanted.company:
        conditions.append(col(Case.company_hash) == wanted.company)
    if wanted.label:
        conditions.append(_labelled(col(Label.label) == wanted.label))
    if wanted.q and wanted.q.strip():
        conditions.append(_searched(session, wanted.q))
    return statement.where(*conditions)


def _seen(actor: Actor) -> ColumnElement[bool]:
    """Need-to-know: own offices only; held cases only where the actor manages; no drafts."""
    shown = col(Case.state) != "draft"
    if actor.kind == "system":
        return shown
    managed = [office for office in actor.offices if actor.has_at("manager", office)]
    place: Any = col(Case.office)
    if len(actor.offices) > 1:
        # Of several offices a page is found by walking along the order of the list; left to
        # itself the database collects every case of every office and sorts them all.
        place = place.concat("")
    own = place.in_(sorted(actor.offices))
    held = or_(col(Case.state) != "held", place.in_(sorted(managed)))
    return and_(shown, own, held)


def _in_states(actor: Actor, states: Sequence[State]) -> list[ColumnElement[bool]]:
    """Several open states at several offices: walked along the index of all open cases."""
    if not states:
        return []
    if len(states) == 1:
        return [col(Case.state) == states[0]]
    if len(actor.offices) <= 1 or not set(states) <= set(OPEN_STATES):
        return [col(Case.state).in_(states)]
    plain: Any = col(Case.state)
    return [col(Case.ongoing).is_(True), plain.concat("").in_(states)]


def _labelled(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return col(Case.reference).in_(select(Label.reference).where(condition))


def _searched(session: Session, q: str) -> ColumnElement[bool]:
    words = normalise(q)[:200]
    plain = words.upper().replace(" ", "").replace("ー", "-")
    if _REFERENCE.match(plain):
        return and_(col(Case.reference) >= plain, col(Case.reference) < plain + "\uffff")
    company = known_hash(session, words)
    labelled = _labelled(col(Label.label) == words)
    return or_(labelled, col(Case.company_hash) == company) if company else labelled


def _ordered(statement: Select[Any], sort: Sort) -> Select[Any]:
    if sort == "recent":
        return statement.order_by(col(Case.last_at).desc(), col(Case.reference).desc())
    if sort == "due":
        return statement.where(col(Case.due_on).is_not(None)).order_by(
            col(Case.due_on), col(Case.reference)
        )
    # Those who came in the same instant stand in the order of the queue.
    return statement.order_by(col(Case.rank), col(Case.since), _number(), col(Case.reference))


def _number() -> ColumnElement[int]:
    """The number in the queue; 0 for what does not queue."""
    return func.coalesce(col(Case.queue_no), 0)


def _after(sort: Sort, last: list[Any]) -> ColumnElement[bool]:
    """Everything behind the last line of the page before, compared as one row of keys."""
    keys: tuple[Any, ...] = (col(Case.rank), col(Case.since), _number())
    read: tuple[Callable[[Any], Any], ...] = (int, datetime.fromisoformat, int, str)
    if sort == "recent":
        keys, read = (col(Case.last_at),), (datetime.fromisoformat, str)
    if sort == "due":
        keys, read = (col(Case.due_on),), (date.fromisoformat, str)
    keys = (*keys, col(Case.reference))
    try:
        values = [make(value) for make, value in zip(read, last, strict=True)]
    except (TypeError, ValueError):
        raise _bad_cursor() from None
    bound = tuple_(*(literal(v, type_=k.type) for k, v in zip(keys, values, strict=True)))
    return tuple_(*keys) < bound if sort == "recent" else tuple_(*keys) > bound


def _cursor(last: Case, sort: Sort) -> str:
    keys: list[Any] = [last.rank, last.since.isoformat(), last.queue_no or 0, last.reference]
    if sort == "recent":
        keys = [last.last_at.isoformat(), last.reference]
    if sort == "due":
        keys = [last.due_on.isoformat() if last.due_on else "", last.reference]
    return base64.urlsafe_b64encode(json.dumps(keys).encode()).decode()


def _read(cursor: str) -> list[Any]:
    try:
        keys = json.loads(base64.urlsafe_b64decode(cursor.encode()))
    except ValueError:
        raise _bad_cursor() from None
    if not isinstance(keys, list):
        raise _bad_cursor()
    return keys


def _bad_cursor() -> InvalidInputError:
    return InvalidInputError(fields=(FieldProblem("cursor", say("errors.bad_field")),))

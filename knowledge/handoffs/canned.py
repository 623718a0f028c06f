"""Texts staff use again, with blanks filled from the case; managers write them."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from knowledge.audit import service as audit
from knowledge.clock import japanese_date
from knowledge.errors import FieldProblem, InvalidInputError, NotAllowedError, NotFoundError
from knowledge.handoffs import telling
from knowledge.handoffs.models import CannedText
from knowledge.handoffs.views import CaseFile
from knowledge.staff.actor import Actor
from knowledge.text import strip_controls
from knowledge.wording import say

VARIABLES = ("受付番号", "窓口", "話題", "会社", "お名前", "担当", "今日")
"""What may stand in ``{…}``; anything else in braces is refused when the text is written."""
LONGEST = 3000
_BLANK = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Canned:
    """One text; ``office`` is empty where every office has it."""

    id: str
    office: str
    title: str
    body: str


def texts(*, session: Session, actor: Actor) -> tuple[Canned, ...]:
    """The texts of the actor's offices and those of all, by title."""
    offices = ["", *sorted(actor.offices)]
    rows = session.exec(
        select(CannedText).where(col(CannedText.office).in_(offices)).order_by(CannedText.title)
    )
    return tuple(Canned(row.id, row.office, row.title, row.body) for row in rows)


def put(
    *,
    session: Session,
    title: str,
    body: str,
    actor: Actor,
    now: datetime,
    office: str = "",
    id_: str | None = None,
) -> Canned:
    """Write a text, new or in place of one.

    Raises:
        NotAllowedError: the actor does not manage the office (any office for a text of all).
        NotFoundError: no text of this id. InvalidInputError: empty, too long, an unknown blank.
    """
    _check_manager(actor, office)
    words, heading = strip_controls(body).strip(), strip_controls(title).strip()
    _check(heading, words)
    row = session.get(CannedText, id_) if id_ else None
    if id_ and row is None:
        raise NotFoundError
    if row is not None:
        _check_manager(actor, row.office)
    row = row or CannedText(
        id=secrets.token_urlsafe(9), title="", body="", updated_at=now, updated_by=actor.id
    )
    row.office, row.title, row.body = office, heading, words
    row.updated_at, row.updated_by = now, actor.id
    session.add(row)
    _audit(session, actor, "canned.written", row.id, now)
    session.flush()
    return Canned(row.id, row.office, row.title, row.body)


def remove(*, session: Session, id_: str, actor: Actor, now: datetime) -> None:
    """Delete a text.

    Raises:
        NotFoundError: there is none. NotAllowedError: the actor does not manage its office.
    """
    row = session.get(CannedText, id_)
    if row is None:
        raise NotFoundError
    _check_manager(actor, row.office)
    session.delete(row)
    _audit(session, actor, "canned.removed", id_, now)
    session.flush()


def fill(body: str, file: CaseFile, actor: Actor, now: datetime) -> str:
    """The text with its blanks filled; what the case does not know stays a visible 「＿＿」."""
    values = _values(file, actor, now)
    return _BLANK.sub(lambda found: values.get(found[1]) or "＿＿", body)


def _values(file: CaseFile, actor: Actor, now: datetime) -> Mapping[str, str | None]:
    values = (
        file.row.reference,
        telling.place_name(file.sheet.desk),
        say(f"topics.{file.row.topic}"),
        file.sheet.company,
        file.sheet.contact.name,
        actor.name,
        japanese_date(now.date()),
    )
    return dict(zip(VARIABLES, values, strict=True))


def _check(title: str, body: str) -> None:
    unknown = [name for name in _BLANK.findall(body) if name not in VARIABLES]
    if not title or not body or len(body) > LONGEST or len(title) > 100:
        reason = say("handoff.canned_length", most=LONGEST)
        raise InvalidInputError(fields=(FieldProblem("body", reason),))
    if unknown:
        known = "".join(f"{{{name}}}" for name in VARIABLES)
        reason = say("handoff.canned_blank", names="、".join(unknown), known=known)
        raise InvalidInputError(fields=(FieldProblem("body", reason),))


def _check_manager(actor: Actor, office: str) -> None:
    allowed = actor.has_at("manager", office) if office else actor.has("manager")
    if actor.kind != "system" and not allowed:
        raise NotAllowedError


def _audit(session: Session, actor: Actor, action: str, id_: str, now: datetime) -> None:
    audit.record(session=session, actor=actor, action=action, subject=f"canned:{id_}", now=now)

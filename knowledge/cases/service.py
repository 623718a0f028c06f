"""Opens, finds, corrects and deletes cases; who works on one is ``knowledge.handoffs``' affair.

A case is opened from what the conversation knows; only the visitor sees it until she confirms it.
A reference alone opens nothing: it takes the case's code, kept as a hash.
"""

import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete
from sqlmodel import Session, col, select

from knowledge.audit import service as audit
from knowledge.cases import checks, drafting
from knowledge.cases.models import Case, Party
from knowledge.cases.parties import party_hash
from knowledge.cases.references import new_code, new_reference, read_code, read_reference
from knowledge.cases.sheet import CaseSheet, SheetChanges
from knowledge.catalogue import current
from knowledge.conversations.models import Conversation
from knowledge.conversations.state import State
from knowledge.errors import ConflictError, NotFoundError
from knowledge.staff.actor import Actor
from knowledge.wording import say

RANKS = {"urgent": 0, "soon": 1, "normal": 2}
MOVABLE = frozenset({"draft", "new"})
"""States in which a correction of topic or place also changes the desk; later staff decide."""
MOST_TRIES = 50


@dataclass(frozen=True, slots=True)
class Opened:
    """A case and, where it was made just now, its code: shown once, kept only as a hash."""

    case: Case
    code: str | None = None


def open_draft(
    *, session: Session, conversation: Conversation, actor: Actor, now: datetime
) -> Opened:
    """The case of a conversation; made where there is none, brought up to date while a draft.

    The conversation's row must be locked by the caller.
    """
    fresh = _drafted(session, conversation, now)
    case = by_conversation(session=session, conversation_id=conversation.id)
    if case is not None:
        if case.state == "draft" and fresh != sheet_of(case):
            sheet = sheet_of(case)
            if not sheet.corrected:
                store_sheet(session, case, drafting.refresh(sheet, fresh), now=now)
        return Opened(case)
    code = new_code()
    case = Case(
        reference=_free_reference(session, now),
        conversation_id=conversation.id,
        channel=conversation.channel,
        code_hash=_hash(code),
        desk=fresh.desk.id,
        office=fresh.desk.office_id,
        topic=fresh.topics[0],
        sheet="",
        since=now,
        created_at=now,
        last_at=now,
    )
    store_sheet(session, case, fresh, now=now)
    _audit(session, actor, "case.opened", case, now)
    return Opened(case, code)


def by_conversation(*, session: Session, conversation_id: str) -> Case | None:
    """The case of a conversation, if one was opened."""
    return session.exec(select(Case).where(Case.conversation_id == conversation_id)).first()


def with_code(*, session: Session, reference: str, code: str) -> Case:
    """The case that a reference and its code open.

    Raises:
        NotFoundError: unknown reference, wrong code, deleted case: told apart by nobody.
    """
    read = read_reference(reference)
    case = session.get(Case, read) if read is not None else None
    expected = case.code_hash if case is not None else _hash("")
    if not hmac.compare_digest(expected, _hash(read_code(code))) or case is None:
        raise NotFoundError
    return case


def renew_code(*, session: Session, case: Case, actor: Actor, now: datetime) -> str:
    """A new code in place of the old one, which opens nothing from now on."""
    code = new_code()
    case.code_hash = _hash(code)
    session.add(case)
    _audit(session, actor, "case.code_renewed", case, now)
    return code


def sheet_of(case: Case) -> CaseSheet:
    """The sheet as stored."""
    return CaseSheet.model_validate_json(case.sheet)


def amend(
    *,
    session: Session,
    case: Case,
    changes: SheetChanges,
    actor: Actor,
    now: datetime,
    version: int | None = None,
) -> Case:
    """Work the visitor's corrections into her sheet.

    ``version`` is the one she saw; ``None`` skips the check.

    Raises:
        ConflictError: the sheet was changed meanwhile. InvalidInputError: a field is not usable,
        or looks like something that should not be written here.
    """
    if version is not None and version != case.version:
        raise ConflictError(say("cases.changed_meanwhile"))
    catalogue = current(session=session)
    checked = checks.check(changes, catalogue)
    sheet = drafting.rework(sheet_of(case), checked, catalogue=catalogue, now=now)
    if case.state not in MOVABLE:
        sheet = sheet.model_copy(update={"desk": sheet_of(case).desk})
    store_sheet(session, case, sheet, now=now)
    fields = sorted(changes.model_dump(exclude_unset=True))
    _audit(session, actor, "case.corrected", case, now, fields=fields)
    return case


def store_sheet(session: Session, case: Case, sheet: CaseSheet, *, now: datetime) -> None:
    """Write a sheet and what lists and checks need of it."""
    case.sheet = json.dumps(sheet.model_dump(mode="json"), ensure_ascii=False)
    case.version += 1
    case.desk, case.office = sheet.desk.id, sheet.desk.office_id
    case.prefecture, case.topic = sheet.prefecture, sheet.topics[0]
    case.rank = min(RANKS[sheet.urgency], 0 if case.raised else 2)
    case.due_on = min((one.unshifted for one in sheet.deadlines), default=None)
    case.company_hash = party_hash(session, sheet.company) if sheet.company else None
    case.last_at = now
    session.add(case)
    session.flush()
    _store_parties(session, case, sheet)


def remembered(conversation: Conversation) -> State:
    """What the dialogue knew after its last answer."""
    return State.model_validate_json(conversation.memory) if conversation.memory else State()


def _drafted(session: Session, conversation: Conversation, now: datetime) -> CaseSheet:
    return drafting.draft(
        state=remembered(conversation),
        catalogue=current(session=session),
        now=now,
        place=conversation.prefecture,
    )


def _store_parties(session: Session, case: Case, sheet: CaseSheet) -> None:
    session.execute(delete(Party).where(col(Party.reference) == case.reference))
    if case.company_hash is not None:
        session.add(Party(reference=case.reference, role="own", hash=case.company_hash))
    for name in sheet.opponents:
        hash_ = party_hash(session, name)
        if hash_ is not None:
            session.add(Party(reference=case.reference, role="other", hash=hash_))
    session.flush()


def _free_reference(session: Session, now: datetime) -> str:
    for _ in range(MOST_TRIES):
        reference = new_reference(now.date())
        if session.get(Case, reference) is None:
            return reference
    raise RuntimeError("no free reference number was found")


def _hash(code: str) -> str:
    return hashlib.sha256(f"madoguchi case {read_code(code)}".encode()).hexdigest()


def _audit(
    session: Session, actor: Actor, action: str, case: Case, now: datetime, **detail: object
) -> None:
    audit.record(
        session=session,
        actor=actor,
        action=action,
        subject=f"case:{case.reference}",
        now=now,
        detail=detail,
    )

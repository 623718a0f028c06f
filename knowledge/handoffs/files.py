"""One case with everything a member of staff needs beside the chat; each look is audited."""

from datetime import datetime

from sqlmodel import Session, col, select

from knowledge.audit import service as audit
from knowledge.cases.models import Case
from knowledge.cases.service import sheet_of
from knowledge.cases.sheet import CaseSheet
from knowledge.catalogue import current
from knowledge.conversations import ownership
from knowledge.conversations.models import Message
from knowledge.conversations.views import MessageView, view_for_staff
from knowledge.errors import NotFoundError
from knowledge.handoffs import access, events
from knowledge.handoffs.drafts import draft_of
from knowledge.handoffs.models import Note
from knowledge.handoffs.rows import row_of, rows_of
from knowledge.handoffs.speaking import note_view
from knowledge.handoffs.views import CaseFile, NoteView, Row, Suggestion
from knowledge.staff.actor import Actor

MOST_EARLIER = 10


def read(*, session: Session, reference: str, actor: Actor, now: datetime) -> CaseFile:
    """Everything on a case; who has it has read what the visitor wrote. It writes the audit line,
    so it needs a writing transaction.

    Raises:
        NotFoundError: not to be seen.
    """
    case, _ = access.open_case(session, reference, actor)
    if case.assignee == actor.id and case.unread:
        case.unread = 0
        session.add(case)
    audit.record(
        session=session,
        actor=actor,
        action="case.read",
        subject=f"case:{case.reference}",
        now=now,
    )
    return _file(session, case, actor)


def look(*, session: Session, reference: str, actor: Actor) -> CaseFile:
    """As ``read`` for a page that shows the case already and looks again: nothing is written.

    Raises:
        NotFoundError: not to be seen (any more).
    """
    case = session.get(Case, reference)
    if case is None or not access.may_see(case, actor):
        raise NotFoundError
    return _file(session, case, actor)


def earlier(*, session: Session, case: Case, actor: Actor) -> tuple[Row, ...]:
    """Other cases of the same company that the actor may see, newest first."""
    if case.company_hash is None:
        return ()
    rows = session.exec(
        select(Case)
        .where(Case.company_hash == case.company_hash, Case.reference != case.reference)
        .order_by(col(Case.last_at).desc())
        .limit(MOST_EARLIER * 3)
    )
    seen = [row for row in rows if access.may_see(row, actor)]
    return rows_of(session, seen[:MOST_EARLIER])


def _file(session: Session, case: Case, actor: Actor) -> CaseFile:
    sheet = sheet_of(case)
    messages = _transcript(session, case.conversation_id)
    owner = ownership.Ownership()
    if case.conversation_id is not None:
        owner = ownership.current(session=session, conversation_id=case.conversation_id)
    return CaseFile.model_validate(
        {
            "row": row_of(session, case),
            "sheet": sheet.public(),
            "version": case.version,
            "owner": owner.owner,
            "accelerated": case.accelerated,
            "messages": messages,
            "last_seq": messages[-1].seq if messages else 0,
            "events": events.thread_of(session, case.reference),
            "notes": _notes(session, case.reference),
            "earlier": earlier(session=session, case=case, actor=actor),
            "suggestions": _suggestions(session, sheet),
            "draft": draft_of(session, case.reference, actor),
            "outcome": case.outcome,
            "survey": case.survey,
            "proposed_office": case.proposed_office if case.conflict else None,
        }
    )


def _transcript(session: Session, conversation_id: str | None) -> tuple[MessageView, ...]:
    rows = session.exec(
        select(Message).where(Message.conversation_id == conversation_id).order_by(col(Message.seq))
    )
    return tuple(view_for_staff(row) for row in rows)


def _notes(session: Session, reference: str) -> tuple[NoteView, ...]:
    rows = session.exec(select(Note).where(Note.reference == reference).order_by(col(Note.id)))
    return tuple(note_view(row) for row in rows)


def _suggestions(session: Session, sheet: CaseSheet) -> tuple[Suggestion, ...]:
    catalogue = current(session=session)
    found = []
    for one in sheet.programmes:
        entry = catalogue.programme(one.id)
        if entry is not None:
            found.append(
                Suggestion(
                    kind="programme", id=one.id, title=entry.name, why=one.why, url=entry.url
                )
            )
    for one_ in sheet.articles:
        article = catalogue.article(one_.id)
        if article is not None:
            url = article.sources[0].url
            found.append(
                Suggestion(kind="article", id=one_.id, title=article.title, why="", url=url)
            )
    return tuple(found)

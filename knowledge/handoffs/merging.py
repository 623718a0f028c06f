"""Joins two cases of one matter: the second goes on, the first points to it and is done."""

from datetime import datetime

from sqlmodel import Session, col, select

from knowledge.cases.models import Case
from knowledge.conversations import ownership, thread
from knowledge.errors import ConflictError, NotFoundError
from knowledge.handoffs import access, events, telling, visitor
from knowledge.handoffs.models import Note
from knowledge.handoffs.rows import row_of
from knowledge.handoffs.views import Row
from knowledge.staff.actor import Actor
from knowledge.wording import say

MERGEABLE = frozenset({"new", "queued", "active", "pending", "closed"})


def merge(*, session: Session, reference: str, into: str, actor: Actor, now: datetime) -> Row:
    """Merge a case into another of the actor's: its notes move, its visitor is told the number
    that goes on, and both threads stay readable.

    Raises:
        NotFoundError: one of them is not to be seen. ConflictError: they are one and the same, or
        one of them is held, merged already, or somebody else's.
    """
    if reference == into:
        raise ConflictError(say("handoff.merge_same"))
    _lock_conversations(session, reference, into)
    opened = {one: access.open_case(session, one, actor) for one in sorted((reference, into))}
    (case, conversation), (target, _) = opened[reference], opened[into]
    if case.state not in MERGEABLE or target.state not in MERGEABLE - {"closed"}:
        raise ConflictError(say("handoff.merge_state"))
    for one in (case, target):
        if one.assignee is not None:
            access.check_mine(one, actor)
    for note in session.exec(select(Note).where(Note.reference == reference)):
        note.reference = into
        session.add(note)
    case.merged_into = into
    events.append(session, case, "merged", actor=actor, now=now, detail={"into": into})
    events.append(session, target, "labelled", actor=actor, now=now, detail={"merged": reference})
    if conversation is not None:
        ownership.change(session=session, conversation_id=conversation.id, owner="bot", now=now)
        told = (telling.said("handoff.merged", reference=into),)
        visitor.tell(session=session, conversation=conversation, replies=told, now=now)
    return row_of(session, target)


def _lock_conversations(session: Session, *references: str) -> None:
    """Both conversations in the order of their ids: two merges at once wait for each other."""
    rows = session.exec(
        select(Case.conversation_id).where(col(Case.reference).in_(references))
    ).all()
    if len(rows) != len(references):
        raise NotFoundError
    for conversation_id in sorted(id_ for id_ in rows if id_ is not None):
        thread.locked(session, conversation_id)

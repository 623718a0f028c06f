"""Closes and reopens cases: typed outcome, the outcome-hearing items, the question afterwards.

What a visitor wrote while staff closed is never lost: the case is open again at once.
"""

from datetime import datetime
from typing import get_args

from sqlmodel import Session

from knowledge.cases.models import Case, CaseOutcome
from knowledge.conversations import ownership
from knowledge.conversations.models import Conversation
from knowledge.conversations.reading import messages_after
from knowledge.errors import ConflictError, FieldProblem, InvalidInputError
from knowledge.handoffs import access, events, survey, telling, visitor
from knowledge.handoffs.rows import row_of
from knowledge.handoffs.views import Closed, Outcome, OutcomeFacts, Row
from knowledge.staff.actor import Actor
from knowledge.wording import say

CLOSABLE = frozenset({"new", "queued", "active", "pending"})


def close(
    *,
    session: Session,
    reference: str,
    outcome: Outcome,
    actor: Actor,
    now: datetime,
    facts: OutcomeFacts | None = None,
    good_case: bool = False,
    seen_seq: int | None = None,
) -> Closed:
    """Close a case with a typed outcome; closing a closed one again changes nothing.

    ``facts`` are the outcome-hearing items (DUTIES.md I2), refused for 加速的支援 (I3).
    ``seen_seq`` is the last message staff saw: where the visitor has written since, the case is
    closed and open again at once, with the same person.

    Raises:
        NotFoundError, AlreadyClaimedError: see ``access``. InvalidInputError: unknown outcome, or
        items that must not be heard. ConflictError: the case is held or merged.
    """
    case, conversation = access.open_case(session, reference, actor)
    if case.state == "closed":
        return Closed(reference=case.reference, reopened=False)
    if case.assignee is not None:
        access.check_mine(case, actor)
    _check(case, outcome, facts)
    keeper, name = case.assignee, case.assignee_name
    detail = {"outcome": outcome, "good_case": good_case}
    events.append(session, case, "closed", actor=actor, now=now, detail=detail)
    case.outcome, case.good_case, case.closed_at = outcome, good_case, now
    case.raised = False
    _keep_facts(session, case, facts, actor, now)
    if _unseen(session, conversation, seen_seq):
        _reopen(session, case, conversation, actor, now, keeper=keeper, name=name)
        return Closed(reference=case.reference, reopened=True)
    if conversation is not None:
        ownership.change(session=session, conversation_id=conversation.id, owner="bot", now=now)
        told = (survey.invite(session=session, case=case),)
        visitor.tell(session=session, conversation=conversation, replies=told, now=now)
    session.flush()
    return Closed(reference=case.reference, reopened=False)


def reopen(*, session: Session, reference: str, actor: Actor, now: datetime) -> Row:
    """Open a closed case again; it belongs to the actor. An open one stays as it is.

    Raises:
        NotFoundError: not to be seen.
    """
    case, conversation = access.open_case(session, reference, actor)
    if case.state == "closed":
        _reopen(session, case, conversation, actor, now, keeper=actor.id, name=actor.name)
    return row_of(session, case)


def reopen_for_visitor(
    session: Session, case: Case, conversation: Conversation, actor: Actor, now: datetime
) -> None:
    """The visitor wrote again soon after the closing: back into the queue, nothing lost."""
    _reopen(session, case, conversation, actor, now, keeper=None)


def _reopen(
    session: Session,
    case: Case,
    conversation: Conversation | None,
    actor: Actor,
    now: datetime,
    *,
    keeper: str | None,
    name: str | None = None,
) -> None:
    detail = {"keeps": keeper, "name": name or actor.name} if keeper else {}
    events.append(session, case, "reopened", actor=actor, now=now, detail=detail)
    case.closed_at, case.outcome, case.good_case = None, None, False
    session.add(case)
    if conversation is None:
        return
    place = telling.place_name(visitor.place_of(case))
    ownership.change(
        session=session,
        conversation_id=conversation.id,
        owner="staff" if keeper else "queue",
        speaker=place,
        now=now,
    )
    told = (telling.said("handoff.reopened", place=place),)
    visitor.tell(session=session, conversation=conversation, replies=told, now=now)


def _check(case: Case, outcome: str, facts: OutcomeFacts | None) -> None:
    if case.state not in CLOSABLE:
        raise ConflictError(say("handoff.not_closable"))
    if outcome not in get_args(Outcome):
        raise InvalidInputError(fields=(FieldProblem("outcome", say("handoff.unknown_outcome")),))
    if case.accelerated and facts is not None and any(facts.model_dump().values()):
        raise InvalidInputError(fields=(FieldProblem("facts", say("handoff.not_heard")),))


def _keep_facts(
    session: Session, case: Case, facts: OutcomeFacts | None, actor: Actor, now: datetime
) -> None:
    if facts is None or not any(facts.model_dump().values()):
        return
    session.merge(
        CaseOutcome(reference=case.reference, at=now, actor_id=actor.id, **facts.model_dump())
    )


def _unseen(session: Session, conversation: Conversation | None, seen_seq: int | None) -> bool:
    """Whether the visitor has said something staff had not on their screen."""
    if conversation is None or seen_seq is None:
        return False
    newer = messages_after(session=session, conversation_id=conversation.id, seq=seen_seq)
    return any(message.author == "visitor" for message in newer)

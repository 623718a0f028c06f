"""What the worker does for cases by the clock: other ways offered, the unanswered raised, the old
deleted. Each step is one transaction; it decides nothing, ``knowledge.handoffs.sweep`` does.
"""

from datetime import timedelta

from sqlalchemy import Engine

from knowledge import clock
from knowledge.cases import deletion
from knowledge.cases import service as cases
from knowledge.conversations import retention
from knowledge.database import transaction
from knowledge.errors import NotFoundError
from knowledge.handoffs import events, sweep
from knowledge.staff.actor import system
from knowledge.training import misses

RETENTION = system("retention")
NEVER_HANDED_OVER = frozenset({"draft", "new"})


def offer_exits(engine: Engine) -> int:
    """Offer other ways to those who wait long; return how many were told."""
    with transaction(engine) as session:
        return len(sweep.offer_exits(session=session, now=clock.now()))


def raise_unanswered(engine: Engine) -> int:
    """Raise what is unanswered; return how many."""
    with transaction(engine) as session:
        return len(sweep.raise_unanswered(session=session, now=clock.now()))


def delete_conversation(engine: Engine, conversation_id: str) -> None:
    """Delete a conversation past its retention, with a case that nobody ever worked on."""
    with transaction(engine) as session:
        case = cases.by_conversation(session=session, conversation_id=conversation_id)
        if case is not None and case.state in NEVER_HANDED_OVER:
            deletion.delete_case(session=session, case=case, actor=RETENTION, now=clock.now())
            return
        if case is not None:
            case.conversation_id = None
            session.add(case)
        retention.delete_conversation(session=session, conversation_id=conversation_id)


def delete_expired_cases(engine: Engine, *, days: int) -> int:
    """Delete cases past their retention, one transaction each; return how many."""
    now = clock.now()
    with transaction(engine, read_only=True) as session:
        references = deletion.expired(session=session, older_than=timedelta(days=days), now=now)
    deleted = 0
    for reference in references:
        with transaction(engine) as session:
            try:
                case, _ = events.locked(session, reference)
            except NotFoundError:  # its visitor was faster
                continue
            deletion.delete_case(session=session, case=case, actor=RETENTION, now=now)
        deleted += 1
    return deleted


def forget_searches(engine: Engine, *, days: int) -> int:
    """Delete words that were searched for in vain, past their retention; return how many."""
    with transaction(engine) as session:
        return misses.forget_old(session=session, older_than=timedelta(days=days), now=clock.now())

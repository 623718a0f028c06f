"""What staff do with a case: claim, speak, note, pass on, close; it knows no web and no password.

Every function takes the ``actor``, checks need-to-know, writes the event, its projection on the
case and the audit line in the caller's transaction. Unknown references and cases of other offices
are ``NotFoundError`` alike. Beside it: ``visitor`` (the visitor's side), ``inbox`` (lists),
``files`` (one case with everything), ``speaking`` (messages and notes), ``endings`` (closing and
reopening), ``moving`` (other desks), ``canned``, ``labels``, ``drafts``, ``merging``, ``sweep``.
"""

from datetime import datetime

from sqlmodel import Session

from knowledge.cases.models import Case
from knowledge.conversations import ownership
from knowledge.conversations.models import Conversation
from knowledge.desks.calendar import open_time
from knowledge.desks.calendar_service import calendar_of
from knowledge.errors import ConflictError
from knowledge.handoffs import access, events, telling, visitor
from knowledge.handoffs.endings import close as close
from knowledge.handoffs.endings import reopen as reopen
from knowledge.handoffs.moving import resolve_conflict as resolve_conflict
from knowledge.handoffs.moving import transfer as transfer
from knowledge.handoffs.moving import wrong_desk as wrong_desk
from knowledge.handoffs.rows import row_of
from knowledge.handoffs.speaking import note as note
from knowledge.handoffs.speaking import say_to_visitor as say_to_visitor
from knowledge.handoffs.views import Row
from knowledge.staff.actor import Actor
from knowledge.wording import say

CLAIMABLE = frozenset({"new", "queued", "pending", "active"})


def claim(
    *, session: Session, reference: str, actor: Actor, now: datetime, take_over: bool = False
) -> Row:
    """Take a case: from now on the actor speaks and the bot does not. Claiming one's own again
    changes nothing; ``take_over`` lets a manager take it from somebody else.

    Raises:
        NotFoundError: not to be seen. AlreadyClaimedError: somebody else was first (named).
        ConflictError: the case is closed, merged or held.
    """
    case, conversation = access.open_case(session, reference, actor)
    if case.assignee == actor.id and case.state in ("active", "pending"):
        return row_of(session, case)
    if case.assignee is not None and not (take_over and actor.has_at("manager", case.office)):
        raise access.claimed_by(case)
    if case.state not in CLAIMABLE:
        raise ConflictError(say("handoff.not_claimable"))
    detail: dict[str, object] = {"name": actor.name}
    if case.state == "queued":
        calendar = calendar_of(session=session, office=case.office, now=now)
        detail["waited"] = int(open_time(calendar, case.since, now).total_seconds())
    events.append(session, case, "claimed", actor=actor, now=now, detail=detail)
    case.unread = 0
    _speaks(session, case, conversation, now)
    return row_of(session, case)


def release(*, session: Session, reference: str, actor: Actor, now: datetime) -> Row:
    """Hand the conversation back to the bot, which goes on where it stopped.

    Raises:
        NotFoundError, AlreadyClaimedError, NotClaimedError: see ``access``.
    """
    case, conversation = access.open_case(session, reference, actor)
    access.check_mine(case, actor)
    events.append(session, case, "released", actor=actor, now=now)
    if conversation is not None:
        ownership.change(session=session, conversation_id=conversation.id, owner="bot", now=now)
        told = (telling.said("handoff.released"),)
        visitor.tell(session=session, conversation=conversation, replies=told, now=now)
    return row_of(session, case)


def to_queue(*, session: Session, reference: str, actor: Actor, now: datetime) -> Row:
    """Put a case back into the queue of its office, so that a colleague takes it.

    Raises:
        NotFoundError, AlreadyClaimedError, NotClaimedError: see ``access``.
    """
    case, conversation = access.open_case(session, reference, actor)
    access.check_mine(case, actor)
    events.append(session, case, "queued", actor=actor, now=now)
    if conversation is not None:
        place = telling.place_name(visitor.place_of(case))
        ownership.change(
            session=session, conversation_id=conversation.id, owner="queue", speaker=place, now=now
        )
        told = (telling.said("handoff.requeued", place=place),)
        visitor.tell(session=session, conversation=conversation, replies=told, now=now)
    return row_of(session, case)


def wait(*, session: Session, reference: str, actor: Actor, now: datetime) -> Row:
    """Mark a case as pending: staff wait for the visitor, or answer later.

    Raises:
        NotFoundError, AlreadyClaimedError, NotClaimedError: see ``access``.
    """
    case, _ = access.open_case(session, reference, actor)
    access.check_mine(case, actor)
    if case.state == "active":
        events.append(session, case, "waiting", actor=actor, now=now)
    return row_of(session, case)


def set_accelerated(
    *, session: Session, reference: str, accelerated: bool, actor: Actor, now: datetime
) -> Row:
    """Mark a case as 加速的支援: it is left out of the outcome hearing (DUTIES.md I3).

    Raises:
        NotFoundError: not to be seen.
    """
    case, _ = access.open_case(session, reference, actor)
    case.accelerated = accelerated
    events.append(
        session, case, "labelled", actor=actor, now=now, detail={"accelerated": accelerated}
    )
    return row_of(session, case)


def conversation_of(*, session: Session, reference: str) -> str | None:
    """The conversation of a case, so that who looks at it can be woken."""
    case = session.get(Case, reference)
    return case.conversation_id if case is not None else None


def _speaks(session: Session, case: Case, conversation: Conversation | None, now: datetime) -> None:
    """Let the office speak, and say so to the visitor."""
    if conversation is None:
        return
    place = telling.place_name(visitor.place_of(case))
    ownership.change(
        session=session, conversation_id=conversation.id, owner="staff", speaker=place, now=now
    )
    told = (telling.said("handoff.claimed", place=place),)
    visitor.tell(session=session, conversation=conversation, replies=told, now=now)

"""Who may see and touch a case: need-to-know by office, the person who claimed it, managers."""

from sqlmodel import Session

from knowledge.cases.models import Case
from knowledge.conversations.models import Conversation
from knowledge.errors import AlreadyClaimedError, NotAllowedError, NotClaimedError, NotFoundError
from knowledge.handoffs import events
from knowledge.staff.actor import Actor
from knowledge.wording import say


def may_see(case: Case, actor: Actor) -> bool:
    """Whether the case is the actor's affair: confirmed, of an own office, and where both parties
    of a quarrel met (held) only a manager's."""
    if actor.kind == "system":
        return True
    if case.state == "draft" or not actor.sees_office(case.office):
        return False
    return case.state != "held" or actor.has_at("manager", case.office)


def open_case(session: Session, reference: str, actor: Actor) -> tuple[Case, Conversation | None]:
    """A case the actor may see, and its conversation, both locked.

    Raises:
        NotFoundError: unknown reference, or nobody's affair here: told apart by nobody.
    """
    case, conversation = events.locked(session, reference)
    if not may_see(case, actor):
        raise NotFoundError
    return case, conversation


def check_mine(case: Case, actor: Actor) -> None:
    """Only who has claimed a case may go on; a manager of the office always may.

    Raises:
        AlreadyClaimedError: somebody else has it. NotClaimedError: nobody has.
    """
    if actor.kind == "system" or case.assignee == actor.id:
        return
    if case.assignee is None:
        raise NotClaimedError
    if not actor.has_at("manager", case.office):
        raise claimed_by(case)


def claimed_by(case: Case) -> AlreadyClaimedError:
    """The refusal that names who has the case."""
    return AlreadyClaimedError(say("handoff.claimed_by", name=case.assignee_name or "―"))


def check_manager(case: Case, actor: Actor) -> None:
    """Managers of the office only.

    Raises:
        NotAllowedError: the actor is none.
    """
    if actor.kind != "system" and not actor.has_at("manager", case.office):
        raise NotAllowedError

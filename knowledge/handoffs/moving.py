"""Moves cases to other places: transfer with a reason, wrong desk as a label for training, and
the decision of a manager where both parties of a quarrel met (rule C4).
"""

from datetime import datetime
from typing import Literal

from sqlmodel import Session, col, select

from knowledge.cases.drafting import place_named
from knowledge.cases.models import Case, CorrectionHint
from knowledge.cases.service import sheet_of, store_sheet
from knowledge.cases.sheet import SheetDesk
from knowledge.catalogue import current
from knowledge.conversations import ownership
from knowledge.conversations.models import Conversation, Message
from knowledge.errors import ConflictError, FieldProblem, InvalidInputError
from knowledge.handoffs import access, events, telling, visitor
from knowledge.handoffs.rows import row_of
from knowledge.handoffs.views import Row
from knowledge.staff.actor import Actor
from knowledge.text import has_words, strip_controls
from knowledge.vocabulary import TOPICS
from knowledge.wording import say

LONGEST_REASON = 1000
MOVABLE = frozenset({"new", "queued", "active", "pending"})


def transfer(
    *, session: Session, reference: str, office: str, reason: str, actor: Actor, now: datetime
) -> Row:
    """Pass a case on to another place's queue; the reason is for staff only. From then on only
    the other place sees it.

    Raises:
        NotFoundError, AlreadyClaimedError: see ``access``. InvalidInputError: no such place, the
        same place, or no reason. ConflictError: the case is closed, merged or held.
    """
    case, conversation = access.open_case(session, reference, actor)
    if case.assignee is not None:
        access.check_mine(case, actor)
    note = check_reason(reason)
    place = _check_place(session, case, office)
    _move(session, case, conversation, place, "transferred", actor, now, note=note)
    return row_of(session, case)


def wrong_desk(
    *,
    session: Session,
    reference: str,
    office: str,
    actor: Actor,
    now: datetime,
    topic: str | None = None,
) -> Row:
    """Move a case that came to the wrong desk; what was wrong is kept as a label for training.

    Raises:
        As ``transfer``; InvalidInputError also for an unknown topic.
    """
    case, conversation = access.open_case(session, reference, actor)
    if case.assignee is not None:
        access.check_mine(case, actor)
    if topic is not None and topic not in TOPICS:
        raise InvalidInputError(fields=(FieldProblem("topic", say("cases.unknown_topic")),))
    place = _check_place(session, case, office)
    _keep_hint(session, case, place, topic, actor, now)
    if topic is not None:
        sheet = sheet_of(case)
        topics = tuple(dict.fromkeys((topic, *sheet.topics)))
        store_sheet(session, case, sheet.model_copy(update={"topics": topics}), now=now)
    _move(session, case, conversation, place, "moved", actor, now)
    return row_of(session, case)


def resolve_conflict(
    *,
    session: Session,
    reference: str,
    decision: Literal["stay", "other_office"],
    instruction: str,
    actor: Actor,
    now: datetime,
    office: str | None = None,
) -> Row:
    """End the holding of a case: it stays (no quarrel between the two), or another office takes it
    on INPIT's instruction, whose number or date is recorded (rule C4).

    Raises:
        NotFoundError: not to be seen. NotAllowedError: no manager of the office. ConflictError:
        the case is not held. InvalidInputError: no instruction, or no such place.
    """
    case, conversation = access.open_case(session, reference, actor)
    access.check_manager(case, actor)
    if case.state != "held":
        raise ConflictError(say("handoff.not_held"))
    note = check_reason(instruction, field="instruction")
    events.append(
        session, case, "resolved", actor=actor, now=now, detail={"decision": decision}, note=note
    )
    if decision == "other_office":
        place = _check_place(session, case, office or case.proposed_office or "")
        case.conflict = False
        _move(session, case, conversation, place, "transferred", actor, now, note=note)
    else:
        events.append(session, case, "queued", actor=actor, now=now)
    return row_of(session, case)


def check_reason(text: str, *, field: str = "reason") -> str:
    """A reason in words.

    Raises:
        InvalidInputError: none, or more than 1,000 characters.
    """
    words = strip_controls(text).strip()
    if not has_words(words) or len(words) > LONGEST_REASON:
        reason = say("handoff.reason_needed", most=LONGEST_REASON)
        raise InvalidInputError(fields=(FieldProblem(field, reason),))
    return words


def _check_place(session: Session, case: Case, office: str) -> SheetDesk:
    place = place_named(office, current(session=session))
    if place is None or office == case.office:
        raise InvalidInputError(fields=(FieldProblem("office", say("handoff.unknown_place")),))
    if case.state not in MOVABLE:
        raise ConflictError(say("handoff.not_movable"))
    return place


def _move(
    session: Session,
    case: Case,
    conversation: Conversation | None,
    place: SheetDesk,
    kind: str,
    actor: Actor,
    now: datetime,
    *,
    note: str | None = None,
) -> None:
    detail = {"from": case.office, "to": place.office_id}
    sheet = sheet_of(case).model_copy(update={"desk": place})
    store_sheet(session, case, sheet, now=now)
    events.append(session, case, kind, actor=actor, now=now, detail=detail, note=note)
    if conversation is None:
        return
    name = telling.place_name(place)
    ownership.change(
        session=session, conversation_id=conversation.id, owner="queue", speaker=name, now=now
    )
    told = (telling.said("handoff.transferred", place=name),)
    visitor.tell(session=session, conversation=conversation, replies=told, now=now)


def _keep_hint(
    session: Session, case: Case, place: SheetDesk, topic: str | None, actor: Actor, now: datetime
) -> None:
    message = _last_understood(session, case.conversation_id)
    session.add(
        CorrectionHint(
            at=now,
            reference=case.reference,
            conversation_id=case.conversation_id,
            message_id=message.id if message is not None else None,
            actor_id=actor.id,
            from_desk=case.desk,
            to_desk=place.id,
            topic_before=case.topic,
            topic_after=topic,
            model_release=message.model_release if message is not None else None,
        )
    )


def _last_understood(session: Session, conversation_id: str | None) -> Message | None:
    """The visitor's last message that the bot understood as an inquiry."""
    if conversation_id is None:
        return None
    return session.exec(
        select(Message)
        .where(
            Message.conversation_id == conversation_id,
            Message.author == "visitor",
            col(Message.topic).in_(TOPICS),
        )
        .order_by(col(Message.seq).desc())
        .limit(1)
    ).first()

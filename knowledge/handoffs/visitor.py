"""The visitor's side of a handoff: asks for a person, leaves a way to be reached, goes back.

Every function runs in the visitor's own transaction; it sends nothing and asks no bot.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session

from knowledge.cases import service as cases
from knowledge.cases.checks import check_contact
from knowledge.cases.models import Case
from knowledge.cases.sheet import Contact, SheetDesk
from knowledge.conversations import ownership, thread
from knowledge.conversations.models import Conversation, OfferedChoice
from knowledge.conversations.picking import Handler
from knowledge.conversations.replies import Reply
from knowledge.desks.calendar_service import opening_of
from knowledge.handoffs import conflicts, events, queue, survey, telling
from knowledge.handoffs.views import Requested
from knowledge.staff.actor import Actor

WAITING = frozenset({"queued", "held", "active", "pending"})
"""States in which a person has the case, or will have it: asking again changes nothing."""


def visitor(conversation_id: str) -> Actor:
    """The visitor of a conversation as an actor."""
    return Actor(kind="visitor", id=conversation_id)


def request(
    *,
    session: Session,
    conversation: Conversation,
    actor: Actor,
    now: datetime,
    contact: Contact | None = None,
) -> tuple[Requested, tuple[Reply, ...]]:
    """Put the case of a conversation into the queue of its office; asking again changes nothing.

    The conversation must be locked. The replies are what the visitor is told; nothing is said
    where she asked before and left nothing new.

    Raises:
        InvalidInputError: the contact cannot be used.
    """
    checked = check_contact(contact) if contact is not None else None
    opened = cases.open_draft(session=session, conversation=conversation, actor=actor, now=now)
    case, _ = events.locked(session, opened.case.reference)
    asked_before = case.state in WAITING
    if not asked_before:
        _enqueue(session, case, conversation, actor, now)
    if checked is not None:
        _leave_contact(session, case, checked, actor, now)
    requested = standing(session=session, case=case, now=now, code=opened.code)
    if asked_before and checked is None:
        return requested, ()
    if asked_before:
        return requested, (telling.said("handoff.contact_kept"),)
    replies = [telling.queued(requested, telling.place_name(place_of(case)))]
    if opened.code is not None:
        replies.append(telling.secret(case.reference, opened.code))
    return requested, tuple(replies)


def standing(*, session: Session, case: Case, now: datetime, code: str | None = None) -> Requested:
    """Where a case stands for its visitor."""
    hours = opening_of(session=session, office=case.office, now=now)
    owner = ownership.Ownership()
    if case.conversation_id is not None:
        owner = ownership.current(session=session, conversation_id=case.conversation_id)
    return Requested(
        reference=case.reference,
        code=code,
        position=queue.position(session=session, case=case),
        open_now=hours.open_now,
        closes_at=hours.closes_at,
        next_open_at=hours.next_open_at,
        wait_minutes=queue.wait_minutes(session=session, office=case.office, now=now),
        owner=owner.owner,
    )


def withdraw(
    *, session: Session, conversation: Conversation, actor: Actor, now: datetime
) -> tuple[Reply, ...]:
    """Leave the queue; the bot goes on. Where a person speaks already nothing changes."""
    found = cases.by_conversation(session=session, conversation_id=conversation.id)
    if found is None:
        return (telling.said("handoff.not_queued"),)
    case, _ = events.locked(session, found.reference)
    if case.state not in ("queued", "held"):
        return (telling.said("handoff.not_queued"),)
    events.append(session, case, "withdrawn", actor=actor, now=now)
    ownership.change(session=session, conversation_id=conversation.id, owner="bot", now=now)
    return (telling.said("handoff.withdrawn"),)


def place_of(case: Case) -> SheetDesk:
    """The place that has the case."""
    return cases.sheet_of(case).desk


def handlers() -> Mapping[str, Handler]:
    """What acts on the choices of a handoff, without the bot."""
    return {"handoff": take_choice, "survey": survey.take_choice}


def take_choice(
    session: Session, conversation: Conversation, choice: OfferedChoice, now: datetime
) -> Sequence[Reply]:
    """Act on a choice that belongs to the handoff."""
    actor = visitor(conversation.id)
    wish = str(choice.payload["handoff"])
    told: dict[str, Any] = {"session": session, "conversation": conversation, "now": now}
    if wish == "request":
        return request(actor=actor, **told)[1] or (telling.said("handoff.asked_already"),)
    if wish == "withdraw":
        return withdraw(actor=actor, **told)
    if wish in ("preview", "sheet", "code"):
        return _show(wish, actor=actor, **told)
    if wish in ("message", "callback", "mail"):
        return (telling.said(f"handoff.write_{wish}"),)
    return (telling.said("handoff.stopped"),)


def _show(
    wish: str, *, session: Session, conversation: Conversation, actor: Actor, now: datetime
) -> Sequence[Reply]:
    opened = cases.open_draft(session=session, conversation=conversation, actor=actor, now=now)
    case, code = opened.case, opened.code
    if wish == "code":
        code = cases.renew_code(session=session, case=case, actor=actor, now=now)
        return (telling.secret(case.reference, code),)
    asks = wish == "preview" and case.state not in WAITING
    if wish == "preview" and not asks:
        return (telling.said("handoff.asked_already"),)
    shown = telling.sheet_shown(case.reference, cases.sheet_of(case), asks=asks)
    return (shown, telling.secret(case.reference, code)) if code is not None else (shown,)


def _enqueue(
    session: Session, case: Case, conversation: Conversation, actor: Actor, now: datetime
) -> None:
    if case.state == "draft":
        events.append(session, case, "confirmed", actor=actor, now=now)
        case.confirmed_at = now
    events.append(session, case, "requested", actor=actor, now=now)
    events.lock_office(session, case.office)  # two parties of one quarrel at once: one is noticed
    if conflicts.check(session=session, case=case, actor=actor, now=now):
        events.append(session, case, "held", actor=actor, now=now)
    else:
        kind = "reopened" if case.state == "closed" else "queued"
        events.append(session, case, kind, actor=actor, now=now)
    ownership.change(
        session=session,
        conversation_id=conversation.id,
        owner="queue",
        speaker=telling.place_name(place_of(case)),
        now=now,
    )


def _leave_contact(
    session: Session, case: Case, contact: Contact, actor: Actor, now: datetime
) -> None:
    sheet = cases.sheet_of(case)
    given = contact.model_dump(exclude_none=True)
    kept = sheet.contact.model_copy(update=given)
    cases.store_sheet(session, case, sheet.model_copy(update={"contact": kept}), now=now)
    detail = {"wish": kept.wish} if kept.wish else {}
    events.append(session, case, "contact_left", actor=actor, now=now, detail=detail)


def tell(
    *, session: Session, conversation: Conversation, replies: Sequence[Reply], now: datetime
) -> None:
    """Say something of the product's own in a locked conversation."""
    thread.append_replies(session, conversation, replies, now=now, in_reply_to=None)

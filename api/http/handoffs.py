"""``/conversations/{id}/handoff``: ask for a person, see where one stands, go back to the bot."""

import datetime
from collections.abc import Callable
from typing import Annotated, Literal, TypeVar

from fastapi import APIRouter, Body, Depends
from limits import RateLimitItemPerMinute
from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import Session

from api.http.conversations import known_prefecture
from api.http.parts import Parts, PartsDep, TokenDep
from knowledge import clock
from knowledge.cases import service as cases
from knowledge.cases.sheet import Contact
from knowledge.cases.views import CaseView, case_view
from knowledge.conversations import service, thread
from knowledge.conversations.models import Conversation
from knowledge.errors import NotFoundError
from knowledge.handoffs import visitor
from knowledge.handoffs.views import Requested

router = APIRouter(prefix="/conversations", tags=["handoffs"])

Result = TypeVar("Result")

WISHES = RateLimitItemPerMinute(20, namespace="handoffs")
"""Wishes for a person in one conversation: a page asks where it stands every 15 s."""
TYPING = RateLimitItemPerMinute(60, namespace="typing")
"""Signs that somebody is typing: the widget sends one every three seconds at most."""


class HandoffRequest(BaseModel):
    """A wish for a person; everything may be left out."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"prefecture": "静岡県", "contact": {"wish": "mail", "mail": "a@example.com"}}
            ]
        },
    )

    prefecture: str | None = Field(default=None, description="where the company is")
    contact: Contact | None = Field(default=None, description="how the answer may reach her")


class HandoffResponse(BaseModel):
    """Where the case stands. ``position`` counts from 1; null while a person speaks already.

    ``next_open_at`` is null while the office is open; ``code`` is given once.
    """

    reference: str
    code: str | None = None
    position: int | None
    open_now: bool
    closes_at: datetime.datetime | None = None
    next_open_at: datetime.datetime | None
    wait_minutes: int | None = None
    owner: Literal["bot", "queue", "staff"]


class CodeResponse(BaseModel):
    """The sheet of a conversation with a code that opens it elsewhere."""

    code: str
    case: CaseView


class TypingRequest(BaseModel):
    """Whether the visitor is typing just now."""

    model_config = ConfigDict(extra="forbid")

    on: bool = True


def limit_wishes(conversation_id: str, parts: PartsDep) -> None:
    """Dependency: count a wish."""
    parts.throttle.check(WISHES, conversation_id)


def limit_typing(conversation_id: str, parts: PartsDep) -> None:
    """Dependency: count a sign of typing."""
    parts.throttle.check(TYPING, conversation_id)


@router.post(
    "/{conversation_id}/handoff",
    response_model=HandoffResponse,
    dependencies=[Depends(limit_wishes)],
)
async def request_person(
    conversation_id: str,
    parts: PartsDep,
    token: TokenDep,
    body: Annotated[HandoffRequest | None, Body()] = None,
) -> Requested:
    """Put the case into the queue of its office. Asking again gives the present position; a
    ``contact`` given later is kept."""
    wish = body or HandoffRequest()

    def work(session: Session, conversation: Conversation) -> Requested:
        place = known_prefecture(session, wish.prefecture)
        if place is not None and conversation.prefecture is None:
            conversation.prefecture = place
        requested, replies = visitor.request(
            session=session,
            conversation=conversation,
            actor=visitor.visitor(conversation.id),
            now=clock.now(),
            contact=wish.contact,
        )
        visitor.tell(session=session, conversation=conversation, replies=replies, now=clock.now())
        return requested

    return await _write(parts, conversation_id, token, work)


@router.get(
    "/{conversation_id}/handoff",
    response_model=HandoffResponse,
    dependencies=[Depends(limit_wishes)],
)
async def where_it_stands(conversation_id: str, parts: PartsDep, token: TokenDep) -> Requested:
    """The position now; 404 where nobody asked for a person."""

    def work(session: Session) -> Requested:
        service.authorise(session=session, conversation_id=conversation_id, token=token)
        case = cases.by_conversation(session=session, conversation_id=conversation_id)
        if case is None or case.state == "draft":
            raise NotFoundError
        return visitor.standing(session=session, case=case, now=clock.now())

    return await parts.database.read(work)


@router.delete("/{conversation_id}/handoff", status_code=204)
async def back_to_bot(conversation_id: str, parts: PartsDep, token: TokenDep) -> None:
    """Leave the queue; where a person speaks already nothing changes."""

    def work(session: Session, conversation: Conversation) -> None:
        actor, now = visitor.visitor(conversation.id), clock.now()
        replies = visitor.withdraw(session=session, conversation=conversation, actor=actor, now=now)
        visitor.tell(session=session, conversation=conversation, replies=replies, now=now)

    await _write(parts, conversation_id, token, work)


@router.post(
    "/{conversation_id}/case",
    response_model=CodeResponse,
    dependencies=[Depends(limit_wishes)],
)
async def open_sheet(conversation_id: str, parts: PartsDep, token: TokenDep) -> CodeResponse:
    """The case sheet of this conversation, made where there is none, with a new code for it."""

    def work(session: Session, conversation: Conversation) -> CodeResponse:
        actor, now = visitor.visitor(conversation.id), clock.now()
        opened = cases.open_draft(session=session, conversation=conversation, actor=actor, now=now)
        code = opened.code or cases.renew_code(
            session=session, case=opened.case, actor=actor, now=now
        )
        return CodeResponse(code=code, case=case_view(opened.case))

    return await _write(parts, conversation_id, token, work)


@router.post("/{conversation_id}/typing", status_code=204, dependencies=[Depends(limit_typing)])
async def typing(
    conversation_id: str, body: TypingRequest, parts: PartsDep, token: TokenDep
) -> None:
    """Tell staff that the visitor is typing; nothing is stored."""
    await parts.database.read(
        lambda session: service.authorise(
            session=session, conversation_id=conversation_id, token=token
        )
    )
    parts.events.typing(conversation_id, on=body.on, author="visitor")


async def _write(
    parts: Parts, conversation_id: str, token: str, act: Callable[[Session, Conversation], Result]
) -> Result:
    """One transaction on an opened and locked conversation; then everybody who looks is woken."""

    def work(session: Session) -> Result:
        service.authorise(session=session, conversation_id=conversation_id, token=token)
        return act(session, thread.locked(session, conversation_id))

    done = await parts.database.write(work)
    parts.relay.told(conversation_id)
    return done

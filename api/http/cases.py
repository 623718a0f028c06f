"""``/cases/{reference}``: the visitor's own case, opened by its code from any device."""

import asyncio
import datetime
import uuid
from collections.abc import Callable
from typing import Any, TypeVar

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import Session

from api.guessing import Guessing
from api.http.conversations import NO_CONTROLS, MessageResponse
from api.http.handoffs import HandoffRequest, HandoffResponse
from api.http.parts import Parts, PartsDep, TokenDep
from knowledge import clock
from knowledge.cases import deletion, documents
from knowledge.cases import service as cases
from knowledge.cases.models import Case
from knowledge.cases.sheet import SheetChanges
from knowledge.cases.views import CaseView, Section, case_view
from knowledge.conversations import service as conversations
from knowledge.conversations import thread
from knowledge.conversations.service import Inbound
from knowledge.conversations.views import MessageView
from knowledge.errors import ConflictError, NotFoundError
from knowledge.handoffs import events, visitor
from knowledge.handoffs.arrivals import Key
from knowledge.handoffs.views import Requested
from knowledge.staff.actor import Actor
from knowledge.text import MAX_TEXT_LENGTH
from knowledge.wording import say

router = APIRouter(prefix="/cases", tags=["cases"])

Result = TypeVar("Result")


class CaseChanges(SheetChanges):
    """Corrections of the sheet; what is left out stays. ``version`` is the one you saw."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"version": 2, "topics": ["trademarks"], "prefecture": "静岡県"}]
        },
    )

    version: int | None = None


class CaseMessage(BaseModel):
    """A message in the thread of the case."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(description=f"up to {MAX_TEXT_LENGTH} characters")
    client_message_id: str | None = Field(
        default=None, min_length=1, max_length=100, pattern=NO_CONTROLS
    )
    keep: bool = False


class ReceiptResponse(BaseModel):
    """What was deleted, and the counted line that remains."""

    reference: str
    deleted_at: datetime.datetime
    messages: int
    kept: dict[str, Any]
    detail: str


@router.get("/{reference}", response_model=CaseView)
async def read_case(reference: str, request: Request, parts: PartsDep, code: TokenDep) -> CaseView:
    """The case with its thread."""
    return await _opened(request, parts, reference, code, _shown)


@router.patch("/{reference}", response_model=CaseView)
async def correct_case(
    reference: str, body: CaseChanges, request: Request, parts: PartsDep, code: TokenDep
) -> CaseView:
    """Correct the sheet; desk, last days and programmes follow. 409 if it changed meanwhile."""

    def work(session: Session, case: Case) -> CaseView:
        now, actor = clock.now(), _actor(case)
        locked, _ = events.locked(session, case.reference)
        given = body.model_dump(exclude_unset=True, exclude={"version"})
        cases.amend(
            session=session,
            case=locked,
            changes=SheetChanges.model_validate(given),
            actor=actor,
            now=now,
            version=body.version,
        )
        if locked.state != "draft":
            fields = sorted(set(given) - {"keep"})
            detail = {"fields": fields}
            events.append(session, locked, "corrected", actor=actor, now=now, detail=detail)
        return _shown(session, locked)

    return await _opened(request, parts, reference, code, work, write=True)


@router.delete("/{reference}", response_model=ReceiptResponse)
async def delete_case(
    reference: str, request: Request, parts: PartsDep, code: TokenDep
) -> ReceiptResponse:
    """Delete the case with everything said in it; the receipt names the counts that remain."""

    def work(session: Session, case: Case) -> ReceiptResponse:
        locked, _ = events.locked(session, case.reference)
        receipt = deletion.delete_case(
            session=session, case=locked, actor=_actor(locked), now=clock.now()
        )
        return ReceiptResponse(
            reference=receipt.reference,
            deleted_at=receipt.deleted_at,
            messages=receipt.messages,
            kept=receipt.kept,
            detail=say("cases.deleted"),
        )

    return await _opened(request, parts, reference, code, work, write=True)


@router.post("/{reference}/handoff", response_model=HandoffResponse)
async def hand_over(
    reference: str, body: HandoffRequest, request: Request, parts: PartsDep, code: TokenDep
) -> Requested:
    """Confirm the sheet and ask for a person, from the page of the case."""

    def work(session: Session, case: Case) -> Requested:
        if case.conversation_id is None:
            raise ConflictError(say("handoff.conversation_gone"))
        conversation = thread.locked(session, case.conversation_id)
        requested, replies = visitor.request(
            session=session,
            conversation=conversation,
            actor=_actor(case),
            now=clock.now(),
            contact=body.contact,
        )
        visitor.tell(session=session, conversation=conversation, replies=replies, now=clock.now())
        return requested

    return await _opened(request, parts, reference, code, work, write=True)


@router.post("/{reference}/messages", response_model=MessageResponse)
async def say_in_case(
    reference: str, body: CaseMessage, request: Request, parts: PartsDep, code: TokenDep
) -> MessageResponse:
    """Go on in the same thread from another device."""
    await _opened(request, parts, reference, code, lambda session, case: None)
    inbound = Inbound(body.client_message_id or uuid.uuid4().hex, text=body.text, keep=body.keep)
    done = await parts.relay.deliver_by_case(
        key=Key(reference=reference, code=code), inbound=inbound
    )
    return MessageResponse(message=done.message, replies=list(done.replies), owner=done.owner)


@router.get("/{reference}/text")
async def case_text(reference: str, request: Request, parts: PartsDep, code: TokenDep) -> Response:
    """The sheet as plain text."""
    view = await _opened(request, parts, reference, code, _shown)
    return Response(
        documents.as_text(view),
        media_type="text/plain; charset=utf-8",
        headers=_download(view, "txt"),
    )


@router.get("/{reference}/pdf")
async def case_pdf(reference: str, request: Request, parts: PartsDep, code: TokenDep) -> Response:
    """The sheet as PDF."""
    view = await _opened(request, parts, reference, code, _shown)
    content = await asyncio.to_thread(documents.as_pdf, view)
    return Response(content, media_type="application/pdf", headers=_download(view, "pdf"))


def _shown(session: Session, case: Case) -> CaseView:
    messages: tuple[MessageView, ...] = ()
    if case.conversation_id is not None:
        messages = conversations.messages_after(
            session=session, conversation_id=case.conversation_id, seq=0
        )
    standing = visitor.standing(session=session, case=case, now=clock.now())
    view = case_view(
        case,
        messages=list(messages),
        owner=standing.owner,
        position=standing.position,
        open_now=standing.open_now,
        next_open_at=standing.next_open_at,
    )
    written = [Section(heading=name, lines=lines) for name, lines in documents.sections(view)]
    return view.model_copy(update={"sections": written})


def _actor(case: Case) -> Actor:
    return Actor(kind="visitor", id=case.reference)


def _download(view: CaseView, ending: str) -> dict[str, str]:
    name = f"soudanhyo-{view.reference}.{ending}"
    return {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}


async def _opened(
    request: Request,
    parts: Parts,
    reference: str,
    code: str,
    act: Callable[[Session, Case], Result],
    *,
    write: bool = False,
) -> Result:
    """Open the case, act, wake who looks. A wrong guess is counted, noted and answered 404."""
    address = request.client.host if request.client else "unknown"
    guess = Guessing(parts.throttle, address=address, reference=reference)
    guess.check()
    woken: list[str | None] = []

    def work(session: Session) -> Result:
        case = cases.with_code(session=session, reference=reference, code=code)
        woken.append(case.conversation_id)
        return act(session, case)

    try:
        done = await (parts.database.write(work) if write else parts.database.read(work))
    except NotFoundError:
        if not woken:
            await guess.was_wrong(parts.database)
        raise
    if write:
        parts.relay.told(woken[0])
    return done

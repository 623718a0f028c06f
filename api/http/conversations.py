"""``/conversations``: start one, say something in it, listen to it."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Header, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field, model_validator
from sqlmodel import Session

from api.events import EventHub, Listener
from api.http import examples
from api.http.parts import Parts, PartsDep, TokenDep
from api.http.throttle import limit_messages, limit_starts
from knowledge import clock
from knowledge.catalogue import current
from knowledge.conversations import composing, ownership, service, standstill, switches
from knowledge.conversations.ownership import Ownership
from knowledge.conversations.service import Inbound, Started
from knowledge.conversations.views import MessageView
from knowledge.errors import FieldProblem, InvalidInputError
from knowledge.text import MAX_TEXT_LENGTH
from knowledge.wording import say

router = APIRouter(prefix="/conversations", tags=["conversations"])

KEEP_ALIVE_SECONDS = 15.0
NO_CONTROLS = r"^[^\x00-\x1f\x7f]*$"
"""Ids a client may send: no database holds NUL in a text."""
MAX_SEQ_DIGITS = 9
"""A longer ``Last-Event-ID`` fits no conversation, and soon no integer column."""


class StartRequest(BaseModel):
    """A new conversation."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [examples.START]})

    channel: Literal["web"] = Field(default="web", description="the widget")
    prefecture: str | None = Field(default=None, description="official name, 静岡 or JIS 22")


class StartResponse(BaseModel):
    """The new conversation; the token is shown only here."""

    id: str
    token: str
    owner: Literal["bot", "staff", "queue"] = "bot"
    messages: list[MessageView]


class MessageRequest(BaseModel):
    """One message: a text, or the id of a choice that was offered here."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [examples.MESSAGE]})

    text: str | None = Field(default=None, description=f"up to {MAX_TEXT_LENGTH} characters")
    choice: str | None = Field(default=None, max_length=64, pattern=NO_CONTROLS)
    client_message_id: str = Field(min_length=1, max_length=100, pattern=NO_CONTROLS)
    keep: bool = Field(default=False, description="send although the guard stopped it")

    @model_validator(mode="after")
    def _one_of_both(self) -> "MessageRequest":
        if (self.text is None) == (self.choice is None):
            raise ValueError(say("errors.one_of_text_or_choice"))
        return self


class MessageResponse(BaseModel):
    """The message as stored, and the answers to it."""

    message: MessageView
    replies: list[MessageView]
    owner: Literal["bot", "staff", "queue"] = "bot"


@router.post(
    "", status_code=201, response_model=StartResponse, dependencies=[Depends(limit_starts)]
)
async def start(body: StartRequest, parts: PartsDep) -> StartResponse:
    """Start a conversation; the opening messages tell purpose, retention and limits."""

    def work(session: Session) -> Started:
        prefecture = known_prefecture(session, body.prefecture)
        return service.start(
            session=session,
            channel=body.channel,
            prefecture=prefecture,
            now=clock.now(),
            opening=standstill.with_banner(
                composing.opening(retention_days=parts.retention_days),
                switches.states(session=session).banner,
            ),
        )

    started = await parts.database.write(work)
    return StartResponse(id=started.id, token=started.token, messages=list(started.messages))


def known_prefecture(session: Session, value: str | None) -> str | None:
    """The official name of a prefecture as a client wrote it.

    Raises:
        InvalidInputError: no prefecture is called that.
    """
    if value is None or not value.strip():
        return None
    found = current(session=session).prefecture(value)
    if found is None:
        problem = FieldProblem("prefecture", say("errors.unknown_prefecture"))
        raise InvalidInputError(fields=(problem,))
    return found.name


@router.post(
    "/{conversation_id}/messages",
    response_model=MessageResponse,
    dependencies=[Depends(limit_messages)],
)
async def post_message(
    conversation_id: str, body: MessageRequest, parts: PartsDep, token: TokenDep
) -> MessageResponse:
    """Say something; the same ``client_message_id`` again gives the first answer."""
    inbound = Inbound(
        client_message_id=body.client_message_id,
        text=body.text,
        choice=body.choice,
        keep=body.keep,
    )
    # A visitor who closes the page must not cancel a turn half-way.
    done = await asyncio.shield(
        asyncio.ensure_future(
            parts.relay.deliver(conversation_id=conversation_id, token=token, inbound=inbound)
        )
    )
    return MessageResponse(message=done.message, replies=list(done.replies), owner=done.owner)


@router.get(
    "/{conversation_id}/events",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {"example": examples.EVENTS}}}},
)
async def events(
    conversation_id: str,
    request: Request,
    parts: PartsDep,
    token: TokenDep,
    last_event_id: Annotated[str | None, Header()] = None,
) -> Response:
    """Messages as they come (``message``, ``owner``, ``typing``), resumable by Last-Event-ID."""
    await parts.database.read(
        lambda session: service.authorise(
            session=session, conversation_id=conversation_id, token=token
        )
    )
    after = _last_seen(last_event_id)
    return StreamingResponse(
        _stream(parts, conversation_id, after),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


def _last_seen(last_event_id: str | None) -> int:
    """The number a page saw last; what cannot be one of ours begins anew."""
    if last_event_id and len(last_event_id) <= MAX_SEQ_DIGITS and last_event_id.isdecimal():
        return int(last_event_id)
    return 0


async def _stream(parts: Parts, conversation_id: str, after: int) -> AsyncIterator[str]:
    events: EventHub = parts.events
    shown: Seen | None = None
    async with events.listen(conversation_id) as listener:
        while not events.stopping:
            listener.woken.clear()
            seen = await _look(parts, conversation_id, after)
            if shown is None or seen.standing != shown.standing:
                yield _event("owner", _owner(seen.standing))
            if seen.banner != (shown.banner if shown else None):
                yield _event("banner", {"text": seen.banner})
            shown = seen
            for message in seen.messages:
                after = message.seq
                yield _event("message", message.model_dump(mode="json"), id_=message.seq)
            while listener.typing:
                author, on = listener.typing.pop(0)
                if author != "visitor":
                    yield _event("typing", {"author": author, "on": on})
            if not await _woken(listener):
                yield ": ping\n\n"


@dataclass(frozen=True, slots=True)
class Seen:
    """What a stream may have to tell."""

    messages: tuple[MessageView, ...]
    standing: Ownership
    banner: str | None


async def _look(parts: Parts, conversation_id: str, after: int) -> Seen:
    def work(session: Session) -> Seen:
        return Seen(
            service.messages_after(session=session, conversation_id=conversation_id, seq=after),
            ownership.current(session=session, conversation_id=conversation_id),
            switches.states(session=session).banner,
        )

    return await parts.database.read(work)


def _owner(standing: Ownership) -> dict[str, str]:
    told = {"owner": standing.owner}
    return told | ({"speaker": standing.speaker} if standing.speaker else {})


async def _woken(listener: Listener) -> bool:
    try:
        await asyncio.wait_for(listener.woken.wait(), timeout=KEEP_ALIVE_SECONDS)
    except TimeoutError:
        return False
    return True


def _event(name: str, data: dict[str, Any], *, id_: int | None = None) -> str:
    head = f"id: {id_}\n" if id_ is not None else ""
    return f"{head}event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"

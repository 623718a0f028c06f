"""``/bookings``: book a slot, look at a booking, move it, cancel it, take its calendar entry.

The code travels as bearer token; ``manage_url`` carries it behind ``#``, where no server sees it.
"""

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Depends, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import Session

from api.http import examples
from api.http.errors import error_body
from api.http.parts import Parts, PartsDep, TokenDep
from api.http.throttle import limit_bookings
from knowledge import clock
from knowledge.bookings import changes, ics, mails, offers, right_desk, service
from knowledge.bookings.models import Booking
from knowledge.bookings.orders import Order
from knowledge.bookings.slot_ids import decode
from knowledge.bookings.slots import Wanted
from knowledge.bookings.views import BookingView, Contact
from knowledge.catalogue import current
from knowledge.conversations.models import Conversation
from knowledge.desks.prefectures import find_prefecture
from knowledge.errors import (
    FieldProblem,
    InvalidInputError,
    MadoguchiError,
    OutsidePrefectureError,
    SlotNotOpenError,
    SlotTakenError,
)
from knowledge.staff.actor import Actor
from knowledge.wording import say

router = APIRouter(prefix="/bookings", tags=["bookings"])

NO_CONTROLS = r"^[^\x00]*$"
WITH_ALTERNATIVES = (SlotTakenError, SlotNotOpenError, OutsidePrefectureError)


class ContactIn(BaseModel):
    """Who comes; individuals write 個人 as company."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(max_length=300)
    company: str = Field(max_length=300)
    prefecture: str = Field(max_length=50, description="the company's: official name, 静岡, 22")
    email: str | None = Field(default=None, max_length=300)
    phone: str | None = Field(default=None, max_length=50)


class BookingRequest(BaseModel):
    """A booking, or the request of an expert session."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [examples.BOOKING]})

    slot_id: str = Field(max_length=64)
    conversation_id: str | None = Field(default=None, max_length=64, pattern=NO_CONTROLS)
    contact: ContactIn
    topic: str = Field(max_length=50)
    summary: str = Field(max_length=5000, description="what it is about, not the case itself")
    consent: bool = Field(description="that the desk keeps and uses this for the session")
    hold: str | None = Field(default=None, max_length=64, description="of a kept slot")


class BookingResponse(BaseModel):
    """The booking as made; ``code`` is shown only here and opens it again."""

    reference: str
    code: str
    status: str
    starts_at: datetime
    manage_url: str
    ics_url: str


class MoveRequest(BaseModel):
    """Another time."""

    model_config = ConfigDict(extra="forbid")

    slot_id: str = Field(max_length=64)


@router.post(
    "",
    status_code=201,
    response_model=BookingResponse,
    dependencies=[Depends(limit_bookings)],
    responses={403: {"description": "The company is in another prefecture; its desk and slots"}},
)
async def book(body: BookingRequest, parts: PartsDep) -> BookingResponse | JSONResponse:
    """Book: a meeting or a place is confirmed at once, an expert session is a request.

    409 ``slot_taken`` or ``slot_not_open`` and 403 ``outside_prefecture`` come with free times.
    """
    order = _order(body)

    def work(session: Session) -> Booking:
        _check_conversation(session, body.conversation_id)
        actor = Actor(kind="visitor", id=body.conversation_id or "web")
        return service.book(
            session=session, order=order, site=parts.site, actor=actor, now=clock.now()
        ).booking

    try:
        booking = await parts.database.write(work)
    except WITH_ALTERNATIVES as error:
        return await _instead(parts, error, body)
    return BookingResponse(
        reference=booking.reference,
        code=booking.code,
        status=booking.status,
        starts_at=booking.starts_at,
        manage_url=mails.manage_url(parts.site, booking),
        ics_url=f"{parts.site}/api/v1/bookings/{booking.reference}/calendar.ics",
    )


@router.get("/{reference}", response_model=BookingView)
async def show(reference: str, parts: PartsDep, token: TokenDep) -> BookingView:
    """A booking and what may still be done with it (bearer: its code)."""
    return await parts.database.read(lambda session: _view(session, reference, token))


@router.patch("/{reference}", response_model=BookingView)
async def move(
    reference: str, body: MoveRequest, parts: PartsDep, token: TokenDep
) -> BookingView | JSONResponse:
    """Take another time; the same calendar entry follows. 409 leaves the old time untouched."""

    def work(session: Session) -> BookingView:
        now = clock.now()
        booking = changes.move(
            session=session,
            reference=reference,
            code=token,
            slot_id=body.slot_id,
            site=parts.site,
            actor=Actor(kind="visitor", id=reference),
            now=now,
        )
        return service.view(booking=booking, now=now)

    try:
        return await parts.database.write(work)
    except WITH_ALTERNATIVES as error:
        view = await parts.database.read(lambda session: _view(session, reference, token))
        return await _other_times(parts, error, body.slot_id, view.contact.prefecture, view.topic)


@router.delete("/{reference}", response_model=BookingView)
async def cancel(reference: str, parts: PartsDep, token: TokenDep) -> BookingView:
    """Give a booking up; a second time answers the same."""

    def work(session: Session) -> BookingView:
        now = clock.now()
        booking = changes.cancel(
            session=session,
            reference=reference,
            code=token,
            site=parts.site,
            actor=Actor(kind="visitor", id=reference),
            now=now,
        )
        return service.view(booking=booking, now=now)

    return await parts.database.write(work)


@router.get(
    "/{reference}/calendar.ics",
    response_class=Response,
    responses={200: {"content": {"text/calendar": {"example": "BEGIN:VCALENDAR…"}}}},
)
async def calendar(reference: str, parts: PartsDep, token: TokenDep) -> Response:
    """The calendar entry as the booking stands now: one UID for its life, SEQUENCE per change."""

    def work(session: Session) -> tuple[str, str]:
        booking = service.open_booking(session=session, reference=reference, code=token)
        office = mails.office_name(booking.office)
        return ics.calendar_entry(booking, office_name=office), ics.content_type(booking)

    text, media_type = await parts.database.read(work)
    headers = {"Content-Disposition": f'attachment; filename="{ics.FILE_NAME}"'}
    return Response(text, media_type=media_type, headers=headers)


def _order(body: BookingRequest) -> Order:
    return Order(
        slot_id=body.slot_id,
        contact=Contact.model_validate(body.contact.model_dump()),
        topic=body.topic,
        summary=body.summary,
        consent=body.consent,
        conversation_id=body.conversation_id,
        hold=body.hold,
    )


def _check_conversation(session: Session, conversation_id: str | None) -> None:
    if conversation_id is not None and session.get(Conversation, conversation_id) is None:
        problem = FieldProblem("conversation_id", say("errors.bad_field"))
        raise InvalidInputError(fields=(problem,))


def _view(session: Session, reference: str, token: str) -> BookingView:
    booking = service.open_booking(session=session, reference=reference, code=token)
    return service.view(booking=booking, now=clock.now())


async def _instead(parts: Parts, error: MadoguchiError, body: BookingRequest) -> JSONResponse:
    return await _other_times(parts, error, body.slot_id, body.contact.prefecture, body.topic)


async def _other_times(
    parts: Parts, error: MadoguchiError, slot_id: str, prefecture: str, topic: str
) -> JSONResponse:
    """The failure with free times at the company's own desk, and that desk if it is another."""
    key, place = decode(slot_id), find_prefecture(prefecture)
    if key is None or place is None:
        return JSONResponse(error_body(error), status_code=error.status)
    wanted = Wanted(
        kind=key.kind,
        prefecture=place,
        topic=topic if key.kind == "expert" else None,
        first=key.starts_at.date(),
    )

    def work(session: Session) -> dict[str, Any]:
        now = clock.now()
        found = offers.alternatives(session=session, wanted=wanted, now=now)
        told: dict[str, Any] = {"alternatives": [slot.model_dump(mode="json") for slot in found]}
        if isinstance(error, OutsidePrefectureError):
            catalogue = current(session=session)
            desk = right_desk.desk_of(catalogue=catalogue, prefecture=place, now=now)
            told["desk"] = desk.model_dump(mode="json") if desk else None
        return told

    body = error_body(error) | await parts.database.read(work)
    return JSONResponse(body, status_code=error.status)

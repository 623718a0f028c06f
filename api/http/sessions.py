"""``/sessions``: free times of meetings, 定期相談会 and experts; holding one; waiting for one."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import Session

from api.http.parts import PartsDep, TokenDep
from api.http.throttle import limit_holds
from knowledge import clock
from knowledge.bookings import occupying, offers, orders, waiting
from knowledge.bookings.occupying import Held
from knowledge.bookings.slot_ids import Kind, Mode, decode
from knowledge.bookings.slots import Wanted
from knowledge.bookings.views import SlotList
from knowledge.desks.prefectures import Prefecture, find_prefecture
from knowledge.errors import FieldProblem, InvalidInputError, NotFoundError
from knowledge.experts.rules import PROFESSIONS
from knowledge.vocabulary import TOPICS
from knowledge.wording import say

router = APIRouter(prefix="/sessions", tags=["sessions"])

LAST_YEAR = 2099


class HoldResponse(BaseModel):
    """A slot kept for ten minutes; ``hold`` goes into the booking."""

    hold: str
    slot_id: str
    expires_at: datetime


class WaitingRequest(BaseModel):
    """Waiting for a place that becomes free between two days."""

    model_config = ConfigDict(extra="forbid")

    kind: Kind = "meeting"
    prefecture: str
    profession: str | None = None
    first_day: date = Field(alias="from")
    last_day: date = Field(alias="to")
    email: str
    consent: bool


class WaitingResponse(BaseModel):
    """The code ends the waiting; it is shown only here."""

    code: str


class SlotQuery(BaseModel):
    """What is looked for; ``from`` and ``to`` are days in Tokyo, both within."""

    model_config = ConfigDict(extra="forbid")

    kind: Kind = "meeting"
    prefecture: str
    profession: str | None = None
    topics: str | None = Field(default=None, description="subject, for experts")
    mode: Mode | None = None
    first_day: date | None = Field(default=None, alias="from")
    last_day: date | None = Field(default=None, alias="to")


@router.get("/slots", response_model=SlotList)
async def slots(query: Annotated[SlotQuery, Query()], parts: PartsDep) -> SlotList:
    """Free times in order. Experts come from the nearest ring that has a suitable one; each says
    its ring and why. ``next_from`` is the day to ask from for later ones."""
    wanted = _wanted(query)
    now = clock.now()
    return await parts.database.read(
        lambda session: offers.find(session=session, wanted=wanted, now=now)
    )


@router.post(
    "/slots/{slot_id}/hold",
    status_code=201,
    response_model=HoldResponse,
    dependencies=[Depends(limit_holds)],
)
async def hold(slot_id: str, parts: PartsDep) -> HoldResponse:
    """Keep a slot for ten minutes; 409 if somebody has it, 404 for an unknown id."""
    if decode(slot_id) is None:
        raise NotFoundError

    def work(session: Session) -> Held:
        return occupying.hold(session=session, slot_id=slot_id, now=clock.now())

    held = await parts.database.write(work)
    return HoldResponse(hold=held.hold, slot_id=held.slot_id, expires_at=held.expires_at)


@router.delete("/slots/{slot_id}/hold", status_code=204)
async def give_up(slot_id: str, parts: PartsDep, token: TokenDep) -> None:
    """Give a kept slot back before its ten minutes are over (bearer: the hold)."""
    await parts.database.write(lambda session: occupying.give_up(session=session, token=token))


@router.post(
    "/waiting", status_code=201, response_model=WaitingResponse, dependencies=[Depends(limit_holds)]
)
async def wait(body: WaitingRequest, parts: PartsDep) -> WaitingResponse:
    """Wait for a place; whoever waits longest is told first by mail when one becomes free."""
    prefecture = _prefecture(body.prefecture)
    email = orders.find_email(body.email)
    tests = (
        (email is not None, "email", "bookings.bad_email"),
        (body.consent, "consent", "bookings.bad_consent"),
        (body.first_day <= body.last_day, "to", "errors.bad_field"),
        (_known_profession(body.profession), "profession", "errors.bad_field"),
    )
    problems = tuple(FieldProblem(name, say(key)) for good, name, key in tests if not good)
    if problems:
        raise InvalidInputError(fields=problems)

    def work(session: Session) -> str:
        return waiting.join(
            session=session,
            kind=body.kind,
            prefecture=prefecture,
            profession=body.profession,
            days=(body.first_day, body.last_day),
            email=email or "",
            now=clock.now(),
        )

    return WaitingResponse(code=await parts.database.write(work))


@router.delete("/waiting", status_code=204)
async def stop_waiting(parts: PartsDep, token: TokenDep) -> None:
    """Wait no more (bearer: the code); 404 for an unknown code."""

    def work(session: Session) -> bool:
        return waiting.leave(session=session, code=token, now=clock.now())

    if not await parts.database.write(work):
        raise NotFoundError


def _wanted(query: SlotQuery) -> Wanted:
    days = (query.first_day, query.last_day)
    tests = (
        (_known_profession(query.profession), "profession"),
        (query.topics is None or query.topics in TOPICS, "topics"),
        (all(day is None or day.year <= LAST_YEAR for day in days), "to"),
    )
    problems = [FieldProblem(name, say("errors.bad_field")) for good, name in tests if not good]
    if problems:
        raise InvalidInputError(fields=tuple(problems))
    return Wanted(
        kind=query.kind,
        prefecture=_prefecture(query.prefecture),
        profession=query.profession,
        topic=query.topics,
        first=query.first_day,
        last=query.last_day,
        mode=query.mode,
    )


def _known_profession(value: str | None) -> bool:
    return value is None or value in PROFESSIONS


def _prefecture(value: str) -> Prefecture:
    found = find_prefecture(value)
    if found is None:
        problem = FieldProblem("prefecture", say("errors.unknown_prefecture"))
        raise InvalidInputError(fields=(problem,))
    return found

"""``/staff/cases``: what staff do in the console, for other systems; same rights, bearer token."""

import datetime
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Literal, TypeVar

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import Session

from api.http.conversations import NO_CONTROLS
from api.http.parts import Parts, PartsDep
from api.http.staff_auth import ActorDep
from knowledge import clock
from knowledge.cases.references import read_reference
from knowledge.conversations.views import MessageView
from knowledge.errors import FieldProblem, InvalidInputError, NotFoundError
from knowledge.handoffs import files, inbox, labels, merging, service
from knowledge.handoffs.views import (
    OPEN_STATES,
    CaseFile,
    Closed,
    NoteView,
    Outcome,
    OutcomeFacts,
    Page,
    Row,
    State,
)
from knowledge.wording import say

router = APIRouter(prefix="/staff/cases", tags=["staff"])

Result = TypeVar("Result")


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ClaimRequest(_Body):
    """Take a case; ``take_over`` is for managers."""

    take_over: bool = False


class StaffMessage(_Body):
    """A message to the visitor; the same ``client_message_id`` again writes nothing."""

    text: str
    client_message_id: str | None = Field(
        default=None, min_length=1, max_length=60, pattern=NO_CONTROLS
    )
    programmes: list[str] = Field(default=[], max_length=6)
    articles: list[str] = Field(default=[], max_length=6)


class NoteRequest(_Body):
    """A note inside the desk."""

    text: str


class TransferRequest(_Body):
    """Where the case goes: ``office`` (``desk`` or ``desk/JIS``) or ``desk``, and why."""

    office: str | None = None
    desk: str | None = None
    reason: str


class WrongDeskRequest(_Body):
    """Where the case should have come, and what it is about if that was wrong."""

    office: str
    topic: str | None = None


class CloseRequest(_Body):
    """How the case ended. ``seen_seq`` is the last message you have seen."""

    outcome: Outcome
    facts: OutcomeFacts | None = None
    good_case: bool = False
    seen_seq: int | None = None


class LabelsRequest(_Body):
    """Exactly these labels."""

    labels: list[str]


class MergeRequest(_Body):
    """The case that goes on."""

    into: str


@router.get("", response_model=Page)
async def list_cases(
    parts: PartsDep,
    actor: ActorDep,
    desk: str | None = None,
    office: str | None = None,
    state: Annotated[list[str] | None, Query()] = None,
    urgency: Literal["urgent", "soon", "normal"] | None = None,
    label: str | None = None,
    assignee: str | None = None,
    q: str | None = None,
    sort: Literal["waiting", "recent", "due"] = "waiting",
    since: datetime.datetime | None = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
    cursor: str | None = None,
) -> Page:
    """Cases of your offices; ``state`` may be repeated, ``open`` and ``all`` are short for many.

    Without ``state`` open cases are listed.
    """
    filters = inbox.Filters(
        desk=desk,
        office=office,
        states=_states(state),
        urgency=urgency,
        label=label,
        assignee=actor.id if assignee == "me" else assignee,
        q=q,
        sort=sort,
        since=since.astimezone(clock.TOKYO) if since is not None else None,
    )
    return await parts.database.read(
        lambda session: inbox.list_cases(
            session=session,
            actor=actor,
            now=clock.now(),
            filters=filters,
            cursor=cursor,
            limit=limit,
        )
    )


@router.get("/{reference}", response_model=CaseFile)
async def read_case(reference: str, parts: PartsDep, actor: ActorDep) -> CaseFile:
    """Everything on one case; looking is audited."""
    return await _act(parts, reference, files.read, actor=actor)


@router.post("/{reference}/claim", response_model=Row)
async def claim(
    reference: str, parts: PartsDep, actor: ActorDep, body: ClaimRequest | None = None
) -> Row:
    """Take a case: 409 ``already_claimed`` where somebody else was first."""
    take_over = body.take_over if body is not None else False
    return await _act(parts, reference, service.claim, actor=actor, take_over=take_over)


@router.post("/{reference}/messages", status_code=201, response_model=MessageView)
async def say_to_visitor(
    reference: str, body: StaffMessage, parts: PartsDep, actor: ActorDep
) -> MessageView:
    """Write to the visitor of a case you have claimed."""
    return await _act(parts, reference, service.say_to_visitor, actor=actor, **body.model_dump())


@router.post("/{reference}/notes", status_code=201, response_model=NoteView)
async def note(reference: str, body: NoteRequest, parts: PartsDep, actor: ActorDep) -> NoteView:
    """Leave a note inside the desk."""
    return await _act(parts, reference, service.note, actor=actor, text=body.text)


@router.post("/{reference}/release", response_model=Row)
async def release(reference: str, parts: PartsDep, actor: ActorDep) -> Row:
    """Hand the conversation back to the bot."""
    return await _act(parts, reference, service.release, actor=actor)


@router.post("/{reference}/queue", response_model=Row)
async def to_queue(reference: str, parts: PartsDep, actor: ActorDep) -> Row:
    """Put a case you have claimed back into the queue of its office."""
    return await _act(parts, reference, service.to_queue, actor=actor)


@router.post("/{reference}/transfer", response_model=Row)
async def transfer(reference: str, body: TransferRequest, parts: PartsDep, actor: ActorDep) -> Row:
    """Pass a case on to another place, with a reason."""
    office = body.office or body.desk or ""
    return await _act(
        parts, reference, service.transfer, actor=actor, office=office, reason=body.reason
    )


@router.post("/{reference}/wrong-desk", response_model=Row)
async def wrong_desk(
    reference: str, body: WrongDeskRequest, parts: PartsDep, actor: ActorDep
) -> Row:
    """Move a case that came to the wrong desk; it becomes a label for training."""
    return await _act(parts, reference, service.wrong_desk, actor=actor, **body.model_dump())


@router.post("/{reference}/close", response_model=Closed)
async def close(reference: str, body: CloseRequest, parts: PartsDep, actor: ActorDep) -> Closed:
    """Close a case; ``reopened`` where the visitor had written something you had not seen."""
    return await _act(
        parts,
        reference,
        service.close,
        actor=actor,
        outcome=body.outcome,
        facts=body.facts,
        good_case=body.good_case,
        seen_seq=body.seen_seq,
    )


@router.post("/{reference}/reopen", response_model=Row)
async def reopen(reference: str, parts: PartsDep, actor: ActorDep) -> Row:
    """Open a closed case again."""
    return await _act(parts, reference, service.reopen, actor=actor)


@router.put("/{reference}/labels", response_model=Row)
async def set_labels(reference: str, body: LabelsRequest, parts: PartsDep, actor: ActorDep) -> Row:
    """Give a case exactly these labels."""
    return await _act(parts, reference, labels.set_labels, actor=actor, labels=body.labels)


@router.post("/{reference}/merge", response_model=Row)
async def merge(reference: str, body: MergeRequest, parts: PartsDep, actor: ActorDep) -> Row:
    """Merge a case into another one of yours."""
    into = read_reference(body.into) or body.into
    return await _act(parts, reference, merging.merge, actor=actor, into=into)


def _states(given: Sequence[str] | None) -> tuple[State, ...]:
    """The states asked for; nothing means the open ones, ``all`` every one."""
    if not given or given == ["open"]:
        return OPEN_STATES
    if "all" in given:
        return ()
    known = (*OPEN_STATES, "closed", "merged")
    wanted = {state for one in given for state in one.split(",")}
    if not wanted <= set(known):
        raise InvalidInputError(fields=(FieldProblem("state", say("errors.bad_field")),))
    return tuple(state for state in known if state in wanted)


async def _act(parts: Parts, reference: str, act: Callable[..., Result], **values: Any) -> Result:
    """One transaction on a case; then everybody who looks at it is woken."""
    named = read_reference(reference)
    if named is None:
        raise NotFoundError
    woken: list[str | None] = []

    def work(session: Session) -> Result:
        done = act(session=session, reference=named, now=clock.now(), **values)
        woken.append(service.conversation_of(session=session, reference=named))
        return done

    done = await parts.database.write(work)
    parts.relay.told(woken[0])
    return done

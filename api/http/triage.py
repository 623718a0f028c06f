"""``POST /triage``: sorts one inquiry; nothing of it is stored."""

from datetime import datetime

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field, field_validator
from sqlmodel import Session

from api.http import examples
from api.http.conversations import known_prefecture
from api.http.parts import PartsDep
from api.http.throttle import limit_triages
from knowledge import clock
from knowledge.catalogue import current
from knowledge.conversations.service import check_text
from knowledge.text import MAX_TEXT_LENGTH
from knowledge.triage.answer import NoticeOut, Triage
from knowledge.triage.guards import inspect
from knowledge.triage.service import triage
from knowledge.triage.understanding import Understanding
from knowledge.wording import say

router = APIRouter(tags=["triage"])


FIRST_YEAR, LAST_YEAR = 2000, 2099
"""Years in which an inquiry can have been received; last days are counted from them."""


class TriageRequest(BaseModel):
    """One inquiry to be sorted."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [examples.TRIAGE]})

    text: str = Field(description=f"up to {MAX_TEXT_LENGTH} characters, as typed")
    prefecture: str | None = Field(default=None, description="official name, 静岡 or JIS 22")
    received_at: datetime | None = Field(
        default=None, description="when it was received; without zone: Asia/Tokyo"
    )

    @field_validator("received_at")
    @classmethod
    def _in_our_time(cls, value: datetime | None) -> datetime | None:
        if value is not None and not FIRST_YEAR <= value.year <= LAST_YEAR:
            raise ValueError(say("errors.bad_field"))
        return value


@router.post("/triage", response_model=Triage, dependencies=[Depends(limit_triages)])
async def post_triage(body: TriageRequest, parts: PartsDep) -> Triage:
    """Topic, need, asker, desk, programmes, clocks and rules of one inquiry.

    The guard does not stop it, since nothing is kept; ``notices`` carries ``confidential`` where
    a conversation would have withheld the text.
    """
    text = check_text(body.text)
    heard = await parts.bot.parse(text)
    return await parts.database.read(lambda session: _decide(session, body, heard))


def _decide(session: Session, body: TriageRequest, heard: Understanding) -> Triage:
    received = body.received_at or clock.now()
    if received.tzinfo is None:
        received = received.replace(tzinfo=clock.TOKYO)
    result = triage(
        understanding=heard,
        catalogue=current(session=session),
        now=received.astimezone(clock.TOKYO),
        prefecture=known_prefecture(session, body.prefecture),
    )
    if not inspect(heard.text).withhold:
        return result
    notice = NoticeOut(code="confidential", text=say("guard.way_on"))
    return result.model_copy(update={"notices": (*result.notices, notice)})

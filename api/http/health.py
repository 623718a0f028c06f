"""``/healthz`` names the part that is ill; ``/livez`` only says that the process lives."""

import asyncio
from typing import Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from api.http.parts import Parts, PartsDep
from knowledge import clock
from knowledge.errors import MadoguchiError
from knowledge.heartbeats import last_beat

router = APIRouter(tags=["health"])

WORKER_SILENT_SECONDS = 150
"""Two missed beats of the worker (one a minute)."""


class Part(BaseModel):
    """One part of the product."""

    ok: bool
    detail: str


class Health(BaseModel):
    """All parts; ``ok`` only if each is."""

    status: Literal["ok", "degraded"]
    parts: dict[str, Part]


@router.get("/livez")
async def livez() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@router.get("/healthz", response_model=Health, responses={503: {"model": Health}})
async def healthz(response: Response, parts: PartsDep) -> Health:
    """Database, Rasa, a live model, the action webhook, the worker."""
    database, worker = await _stored_parts(parts)
    rasa = await asyncio.wait_for(parts.bot.health(), timeout=5)
    found = {
        "database": database,
        "rasa": Part(ok=rasa.alive, detail="answers" if rasa.alive else "no answer"),
        "model": Part(ok=rasa.model_id is not None, detail=rasa.model_id or "no model is live"),
        "actions": _actions(parts),
        "worker": worker,
    }
    ok = all(part.ok for part in found.values())
    response.status_code = 200 if ok else 503
    return Health(status="ok" if ok else "degraded", parts=found)


def _actions(parts: Parts) -> Part:
    count = parts.actions_registered
    return Part(ok=count > 0, detail=f"{count} actions registered")


async def _stored_parts(parts: Parts) -> tuple[Part, Part]:
    def work(session: Session) -> Part:
        session.execute(text("SELECT 1"))
        beat = last_beat(session=session, name="worker")
        if beat is None:
            return Part(ok=False, detail="never seen")
        silent = (clock.now() - beat).total_seconds()
        return Part(ok=silent < WORKER_SILENT_SECONDS, detail=f"last seen {int(silent)} s ago")

    try:
        worker = await asyncio.wait_for(parts.database.read(work), timeout=8)
    except (MadoguchiError, SQLAlchemyError, OSError, TimeoutError) as error:
        reason = type(error).__name__
        return Part(ok=False, detail=reason), Part(ok=False, detail="database does not answer")
    return Part(ok=True, detail="answers"), worker

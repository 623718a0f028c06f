"""Hands out a file that a visitor sent, to whoever may see its case; each look is audited.

The bytes are a stranger's: they are never run, never guessed at, and open in place only where
they are a picture by their own first bytes.
"""

from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from api.consoles.guard import PERSON
from api.consoles.house import Person
from knowledge.errors import MadoguchiError, NotFoundError
from knowledge.line import desk
from knowledge.line.desk import Sent
from knowledge.staff.actor import Role
from knowledge.wording import say

DESK: frozenset[Role] = frozenset({"staff", "manager"})
LOCKED = "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; sandbox"
"""A picture shown by itself needs itself and the browser's own style; nothing runs."""


def make_router() -> APIRouter:
    """The route, inside of the console's guard."""
    router = APIRouter(include_in_schema=False)

    @router.get("/staff/cases/{reference}/files/{file_id}")
    async def file(request: Request, reference: str, file_id: str, save: bool = False) -> Response:
        person: Person = request.scope[PERSON]
        try:
            actor = await person.actor()
            if not actor.roles & DESK:
                raise NotFoundError
            sent = await person.write(
                lambda session, actor, now: desk.read_file(
                    session=session, reference=reference, file_id=file_id, actor=actor, now=now
                )
            )
        except MadoguchiError as error:
            body = {"error": error.code, "detail": say(error.wording)}
            return JSONResponse(body, status_code=error.status)
        return Response(sent.content, headers=_headers(sent, save=save))

    return router


def _headers(sent: Sent, *, save: bool) -> dict[str, str]:
    shown = "inline" if sent.shows and not save else "attachment"
    return {
        "Content-Type": sent.content_type,
        "Content-Disposition": f"{shown}; filename*=UTF-8''{quote(sent.name, safe='')}",
        "Content-Security-Policy": LOCKED,
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }

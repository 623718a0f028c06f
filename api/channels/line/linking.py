"""The page of LINE's account link: who knows a case's number and code gets the way back to LINE.

Number and code are checked here and go no further; LINE is handed a one-time number.
"""

import re
from pathlib import Path
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from fastapi.responses import FileResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, ConfigDict, Field

from api.channels.line.joining import PAGE
from api.database import Database
from api.guessing import Guessing
from api.throttle import Throttle
from knowledge import clock
from knowledge.errors import FieldProblem, InvalidInputError, NotAuthenticatedError, NotFoundError
from knowledge.line import linking
from knowledge.wording import say

FOLDER: Final = Path(__file__).parents[1] / "static" / "line"
FRESH: Final = {"Cache-Control": "no-cache"}
LINK_TOKEN: Final = re.compile(r"[!-~]{10,200}")

_bearer = HTTPBearer(auto_error=False)


class LinkRequest(BaseModel):
    """Which case, and LINE's token of the address this page was opened with; the code is in the
    ``Authorization`` header."""

    model_config = ConfigDict(extra="forbid")

    reference: str = Field(max_length=64)
    link_token: str = Field(max_length=1000)


class LinkResponse(BaseModel):
    """Where the browser goes on: LINE's own page, which ends the link."""

    url: str


def make_link_router(*, database: Database, throttle: Throttle, link_url: str) -> APIRouter:
    """Page and call of one LINE channel."""
    router = APIRouter(include_in_schema=False)

    @router.get(PAGE)
    def page() -> FileResponse:
        return FileResponse(FOLDER / "link.html", media_type="text/html", headers=FRESH)

    @router.get(f"{PAGE}.js")
    def script() -> FileResponse:
        return FileResponse(FOLDER / "link.js", media_type="text/javascript", headers=FRESH)

    @router.post(PAGE)
    async def prove(
        body: LinkRequest,
        request: Request,
        code: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
    ) -> LinkResponse:
        if code is None:
            raise NotAuthenticatedError
        if not LINK_TOKEN.fullmatch(body.link_token):
            reason = say("line_chat.link_over")
            raise InvalidInputError(reason, fields=(FieldProblem("link_token", reason),))
        address = request.client.host if request.client else "unknown"
        guess = Guessing(throttle, address=address, reference=body.reference)
        guess.check()
        nonce = await _nonce(database, guess, body.reference, code.credentials)
        query = urlencode({"linkToken": body.link_token, "nonce": nonce})
        return LinkResponse(url=f"{link_url}?{query}")

    return router


async def _nonce(database: Database, guess: Guessing, reference: str, code: str) -> str:
    """The one-time number; a wrong guess is counted.

    Raises:
        NotFoundError: wrong number or code. TooManyRequestsError: the guess was one too many.
    """
    try:
        return await database.write(
            lambda session: linking.issue(
                session=session, reference=reference, code=code, now=clock.now()
            )
        )
    except NotFoundError:
        await guess.was_wrong(database)
        raise

"""What the routers need from the running application, as FastAPI dependencies."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from api.bot import BotClient
from api.database import Database
from api.events import EventHub
from api.relay import Relay
from api.throttle import Throttle
from knowledge.errors import NotAuthenticatedError


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of one running application. ``site`` is the address its visitors use."""

    database: Database
    bot: BotClient
    events: EventHub
    relay: Relay
    throttle: Throttle
    retention_days: int
    actions_registered: int
    site: str = "http://localhost:8000"


def parts_of(request: Request) -> Parts:
    """The parts that the application was assembled from."""
    parts: Parts = request.app.state.parts
    return parts


_bearer = HTTPBearer(auto_error=False, description="Token of a conversation, staff or case code")


def bearer_token(
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> str:
    """The bearer token of the request.

    Raises:
        NotAuthenticatedError: there is none (401). Whether it opens anything is decided later.
    """
    if credentials is None or not credentials.credentials:
        raise NotAuthenticatedError
    return credentials.credentials


PartsDep = Annotated[Parts, Depends(parts_of)]
TokenDep = Annotated[str, Depends(bearer_token)]

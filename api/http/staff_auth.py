"""Who calls the staff API: a bearer token becomes an actor, guesses are slowed down and noted."""

from typing import Annotated

from fastapi import Depends, Request
from limits import RateLimitItemPerMinute
from sqlmodel import Session

from api.http.parts import PartsDep, TokenDep
from knowledge import clock
from knowledge.audit.service import record
from knowledge.errors import NotFoundError
from knowledge.staff import service, tokens
from knowledge.staff.actor import Actor, system

CALLS = RateLimitItemPerMinute(600, namespace="staff-calls")
"""Calls of one account: another system that mirrors an inbox needs ten a second at most."""
GUESSES = RateLimitItemPerMinute(20, namespace="staff-guesses")
"""Tokens from one address that open nothing: a person mistypes once, a guesser a thousand times."""


async def current_actor(request: Request, parts: PartsDep, token: TokenDep) -> Actor:
    """Dependency: the member of staff whose token this is.

    Raises:
        NotAuthenticatedError: no token. NotFoundError: it opens nothing.
        TooManyRequestsError: too many calls of this account, or guesses from this address.
    """
    now = clock.now()

    def known(session: Session) -> tuple[Actor, bool]:
        actor = service.actor_of_token(session=session, token=token, now=now)
        return actor, tokens.is_use_to_note(session=session, token=token, now=now)

    address = request.client.host if request.client else "unknown"
    parts.throttle.peek(GUESSES, address)
    try:
        actor, to_note = await parts.database.read(known)
    except NotFoundError:
        parts.throttle.check(GUESSES, address)
        await parts.database.write(
            lambda session: record(
                session=session,
                actor=system("api"),
                action="token.refused",
                subject="account:unknown",
                now=now,
            )
        )
        raise
    parts.throttle.check(CALLS, actor.id)
    if to_note:
        await parts.database.write(
            lambda session: tokens.note_use(session=session, token=token, now=now)
        )
    return actor


ActorDep = Annotated[Actor, Depends(current_actor)]

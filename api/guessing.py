"""Stops guessing at the numbers and codes of cases, wherever they may be typed: one count for all.

It opens nothing; it counts what did not open.
"""

from limits import RateLimitItemPerHour
from sqlmodel import Session

from api.database import Database
from api.throttle import Throttle
from knowledge import clock
from knowledge.audit import service as audit
from knowledge.cases.references import read_reference
from knowledge.staff.actor import Actor

GUESSES = RateLimitItemPerHour(30, namespace="case-guesses")
"""Wrong numbers or codes from one address: a person mistypes a few times, a guesser thousands."""
GUESSES_OF_ONE = RateLimitItemPerHour(10, namespace="case-guesses-of-one")
"""Wrong codes for one case, from wherever they come."""
UNREADABLE = "unreadable"


class Guessing:
    """One try to open a case from one address."""

    def __init__(self, throttle: Throttle, *, address: str, reference: str) -> None:
        self._throttle = throttle
        self._address = address
        self._named = read_reference(reference) or UNREADABLE

    def check(self) -> None:
        """Look before the try.

        Raises:
            TooManyRequestsError: too many were wrong, from here or for this case.
        """
        self._throttle.peek(GUESSES, self._address)
        self._throttle.peek(GUESSES_OF_ONE, self._named)

    async def was_wrong(self, database: Database) -> None:
        """Count it, and keep that somebody tried.

        Raises:
            TooManyRequestsError: it was one too many.
        """
        self._throttle.check(GUESSES, self._address)
        self._throttle.check(GUESSES_OF_ONE, self._named)

        def work(session: Session) -> None:
            audit.record(
                session=session,
                actor=Actor(kind="visitor", id="unknown"),
                action="case.refused",
                subject=f"case:{self._named}",
                now=clock.now(),
            )

        await database.write(work)

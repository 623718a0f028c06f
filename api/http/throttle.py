"""Slows down who asks too much, per address and per conversation; counts live in memory.

The limits are far above what a person does; they keep one client from starving the others.
"""

from fastapi import Request
from limits import RateLimitItemPerMinute

from api.http.parts import PartsDep

STARTS = RateLimitItemPerMinute(60, namespace="starts")
"""New conversations from one address: an office behind one address opens a few."""
MESSAGES = RateLimitItemPerMinute(40, namespace="messages")
"""Messages in one conversation: nobody types faster than one in 1.5 s for a minute."""
TRIAGES = RateLimitItemPerMinute(600, namespace="triages")
"""Inquiries sorted for one address: a desk's backlog goes through at ten a second."""

HOLDS = RateLimitItemPerMinute(20, multiples=10, namespace="holds")
"""Slots kept by one address in ten minutes (as long as a hold lasts): few calendars are smaller."""
BOOKINGS = RateLimitItemPerMinute(20, namespace="bookings")
"""Bookings made from one address: a chamber of commerce books for its members."""


def _address(request: Request) -> str:
    return request.client.host if request.client else "unknown"


def limit_starts(request: Request, parts: PartsDep) -> None:
    """Dependency: count a new conversation."""
    parts.throttle.check(STARTS, _address(request))


def limit_messages(conversation_id: str, parts: PartsDep) -> None:
    """Dependency: count a message."""
    parts.throttle.check(MESSAGES, conversation_id)


def limit_triages(request: Request, parts: PartsDep) -> None:
    """Dependency: count an inquiry."""
    parts.throttle.check(TRIAGES, _address(request))


def limit_holds(request: Request, parts: PartsDep) -> None:
    """Dependency: count a slot that is kept, or a place in the waiting list."""
    parts.throttle.check(HOLDS, _address(request))


def limit_bookings(request: Request, parts: PartsDep) -> None:
    """Dependency: count a booking."""
    parts.throttle.check(BOOKINGS, _address(request))

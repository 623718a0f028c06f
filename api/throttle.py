"""Counts requests in memory and says when it is too much; it knows no route."""

from limits import RateLimitItem
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from knowledge.errors import TooManyRequestsError


class Throttle:
    """The counters of one process."""

    def __init__(self, *, enabled: bool) -> None:
        self._enabled = enabled
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    @property
    def enabled(self) -> bool:
        """Whether anything is counted at all."""
        return self._enabled

    def check(self, limit: RateLimitItem, key: str) -> None:
        """Count one request.

        Raises:
            TooManyRequestsError: the limit of the last minute is reached.
        """
        if self._enabled and not self._limiter.hit(limit, key):
            raise TooManyRequestsError

    def peek(self, limit: RateLimitItem, key: str) -> None:
        """Look without counting: for what counts only when it fails (a guess).

        Raises:
            TooManyRequestsError: the limit of the last minute is reached.
        """
        if self._enabled and not self._limiter.test(limit, key):
            raise TooManyRequestsError

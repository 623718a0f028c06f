"""Tells another system of a case's events: JSON, signed with a shared secret and the time.

``X-Madoguchi-Signature: t=<seconds>,v1=<hex>`` is HMAC-SHA256 over ``<seconds>.<body>``; the
receiver refuses old times and knows repetitions by ``X-Madoguchi-Delivery``.
"""

import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import datetime

import httpx

from api.senders import Failed, Result, Sent, told_of
from knowledge import clock
from knowledge.outbox.service import Leased

TIMEOUT_SECONDS = 10.0


def sign(secret: str, body: bytes, at: datetime) -> str:
    """The value of the signature header for a body sent at a moment."""
    seconds = int(at.timestamp())
    digest = hmac.new(secret.encode(), f"{seconds}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={seconds},v1={digest}"


class WebhookSender:
    """Posts to the address the operator configured."""

    repeatable = True

    def __init__(
        self,
        http: httpx.AsyncClient,
        *,
        url: str,
        secret: str,
        now: Callable[[], datetime] = clock.now,
    ) -> None:
        self._http, self._url, self._secret, self._now = http, url, secret, now

    async def send(self, delivery: Leased) -> Result:
        """Try once; only an answer of 2xx means that it arrived."""
        body = json.dumps(delivery.payload, ensure_ascii=False).encode()
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "Madoguchi",
            "X-Madoguchi-Delivery": delivery.key,
            "X-Madoguchi-Signature": sign(self._secret, body, self._now()),
        }
        try:
            answer = await self._http.post(
                self._url, content=body, headers=headers, timeout=TIMEOUT_SECONDS
            )
        except httpx.HTTPError as error:
            return told_of(error)
        if answer.is_success:
            return Sent()
        return Failed(f"status {answer.status_code}", final=answer.status_code == 410)

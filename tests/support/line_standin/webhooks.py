"""Signs webhook calls and sends them as LINE does, again where they were not taken."""

import base64
import hashlib
import hmac
import json
import time
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.support.line_standin import events

Json = dict[str, Any]

PATH = "/line/webhook"


def sign(secret: str, body: bytes) -> str:
    """The value of ``x-line-signature``."""
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


@dataclass
class Webhooks:
    """The platform's side of the webhook."""

    http: httpx.AsyncClient
    secret: str
    path: str = PATH
    acknowledged: list[float] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    undelivered: list[Json] = field(default_factory=list)

    async def send(self, *happened: Json, secret: str | None = None) -> int:
        """One call with these events; its status (0: nobody answered)."""
        body = json.dumps(
            {"destination": events.BOT, "events": list(happened)}, ensure_ascii=False
        ).encode()
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "LineBotWebhook/2.0",
            "x-line-signature": sign(secret or self.secret, body),
        }
        begun = time.perf_counter()
        try:
            answer = await self.http.post(self.path, content=body, headers=headers)
            status = answer.status_code
        except httpx.HTTPError:
            status = 0
        self.acknowledged.append(time.perf_counter() - begun)
        self.statuses.append(status)
        if status != 200 and secret is None:
            self.undelivered += happened
        return status

    async def redeliver(self) -> int:
        """Send again what was not taken; how much is still not taken."""
        waiting, self.undelivered = self.undelivered, []
        for event in waiting:
            await self.send(events.again(event))
        return len(self.undelivered)

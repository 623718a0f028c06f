"""Sends inquiries to a running product and repeats what failed for a reason that may pass."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import httpx
from pydantic import ValidationError

from api.runtime.backlog import Line
from knowledge.triage.answer import Triage

AT_ONCE = 4
ANSWER_SECONDS = 30.0
RETRY_PAUSES = (1.0, 3.0, 8.0)
"""Waits between attempts; together longer than Rasa needs to come back after a crash of a part."""

BUSY_TRIES, BUSY_PAUSE = 60, 2.0
"""A server that limits requests counts a minute; two minutes are patience enough."""

FIELD_LABELS = {"text": "文章", "prefecture": "都道府県", "received_at": "受け取った日時"}


class NotSortedError(Exception):
    """An inquiry got no triage; the message is Japanese."""


class RefusedError(NotSortedError):
    """The server refused the inquiry itself: asking again would not help."""


class StillBusyError(NotSortedError):
    """The server asked us to wait longer than we do."""


@dataclass
class Asker:
    """Sends inquiries to one server; repeats what failed for a reason that may pass."""

    client: httpx.AsyncClient
    pauses: Sequence[float] = RETRY_PAUSES
    _given_up: bool = field(default=False, init=False)

    async def ask(self, line: Line) -> str:
        """The server's JSON for this inquiry.

        Raises:
            RefusedError: the inquiry was refused. NotSortedError: no answer after all attempts.
        """
        # While the server is down, one attempt per line is enough to see that it is back.
        pauses = () if self._given_up else self.pauses
        for pause in (*pauses, None):
            try:
                answer = await self._post(line)
            except NotSortedError as error:
                if isinstance(error, RefusedError | StillBusyError):
                    raise
                if pause is None:
                    self._given_up = True
                    raise
                await asyncio.sleep(pause)
            else:
                self._given_up = False
                return answer
        raise AssertionError("the last attempt returns or raises")

    async def _post(self, line: Line) -> str:
        response = await self._send(line)
        for _ in range(BUSY_TRIES):
            if response.status_code != 429:
                break
            await asyncio.sleep(_wanted_pause(response))
            response = await self._send(line)
        if response.status_code == 200:
            return response.text
        reason = _reason(response)
        if response.status_code == 429:
            raise StillBusyError(reason)
        if response.status_code >= 500:
            raise NotSortedError(reason)
        raise RefusedError(reason)

    async def _send(self, line: Line) -> httpx.Response:
        received = line.received_at.isoformat() if line.received_at else None
        body = {"text": line.text, "prefecture": line.prefecture, "received_at": received}
        try:
            return await self.client.post("/api/v1/triage", json=body)
        except httpx.RequestError as error:
            raise NotSortedError(
                f"サーバーから返事がありませんでした（{type(error).__name__}）。"
            ) from error


def _wanted_pause(response: httpx.Response) -> float:
    wanted = response.headers.get("Retry-After", "")
    return float(wanted) if wanted.isdigit() else BUSY_PAUSE


def _reason(response: httpx.Response) -> str:
    try:
        body = response.json()
        fields = body.get("fields") or ()
        told = [f"{FIELD_LABELS.get(f['field'], f['field'])}: {f['reason']}" for f in fields]
        return " ".join(told) or str(body["detail"])
    except (ValueError, KeyError, TypeError, AttributeError):
        return f"サーバーの返事を読めませんでした（HTTP {response.status_code}）。"


def read_answer(answer: str) -> Triage:
    """The server's JSON as a triage.

    Raises:
        NotSortedError: it is not one (another version of the server).
    """
    try:
        return Triage.model_validate_json(answer)
    except ValidationError as error:
        raise NotSortedError("サーバーの返事の形が違います（版が違うようです）。") from error


def make_client(url: str) -> httpx.AsyncClient:
    """A client of the product at this address."""
    limits = httpx.Limits(max_connections=AT_ONCE)
    return httpx.AsyncClient(base_url=url, timeout=ANSWER_SECONDS, limits=limits, trust_env=False)

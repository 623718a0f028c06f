"""Calls the action server without what stock Rasa repeats at every call.

Stock compiles a JSON schema of all events for each reply (three quarters of the call), opens a new
connection each time, and sends every event of the conversation, which no action of ours reads.
"""

from typing import Any

import aiohttp
from aiohttp.client_exceptions import ContentTypeError
from rasa.core.actions.action import RemoteAction
from rasa.core.constants import DEFAULT_REQUEST_TIMEOUT
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker, EventVerbosity
from rasa.utils.endpoints import ClientResponseError, EndpointConfig

IDLE_SECONDS = 3.0
"""A kept connection is dropped before uvicorn (5 s) closes it under our hands."""
MAX_CONNECTIONS = 64

EVENTS_WITHOUT_CONTENT = frozenset(
    {"followup", "reset_slots", "restart", "session_started", "pause", "resume", "rewind", "undo"}
)
"""Event kinds of which the schema demands nothing beyond their name."""


class KeptEndpoint(EndpointConfig):
    """An endpoint whose connections stay open between calls; otherwise like the stock one."""

    _session: aiohttp.ClientSession | None = None

    @classmethod
    def of(cls, stock: EndpointConfig) -> "KeptEndpoint":
        """The same address, headers, parameters and settings."""
        kept: KeptEndpoint = cls.__new__(cls)
        kept.__dict__.update(stock.__dict__)
        return kept

    def session(self) -> aiohttp.ClientSession:
        """The one session of this endpoint, opened at the first call."""
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(
                headers=self.headers,
                timeout=aiohttp.ClientTimeout(total=DEFAULT_REQUEST_TIMEOUT),
                connector=aiohttp.TCPConnector(
                    limit=MAX_CONNECTIONS, keepalive_timeout=IDLE_SECONDS
                ),
            )
        return self._session

    async def request(
        self,
        method: str = "post",
        subpath: str | None = None,
        content_type: str | None = "application/json",
        compress: bool = False,
        **kwargs: Any,
    ) -> Any:
        """Send a request and read the JSON answer, None if it is none.

        Raises:
            ClientResponseError: a status of 400 or more.
            aiohttp.ClientError: no connection, or it broke.
        """
        if subpath or self.cafile or self.basic_auth:
            return await super().request(method, subpath, content_type, compress, **kwargs)
        params = self.combine_parameters(kwargs)
        async with self.session().request(
            method, self.url, params=params, compress=compress, **kwargs
        ) as response:
            if response.status >= 400:
                raise ClientResponseError(
                    response.status, response.reason, await response.content.read()
                )
            try:
                return await response.json()
            except ContentTypeError:
                return None

    async def close(self) -> None:
        """Close the kept connections."""
        if self._session is not None:
            await self._session.close()


class LeanRemoteAction(RemoteAction):
    """A remote action whose call carries what is needed and whose reply is checked once."""

    def _action_call_format(self, tracker: DialogueStateTracker, domain: Domain) -> dict[str, Any]:
        if self.action_endpoint is None or self.action_endpoint.kwargs.get("send_events", True):
            return dict(super()._action_call_format(tracker, domain))
        slim = _WithoutEvents(tracker)
        return dict(super()._action_call_format(slim, domain))  # type: ignore[arg-type]

    def _validate_action_result(self, result: dict[str, Any]) -> bool:
        return plainly_valid(result) or bool(super()._validate_action_result(result))


class _WithoutEvents:
    """A tracker as the call sees it, its events left out."""

    def __init__(self, tracker: DialogueStateTracker) -> None:
        self._tracker = tracker
        self.sender_id = tracker.sender_id

    def current_state(self, verbosity: EventVerbosity) -> dict[str, Any]:
        """The state with an empty list of events, as the SDK expects a list."""
        return {**self._tracker.current_state(EventVerbosity.NONE), "events": []}


def plainly_valid(result: Any) -> bool:
    """Whether a reply is of the common shape that Rasa's schema certainly accepts.

    False says nothing: such a reply is left to the schema itself. A reply of ours holds slot
    events and messages, so the schema is never asked.
    """
    if not isinstance(result, dict):
        return False
    events, responses = result.get("events", []), result.get("responses", [])
    return (
        isinstance(events, list)
        and isinstance(responses, list)
        and all(isinstance(response, dict) for response in responses)
        and all(_plain_event(event) for event in events)
    )


def _plain_event(event: Any) -> bool:
    if not isinstance(event, dict):
        return False
    timestamp, metadata = event.get("timestamp"), event.get("metadata")
    if isinstance(timestamp, bool) or not isinstance(timestamp, int | float | None):
        return False
    if not isinstance(metadata, dict | None):
        return False
    kind = event.get("event")
    if kind == "slot":
        return isinstance(event.get("name"), str) and "value" in event
    return isinstance(kind, str) and kind in EVENTS_WITHOUT_CONTENT

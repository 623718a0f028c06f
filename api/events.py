"""Wakes the event streams of conversations; it holds no message and no database session.

A change made in this process wakes at once; one made elsewhere is found by the poller.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass(eq=False)
class Listener:
    """One open stream: woken for new messages, told about typing."""

    woken: asyncio.Event = field(default_factory=asyncio.Event)
    typing: list[tuple[str, bool]] = field(default_factory=list)


class EventHub:
    """The open streams of this process, by conversation."""

    def __init__(self) -> None:
        self._listeners: defaultdict[str, set[Listener]] = defaultdict(set)
        self.stopping = False

    @asynccontextmanager
    async def listen(self, conversation_id: str) -> AsyncIterator[Listener]:
        """Register a stream for as long as it is open."""
        listener = Listener()
        self._listeners[conversation_id].add(listener)
        try:
            yield listener
        finally:
            self._listeners[conversation_id].discard(listener)
            if not self._listeners[conversation_id]:
                del self._listeners[conversation_id]

    def listening(self) -> tuple[str, ...]:
        """The conversations somebody is reading just now."""
        return tuple(self._listeners)

    def wake(self, conversation_id: str) -> None:
        """Something was committed in this conversation."""
        for listener in self._listeners.get(conversation_id, ()):
            listener.woken.set()

    def typing(self, conversation_id: str, *, on: bool, author: str = "bot") -> None:
        """Somebody began or stopped preparing an answer."""
        for listener in self._listeners.get(conversation_id, ()):
            listener.typing.append((author, on))
            listener.woken.set()

    def stop(self) -> None:
        """End every stream, so that an open page does not keep the server alive."""
        self.stopping = True
        for listeners in self._listeners.values():
            for listener in listeners:
                listener.woken.set()

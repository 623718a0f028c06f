"""What anyone outside sees of a message: the JSON of the public contract."""

import json
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel

from knowledge.conversations.models import Message
from knowledge.sources import Source


class MessageView(BaseModel):
    """One message as every channel gets it; ``at`` is in Asia/Tokyo."""

    id: str
    seq: int
    author: Literal["visitor", "bot", "staff", "system"]
    client_message_id: str | None = None
    at: datetime
    withheld: bool = False
    parts: list[dict[str, Any]] = []
    sources: list[Source] = []


def view(message: Message) -> MessageView:
    """The public form of a stored message."""
    return _view(message, [_public(part) for part in _content(message).get("parts", [])])


def view_for_staff(message: Message) -> MessageView:
    """The form staff see: without what was for the visitor only (the code of her case)."""
    parts = _content(message).get("parts", [])
    return _view(message, [_public(part) for part in parts if not part.get("private")])


def _content(message: Message) -> dict[str, Any]:
    return json.loads(message.reply) if message.reply else {}


def _view(message: Message, parts: list[dict[str, Any]]) -> MessageView:
    if message.text is not None:
        parts = [{"type": "text", "text": message.text}]
    return MessageView(
        id=message.id,
        seq=message.seq,
        author=message.author,
        client_message_id=message.client_message_id,
        at=message.at,
        withheld=message.withheld,
        parts=parts,
        sources=_content(message).get("sources", []),
    )


def _public(part: dict[str, Any]) -> dict[str, Any]:
    if part.get("type") == "text":
        return {k: v for k, v in part.items() if k != "private"}
    if part.get("type") != "choices":
        return part
    choices = [{k: v for k, v in c.items() if k != "payload"} for c in part["choices"]]
    return {**part, "choices": choices}

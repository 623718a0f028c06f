"""What anyone outside sees of a message: the JSON of the public contract."""

import json
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel

from knowledge.conversations.models import Message
from knowledge.conversations.replies import TextPart
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
    content: dict[str, Any] = json.loads(message.reply) if message.reply else {}
    parts = [_public(part) for part in content.get("parts", [])]
    if message.text is not None:
        parts = [TextPart(text=message.text).model_dump()]
    return MessageView(
        id=message.id,
        seq=message.seq,
        author=message.author,
        client_message_id=message.client_message_id,
        at=message.at,
        withheld=message.withheld,
        parts=parts,
        sources=content.get("sources", []),
    )


def _public(part: dict[str, Any]) -> dict[str, Any]:
    if part.get("type") != "choices":
        return part
    choices = [{k: v for k, v in c.items() if k != "payload"} for c in part["choices"]]
    return {**part, "choices": choices}

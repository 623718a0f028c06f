"""Translates LINE's webhook events into arrivals of our own; it stores and answers nothing."""

import hashlib
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from api.channels.line import vendor
from knowledge.clock import TOKYO
from knowledge.line.rules import Arrival, SourceKind

MEDIA: Final = frozenset({"image", "video", "audio", "file"})
KINDS: Final = {
    "follow": "follow",
    "unfollow": "unfollow",
    "join": "join",
    "leave": "leave",
    "memberJoined": "member_joined",
    "memberLeft": "member_left",
    "unsend": "unsend",
    "messageEdited": "edited",
    "postback": "postback",
    "accountLink": "account_link",
}
"""LINE's types that we act on; messages are told apart by what they hold."""


def arrivals(events: list[Any], *, received_at: datetime) -> tuple[Arrival, ...]:
    """Every event of one webhook call, in its order; what cannot be read is kind ``other``."""
    return tuple(_arrival(raw, received_at) for raw in events if isinstance(raw, dict))


def _arrival(raw: dict[str, Any], received_at: datetime) -> Arrival:
    event = vendor.read_event(raw)
    if event is None or event.mode.value != "active":
        # In standby another module of the account speaks.
        return _other(raw, received_at)
    kind, text, payload = _content(event)
    source_kind, source_id = _source(event.source)
    addressed = source_kind == "user" or _addressed(event, kind)
    if kind == "edited" and not addressed:
        # We are not meant any longer: what we kept of it goes, and the new words are not ours.
        kind, text, payload, addressed = "unsend", None, {}, True
    message_id = _message_id(event)
    return Arrival(
        event_id=event.webhook_event_id,
        kind=kind,
        source_kind=source_kind,
        source_id=source_id,
        occurred_at=datetime.fromtimestamp(event.timestamp / 1000, TOKYO),
        redelivered=event.delivery_context.is_redelivery,
        reply_token=getattr(event, "reply_token", None),
        message_id=message_id,
        text=text,
        payload=payload if source_kind == "user" else {**payload, "group": True},
        addressed=addressed,
    )


def _other(raw: dict[str, Any], received_at: datetime) -> Arrival:
    id_ = raw.get("webhookEventId")
    if not isinstance(id_, str) or not id_:
        # Without an id of LINE's the same bytes are the same event.
        id_ = hashlib.sha256(json.dumps(raw, sort_keys=True).encode()).hexdigest()
    return Arrival(
        event_id=id_[:100], kind="other", source_kind=None, source_id=None, occurred_at=received_at
    )


def _source(source: Any) -> tuple[SourceKind | None, str | None]:
    kind = getattr(source, "type", None)
    if kind == "user":
        return "user", source.user_id
    if kind == "group":
        return "group", source.group_id
    if kind == "room":
        return "room", source.room_id
    return None, None


def _message_id(event: Any) -> str | None:
    if event.type == "unsend":
        return str(event.unsend.message_id)
    message = getattr(event, "message", None)
    return str(message.id) if message is not None else None


def _content(event: Any) -> tuple[str, str | None, dict[str, Any]]:
    """Kind, what was typed, and what the handler needs besides."""
    if event.type in ("message", "messageEdited"):
        kind, text, payload = _MESSAGES.get(event.message.type, _unknown)(event.message)
        return (kind if event.type == "message" else "edited"), text, payload
    if event.type == "postback":
        # Ids of our own choices and dates of the picker; nothing that was typed.
        picked = event.postback.params or {}
        return "postback", None, {"data": event.postback.data, "picked": dict(picked)}
    if event.type == "accountLink":
        payload = {"result": event.link.result, "nonce": event.link.nonce}
        return "account_link", None, payload
    if event.type == "follow":
        back = event.follow is not None and event.follow.is_unblocked
        return "follow", None, {"back": bool(back)}
    return KINDS.get(event.type, "other"), None, {}


def _text(message: Any) -> tuple[str, str | None, dict[str, Any]]:
    return "text", _without_our_name(message), {}


def _sticker(message: Any) -> tuple[str, str | None, dict[str, Any]]:
    return "sticker", None, {}


def _place(message: Any) -> tuple[str, str | None, dict[str, Any]]:
    return "location", None, {"address": message.address or message.title or ""}


def _media(message: Any) -> tuple[str, str | None, dict[str, Any]]:
    return "media", None, {"type": message.type, "name": getattr(message, "file_name", None)}


def _unknown(message: Any) -> tuple[str, str | None, dict[str, Any]]:
    return "media", None, {"type": "unknown", "name": None}


_MESSAGES: Final[dict[str, Callable[[Any], tuple[str, str | None, dict[str, Any]]]]] = {
    "text": _text,
    "sticker": _sticker,
    "location": _place,
    **dict.fromkeys(MEDIA, _media),
}


def _addressed(event: Any, kind: str) -> bool:
    """Whether a group meant us: it pressed our button, named us, or let us in or out."""
    if kind in {"text", "edited"}:
        return any(getattr(m, "is_self", False) for m in _mentionees(event.message))
    return kind in {"postback", "join", "leave", "unsend"}


def _mentionees(message: Any) -> list[Any]:
    mention = getattr(message, "mention", None)
    return list(mention.mentionees) if mention is not None else []


def _without_our_name(message: Any) -> str:
    """The text without the mentions of ourselves (LINE counts in UTF-16 units)."""
    units = str(message.text).encode("utf-16-le")
    ours = [m for m in _mentionees(message) if getattr(m, "is_self", False)]
    for mention in sorted(ours, key=lambda m: m.index, reverse=True):
        end = mention.index + mention.length
        units = units[: mention.index * 2] + units[end * 2 :]
    return units.decode("utf-16-le", errors="ignore").strip()

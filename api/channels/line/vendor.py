"""The official SDK behind functions: signature, events, message models; nobody else imports it.

The SDK ships no types. Its models check structure; limits it does not know are in ``limits``.
"""

from typing import Any

from linebot.v3.messaging import Message as _Message
from linebot.v3.messaging import RichMenuRequest as _RichMenu
from linebot.v3.webhook import SignatureValidator
from linebot.v3.webhooks import Event as _Event

UNREADABLE = (ValueError, KeyError, TypeError, AttributeError)
"""How the SDK answers to what it does not know: an unknown type, a missing field."""


def signature_fits(*, secret: str, body: bytes, signature: str) -> bool:
    """Whether LINE signed exactly these bytes. There is no way to skip this."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return False
    return bool(SignatureValidator(secret).validate(text, signature))


def read_event(raw: dict[str, Any]) -> Any | None:
    """One event as the SDK's model; ``None`` for what it does not know (stored and ignored).

    A text counts for more than what stands beside it: where that is new to the SDK, the text is
    read alone.
    """
    try:
        return _Event.from_dict(raw)
    except UNREADABLE:
        return _read_text_alone(raw)


def _read_text_alone(raw: dict[str, Any]) -> Any | None:
    message = raw.get("message")
    if raw.get("type") != "message" or not isinstance(message, dict):
        return None
    bare = {name: message[name] for name in ("type", "id", "text", "quoteToken") if name in message}
    if message.get("type") != "text" or bare == message:
        return None
    try:
        return _Event.from_dict({**raw, "message": bare})
    except UNREADABLE:
        return None


def check_message(message: dict[str, Any]) -> str | None:
    """What the SDK finds wrong with a message; ``None`` if it would send it.

    What its model drops would not reach LINE either: a field we misspelt counts as wrong.
    """
    return _check(_Message, message)


def check_rich_menu(menu: dict[str, Any]) -> str | None:
    """What the SDK finds wrong with a rich menu; ``None`` if it would send it."""
    return _check(_RichMenu, menu)


def _check(model: Any, given: dict[str, Any]) -> str | None:
    try:
        read = model.from_dict(given).to_dict()
    except UNREADABLE as error:
        return str(error)
    lost = _lost(given, read)
    return f"unknown to the SDK: {lost}" if lost else None


def _lost(given: Any, read: Any, path: str = "") -> str:
    """The path of the first field that the SDK's model did not keep."""
    if isinstance(given, dict):
        if not isinstance(read, dict):
            return path or "."
        for name, value in given.items():
            if value is None:
                continue
            if name not in read:
                return f"{path}.{name}"
            lost = _lost(value, read[name], f"{path}.{name}")
            if lost:
                return lost
    if isinstance(given, list):
        for number, value in enumerate(given):
            lost = _lost(value, read[number], f"{path}[{number}]")
            if lost:
                return lost
    return ""

"""What LINE refuses: every limit of the Messaging API that our messages could break, with the
SDK's models for the structure. A message that fails here is never sent.

Texts and altText are counted in UTF-16 units, labels of actions in visible characters
(developers.line.biz: text-character-count).
"""

import json
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import urlsplit

from api.channels.line import vendor
from api.channels.line.splitting import MOST_TEXT, units

MOST_MESSAGES: Final = 5
MOST_ALT: Final = 400
MOST_QUICK_REPLIES: Final = 13
MOST_QUICK_LABEL: Final = 20
MOST_FLEX_LABEL: Final = 40
MOST_DATA: Final = 300
MOST_DISPLAY: Final = 300
MOST_URI: Final = 1000
MOST_BUBBLES: Final = 12
MOST_BUBBLE_BYTES: Final = 30 * 1024
MOST_CAROUSEL_BYTES: Final = 50 * 1024
MOST_SENDER: Final = 20
SCHEMES: Final = frozenset({"http", "https", "tel", "line"})
MOST_AREAS: Final = 20
MOST_BAR: Final = 14


def problems(messages: list[dict[str, Any]]) -> list[str]:
    """Everything LINE would refuse in one call, each with its place; empty if it may be sent."""
    found = [] if 1 <= len(messages) <= MOST_MESSAGES else [f"{len(messages)} messages"]
    for number, message in enumerate(messages):
        found += [f"messages[{number}]: {p}" for p in _message(message)]
    return found


def rich_menu_problems(menu: dict[str, Any]) -> list[str]:
    """Everything LINE would refuse in a rich menu."""
    wrong = vendor.check_rich_menu(menu)
    found = [wrong] if wrong else []
    width, height = menu["size"]["width"], menu["size"]["height"]
    if not (800 <= width <= 2500 and height >= 250 and width / height >= 1.45):
        found.append(f"size {width}x{height}")
    if len(menu["areas"]) > MOST_AREAS:
        found.append(f"{len(menu['areas'])} areas")
    if not 1 <= len(menu["chatBarText"]) <= MOST_BAR:
        found.append("chatBarText")
    for area in menu["areas"]:
        box = area["bounds"]
        if box["x"] + box["width"] > width or box["y"] + box["height"] > height:
            found.append(f"area outside: {box}")
        found += _action(area["action"], MOST_QUICK_LABEL)
    return found


def _message(message: dict[str, Any]) -> Iterator[str]:
    wrong = vendor.check_message(message)
    if wrong:
        yield wrong
        return
    if message["type"] == "text" and not 1 <= units(message["text"]) <= MOST_TEXT:
        yield f"text of {units(message['text'])}"
    if message["type"] == "flex":
        yield from _flex(message)
    yield from _quick_reply(message.get("quickReply"))
    sender = message.get("sender") or {}
    if sender and not 1 <= units(sender.get("name", "")) <= MOST_SENDER:
        yield "sender name"
    if "line" in sender.get("name", "").lower():
        yield "sender name with LINE in it"
    if urlsplit(sender.get("iconUrl", "https:")).scheme != "https":
        yield "icon not over https"


def _quick_reply(quick: dict[str, Any] | None) -> Iterator[str]:
    if quick is None:
        return
    if not 1 <= len(quick["items"]) <= MOST_QUICK_REPLIES:
        yield f"{len(quick['items'])} quick replies"
    for item in quick["items"]:
        yield from _action(item["action"], MOST_QUICK_LABEL)


def _flex(message: dict[str, Any]) -> Iterator[str]:
    if not 1 <= units(message["altText"]) <= MOST_ALT:
        yield f"altText of {units(message['altText'])}"
    contents = message["contents"]
    bubbles = contents["contents"] if contents["type"] == "carousel" else [contents]
    if not 1 <= len(bubbles) <= MOST_BUBBLES:
        yield f"{len(bubbles)} bubbles"
    if contents["type"] == "carousel" and weight(contents) > MOST_CAROUSEL_BYTES:
        yield f"carousel of {weight(contents)} bytes"
    for bubble in bubbles:
        if weight(bubble) > MOST_BUBBLE_BYTES:
            yield f"bubble of {weight(bubble)} bytes"
        yield from _components(bubble)


def _components(node: Any) -> Iterator[str]:
    if isinstance(node, list):
        for child in node:
            yield from _components(child)
    elif isinstance(node, dict):
        if node.get("type") == "text" and not str(node.get("text", "")).strip():
            yield "empty text"
        if node.get("type") == "box" and not node.get("contents"):
            yield "empty box"
        action = node.get("action")
        if isinstance(action, dict):
            yield from _action(action, MOST_FLEX_LABEL)
        for name, child in node.items():
            if name != "action":
                yield from _components(child)


def _action(action: dict[str, Any], most_label: int) -> Iterator[str]:
    label = action.get("label", "")
    if not 1 <= len(label) <= most_label:
        yield f"label of {len(label)}"
    if action["type"] in {"postback", "datetimepicker"}:
        if not 1 <= units(action["data"]) <= MOST_DATA:
            yield "postback data"
        if units(action.get("displayText", "")) > MOST_DISPLAY:
            yield "displayText"
    if action["type"] == "message" and not 1 <= units(action["text"]) <= MOST_DISPLAY:
        yield "text of a button"
    if action["type"] == "uri":
        uri = action["uri"]
        if urlsplit(uri).scheme not in SCHEMES or not uri.isascii() or len(uri) > MOST_URI:
            yield "uri"


def weight(node: dict[str, Any]) -> int:
    """The size of a bubble or carousel in bytes, as it is sent."""
    return len(json.dumps(node, ensure_ascii=False).encode())

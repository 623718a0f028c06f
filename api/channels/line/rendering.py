"""Turns answers into LINE messages: as few as possible, in order, within LINE's limits.

It decides nothing about what is said. Every altText is neutral: it is what a lock screen shows.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final, Literal

from api.channels.line import flex
from api.channels.line.limits import (
    MOST_BUBBLE_BYTES,
    MOST_BUBBLES,
    MOST_CAROUSEL_BYTES,
    MOST_DISPLAY,
    MOST_FLEX_LABEL,
    MOST_MESSAGES,
    MOST_QUICK_LABEL,
    MOST_QUICK_REPLIES,
    MOST_SENDER,
    weight,
)
from api.channels.line.splitting import MOST_TEXT, shorten, split
from knowledge.conversations.views import MessageView
from knowledge.wording import say

Json = dict[str, Any]

CHOICE: Final = "choice="
"""Before the id of an offered choice in the data of a button."""
KEEP: Final = "keep"
"""The data of the button that lets the next text pass the guard."""
LINK: Final = "link"
"""The data of the button that begins an account link."""
ROOM_IN_A_CAROUSEL: Final = MOST_CAROUSEL_BYTES - 2048
HIDDEN_ACTS: Final = ("contact",)
"""What only a page can ask for: on LINE the chat itself is the way to reach her."""


@dataclass(frozen=True, slots=True)
class Look:
    """How this installation shows itself: its public address, who speaks, how her picture is
    found (both need an address that LINE can reach)."""

    public_url: str | None = None
    speaker: str = ""


@dataclass(frozen=True, slots=True)
class _Item:
    kind: Literal["text", "bubble"]
    content: Any
    author: str


def render(
    views: Sequence[MessageView],
    look: Look,
    *,
    quick: Iterable[Json] = (),
    preview_safe: bool = False,
) -> list[Json]:
    """The messages that say what ``views`` say. ``quick`` are more quick replies of the channel.

    There may be more than ``MOST_MESSAGES``: the sender sends the rest in a second call.
    ``preview_safe``: no notification shows a word of it (for pushes).
    """
    items: list[_Item] = []
    replies = list(quick)
    for view in views:
        made, offered = _view(view, look)
        items += made
        replies += offered
    messages = _arrange(items, look)
    if preview_safe:
        messages = [_hidden(message) for message in messages]
    if messages and replies:
        _attach(messages, replies, look)
    return messages


def quick_text(label: str, text: str) -> Json:
    """A quick reply that says something for the visitor."""
    return {"type": "message", "label": shorten(label, MOST_QUICK_LABEL), "text": text}


def _view(view: MessageView, look: Look) -> tuple[list[_Item], list[Json]]:
    """One answer: its parts, its sources after the last card (or text), and its quick replies."""
    items: list[_Item] = []
    replies: list[Json] = []
    last = 0
    for part in view.parts:
        made, offered = _part(part, view.author, look)
        items += made
        replies += offered
        if part["type"] != "choices":
            last = len(items)
    if view.sources:
        bubble = flex.sources([source.model_dump() for source in view.sources], look.public_url)
        items.insert(last, _Item("bubble", bubble, view.author))
    return items, replies


def _part(part: Json, author: str, look: Look) -> tuple[list[_Item], list[Json]]:
    """What one part becomes, and the quick replies it asks for."""
    if part["type"] == "text":
        return [_Item("text", part["text"], author)], []
    if part["type"] == "card":
        return [_Item("bubble", flex.card(part, look.public_url), author)], []
    if part["type"] == "sheet":
        return [_sheet(part, author, look)], []
    if part["type"] == "choices":
        return _choices(part, author)
    return [_Item("text", str(part.get("fallback") or say("line_chat.see_page")), author)], []


def _sheet(part: Json, author: str, look: Look) -> _Item:
    bubble = flex.sheet(part, look.public_url)
    if weight(bubble) <= MOST_BUBBLE_BYTES:
        return _Item("bubble", bubble, author)
    return _Item("text", part.get("fallback") or part["title"], author)


def _choices(part: Json, author: str) -> tuple[list[_Item], list[Json]]:
    offered = [c for c in part["choices"] if not str(c.get("act")).startswith(HIDDEN_ACTS)]
    if not offered:
        return [], []
    listed = part.get("role") == "slots" or len(offered) > MOST_QUICK_REPLIES
    if listed or any(len(choice["label"]) > MOST_QUICK_LABEL for choice in offered):
        lines = ((c["label"], _postback(c, MOST_FLEX_LABEL)) for c in offered)
        return [_Item("bubble", flex.choice_list(part.get("prompt"), lines), author)], []
    prompt = [_Item("text", part["prompt"], author)] if part.get("prompt") else []
    return prompt, [_postback(choice, MOST_QUICK_LABEL) for choice in offered]


def _postback(choice: Json, most_label: int) -> Json:
    data = KEEP if choice.get("act") == "keep" else f"{CHOICE}{choice['id']}"
    return {
        "type": "postback",
        "label": shorten(choice["label"], most_label),
        "data": data,
        "displayText": shorten(choice["label"], MOST_DISPLAY),
    }


def _arrange(items: Sequence[_Item], look: Look) -> list[Json]:
    """Messages in order; where they are too many, all texts first and all cards after them."""
    messages = _messages(items, look)
    if len(messages) > MOST_MESSAGES:
        texts = [item for item in items if item.kind == "text"]
        cards = [item for item in items if item.kind == "bubble"]
        messages = _messages([*texts, *cards], look)
    return messages


def _messages(items: Iterable[_Item], look: Look) -> list[Json]:
    """Neighbours of one kind and author become one message."""
    messages: list[Json] = []
    for (kind, author), group in groupby(items, key=lambda item: (item.kind, item.author)):
        contents = [item.content for item in group]
        made = _texts(contents) if kind == "text" else _carousels(contents)
        if author == "staff":
            for message in made:
                message["sender"] = sender(look)
        messages += made
    return messages


def _texts(contents: list[str]) -> list[Json]:
    whole = "\n\n".join(content.strip() for content in contents)
    return [{"type": "text", "text": piece} for piece in split(whole, MOST_TEXT)]


def _carousels(bubbles: list[Json]) -> list[Json]:
    """Bubbles side by side, as many as fit into one message."""
    rows: list[list[Json]] = [[]]
    size = 0
    for bubble in bubbles:
        more = weight(bubble)
        if rows[-1] and (len(rows[-1]) == MOST_BUBBLES or size + more > ROOM_IN_A_CAROUSEL):
            rows.append([])
            size = 0
        rows[-1].append(bubble)
        size += more
    return [_flex(row) for row in rows if row]


def _flex(bubbles: list[Json]) -> Json:
    contents = bubbles[0] if len(bubbles) == 1 else {"type": "carousel", "contents": bubbles}
    return {"type": "flex", "altText": say("line_chat.alt_answer"), "contents": contents}


def _hidden(message: Json) -> Json:
    """The same without a word of it in a notification."""
    if message["type"] == "flex":
        return {**message, "altText": say("line_chat.alt_push")}
    made: Json = {
        "type": "flex",
        "altText": say("line_chat.alt_push"),
        "contents": flex.private_text(message["text"]),
    }
    return made | ({"sender": message["sender"]} if "sender" in message else {})


def _attach(messages: list[Json], actions: list[Json], look: Look) -> None:
    """Quick replies below the last message; what is too much for them becomes a list to press."""
    if len(actions) > MOST_QUICK_REPLIES:
        rest = actions[MOST_QUICK_REPLIES:]
        lines = ((str(action["label"]), action) for action in rest)
        messages.append(_flex([flex.choice_list(None, lines)]))
    items = [{"type": "action", "action": action} for action in actions[:MOST_QUICK_REPLIES]]
    messages[-1]["quickReply"] = {"items": items}


def sender(look: Look) -> Json:
    """Name and picture of the person's side, so that it is seen who speaks."""
    name = (
        say("line_chat.sender", office=look.speaker)
        if look.speaker
        else say("line_chat.sender_staff")
    )
    made: Json = {"name": shorten(name, MOST_SENDER)}
    icon = flex.usable_uri("/line/staff.png", look.public_url)
    if icon is not None and icon.startswith("https:"):
        made["iconUrl"] = icon
    return made

"""Builds Flex bubbles: a card, a sheet, a list of choices, a text that must not show in a preview.

It knows sizes and colours; wording comes with the parts and from ``line_chat.yml``.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any, Final
from urllib.parse import quote, urljoin, urlsplit

from api.channels.line.limits import MOST_FLEX_LABEL, MOST_URI
from api.channels.line.splitting import shorten
from knowledge.wording import say

Json = dict[str, Any]

INK: Final = "#1A1A1C"
GREY: Final = "#626264"
BLUE: Final = "#0017C1"
PALE: Final = "#F1F1F4"
MOST_BUTTONS: Final = 6
MOST_SOURCES: Final = 12
_LINK: Final = re.compile(r"https?://[!-~]+")
_URI_SAFE: Final = "%/:=&?~#+!$,;'@()*[]-._"


def text(content: str, **style: Any) -> Json:
    """One wrapping text; an empty one would be refused, so it is a dash."""
    return {"type": "text", "text": content.strip() or "―", "wrap": True, "color": INK, **style}


def bubble(body: Sequence[Json], footer: Sequence[Json] = ()) -> Json:
    """A bubble of lines with buttons below."""
    made: Json = {"type": "bubble", "size": "mega", "body": _box(body, spacing="md")}
    if footer:
        made["footer"] = _box(footer, spacing="sm")
    return made


def card(part: Json, public_url: str | None) -> Json:
    """A card: a desk, a programme, an article, a deadline, a case."""
    head = [text(part["title"], weight="bold", size="lg")]
    if part.get("badge"):
        head.insert(0, text(part["badge"], size="xs", color=BLUE, weight="bold"))
    rows = [_row(row["label"], row["value"]) for row in part.get("rows", [])]
    note = [text(part["note"], size="sm", color=GREY)] if part.get("note") else []
    return bubble([*head, *rows, *note], link_buttons(part.get("links", []), public_url))


def sheet(part: Json, public_url: str | None) -> Json:
    """A sheet of fees: the amount first, then the lines with their sources."""
    body = [
        text(part["title"], weight="bold", size="lg"),
        text(part["amount"], weight="bold", size="xl", color=BLUE),
    ]
    body += [_row(row["label"], row["value"]) for row in part.get("rows", [])]
    body += [_row(line["label"], _price(line)) for line in part.get("lines", [])]
    for section in part.get("sections", []):
        items = "\n".join(f"・{item}" for item in section["items"])
        body += [{"type": "separator"}, text(section["title"], weight="bold", size="sm")]
        body += [text(items, size="sm")]
    if part.get("note"):
        body.append(text(part["note"], size="sm", color=GREY))
    return bubble(body, link_buttons(part.get("links", []), public_url))


def sources(found: Sequence[Json], public_url: str | None) -> Json:
    """Where an answer comes from: title, date, and whether the official page was seen."""
    lines = [text(f"・{_source(one)}", size="sm") for one in found[:MOST_SOURCES]]
    links = [{"label": one["title"], "url": one["url"]} for one in found if one.get("url")]
    head = text(say("line_chat.sources"), weight="bold", size="sm")
    return bubble([head, *lines], link_buttons(links, public_url))


def choice_list(prompt: str | None, choices: Iterable[tuple[str, Json]]) -> Json:
    """Choices that are too many or too long for quick replies, each a line to press."""
    head = [text(prompt, weight="bold")] if prompt else []
    return bubble([*head, *(_pressable(label, action) for label, action in choices)])


def private_text(content: str) -> Json:
    """A text in a bubble: a lock screen shows the neutral altText instead of it."""
    links = dict.fromkeys(link.rstrip(".,)") for link in _LINK.findall(content))
    label = say("line_chat.open_link")
    return bubble(
        [text(content)],
        link_buttons([{"label": label, "url": link} for link in links], None),
    )


def link_buttons(links: Sequence[Json], public_url: str | None) -> list[Json]:
    """Buttons for addresses LINE may open; a path of ours needs the public address."""
    made = []
    for link in links[:MOST_BUTTONS]:
        uri = usable_uri(link["url"], public_url)
        if uri is not None:
            made.append(_button(link["label"], uri))
    return made


def usable_uri(url: str, public_url: str | None) -> str | None:
    """The address as LINE takes it; ``None`` where it leads nowhere from a phone."""
    if url.startswith("/"):
        if not public_url:
            return None
        url = urljoin(public_url, url)
    if urlsplit(url).scheme not in {"http", "https", "tel"}:
        return None
    uri = quote(url, safe=_URI_SAFE)
    return uri if len(uri) <= MOST_URI else None


def _button(label: str, uri: str) -> Json:
    short = shorten(label, MOST_FLEX_LABEL)
    action = {"type": "uri", "label": short, "uri": uri}
    return {"type": "button", "style": "link", "height": "sm", "action": action}


def _pressable(label: str, action: Json) -> Json:
    return {
        "type": "box",
        "layout": "vertical",
        "paddingAll": "md",
        "cornerRadius": "md",
        "backgroundColor": PALE,
        "action": action,
        "contents": [text(label, color=BLUE)],
    }


def _row(label: str, value: str) -> Json:
    return {
        "type": "box",
        "layout": "vertical",
        "spacing": "xs",
        "contents": [text(label, size="xs", color=GREY), text(value, size="sm")],
    }


def _price(line: Json) -> str:
    amount = line["full_yen"] if line.get("paid_yen") is None else line["paid_yen"]
    key = "line_chat.price_full" if line.get("paid_yen") is None else "line_chat.price"
    return say(key, yen=f"{amount:,}", full=f"{line['full_yen']:,}", source=_source(line["source"]))


def _source(source: Json) -> str:
    known = say("line_chat.confirmed" if source.get("confirmed") else "line_chat.unconfirmed")
    return f"{source['title']}（{source.get('as_of') or '―'}、{known}）"


def _box(contents: Sequence[Json], *, spacing: str) -> Json:
    return {
        "type": "box",
        "layout": "vertical",
        "spacing": spacing,
        "contents": list(contents),
    }

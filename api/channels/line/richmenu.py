"""The rich menu: what it holds, and how it is put in place of the one before.

Its first field says that the substance of an invention belongs in a meeting.
"""

from dataclasses import dataclass
from typing import Any, Final

from api.channels.line import pictures
from api.channels.line.answers import NOTICE
from api.channels.line.client import LineClient
from api.channels.line.limits import rich_menu_problems
from knowledge.wording import say

SIZE: Final = (2500, 1686)
NOTICE_HEIGHT: Final = 386
ROW: Final = (SIZE[1] - NOTICE_HEIGHT) // 2
HALF: Final = SIZE[0] // 2
FIELDS: Final = (
    ("ask", (0, NOTICE_HEIGHT, HALF, ROW)),
    ("fees", (HALF, NOTICE_HEIGHT, HALF, ROW)),
    ("meeting", (0, NOTICE_HEIGHT + ROW, HALF, ROW)),
    ("person", (HALF, NOTICE_HEIGHT + ROW, HALF, ROW)),
)

Box = tuple[int, int, int, int]


class RichMenuError(RuntimeError):
    """The platform did not take the menu; says which step."""


@dataclass(frozen=True, slots=True)
class Installed:
    """The menu that is shown now, and how many earlier ones of ours were deleted."""

    id: str
    deleted: int


def definition() -> dict[str, Any]:
    """The menu as the Messaging API takes it."""
    width, height = SIZE
    notice = {
        "type": "postback",
        "label": say("line_chat.menu_notice_label"),
        "data": NOTICE,
        "displayText": say("line_chat.menu_notice_text"),
    }
    areas = [_area((0, 0, width, NOTICE_HEIGHT), notice)]
    for name, box in FIELDS:
        action = {
            "type": "message",
            "label": _words(name),
            "text": say(f"line_chat.menu_{name}_text"),
        }
        areas.append(_area(box, action))
    return {
        "size": {"width": width, "height": height},
        "selected": True,
        "name": say("line_chat.menu_name"),
        "chatBarText": say("line_chat.menu_bar"),
        "areas": areas,
    }


def picture() -> bytes:
    """The menu's picture, PNG."""
    notice = (
        (0, 0, SIZE[0], NOTICE_HEIGHT),
        say("line_chat.menu_notice"),
        say("line_chat.menu_notice_small"),
    )
    return pictures.menu(SIZE, [notice, *((box, _words(name), "") for name, box in FIELDS)])


async def install(client: LineClient) -> Installed:
    """Create the menu, give it its picture, show it to everybody, delete earlier ones of ours.

    Raises:
        RichMenuError: a step failed; what was shown before is still shown.
    """
    menu = definition()
    wrong = rich_menu_problems(menu)
    if wrong:
        raise RichMenuError("; ".join(wrong))
    before = await client.get_json("v2/bot/richmenu/list")
    made = await client.post_json("v2/bot/richmenu", menu)
    if before is None or made is None:
        raise RichMenuError("create")
    id_ = str(made["richMenuId"])
    if not await client.post_image(f"v2/bot/richmenu/{id_}/content", picture()):
        await client.delete(f"v2/bot/richmenu/{id_}")
        raise RichMenuError("picture")
    if await client.post_json(f"v2/bot/user/all/richmenu/{id_}", {}) is None:
        await client.delete(f"v2/bot/richmenu/{id_}")
        raise RichMenuError("default")
    ours = [m["richMenuId"] for m in before.get("richmenus", []) if m["name"] == menu["name"]]
    deleted = [await client.delete(f"v2/bot/richmenu/{old}") for old in ours if old != id_]
    return Installed(id_, sum(deleted))


def _words(name: str) -> str:
    return say(f"line_chat.menu_{name}")


def _area(box: Box, action: dict[str, Any]) -> dict[str, Any]:
    x, y, width, height = box
    return {"bounds": {"x": x, "y": y, "width": width, "height": height}, "action": action}

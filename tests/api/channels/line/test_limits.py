"""What LINE refuses is found before it is sent: each limit from both sides."""

from typing import Any

import pytest

from api.channels.line import richmenu, vendor
from api.channels.line.limits import problems, rich_menu_problems

Json = dict[str, Any]


def _text(words: str = "こんにちは", **more: Any) -> Json:
    return {"type": "text", "text": words, **more}


def _action(**more: Any) -> Json:
    return {"type": "postback", "label": "商標", "data": "choice=a", **more}


def _quick(*actions: Json) -> Json:
    return {"items": [{"type": "action", "action": action} for action in actions]}


def _box(*contents: Json) -> Json:
    return {"type": "box", "layout": "vertical", "contents": list(contents)}


def _bubble(*contents: Json) -> Json:
    return {"type": "bubble", "body": _box(*contents)}


def _flex(contents: Json, alt: str = "窓口からのご案内") -> Json:
    return {"type": "flex", "altText": alt, "contents": contents}


def _carousel(*bubbles: Json) -> Json:
    return {"type": "carousel", "contents": list(bubbles)}


WORD: Json = {"type": "text", "text": "窓口"}
ALLOWED: list[list[Json]] = [
    [_text()],
    [_text("あ" * 5000)],
    [_text()] * 5,
    [_text(quickReply=_quick(*[_action()] * 13))],
    [_text(quickReply=_quick(_action(label="あ" * 20)))],
    [_text(quickReply=_quick(_action(data="a" * 300)))],
    [_text(quickReply=_quick(_action(displayText="あ" * 300)))],
    [_text(sender={"name": "あ" * 20, "iconUrl": "https://example.jp/a.png"})],
    [_flex(_bubble(WORD), alt="あ" * 400)],
    [_flex(_carousel(*[_bubble(WORD)] * 12))],
    [_flex(_bubble({**WORD, "text": "あ" * 9900}))],
    [_flex(_bubble({**_box(WORD), "action": _action(label="あ" * 40)}))],
    [_text(quickReply=_quick({"type": "uri", "label": "電話", "uri": "tel:0570082100"}))],
]
REFUSED: list[list[Json]] = [
    [],
    [_text()] * 6,
    [_text("")],
    [_text("あ" * 5001)],
    [_text("😀" * 2501)],
    [{"type": "text"}],
    [{"type": "telepathy", "text": "x"}],
    [_text(colour="red")],
    [_text(quickReply=_quick(*[_action()] * 14))],
    [_text(quickReply={"items": []})],
    [_text(quickReply=_quick(_action(label="あ" * 21)))],
    [_text(quickReply=_quick(_action(label="")))],
    [_text(quickReply=_quick(_action(data="a" * 301)))],
    [_text(quickReply=_quick(_action(data="")))],
    [_text(quickReply=_quick(_action(displayText="あ" * 301)))],
    [_text(quickReply=_quick({"type": "message", "label": "a", "text": ""}))],
    [_text(sender={"name": "あ" * 21})],
    [_text(sender={"name": "LINE窓口"})],
    [_text(sender={"name": "窓口", "iconUrl": "http://example.jp/a.png"})],
    [_flex(_bubble(WORD), alt="")],
    [_flex(_bubble(WORD), alt="あ" * 401)],
    [_flex(_bubble({**WORD, "text": ""}))],
    [_flex(_bubble({**WORD, "text": "  "}))],
    [_flex(_bubble(_box()))],
    [_flex(_bubble({**WORD, "text": "あ" * 10300}))],
    [_flex(_carousel())],
    [_flex(_carousel(*[_bubble(WORD)] * 13))],
    [_flex(_carousel(*[_bubble({**WORD, "text": "あ" * 6000})] * 3))],
    [_flex(_bubble({**_box(WORD), "action": _action(label="あ" * 41)}))],
    [_flex(_bubble({**WORD, "weigth": "bold"}))],
    [_text(quickReply=_quick({"type": "uri", "label": "a", "uri": "javascript:alert(1)"}))],
    [_text(quickReply=_quick({"type": "uri", "label": "a", "uri": "https://例.jp/"}))],
    [_text(quickReply=_quick({"type": "uri", "label": "a", "uri": "https://e.jp/" + "a" * 1000}))],
]


@pytest.mark.parametrize("messages", ALLOWED)
def test_what_line_takes_is_let_through(messages: list[Json]) -> None:
    assert problems(messages) == []


@pytest.mark.parametrize("messages", REFUSED)
def test_what_line_refuses_is_found(messages: list[Json]) -> None:
    assert problems(messages) != []


def test_the_rich_menu_is_within_the_limits() -> None:
    assert rich_menu_problems(richmenu.definition()) == []
    assert len(richmenu.picture()) <= 1024 * 1024


@pytest.mark.parametrize(
    "change",
    [
        {"size": {"width": 2600, "height": 1686}},
        {"size": {"width": 2500, "height": 2000}},
        {"chatBarText": "あ" * 15},
        {"chatBarText": ""},
        {"areas": richmenu.definition()["areas"] * 5},
        {"areas": [{"bounds": {"x": 1, "y": 0, "width": 2500, "height": 9}, "action": _action()}]},
        {"colour": "red"},
        {"areas": 7},
    ],
)
def test_a_wrong_rich_menu_is_found(change: Json) -> None:
    menu = {**richmenu.definition(), **change}
    if change == {"areas": 7}:
        assert vendor.check_rich_menu(menu) is not None
    else:
        assert rich_menu_problems(menu) != []

"""Every event the platform publishes, with every field it may carry: read, and answered or left
alone on purpose.

Payloads are our own, written after the published schema (github.com/line/line-openapi, webhook.yml;
developers.line.biz/en/reference/messaging-api, webhook event objects).
"""

from dataclasses import dataclass
from typing import Any

import pytest
from linebot.v3.webhooks import Event, MessageContent, Source
from linebot.v3.webhooks.models.membership_content import MembershipContent
from linebot.v3.webhooks.models.mentionee import Mentionee
from linebot.v3.webhooks.models.module_content import ModuleContent

from api.channels.line import vendor
from api.channels.line.events import arrivals
from knowledge import clock
from knowledge.wording import say
from tests.support.line_standin import events
from tests.support.line_standin.phone import LineHouse, words

Json = dict[str, Any]

GROUP, ROOM = events.group(), {"type": "room", "roomId": "R" + "1" * 32, "userId": "U" + "2" * 32}
STAMP = {"quoteToken": "q" * 40, "markAsReadToken": "m" * 40}
PROVIDED = {"type": "external", "originalContentUrl": "https://example.com/a.jpg"}
PROVIDED |= {"previewImageUrl": "https://example.com/b.jpg"}
MENTIONS = {
    "mentionees": [
        {"index": 0, "length": 3, "type": "user", "userId": events.BOT, "isSelf": True},
        {"index": 4, "length": 4, "type": "all"},
        {"index": 9, "length": 3, "type": "user"},
    ]
}


@dataclass(frozen=True)
class Published:
    """One published event and what we do with it. ``answer``: words of the answer; empty: none."""

    name: str
    event: Json
    kind: str
    answer: str = ""
    state: str = "done"


def _text(**more: Any) -> Json:
    content = {"type": "text", "text": "商標の話です(mihon)", "quotedMessageId": "1", **STAMP}
    emoji = {"index": 6, "length": 7, "productId": "5ac1bfd5040ab15980c9b435", "emojiId": "001"}
    return content | {"emojis": [emoji]} | more


def _media(kind: str, **more: Any) -> Json:
    return {"type": kind, "contentProvider": {"type": "line"}, **STAMP, **more}


STICKER = {"type": "sticker", "packageId": "446", "stickerId": "1988", "keywords": ["ok", "yes"]}
STICKER |= {
    "stickerResourceType": "ANIMATION_SOUND",
    "text": "了解",
    "quotedMessageId": "1",
    **STAMP,
}
IMAGE = _media("image", imageSet={"id": "E005D41A7288F41B65593ED38FF6E9834B046AB3"})
IMAGE["imageSet"] |= {"index": 1, "total": 2}
PLACE: Json = {
    "type": "location",
    "title": "見本製作所",
    "address": "〒430-0929 静岡県浜松市中央区",
}
PLACE |= {"latitude": 34, "longitude": 137.73, "markAsReadToken": "m"}
NO_FILES = say("line_chat.no_files").splitlines()[0]
GONE = say("line_chat.choice_gone").strip()


def _said(content: Json, source: Json | None = None) -> Json:
    return events.message(content, source)


def _picked(params: Json) -> Json:
    return events.postback("date", params=params)


PUBLISHED = [
    Published("text", _said(_text()), "text", say("topics.trademarks")),
    Published("text in a group", _said(_text(mention=MENTIONS), GROUP), "text", "商標"),
    Published("text in a room", _said(_text(mention=MENTIONS), ROOM), "text", "商標"),
    Published("text not for us", _said(_text(), GROUP), "text", state="ignored"),
    Published("image", _said(IMAGE), "media", NO_FILES),
    Published("image elsewhere", _said({**IMAGE, "contentProvider": PROVIDED}), "media", NO_FILES),
    Published("video", _said(_media("video", duration=60000)), "media", NO_FILES),
    Published("audio", _said(_media("audio", duration=60000)), "media", NO_FILES),
    Published("file", events.file(), "media", NO_FILES),
    Published("location", _said(PLACE), "location", "静岡県"),
    Published("sticker", _said(STICKER), "sticker", say("line_chat.sticker").strip()),
    Published("unsend", events.unsend(events.text("a")), "unsend"),
    Published("follow", events.follow(), "follow", say("line_chat.greeting").splitlines()[0]),
    Published("follow again", events.follow(back=True), "follow", "お帰りなさい"),
    Published("unfollow", events.unfollow(), "unfollow"),
    Published("join", events.join(GROUP), "join", say("line_chat.group_greeting").splitlines()[0]),
    Published("leave", events.leave(GROUP), "leave"),
    Published("memberJoined", events.member_joined(GROUP), "member_joined", state="ignored"),
    Published("memberLeft", events.member_left(GROUP), "member_left", state="ignored"),
    Published("postback", events.postback("choice=x"), "postback", GONE),
    Published("postback date", _picked({"date": "2026-09-01"}), "postback", "9月1日"),
    Published("postback time", _picked({"time": "10:00"}), "postback", GONE),
    Published("postback datetime", _picked({"datetime": "2026-09-01T10:00"}), "postback", "9月1日"),
    Published(
        "postback menu",
        _picked({"newRichMenuAliasId": "b", "status": "SUCCESS"}),
        "postback",
        GONE,
    ),
    Published(
        "messageEdited",
        events.edited(_said(_text(), GROUP), "@窓口 意匠", replyToken="0" * 32),
        "unsend",
    ),
    Published(
        "accountLink",
        events.account_link("n" * 32),
        "account_link",
        say("line_chat.link_failed").splitlines()[0],
    ),
    Published(
        "accountLink failed",
        events.account_link("n" * 32, ok=False),
        "account_link",
        say("line_chat.link_failed").splitlines()[0],
    ),
    *(
        Published(f"{event['type']} {number}", event, "other", state="ignored")
        for number, event in enumerate(events.others())
    ),
]


@pytest.mark.parametrize("published", PUBLISHED, ids=lambda p: p.name)
async def test_a_published_event_is_answered_or_left_alone_on_purpose(
    line: LineHouse, published: Published
) -> None:
    (arrival,) = arrivals([published.event], received_at=clock.now())
    source = published.event["source"]
    phone = line.phone(source)
    if "replyToken" in published.event:
        published.event["replyToken"] = phone.token()

    assert await line.webhooks.send(published.event) == 200
    await line.settled()

    assert arrival.kind == published.kind
    assert line.one("select state from line_event") == published.state
    said = words([shown.message for shown in line.platform.said(phone.id)])
    if published.answer:
        assert published.answer in said or any(
            published.answer in str(text) for text in line.house.rasa.texts()
        )
        assert said
    else:
        assert said == ""
    assert line.platform.calls["push"] == (0 if "replyToken" in published.event else bool(said))
    assert "ERROR" not in line.house.log.getvalue()


@pytest.mark.parametrize("published", PUBLISHED, ids=lambda p: p.name)
def test_the_sdk_reads_it_as_the_same_event(published: Published) -> None:
    event = vendor.read_event(published.event)

    if published.event["type"] == "somethingNew":
        assert event is None or type(event).__name__ == "UnknownEvent"
    else:
        assert event is not None
        assert event.type == published.event["type"]
        assert event.webhook_event_id == published.event["webhookEventId"]


def _types(model: Any) -> set[str]:
    """The types a model of the SDK knows."""
    found: dict[str, str] = getattr(model, f"_{model.__name__}__discriminator_value_class_map")
    return set(found)


def _nodes(node: Any) -> list[Json]:
    if isinstance(node, list):
        return [one for child in node for one in _nodes(child)]
    if isinstance(node, dict):
        return [node, *(one for child in node.values() for one in _nodes(child))]
    return []


def test_no_type_the_platform_publishes_is_missing_here() -> None:
    """A new version of the SDK that knows more fails here, until somebody decides about it."""
    assert _types(Event) <= {p.event["type"] for p in PUBLISHED}
    messages = [p.event["message"] for p in PUBLISHED if "message" in p.event]
    assert _types(MessageContent) == {m["type"] for m in messages}
    assert _types(Source) == {p.event["source"]["type"] for p in PUBLISHED}
    told = {str(node.get("type")) for p in PUBLISHED for node in _nodes(p.event)}
    for model in (Mentionee, ModuleContent, MembershipContent):
        assert _types(model) <= told


@pytest.mark.parametrize(
    "strange",
    [
        {"mention": {"mentionees": [{"index": 0, "length": 1, "type": "planet"}]}},
        {"emojis": [{"index": "first"}]},
        {"quotedMessageId": 7},
    ],
)
async def test_a_text_is_heard_although_what_stands_beside_it_is_new_to_us(
    line: LineHouse, strange: Json
) -> None:
    phone = line.phone()
    said = events.text("商標の話です", phone.source, reply_token=phone.token())
    said["message"] |= strange

    await phone.happens(said)

    assert line.house.rasa.texts() == ["商標の話です"]
    assert line.platform.said(phone.id)


async def test_in_a_group_such_a_text_is_not_taken_for_ours(line: LineHouse) -> None:
    group = line.phone(events.group())
    said = events.mention("商標の話です", group.source, reply_token=group.token())
    said["message"]["emojis"] = [{"index": "first"}]
    said["message"]["mention"]["mentionees"][0]["type"] = "planet"

    await group.happens(said)

    assert line.house.rasa.texts() == []
    assert line.one("select count(*) from line_event where payload is not null") == 0

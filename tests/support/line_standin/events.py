"""Webhook events in the shapes of the published description; every id is made up."""

import itertools
import secrets
import time
from typing import Any

Json = dict[str, Any]

BOT = "U" + "b0" * 16
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_numbers = itertools.count(1)


def user_id(number: int) -> str:
    """A person's id: U and 32 hexadecimal digits."""
    return f"U{number:032x}"


def group_id(number: int) -> str:
    """A group's id."""
    return f"C{number:032x}"


def event_id() -> str:
    """A webhook event id in ULID form, 26 signs."""
    return "01" + "".join(secrets.choice(_CROCKFORD) for _ in range(24))


def message_id() -> str:
    """A message id, 18 digits."""
    return str(468_789_000_000_000_000 + next(_numbers))


def user(number: int = 1) -> Json:
    """The source of a chat with one person."""
    return {"type": "user", "userId": user_id(number)}


def group(number: int = 1, person: int = 1) -> Json:
    """The source of a group chat."""
    return {"type": "group", "groupId": group_id(number), "userId": user_id(person)}


def event(kind: str, source: Json | None = None, **more: Any) -> Json:
    """The properties that every event has."""
    made: Json = {
        "type": kind,
        "mode": "active",
        "timestamp": int(time.time() * 1000),
        "source": source if source is not None else user(),
        "webhookEventId": event_id(),
        "deliveryContext": {"isRedelivery": False},
    }
    return made | more


def message(
    content: Json, source: Json | None = None, *, reply_token: str = "", **more: Any
) -> Json:
    """A message event."""
    content.setdefault("id", message_id())
    token: Json = {"replyToken": reply_token} if reply_token else {}
    return event("message", source, message=content, **token, **more)


def text(words: str, source: Json | None = None, **more: Any) -> Json:
    """Somebody typed something."""
    content = {"type": "text", "text": words, "quoteToken": secrets.token_urlsafe(24)}
    return message(content, source, **more)


def mention(words: str, source: Json, *, name: str = "@窓口", **more: Any) -> Json:
    """A group message that names the bot at its beginning."""
    made = text(f"{name} {words}", source, **more)
    mentionee = {"index": 0, "length": len(name), "type": "user", "userId": BOT, "isSelf": True}
    made["message"]["mention"] = {"mentionees": [mentionee]}
    return made


def sticker(source: Json | None = None, **more: Any) -> Json:
    """A sticker."""
    content = {
        "type": "sticker",
        "quoteToken": secrets.token_urlsafe(24),
        "packageId": "446",
        "stickerId": "1988",
        "stickerResourceType": "STATIC",
    }
    return message(content, source, **more)


def image(source: Json | None = None, **more: Any) -> Json:
    """A picture."""
    content = {
        "type": "image",
        "quoteToken": secrets.token_urlsafe(24),
        "contentProvider": {"type": "line"},
    }
    return message(content, source, **more)


def video(source: Json | None = None, **more: Any) -> Json:
    """A video."""
    content = {
        "type": "video",
        "quoteToken": secrets.token_urlsafe(24),
        "duration": 60000,
        "contentProvider": {"type": "line"},
    }
    return message(content, source, **more)


def audio(source: Json | None = None, **more: Any) -> Json:
    """A recording."""
    content = {"type": "audio", "duration": 60000, "contentProvider": {"type": "line"}}
    return message(content, source, **more)


def file(source: Json | None = None, *, name: str = "見本.pdf", **more: Any) -> Json:
    """A file."""
    return message({"type": "file", "fileName": name, "fileSize": 2138}, source, **more)


def location(address: str, source: Json | None = None, **more: Any) -> Json:
    """A place."""
    content = {
        "type": "location",
        "title": "位置情報",
        "address": address,
        "latitude": 34.71,
        "longitude": 137.73,
    }
    return message(content, source, **more)


def postback(
    data: str, source: Json | None = None, *, params: Json | None = None, reply_token: str = ""
) -> Json:
    """A button was pressed; ``params`` are the picker's."""
    content = {"data": data} | ({"params": params} if params else {})
    return event("postback", source, postback=content, replyToken=reply_token or "0" * 32)


def follow(source: Json | None = None, *, back: bool = False, reply_token: str = "") -> Json:
    """Somebody added us."""
    return event("follow", source, follow={"isUnblocked": back}, replyToken=reply_token or "0" * 32)


def unfollow(source: Json | None = None) -> Json:
    """Somebody blocked us."""
    return event("unfollow", source)


def join(source: Json, *, reply_token: str = "") -> Json:
    """A group took us in."""
    return event("join", source, replyToken=reply_token or "0" * 32)


def leave(source: Json) -> Json:
    """A group put us out."""
    return event("leave", source)


def member_joined(source: Json, *, reply_token: str = "") -> Json:
    """Somebody came into a group."""
    members = {"members": [user(9)]}
    return event("memberJoined", source, joined=members, replyToken=reply_token or "0" * 32)


def member_left(source: Json) -> Json:
    """Somebody left a group."""
    return event("memberLeft", source, left={"members": [user(9)]})


def unsend(of: Json, **more: Any) -> Json:
    """The message of an event was taken back."""
    return event("unsend", of["source"], unsend={"messageId": of["message"]["id"]}, **more)


def edited(of: Json, words: str, **more: Any) -> Json:
    """The message of an event was written anew."""
    content = {**of["message"], "text": words}
    return event("messageEdited", of["source"], message=content, **more)


def account_link(
    nonce: str, source: Json | None = None, *, ok: bool = True, reply_token: str = ""
) -> Json:
    """An account was linked on a page of ours."""
    token: Json = {"replyToken": reply_token or "0" * 32} if ok else {}
    return event(
        "accountLink", source, link={"result": "ok" if ok else "failed", "nonce": nonce}, **token
    )


def others() -> list[Json]:
    """Events that LINE knows and we leave alone."""
    token: Json = {"replyToken": "0" * 32}
    return [
        event("videoPlayComplete", videoPlayComplete={"trackingId": "track-id"}, **token),
        event("beacon", beacon={"hwid": "d41d8cd98f", "type": "enter", "dm": "0a"}, **token),
        event(
            "membership",
            membership={"type": "joined", "membershipId": 3189},
            **token,
        ),
        event("membership", membership={"type": "left", "membershipId": 3189}, **token),
        event("membership", membership={"type": "renewed", "membershipId": 3189}, **token),
        event("module", module={"type": "attached", "botId": BOT, "scopes": ["message:send"]}),
        event("module", module={"type": "detached", "botId": BOT, "reason": "bot_deleted"}),
        event("activated", chatControl={"expireAt": 1462629479859}),
        event("deactivated"),
        event("botSuspended"),
        event("botResumed"),
        event("delivery", delivery={"data": "15034552939884E28681A7D668CEA94C147C716C"}),
        event("somethingNew", somethingNew={"a": 1}),
    ]


def again(of: Json) -> Json:
    """The same event redelivered."""
    return {**of, "deliveryContext": {"isRedelivery": True}}

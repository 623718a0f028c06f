"""What the LINE platform does, without LINE: tokens, limits, retry keys, quota, faults.

Written after the published description (developers.line.biz/en/reference/messaging-api and
github.com/line/line-openapi). It knows no HTTP; ``server`` puts it behind the real paths.

- A reply token works once, within a minute of its webhook, for at most five messages.
- A push may carry ``X-Line-Retry-Key`` (a UUID): accepted once within 24 hours, then 409.
- A reply with a retry key is refused with 400.
- A link token works once, within ten minutes, for the person it was made for; a nonce has 10 to 255
  signs.
- Pushes count against the month; replies do not. To who blocked us a push is accepted and lost.
"""

import random
import secrets
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from linebot.v3.messaging import (
    PushMessageRequest,
    ReplyMessageRequest,
    RichMenuRequest,
)

from api.channels.line.limits import problems, rich_menu_problems

Json = dict[str, Any]

REPLY_TOKEN_SECONDS = 60.0
RETRY_KEY_SECONDS = 24 * 3600.0
LINK_TOKEN_SECONDS = 600.0
UNREADABLE = (ValueError, KeyError, TypeError, AttributeError)


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, body and headers of one call."""

    status: int
    body: Json
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Faults:
    """How often the platform fails: shares of all sending calls, drawn with a seed.

    ``too_many`` 429, nothing done · ``error_before`` 500, nothing done · ``error_after`` 500
    although the message was sent · ``silence_after`` no answer in time although it was sent.
    """

    too_many: float = 0.0
    error_before: float = 0.0
    error_after: float = 0.0
    silence_after: float = 0.0
    seed: int = 7
    draw: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.draw = random.Random(self.seed)

    def next(self) -> str | None:
        """What goes wrong with this call."""
        number = self.draw.random()
        for name in ("too_many", "error_before", "error_after", "silence_after"):
            number -= getattr(self, name)
            if number < 0:
                return name
        return None


@dataclass
class ReplyToken:
    """One reply token."""

    to: str
    until: float
    used: bool = False


@dataclass
class Shown:
    """One message in a chat, as the person sees it."""

    id: str
    by: str  # "user", "reply", "push"
    message: Json
    notified: str = ""
    key: str = ""


class Platform:
    """One channel on the platform."""

    def __init__(
        self,
        *,
        channel_token: str,
        now: Callable[[], float],
        limit: int | None = 200,
        faults: Faults | None = None,
    ) -> None:
        self.channel_token = channel_token
        self.now = now
        self.limit = limit
        self.used = 0
        self.faults = faults or Faults()
        self.tokens: dict[str, ReplyToken] = {}
        self.retry_keys: dict[str, tuple[float, str, list[Json]]] = {}
        self.chats: defaultdict[str, list[Shown]] = defaultdict(list)
        self.people: set[str] = set()
        self.blocked: set[str] = set()
        self.contents: dict[str, tuple[bytes, str]] = {}
        self.rich_menus: dict[str, Json] = {}
        self.rich_menu_images: dict[str, bytes] = {}
        self.default_menu: str | None = None
        self.loading: list[str] = []
        self.link_tokens: dict[str, ReplyToken] = {}
        self.calls: Counter[str] = Counter()
        self.refused: list[str] = []
        self._next_id = 500_000_000_000_000_000

    def new_id(self) -> str:
        """A message id as LINE gives them: 18 digits."""
        self._next_id += 1
        return str(self._next_id)

    def reply_token(self, to: str) -> str:
        """A new reply token for a webhook that is about to be sent."""
        token = secrets.token_hex(16)
        self.tokens[token] = ReplyToken(to, self.now() + REPLY_TOKEN_SECONDS)
        return token

    def reply(self, body: Json, *, retry_key: str | None = None) -> Answer:
        """``POST /v2/bot/message/reply``."""
        self.calls["reply"] += 1
        if retry_key is not None:
            return _wrong("The retry key is not supported by this endpoint")
        wrong = self._unreadable(ReplyMessageRequest, body)
        if wrong is not None:
            return wrong
        fault = self.faults.next()
        if fault in ("too_many", "error_before"):
            return self._failed(fault)
        token = self.tokens.get(body["replyToken"])
        if token is None or token.used or token.until < self.now():
            return _wrong("Invalid reply token")
        token.used = True
        sent = self._show(token.to, "reply", body["messages"], key=body["replyToken"])
        return self._after(fault, Answer(200, {"sentMessages": sent}, _request_id()))

    def push(self, body: Json, *, retry_key: str | None = None) -> Answer:
        """``POST /v2/bot/message/push``."""
        self.calls["push"] += 1
        wrong = self._unreadable(PushMessageRequest, body) or _bad_key(retry_key)
        if wrong is not None:
            return wrong
        if body["to"] not in self.people:
            return _wrong("The property, 'to', in the request body is invalid (line: -, column: -)")
        known = self.retry_keys.get(retry_key or "")
        if known is not None and known[0] > self.now():
            headers = _request_id() | {"X-Line-Accepted-Request-Id": known[1]}
            said = {"message": "The retry key is already accepted", "sentMessages": known[2]}
            return Answer(409, said, headers)
        fault = self.faults.next()
        if fault in ("too_many", "error_before"):
            return self._failed(fault)
        if self.limit is not None and self.used >= self.limit:
            return Answer(429, {"message": "You have reached your monthly limit."}, _request_id())
        self.used += 1
        sent = self._show(body["to"], "push", body["messages"], key=retry_key or "")
        answer = Answer(200, {"sentMessages": sent}, _request_id())
        if retry_key is not None:
            until = self.now() + RETRY_KEY_SECONDS
            self.retry_keys[retry_key] = (until, answer.headers["X-Line-Request-Id"], sent)
        return self._after(fault, answer)

    def start_loading(self, body: Json) -> Answer:
        """``POST /v2/bot/chat/loading/start``."""
        seconds = body.get("loadingSeconds", 20)
        if body.get("chatId") not in self.people or seconds not in range(5, 61, 5):
            return _wrong("The request body has 1 error(s)")
        self.loading.append(body["chatId"])
        return Answer(202, {}, _request_id())

    def issue_link_token(self, user_id: str) -> Answer:
        """``POST /v2/bot/user/{userId}/linkToken``."""
        if user_id not in self.people or user_id in self.blocked:
            return Answer(404, {"message": "Not found"}, _request_id())
        token = secrets.token_urlsafe(24)
        self.link_tokens[token] = ReplyToken(user_id, self.now() + LINK_TOKEN_SECONDS)
        return Answer(200, {"linkToken": token}, _request_id())

    def link_account(self, *, by: str, token: str, nonce: str) -> bool | None:
        """The platform's own page, opened by a person: whether the account was linked; ``None``
        where the page says "try again" and nothing is sent."""
        known = self.link_tokens.get(token)
        if known is None or known.used or known.until < self.now():
            return None
        known.used = True
        return known.to == by and 10 <= len(nonce) <= 255

    def quota(self) -> Answer:
        """``GET /v2/bot/message/quota``."""
        if self.limit is None:
            return Answer(200, {"type": "none"})
        return Answer(200, {"type": "limited", "value": self.limit})

    def consumption(self) -> Answer:
        """``GET /v2/bot/message/quota/consumption``."""
        return Answer(200, {"totalUsage": self.used})

    def profile(self, user_id: str) -> Answer:
        """``GET /v2/bot/profile/{userId}``."""
        if user_id not in self.people or user_id in self.blocked:
            return Answer(404, {"message": "Not found"})
        return Answer(200, {"userId": user_id, "displayName": "見本の利用者", "language": "ja"})

    def create_menu(self, body: Json) -> Answer:
        """``POST /v2/bot/richmenu``."""
        try:
            RichMenuRequest.from_dict(body)
            wrong = rich_menu_problems(body)
        except UNREADABLE as error:
            wrong = [str(error)]
        if wrong:
            return _wrong("; ".join(wrong))
        id_ = f"richmenu-{secrets.token_hex(16)}"
        self.rich_menus[id_] = body
        return Answer(200, {"richMenuId": id_})

    def list_menus(self) -> Answer:
        """``GET /v2/bot/richmenu/list``."""
        return Answer(
            200, {"richmenus": [{"richMenuId": i, **m} for i, m in self.rich_menus.items()]}
        )

    def put_menu_image(self, id_: str, image: bytes, content_type: str) -> Answer:
        """``POST /v2/bot/richmenu/{id}/content``: PNG or JPEG, 1 MB at most, once."""
        good = content_type in ("image/png", "image/jpeg") and 0 < len(image) <= 1024 * 1024
        if id_ not in self.rich_menus or not good or id_ in self.rich_menu_images:
            return _wrong("The image is not acceptable")
        self.rich_menu_images[id_] = image
        return Answer(200, {})

    def set_default_menu(self, id_: str) -> Answer:
        """``POST /v2/bot/user/all/richmenu/{id}``: only a menu with a picture."""
        if id_ not in self.rich_menu_images:
            return _wrong("must upload richmenu image before applying it to user")
        self.default_menu = id_
        return Answer(200, {})

    def delete_menu(self, id_: str) -> Answer:
        """``DELETE /v2/bot/richmenu/{id}``."""
        if self.rich_menus.pop(id_, None) is None:
            return Answer(404, {"message": "richmenu not found"})
        self.rich_menu_images.pop(id_, None)
        self.default_menu = None if self.default_menu == id_ else self.default_menu
        return Answer(200, {})

    def said(self, to: str, *, by: str | None = None) -> list[Shown]:
        """What a chat shows of ours."""
        return [s for s in self.chats[to] if s.by != "user" and by in (None, s.by)]

    def _unreadable(self, model: Any, body: Json) -> Answer | None:
        try:
            model.from_dict(body)
            found = problems(body["messages"])
        except UNREADABLE as error:
            found = [str(error)]
        if not found:
            return None
        self.refused += found
        details = [{"message": p, "property": "messages"} for p in found]
        said = {"message": f"The request body has {len(found)} error(s)", "details": details}
        return Answer(400, said, _request_id())

    def _show(self, to: str, by: str, messages: list[Json], *, key: str) -> list[Json]:
        sent = []
        for message in messages:
            id_ = self.new_id()
            if to not in self.blocked:
                notified = message.get("altText") or message.get("text", "")
                self.chats[to].append(Shown(id_, by, message, notified, key))
            sent.append({"id": id_, "quoteToken": secrets.token_urlsafe(24)})
        return sent

    def _failed(self, fault: str) -> Answer:
        self.calls[fault] += 1
        if fault == "too_many":
            said = "The API rate limit has been exceeded. Try again later."
            return Answer(429, {"message": said}, _request_id())
        return Answer(500, {"message": "Internal server error"}, _request_id())

    def _after(self, fault: str | None, answer: Answer) -> Answer:
        if fault is None:
            return answer
        self.calls[fault] += 1
        if fault == "silence_after":
            return Answer(0, {})
        return Answer(500, {"message": "Internal server error"}, answer.headers)


def _wrong(message: str) -> Answer:
    return Answer(400, {"message": message}, _request_id())


def _bad_key(key: str | None) -> Answer | None:
    if key is None:
        return None
    try:
        uuid.UUID(key)
    except ValueError:
        return _wrong("The retry key is invalid")
    return None


def _request_id() -> dict[str, str]:
    return {"X-Line-Request-Id": str(uuid.uuid4())}


@dataclass
class Scripted(Faults):
    """Faults in a given order, one per sending call; afterwards all is well."""

    script: list[str | None] = field(default_factory=list)

    def next(self) -> str | None:
        """The next of the script."""
        return self.script.pop(0) if self.script else None

"""A small stand-in for the chat server: it keeps the widget's contract and can misbehave on demand.

It knows no law and no bot; its answers are fixed. Tests reach into it directly
(`stub.conversations`, `stub.fail_next`).
"""

import asyncio
import json
import socket
import threading
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated
from uuid import uuid4

import uvicorn
from fastapi import Body, FastAPI, Header, Request
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, Response, StreamingResponse

STATIC = Path(__file__).resolve().parents[2] / "api" / "channels" / "static"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'"
)
PLAIN = (
    '<!doctype html><html lang="ja"><head><meta charset="utf-8"><title>別のページ</title>'
    '<meta name="viewport" content="width=device-width">'
    '<script src="/widget.js" defer></script></head>'
    "<body><main><h1>別のページ</h1></main></body></html>"
)
SECRET = "配合比"
LAST_SEEN = "2026-04-01"

Json = dict[str, object]


@dataclass
class Talk:
    """One conversation; `seen` holds the first answer to each client_message_id."""

    id: str
    token: str
    owner: str = "bot"
    messages: list[Json] = field(default_factory=list)
    events: list[tuple[str, Json]] = field(default_factory=list)
    seen: dict[str, Json] = field(default_factory=dict)
    posts: list[Json] = field(default_factory=list)
    streams: int = 0

    def add(self, author: str, parts: list[Json], **more: object) -> Json:
        message: Json = {
            "id": uuid4().hex,
            "seq": len(self.messages) + 1,
            "author": author,
            "at": "2026-05-11T10:00:00+09:00",
            "withheld": False,
            "parts": parts,
            "sources": [],
            **more,
        }
        self.messages.append(message)
        self.events.append(("message", message))
        return message

    def give_to(self, owner: str) -> None:
        self.owner = owner
        self.events.append(("owner", {"owner": owner}))

    def typing(self, author: str, on: bool) -> None:
        self.events.append(("typing", {"author": author, "on": on}))


def text(value: str) -> Json:
    return {"type": "text", "text": value}


def choices(*labels: str, role: str | None = None, act: str | None = None) -> Json:
    offered: list[Json] = [{"id": f"c-{uuid4().hex[:8]}", "label": label} for label in labels]
    if act:
        offered[0]["act"] = act
    return {"type": "choices", "role": role, "choices": offered}


CARD: Json = {
    "type": "card",
    "kind": "desk",
    "title": "INPIT知財総合支援窓口",
    "badge": "受付時間外",
    "rows": [
        {"label": "相談できること", "value": "経営の課題を知的財産の面からうかがいます"},
        {"label": "次に開く日時", "value": "公式ページでご確認ください"},
    ],
    "links": [
        {"label": "公式ページ", "url": "https://chizai-portal.inpit.go.jp/"},
        {"label": "あやしいリンク", "url": "javascript:alert(1)"},
    ],
    "note": "助言の窓口です。書類の作成や代理はしません。",
}
SOURCES: list[Json] = [
    {
        "title": "知財ポータル",
        "url": "https://chizai-portal.inpit.go.jp/",
        "as_of": LAST_SEEN,
        "confirmed": True,
    },
    {"title": "令和5年度の公表資料", "url": None, "as_of": "2023年度", "confirmed": False},
]


def answer(talk: Talk, body: Json) -> list[Json]:
    """The fixed replies; a real server triages here."""
    said = str(body.get("text") or body.get("choice"))
    if SECRET in said and not body.get("keep"):
        ask = text("大切な中身かもしれないため、保存していません。続け方を選んでください。")
        offer = choices("このまま送る", "話題だけ続ける", act="keep")
        return [talk.add("bot", [ask, offer])]
    if "職員" in said:
        talk.give_to("queue")
        return [talk.add("system", [text("職員におつなぎします。順番は1番目です。")])]
    told = text(
        f"「{said[:40]}」についてのご案内です。\n要件は https://www.jpo.go.jp/ で確認できます。"
    )
    first = talk.add("bot", [told, CARD], sources=SOURCES)
    unknown: Json = {"type": "hologram", "fallback": "表示できない部品の説明です。"}
    second = talk.add(
        "bot",
        [
            choices("費用を知る", "窓口を予約する"),
            unknown,
            choices("解決した", "まだ", role="feedback"),
        ],
    )
    return [first, second]


@dataclass
class Stub:
    """The server, its state, and the switches a test may turn."""

    port: int = 0
    conversations: dict[str, Talk] = field(default_factory=dict)
    fail_next: list[int] = field(default_factory=list)
    retry_after: str | None = None
    lose_next_answer: bool = False
    plain: str = PLAIN
    last_event_ids: list[str | None] = field(default_factory=list)
    running: bool = False
    server: uvicorn.Server | None = None
    thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def talk(self) -> Talk:
        """The newest conversation."""
        return list(self.conversations.values())[-1]

    @property
    def streams(self) -> int:
        return sum(talk.streams for talk in self.conversations.values())

    def start(self) -> None:
        if not self.port:
            with socket.socket() as free:
                free.bind(("127.0.0.1", 0))
                self.port = int(free.getsockname()[1])
        config = uvicorn.Config(
            make_app(self),
            host="127.0.0.1",
            port=self.port,
            log_level="error",
            timeout_graceful_shutdown=1,
        )
        self.server = uvicorn.Server(config)
        self.running = True
        self.thread = threading.Thread(target=self.server.run, daemon=True)
        self.thread.start()
        wait_until(lambda: self.server is not None and self.server.started)

    def stop(self) -> None:
        self.running = False
        if self.server and self.thread:
            self.server.should_exit = True
            self.thread.join(timeout=10)

    def find(self, conversation: str, authorization: str | None) -> Talk | None:
        talk = self.conversations.get(conversation)
        return talk if talk and authorization == f"Bearer {talk.token}" else None

    def begin(self) -> Talk:
        talk = Talk(id=uuid4().hex, token=uuid4().hex)
        talk.add("bot", [text("ご相談ください。自動応答です。個別の法律相談ではありません。")])
        self.conversations[talk.id] = talk
        return talk


def wait_until(true: Callable[[], object], seconds: float = 10.0) -> None:
    """Wait for a condition of the stub; AssertionError when it does not come."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "the condition did not come true in time"
        time.sleep(0.02)


def missing() -> JSONResponse:
    return JSONResponse({"error": "not_found", "detail": "見つかりません。"}, 404)


def take(stub: Stub, talk: Talk, body: Json) -> Json:
    """Store one post, once per client_message_id."""
    key = str(body["client_message_id"])
    if key in talk.seen:
        return talk.seen[key]
    shown = next(
        (
            str(choice["label"])
            for message in talk.messages
            for part in message["parts"]  # type: ignore[attr-defined]
            for choice in part.get("choices", [])
            if choice["id"] == body.get("choice")
        ),
        str(body.get("text")),
    )
    hidden = SECRET in shown and not body.get("keep")
    parts = [] if hidden else [text(shown)]
    message = talk.add("visitor", parts, client_message_id=key, withheld=hidden)
    replies = answer(talk, body) if talk.owner == "bot" else []
    talk.seen[key] = {"message": message, "replies": replies, "owner": talk.owner}
    return talk.seen[key]


async def stream(stub: Stub, talk: Talk, after: int) -> AsyncIterator[str]:
    """Replay what came after `after`, then follow; ends when the stub stops."""
    at = len(talk.events)
    talk.streams += 1
    try:
        yield ": ping\n\n"
        yield frame("owner", {"owner": talk.owner})
        for message in [m for m in talk.messages if int(str(m["seq"])) > after]:
            yield frame("message", message)
        while stub.running and talk.id in stub.conversations:
            for kind, data in talk.events[at:]:
                at += 1
                yield frame(kind, data)
            await asyncio.sleep(0.03)
    finally:
        talk.streams -= 1


def frame(kind: str, data: Json) -> str:
    number = f"id: {data['seq']}\n" if kind == "message" else ""
    return f"event: {kind}\n{number}data: {json.dumps(data, ensure_ascii=False)}\n\n"


def make_app(stub: Stub) -> FastAPI:
    app = FastAPI()
    app.add_middleware(
        CORSMiddleware,
        allow_origins=["*"],
        allow_methods=["*"],
        allow_headers=["*"],
        expose_headers=["Retry-After"],
    )
    add_pages(app, stub)
    add_calls(app, stub)
    return app


def add_pages(app: FastAPI, stub: Stub) -> None:
    @app.get("/")
    def portal() -> FileResponse:
        return FileResponse(
            STATIC / "portal" / "index.html", headers={"Content-Security-Policy": POLICY}
        )

    @app.get("/plain")
    def plain() -> HTMLResponse:
        return HTMLResponse(stub.plain)

    @app.get("/widget.js")
    def widget() -> FileResponse:
        return FileResponse(STATIC / "widget.js")

    @app.get("/portal/{name}")
    def asset(name: str) -> FileResponse:
        return FileResponse(STATIC / "portal" / name)


def add_calls(app: FastAPI, stub: Stub) -> None:
    @app.post("/api/v1/conversations", status_code=201)
    def begin() -> Json:
        talk = stub.begin()
        return {"id": talk.id, "token": talk.token, "owner": talk.owner, "messages": talk.messages}

    @app.post("/api/v1/conversations/{conversation}/messages")
    async def post(
        conversation: str,
        body: Annotated[Json, Body()],
        authorization: Annotated[str | None, Header()] = None,
    ) -> Response:
        talk = stub.find(conversation, authorization)
        if talk is None:
            return missing()
        talk.posts.append(body)
        if stub.fail_next:
            headers = {"Retry-After": stub.retry_after} if stub.retry_after else None
            return JSONResponse(
                {"error": "busy", "detail": "混み合っています。"}, stub.fail_next.pop(0), headers
            )
        if "受け付けない" in str(body.get("text")):
            reason: Json = {"field": "text", "reason": "not_allowed"}
            return JSONResponse(
                {"error": "invalid", "detail": "この文字は使えません。", "fields": [reason]}, 422
            )
        given = take(stub, talk, body)
        if stub.lose_next_answer:
            stub.lose_next_answer = False
            return JSONResponse({"error": "busy", "detail": "返事が届きませんでした。"}, 502)
        return JSONResponse(given)

    @app.get("/api/v1/conversations/{conversation}/events")
    async def events(
        conversation: str,
        request: Request,
        authorization: Annotated[str | None, Header()] = None,
    ) -> Response:
        talk = stub.find(conversation, authorization)
        if talk is None:
            return missing()
        last = request.headers.get("last-event-id")
        stub.last_event_ids.append(last)
        return StreamingResponse(stream(stub, talk, int(last or 0)), media_type="text/event-stream")

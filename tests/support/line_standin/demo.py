"""``make line-demo``: the LINE side of the product without an account, on a page like a phone.

Starts the stand-in and the product beside it, with a secret and a token of its own.
"""

import asyncio
import os
import secrets
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, Response

from api.channels.line import richmenu
from api.channels.line.client import LineClient, line_http
from tests.support.line_standin import events
from tests.support.line_standin.platform import Platform
from tests.support.line_standin.server import make_server
from tests.support.line_standin.webhooks import Webhooks

HERE = Path(__file__).parent
PAGE = HERE / "page"
FILES = {
    "phone.html": "text/html",
    "phone.css": "text/css",
    "phone.js": "text/javascript",
}
PORT = int(os.environ.get("MADOGUCHI_TEST_LINE_PORT", "8090"))
SECURITY = {"Content-Security-Policy": "default-src 'self'; img-src 'self' data:"}


class Demo:
    """The phone's page and what it can do."""

    def __init__(self, platform: Platform, webhooks: Webhooks) -> None:
        self.platform = platform
        self.webhooks = webhooks
        self.me = events.user(1)
        platform.people.add(self.me["userId"])
        self.last: dict[str, dict[str, Any]] = {}

    def router(self) -> APIRouter:
        """The page's own calls."""
        router = APIRouter()

        @router.get("/")
        def page() -> Response:
            return FileResponse(PAGE / "phone.html", media_type="text/html", headers=SECURITY)

        @router.get("/page/{name}")
        def file(name: str) -> Response:
            if name not in FILES:
                return JSONResponse({}, status_code=404)
            return FileResponse(PAGE / name, media_type=FILES[name], headers=SECURITY)

        @router.get("/phone/messages")
        def messages(after: int = 0) -> Response:
            shown = self.platform.chats[self.me["userId"]]
            found = [
                {"id": s.id, "by": s.by, "message": s.message, "notified": s.notified}
                for s in shown[after:]
            ]
            return JSONResponse({"messages": found, "used": self.platform.used})

        @router.get("/phone/menu.png")
        def menu_picture() -> Response:
            image = self.platform.rich_menu_images.get(self.platform.default_menu or "")
            return Response(image or b"", media_type="image/png")

        @router.get("/phone/menu")
        def menu() -> Response:
            return JSONResponse(self.platform.rich_menus.get(self.platform.default_menu or "", {}))

        @router.get("/dialog/bot/accountLink")
        async def link(linkToken: str = "", nonce: str = "") -> Response:
            return await self._link(linkToken, nonce)

        @router.post("/phone/happens")
        async def happens(request: Request) -> Response:
            status = await self.webhooks.send(self._event(await request.json()))
            return JSONResponse({"status": status})

        return router

    async def _link(self, token: str, nonce: str) -> Response:
        """The platform's page at the end of an account link."""
        linked = self.platform.link_account(by=self.me["userId"], token=token, nonce=nonce)
        if linked is None:
            return _told("時間がたったか、もう使われました。トークからやり直してください。", 400)
        reply = self.platform.reply_token(self.me["userId"]) if linked else ""
        made = events.account_link(nonce, self.me, ok=linked, reply_token=reply)
        await self.webhooks.send(made)
        return _told("連携しました。トークに戻ってください。")

    def _event(self, said: dict[str, Any]) -> dict[str, Any]:
        token = self.platform.reply_token(self.me["userId"])
        kind = said["kind"]
        if kind == "text":
            made = events.text(said["text"], self.me, reply_token=token)
            self.last[made["message"]["id"]] = made
            self._mine(made["message"])
            return made
        if kind == "postback":
            if said.get("shown"):
                self._mine({"type": "text", "text": said["shown"]})
            params = said.get("params")
            return events.postback(said["data"], self.me, params=params, reply_token=token)
        if kind == "unsend":
            return events.unsend(self.last[said["id"]])
        if kind == "location":
            self._mine({"type": "text", "text": "（位置情報）"})
            return events.location(said["address"], self.me, reply_token=token)
        if kind == "image":
            self._mine({"type": "text", "text": "（画像）"})
            return events.image(self.me, reply_token=token)
        if kind == "sticker":
            self._mine({"type": "text", "text": "（スタンプ）"})
            return events.sticker(self.me, reply_token=token)
        return events.follow(self.me, reply_token=token)

    def _mine(self, message: dict[str, Any]) -> None:
        from tests.support.line_standin.platform import Shown

        id_ = message.get("id", self.platform.new_id())
        self.platform.chats[self.me["userId"]].append(Shown(id_, "user", message))


def _told(words: str, status: int = 200) -> Response:
    page = (
        '<!doctype html><html lang="ja"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><title>LINEの代わり（見本）</title>'
        f"<main><h1>アカウントの連携（見本）</h1><p>{words}</p></main></html>"
    )
    return HTMLResponse(page, status_code=status, headers=SECURITY)


async def main() -> int:
    """Run until Ctrl-C."""
    secret, token = secrets.token_hex(16), secrets.token_urlsafe(24)
    platform = Platform(channel_token=token, now=time.time)
    product_port = int(os.environ.get("MADOGUCHI_PORT", "8000"))
    http = httpx.AsyncClient(base_url=f"http://127.0.0.1:{product_port}", timeout=10)
    demo = Demo(platform, Webhooks(http, secret))
    app = make_server(platform)
    app.include_router(demo.router())
    server = uvicorn.Server(uvicorn.Config(app, port=PORT, log_config=None, access_log=False))
    serving = asyncio.create_task(server.serve())
    product = await asyncio.create_subprocess_exec(
        str(Path(sys.executable).with_name("madoguchi")),
        "serve",
        env={
            **os.environ,
            "MADOGUCHI_LINE_CHANNEL_SECRET": secret,
            "MADOGUCHI_LINE_CHANNEL_TOKEN": token,
            "MADOGUCHI_LINE_API_URL": f"http://localhost:{PORT}",
            "MADOGUCHI_PUBLIC_URL": os.environ.get(
                "MADOGUCHI_PUBLIC_URL", f"http://localhost:{product_port}"
            ),
        },
    )
    await _install_menu(token)
    print(
        f"電話の形のページ: http://localhost:{PORT}/  （製品が開いてからお使いください）",
        flush=True,
    )
    ending = asyncio.create_task(product.wait())
    try:
        await asyncio.wait({ending, serving}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        server.should_exit = True
        if product.returncode is None:
            product.send_signal(signal.SIGTERM)
        await asyncio.wait({ending, serving})
    return ending.result()


async def _install_menu(token: str) -> None:
    url = f"http://127.0.0.1:{PORT}"
    client = LineClient(line_http(url=url, token=token), url)
    for _ in range(100):
        if await client.quota() is not None:
            break
        await asyncio.sleep(0.1)
    await richmenu.install(client)
    await client.close()


if __name__ == "__main__":
    try:
        sys.exit(asyncio.run(main()))
    except (KeyboardInterrupt, subprocess.SubprocessError):
        sys.exit(130)

"""The platform behind HTTP, at the paths of the Messaging API."""

import asyncio
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import JSONResponse, Response

from tests.support.line_standin.platform import Answer, Platform

SILENT_SECONDS = 30.0


def make_server(platform: Platform) -> FastAPI:
    """An application that speaks the Messaging API."""
    app = FastAPI(title="LINE stand-in", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.platform = platform
    app.include_router(api_router(platform))

    @app.middleware("http")
    async def authenticate(request: Request, go_on: Any) -> Response:
        expected = f"Bearer {platform.channel_token}"
        if request.url.path.startswith("/v2/") and (
            request.headers.get("authorization") != expected
        ):
            said = "Authentication failed. Confirm that the access token in the authorization header is valid."
            return JSONResponse({"message": said}, status_code=401)
        found: Response = await go_on(request)
        return found

    return app


def api_router(platform: Platform) -> APIRouter:
    """The calls of the Messaging API that a channel like ours uses."""
    router = APIRouter()

    @router.post("/v2/bot/message/reply")
    async def reply(request: Request) -> Response:
        body = await _body(request)
        key = request.headers.get("x-line-retry-key")
        return await _answer(platform.reply(body, retry_key=key))

    @router.post("/v2/bot/message/push")
    async def push(request: Request) -> Response:
        body = await _body(request)
        key = request.headers.get("x-line-retry-key")
        return await _answer(platform.push(body, retry_key=key))

    @router.post("/v2/bot/chat/loading/start")
    async def loading(request: Request) -> Response:
        return await _answer(platform.start_loading(await _body(request)))

    @router.post("/v2/bot/user/{user_id}/linkToken")
    async def link_token(user_id: str) -> Response:
        return await _answer(platform.issue_link_token(user_id))

    @router.get("/v2/bot/message/quota")
    async def quota() -> Response:
        return await _answer(platform.quota())

    @router.get("/v2/bot/message/quota/consumption")
    async def consumption() -> Response:
        return await _answer(platform.consumption())

    @router.get("/v2/bot/profile/{user_id}")
    async def profile(user_id: str) -> Response:
        return await _answer(platform.profile(user_id))

    @router.get("/v2/bot/message/{message_id}/content")
    async def content(message_id: str) -> Response:
        found = platform.contents.get(message_id)
        if found is None:
            return JSONResponse({"message": "Not found"}, status_code=404)
        return Response(found[0], media_type=found[1])

    _add_rich_menus(router, platform)
    return router


def _add_rich_menus(router: APIRouter, platform: Platform) -> None:
    @router.post("/v2/bot/richmenu")
    async def create(request: Request) -> Response:
        return await _answer(platform.create_menu(await _body(request)))

    @router.get("/v2/bot/richmenu/list")
    async def menus() -> Response:
        return await _answer(platform.list_menus())

    @router.post("/v2/bot/richmenu/{id_}/content")
    async def picture(id_: str, request: Request) -> Response:
        image, kind = await request.body(), request.headers.get("content-type", "")
        return await _answer(platform.put_menu_image(id_, image, kind))

    @router.post("/v2/bot/user/all/richmenu/{id_}")
    async def default(id_: str) -> Response:
        return await _answer(platform.set_default_menu(id_))

    @router.delete("/v2/bot/richmenu/{id_}")
    async def delete(id_: str) -> Response:
        return await _answer(platform.delete_menu(id_))


async def _body(request: Request) -> dict[str, Any]:
    try:
        found = await request.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


async def _answer(answer: Answer) -> Response:
    if answer.status == 0:
        await asyncio.sleep(SILENT_SECONDS)
    status = answer.status or 504
    return JSONResponse(answer.body, status_code=status, headers=answer.headers)

"""Turns every failure into ``{"error": code, "detail": text, "fields"?: […]}`` in Japanese."""

import logging

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.headers import headers_of_data
from knowledge.errors import ConflictError, MadoguchiError, TooLargeError
from knowledge.wording import say

logger = logging.getLogger(__name__)

_HTTP = {
    400: ("bad_request", "errors.bad_request"),
    404: ("not_found", "errors.not_found"),
    405: ("method_not_allowed", "errors.invalid_input"),
    413: ("too_large", "errors.too_large"),
}


def install(app: FastAPI, *, max_body_bytes: int) -> None:
    """Register the handlers and the limit of what a client may send.

    The framework's own ``max_body_size`` answers outside of every middleware, in English.
    """
    app.add_middleware(RequestBodyLimitMiddleware, max_body_size=max_body_bytes)
    app.add_middleware(TooLargeInJapanese)
    app.add_exception_handler(MadoguchiError, _expected)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _bug)


class TooLargeInJapanese:
    """The limit answers with a line of English text, past every handler: say it as we do."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Replace the answer while it is sent."""
        replaced = False

        async def send_ours(message: Message) -> None:
            nonlocal replaced
            if message["type"] == "http.response.start" and message["status"] == 413:
                replaced = True
                error = TooLargeError()
                await JSONResponse(error_body(error), error.status)(scope, receive, send)
            elif not replaced:
                await send(message)

        await self._app(scope, receive, send_ours)


def error_body(error: MadoguchiError) -> dict[str, object]:
    """The JSON of an expected failure."""
    body: dict[str, object] = {
        "error": error.code,
        "detail": _told(error) or say(error.wording),
    }
    if error.fields:
        body["fields"] = [{"field": f.field, "reason": f.reason} for f in error.fields]
    return body


def _told(error: MadoguchiError) -> str | None:
    """The error's own words, where they are wording for people and not a technical reason."""
    worded = bool(error.fields) or isinstance(error, ConflictError)
    return error.detail if worded else None


async def _expected(request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, MadoguchiError):
        return await _bug(request, error)
    if error.status >= 500:
        logger.error("%s", error.code, extra={"path": _route(request)})
    headers = {"Retry-After": "2"} if error.status in (429, 503) else None
    return JSONResponse(error_body(error), status_code=error.status, headers=headers)


async def _invalid(request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, RequestValidationError):
        return await _bug(request, error)
    problems = error.errors()
    if any(p["type"] == "json_invalid" for p in problems):
        body = {"error": "bad_request", "detail": say("errors.bad_request")}
        return JSONResponse(body, status_code=400)
    fields = [{"field": _field(p["loc"]), "reason": _reason(p)} for p in problems]
    body_ = {
        "error": "invalid_input",
        "detail": say("errors.invalid_input"),
        "fields": fields,
    }
    return JSONResponse(body_, status_code=422)


def _field(location: tuple[int | str, ...]) -> str:
    return (
        ".".join(str(part) for part in location if part not in ("body", "query", "path")) or "body"
    )


def _reason(problem: dict[str, object]) -> str:
    if problem["type"] == "missing":
        return say("errors.missing_field")
    if problem["type"] == "value_error":
        return str(problem["msg"]).removeprefix("Value error, ")
    return say("errors.bad_field")


async def _http(request: Request, error: Exception) -> JSONResponse:
    status = error.status_code if isinstance(error, HTTPException) else 500
    code, key = _HTTP.get(status, ("error", "errors.invalid_input"))
    return JSONResponse({"error": code, "detail": say(key)}, status_code=status)


async def _bug(request: Request, error: Exception) -> JSONResponse:
    logger.error(
        "unexpected %s", type(error).__name__, extra={"path": _route(request)}, exc_info=error
    )
    # Sent outside of every middleware: the door cannot add these.
    body = {"error": "internal", "detail": say("errors.internal")}
    return JSONResponse(body, status_code=500, headers=headers_of_data())


def _route(request: Request) -> str:
    route = request.scope.get("route")
    return str(getattr(route, "path", ""))

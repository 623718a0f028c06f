"""The webhook Rasa calls, as a router of the one web process; closed by a bearer secret."""

import hmac
import logging
from typing import Annotated, Any

from fastapi import APIRouter, Header, Response
from fastapi.responses import JSONResponse
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionNotFoundException

logger = logging.getLogger(__name__)

MAX_CALL_BYTES = 16 * 1024 * 1024
"""Rasa sends the whole tracker with each call; it is our own process and behind the secret."""


def make_router(*, executor: ActionExecutor, secret: str) -> APIRouter:
    """``POST /actions/webhook``; a wrong secret meets the 404 of an unknown page."""
    router = APIRouter(include_in_schema=False)

    @router.post("/actions/webhook", max_body_size=MAX_CALL_BYTES)
    async def webhook(
        call: dict[str, Any], authorization: Annotated[str, Header()] = ""
    ) -> Response:
        given = authorization.removeprefix("Bearer ")
        if not hmac.compare_digest(given.encode(), secret.encode()):
            return JSONResponse({"error": "not_found"}, status_code=404)
        # No action reads the domain; Rasa is told not to send it.
        call.setdefault("domain", {})
        try:
            result = await executor.run(call)
        except ActionNotFoundException as error:
            logger.error("unknown action", extra={"action": error.action_name})
            return JSONResponse({"error": "unknown_action"}, status_code=500)
        if result is None:
            return JSONResponse({"error": "no_action"}, status_code=400)
        return JSONResponse(result.model_dump())

    return router

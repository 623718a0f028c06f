"""The address from which Rasa pulls its model; closed by the same secret as its channel."""

import hmac
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Header, Response
from fastapi.responses import FileResponse, JSONResponse

from knowledge.training.releases import live_release

MODEL_PATH = "/bot/model"


def make_model_feed(*, models_dir: Path, secret: str) -> APIRouter:
    """``GET /bot/model`` with ETag; 304 while the live release is unchanged."""
    router = APIRouter(include_in_schema=False)

    @router.get(MODEL_PATH)
    def model(
        authorization: Annotated[str, Header()] = "",
        if_none_match: Annotated[str, Header()] = "",
    ) -> Response:
        given = authorization.removeprefix("Bearer ")
        if not hmac.compare_digest(given.encode(), secret.encode()):
            return JSONResponse({"error": "not_found"}, status_code=404)
        release = live_release(models_dir)
        if release is None:
            return JSONResponse({"error": "not_found"}, status_code=404)
        if if_none_match == release.etag:
            return Response(status_code=304)
        return FileResponse(
            models_dir / release.archive,
            media_type="application/gzip",
            headers={"ETag": release.etag, "filename": release.archive},
        )

    return router

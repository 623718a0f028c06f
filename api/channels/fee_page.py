"""The fee calculator of the portal: one page, its style and its scripts; it works nothing out
(the page asks ``POST /api/v1/fees/estimate``, so that all ways in show the same figures)."""

from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import FileResponse

from knowledge.errors import NotFoundError

router = APIRouter(include_in_schema=False)

FOLDER = Path(__file__).parent / "static" / "fees"
MEDIA_TYPES = {".css": "text/css", ".js": "text/javascript"}
FRESH = {"Cache-Control": "no-cache"}
"""Figures and script belong together: the browser asks whether they are still the newest."""


@router.get("/fees")
def fee_page() -> FileResponse:
    """The calculator; facts may stand in the address after ``#``, which no server sees."""
    return FileResponse(FOLDER / "index.html", media_type="text/html", headers=FRESH)


@router.get("/fees/{name}")
def fee_file(name: str) -> FileResponse:
    """A style sheet or script of the page; nothing outside its folder."""
    path = FOLDER / name
    if path.suffix not in MEDIA_TYPES or path.parent != FOLDER or not path.is_file():
        raise NotFoundError
    return FileResponse(path, media_type=MEDIA_TYPES[path.suffix], headers=FRESH)

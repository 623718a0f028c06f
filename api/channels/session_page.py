"""The pages on which meetings are booked and changed; they work through the public API alone.

The code of a booking stands in the address behind ``#``, which no server sees.
"""

from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import FileResponse

from knowledge.errors import NotFoundError

router = APIRouter(include_in_schema=False)

FOLDER = Path(__file__).parent / "static" / "sessions"
MEDIA_TYPES = {".css": "text/css", ".js": "text/javascript"}
FRESH = {"Cache-Control": "no-cache"}


@router.get("/sessions")
def session_page() -> FileResponse:
    """Free times, and booking one of them."""
    return FileResponse(FOLDER / "index.html", media_type="text/html", headers=FRESH)


@router.get("/booking")
def booking_page() -> FileResponse:
    """One booking: look at it, move it, cancel it, take it into a calendar."""
    return FileResponse(FOLDER / "booking.html", media_type="text/html", headers=FRESH)


@router.get("/sessions/{name}")
def session_file(name: str) -> FileResponse:
    """A style sheet or script of the pages; nothing outside their folder."""
    path = FOLDER / name
    if path.suffix not in MEDIA_TYPES or path.parent != FOLDER or not path.is_file():
        raise NotFoundError
    return FileResponse(path, media_type=MEDIA_TYPES[path.suffix], headers=FRESH)

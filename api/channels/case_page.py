"""The visitor's page of her case: shown, corrected, handed over and deleted with its code; the
page asks ``/api/v1/cases``, and nothing of a case ever stands in an address.
"""

from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import FileResponse

from knowledge.errors import NotFoundError

router = APIRouter(include_in_schema=False)

FOLDER = Path(__file__).parent / "static" / "case"
MEDIA_TYPES = {".css": "text/css", ".js": "text/javascript"}
FRESH = {"Cache-Control": "no-cache"}


@router.get("/case")
def case_page() -> FileResponse:
    """The page; a reference number may stand after ``#``, which no server sees."""
    return FileResponse(FOLDER / "index.html", media_type="text/html", headers=FRESH)


@router.get("/case/{name}")
def case_file(name: str) -> FileResponse:
    """A style sheet or script of the page; nothing outside its folder."""
    path = FOLDER / name
    if path.suffix not in MEDIA_TYPES or path.parent != FOLDER or not path.is_file():
        raise NotFoundError
    return FileResponse(path, media_type=MEDIA_TYPES[path.suffix], headers=FRESH)

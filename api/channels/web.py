"""The web channel: the widget's script and the demonstration portal around it."""

from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import FileResponse

from knowledge.errors import NotFoundError

router = APIRouter(include_in_schema=False)

STATIC = Path(__file__).parent / "static"
PORTAL = STATIC / "portal"
MEDIA_TYPES = {".css": "text/css", ".svg": "image/svg+xml", ".js": "text/javascript"}
SECURITY = {
    "Content-Security-Policy": (
        "default-src 'self'; style-src 'self'; script-src 'self'; img-src 'self' data:;"
        " connect-src 'self'; frame-ancestors 'self'; base-uri 'none'; form-action 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


@router.get("/")
def portal() -> FileResponse:
    """The demonstration portal."""
    return FileResponse(PORTAL / "index.html", media_type="text/html", headers=SECURITY)


@router.get("/widget.js")
def widget() -> FileResponse:
    """The chat widget, one script."""
    headers = {"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}
    return FileResponse(STATIC / "widget.js", media_type="text/javascript", headers=headers)


@router.get("/portal/{name}")
def portal_file(name: str) -> FileResponse:
    """A style sheet, picture or script of the portal; nothing outside its folder."""
    path = PORTAL / name
    if path.suffix not in MEDIA_TYPES or path.parent != PORTAL or not path.is_file():
        raise NotFoundError
    return FileResponse(path, media_type=MEDIA_TYPES[path.suffix], headers=SECURITY)

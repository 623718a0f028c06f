"""The security headers of every answer, by what is answered; it knows no route.

Pages and widget run only our own files: no inline script, no inline style, no other site.
"""

PAGE_SOURCES = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'"
)
DATA_SOURCES = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
# "no-referrer" would make our own forms send "Origin: null", which the door takes for a stranger.
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Permitted-Cross-Domain-Policies": "none",
}
A_YEAR = "max-age=31536000; includeSubDomains"


def page_policy(embedders: tuple[str, ...]) -> str:
    """The content policy of a page that these origins may show in a frame."""
    ancestors = " ".join(("'self'", *embedders))
    return f"{PAGE_SOURCES}; frame-ancestors {ancestors}"


def headers_for(
    *, content_type: str, path: str, embedders: tuple[str, ...], https_only: bool
) -> dict[str, str]:
    """What an answer of this kind carries besides what it says itself."""
    is_page = content_type.startswith("text/html")
    found = dict(ALWAYS)
    found["Content-Security-Policy"] = page_policy(embedders) if is_page else DATA_SOURCES
    shared = path == "/widget.js" or (embedders and path.startswith("/api/"))
    found["Cross-Origin-Resource-Policy"] = "cross-origin" if shared else "same-origin"
    if is_page and not embedders:
        found["X-Frame-Options"] = "SAMEORIGIN"
    if https_only:
        found["Strict-Transport-Security"] = A_YEAR
    return found


def headers_of_data() -> dict[str, str]:
    """What an answer carries that is no page and is sent past the door."""
    return {**ALWAYS, "Content-Security-Policy": DATA_SOURCES}

"""Takes a file from the page: by the page's own line in pieces, since posts are kept small."""

import base64
import binascii
from collections.abc import Awaitable, Callable

from nicegui.events import GenericEventArguments

from api.consoles import kit

LARGEST = 5 * 1024 * 1024
PIECE = 150_000
"""Bytes of a piece: well under what one message of the page's line may hold."""
READ = (
    "async (e) => { const f = e.target.files[0]; if (!f) return;"
    " const b = new Uint8Array(await f.arrayBuffer());"
    " e.target.value = '';"
    f" const n = Math.max(1, Math.ceil(b.length / {PIECE}));"
    " for (let i = 0; i < n; i++) {"
    f" const p = b.subarray(i * {PIECE}, (i + 1) * {PIECE}); let s = '';"
    " for (let j = 0; j < p.length; j += 8192)"
    " s += String.fromCharCode(...p.subarray(j, j + 8192));"
    " emit([f.name, i, n, btoa(s)]); } }"
)
Take = Callable[[str, bytes], Awaitable[None]]


def draw(label: str, accept: str, take: Take) -> None:
    """A labelled field for one file; ``take`` gets its name and content when all has come."""
    pieces: dict[int, bytes] = {}

    async def come(event: GenericEventArguments) -> None:
        name, number, of, piece = event.args
        if not isinstance(number, int) or not 0 <= number < LARGEST // PIECE:
            return
        try:
            pieces[number] = base64.b64decode(str(piece), validate=True)
        except binascii.Error:
            pieces.clear()
            return
        if len(pieces) == of:
            content = b"".join(pieces[at] for at in sorted(pieces))
            pieces.clear()
            await take(str(name), content)

    made = kit.field(label, "file", kind="file", accept=accept)
    made.on("change", come, js_handler=READ)

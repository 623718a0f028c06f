"""Plain elements of a page: headings, buttons, forms, tables, dialogs; nothing of our subject.

Native HTML under NiceGUI's live tree: a form hands over all its fields when it is sent, so that no
keystroke travels on its own and nothing typed is ever overwritten from the server.
"""

import json
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any

from nicegui import ui
from nicegui.elements.mixins.text_element import TextElement
from nicegui.events import GenericEventArguments

Fields = dict[str, str]
Handler = Callable[[], Awaitable[None]]
SEND_FORM = (
    "(e) => { e.preventDefault(); const f = e.target.closest('form') || e.target;"
    " emit([...new FormData(f).entries()]); }"
)
SEND_VALUE = "(e) => emit(e.target.value)"
CHANGED_FORM = (
    "(e) => { if (e.target.tagName === 'SELECT')"
    " emit([...new FormData(e.target.closest('form')).entries()]); }"
)


class Tag(TextElement):
    """One native element with text, classes and attributes; ``_`` in names stands for ``-``."""

    def __init__(self, tag: str, text: str = "", *, css: str = "", **attributes: Any) -> None:
        super().__init__(tag=tag, text=text)
        if css:
            self.classes(css)
        self.put(**attributes)

    def put(self, **attributes: Any) -> "Tag":
        """Set attributes; ``None`` and ``False`` take one away."""
        for name, value in attributes.items():
            key = name.rstrip("_").replace("_", "-")
            if value is None or value is False:
                self._props.pop(key, None)
            else:
                self._props[key] = value
        self.update()
        return self


def text(content: str, *, css: str = "", tag: str = "p") -> Tag:
    """A paragraph, or another element that only holds text."""
    return Tag(tag, content, css=css)


def heading(level: int, content: str, *, css: str = "") -> Tag:
    """A heading of this level (1 to 6)."""
    return Tag(f"h{level}", content, css=css)


def link(content: str, address: str, *, css: str = "", **attributes: Any) -> Tag:
    """A link; addresses of other sites open beside us and learn nothing of ours."""
    away: dict[str, str] = (
        {} if address.startswith("/") else {"target": "_blank", "rel": "noopener noreferrer"}
    )
    return Tag("a", content, css=css, href=address, **away, **attributes)


def button(
    content: str, action: Handler | None = None, *, css: str = "plain", **attributes: Any
) -> Tag:
    """A button. ``css``: ``solid`` for the main thing, ``plain``, ``danger``, ``quiet``."""
    made = Tag("button", content, css=f"button {css}", type="button", **attributes)
    if action is not None:

        async def pressed(_: GenericEventArguments) -> None:
            await action()

        made.on("click", pressed, args=[])
    return made


def badge(content: str, kind: str = "") -> Tag:
    """A short word in a frame; ``kind`` is a colour name (``bad``, ``warn``, ``good``)."""
    return Tag("span", content, css=f"badge {kind}")


def box(*, css: str = "", tag: str = "div", **attributes: Any) -> Tag:
    """A container."""
    return Tag(tag, css=css, **attributes)


def form(send: Callable[[Sequence[tuple[str, str]]], Awaitable[None]], *, css: str = "") -> Tag:
    """A form; ``send`` gets all its fields in order when the person sends it."""
    made = Tag("form", css=css, autocomplete="off", novalidate=False)

    async def sent(event: GenericEventArguments) -> None:
        await send([(str(name), str(value)) for name, value in event.args])

    made.on("submit", sent, js_handler=SEND_FORM)
    return made


def field(
    label: str,
    name: str,
    *,
    value: str = "",
    kind: str = "text",
    hint: str = "",
    rows: int = 0,
    **attributes: Any,
) -> Tag:
    """A labelled input or, with ``rows``, a larger one; ``attributes`` go to the input itself."""
    with box(css="field"):
        title = Tag("label", label)
        told = Tag("p", hint, css="hint") if hint else None
        if rows:
            made = Tag("textarea", value, name=name, rows=rows, **attributes)
        else:
            made = Tag("input", name=name, type=kind, **attributes)
            # "^" makes it the attribute: what is being typed is never written over.
            made._props["^value"] = value
    title.put(for_=made.html_id)
    made.put(id=made.html_id)
    if told is not None:
        made.put(aria_describedby=told.html_id)
    return made


def choice(
    label: str,
    name: str,
    options: Iterable[tuple[str, str]],
    *,
    value: str = "",
    css: str = "field",
    **attributes: Any,
) -> Tag:
    """A labelled list to pick one value from: pairs of (value, words)."""
    with box(css=css):
        title = Tag("label", label)
        with Tag("select", name=name, **attributes) as made:
            for option, words in options:
                Tag("option", words, value=option, selected=option == value)
    title.put(for_=made.html_id)
    return made


def tick(label: str, name: str, *, value: str = "on", ticked: bool = False) -> Tag:
    """A box to tick, with its words."""
    with Tag("label", css="tick"):
        made = Tag("input", name=name, type="checkbox", value=value, checked=ticked)
        Tag("span", label)
    return made


class Dialog:
    """A native dialog: it keeps the focus inside and closes with Escape."""

    def __init__(self, title: str, *, css: str = "") -> None:
        self.element = Tag("dialog", css=css)
        with self.element:
            self.title = heading(2, title)
            self.body = box()
        self.element.put(aria_labelledby=self.title.html_id)

    def open(self) -> None:
        """Show it above the page."""
        script(f"getHtmlElement({self.element.id})?.showModal()")

    def close(self) -> None:
        """Take it away; the focus returns to where it was."""
        script(f"getHtmlElement({self.element.id})?.close()")

    def closer(self, words: str) -> Tag:
        """A button that closes it without asking the server."""
        made = button(words)
        made.on("click", js_handler=f"() => getHtmlElement({self.element.id}).close()")
        return made


def table(columns: Sequence[str], *, caption: str, css: str = "") -> Tag:
    """A table with its head; returns the body, to be filled with ``row``."""
    frame = Tag("div", css=f"table {css}", role="region", tabindex="0", aria_label=caption)
    with frame, Tag("table"):
        Tag("caption", caption, css="unseen")
        with Tag("thead"), Tag("tr"):
            for column in columns:
                Tag("th", column, scope="col")
        return Tag("tbody")


def set_value(element: Tag, value: str) -> None:
    """Put a text into an input of the open page."""
    script(f"{{const e = getHtmlElement({element.id}); if (e) e.value = {json.dumps(value)};}}")


def script(code: str) -> None:
    """Run a line of script in the open page."""
    ui.run_javascript(code)


def fields_of(pairs: Sequence[tuple[str, str]]) -> Fields:
    """The last value of each field of a form."""
    return dict(pairs)


def values_of(pairs: Sequence[tuple[str, str]], name: str) -> list[str]:
    """Every value of a field that may come several times (ticked boxes)."""
    return [value for key, value in pairs if key == name]


def dumps(value: Any) -> str:
    """A value as a literal of a script."""
    return json.dumps(value, ensure_ascii=False)

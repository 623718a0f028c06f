"""The frame around every page of the console: head, menu by role, messages, help.

It knows which pages there are and who may open them; it knows nothing of what they show.
"""

from collections.abc import Awaitable, Callable, Collection

from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from nicegui import Client, ui

from api.consoles import kit
from api.consoles.guard import PERSON
from api.consoles.house import Person
from api.consoles.pulse import Pulse
from api.consoles.registry import ConsolePage, may_open, visible
from api.consoles.visit import Visit
from knowledge.errors import NotAllowedError, NotFoundError
from knowledge.wording import say

HEAD = """
<link rel="stylesheet" href="/console/static/tokens.css">
<link rel="stylesheet" href="/console/static/console.css">
<script defer src="/console/static/console.js"></script>
<meta name="robots" content="noindex">
"""
Extra = Callable[[Visit], Awaitable[None]]


class Shell:
    """Registers pages with NiceGUI and puts the frame around them."""

    def __init__(self, pages: Collection[ConsolePage], pulse: Pulse, extra: Extra) -> None:
        self._pages = tuple(pages)
        self._pulse = pulse
        self._extra = extra

    def install(self) -> None:
        """Register every page, the first page and the page for what does not exist."""
        ui.add_head_html(HEAD, shared=True)
        for page in self._pages:
            title = f"{say(page.title)}｜{say('console.brand')}"
            ui.page(page.path, title=title, response_timeout=10.0)(self._builder(page))
        ui.page("/", title=say("console.brand"))(self._first)
        ui.page("/{rest:path}", title=say("console.brand"))(self._unknown)

    def _builder(self, page: ConsolePage) -> Callable[..., Awaitable[None]]:
        async def build(request: Request, client: Client) -> None:
            visit = await self._visit(request, client)
            with self._frame(visit, page):
                if not may_open(page, visit.actor):
                    client.status_code = NotAllowedError.status
                    kit.heading(1, say("console.not_allowed_title"))
                    kit.text(say("errors.not_allowed"))
                    return
                await self._extra(visit)
                try:
                    await page.build(visit, **request.path_params)
                except NotFoundError:
                    _nothing(client)

        return build

    async def _first(self, request: Request, client: Client) -> Response | None:
        visit = await self._visit(request, client)
        pages = [page for page in visible(self._pages, visit.actor) if page.menu]
        if pages:
            return RedirectResponse(f"/console{pages[0].path}", status_code=303)
        with self._frame(visit, None):
            kit.heading(1, say("console.brand"))
            kit.text(say("console.no_pages"))
        return None

    async def _unknown(self, request: Request, client: Client) -> None:
        visit = await self._visit(request, client)
        with self._frame(visit, None):
            _nothing(client)

    async def _visit(self, request: Request, client: Client) -> Visit:
        person: Person = request.scope[PERSON]
        actor = await person.write(lambda session, actor, now: actor)
        return Visit(person, actor, client, self._pulse)

    def _frame(self, visit: Visit, page: ConsolePage | None) -> kit.Tag:
        """Head and menu; what is built inside the returned element is the page."""
        visit.client.content.classes("console")
        _no_second_main(visit.client)
        kit.link(say("console.skip"), "#main", css="skip")
        with kit.box(tag="header", css="head"):
            with kit.link("", "/console/", css="brand"):
                kit.Tag("img", src="/console/static/mark.svg", alt="", width="28", height="28")
                kit.Tag("span", say("console.brand"))
            with kit.box(tag="nav", css="menu", aria_label=say("console.menu")):
                self._menu(visit, page)
            _account(visit)
        main = kit.box(tag="main", css="main", id="main", tabindex="-1")
        kit.box(css="toasts", id="madoguchi-toasts", role="status", aria_live="polite")
        kit.box(css="toasts bad", id="madoguchi-alerts", role="alert", aria_live="assertive")
        _help(self._pages, visit)
        return main

    def _menu(self, visit: Visit, here: ConsolePage | None) -> None:
        with kit.box(tag="ul"):
            for page in visible(self._pages, visit.actor):
                if page.menu:
                    with kit.box(tag="li"):
                        kit.link(
                            say(page.title),
                            f"/console{page.path}",
                            aria_current="page" if page is here else None,
                            data_go=page.key or None,
                        )


def _no_second_main(client: Client) -> None:
    """The library wraps every page in a main element of its own, head and menu included."""
    slot = client.content.parent_slot
    if slot is not None:
        slot.parent.tag = "div"


def _account(visit: Visit) -> None:
    with kit.box(css="account"):
        made = kit.button(say("console.notify_off"), css="quiet", id="madoguchi-notify")
        made.put(data_on=say("console.notify_on"), data_off=say("console.notify_off"))
        made.put(data_denied=say("console.notify_denied"), aria_pressed="false")
        kit.Tag("span", visit.actor.name, css="who")
        with kit.Tag("form", method="post", action="/console/logout"):
            proof = visit.house.cookies.proof(visit.person.token)
            kit.Tag("input", type="hidden", name="proof", value=proof)
            kit.Tag("button", say("console.logout"), css="button quiet", type="submit")


def _nothing(client: Client) -> None:
    client.status_code = NotFoundError.status
    kit.heading(1, say("console.not_found_title"))
    kit.text(say("console.not_found"))
    kit.link(say("console.to_first_page"), "/console/")


def _help(pages: Collection[ConsolePage], visit: Visit) -> None:
    """What the keys do; opened by ``?``. One tick switches the single keys off (WCAG 2.1.4)."""
    dialog = kit.Dialog(say("console.keys_title"), css="keys")
    dialog.element.put(id="madoguchi-keys")
    rows = [
        *[(f"g → {p.key}", say(p.title)) for p in visible(pages, visit.actor) if p.key],
        ("/", say("console.key_search")),
        ("j / k", say("console.key_move")),
        ("Enter", say("console.key_open")),
        ("c", say("console.key_claim")),
        ("r", say("console.key_reply")),
        ("Ctrl + Enter", say("console.key_send")),
        ("n", say("console.key_note")),
        ("t", say("console.key_transfer")),
        ("w", say("console.key_wrong_desk")),
        ("x", say("console.key_close")),
        ("?", say("console.key_help")),
    ]
    with dialog.body:
        with kit.box(tag="dl"):
            for keys, words in rows:
                kit.Tag("dt", keys)
                kit.Tag("dd", words)
        kit.tick(say("console.keys_on"), "keys", ticked=True).put(id="madoguchi-keys-on")
        dialog.closer(say("console.close_dialog"))

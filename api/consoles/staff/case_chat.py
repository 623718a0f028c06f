"""The panel of a chat of LINE: ask for a photo or file, what came, what could not be delivered."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from api.consoles import kit
from api.consoles.staff import troubled, words
from api.consoles.staff.troubled import Troubles
from knowledge import clock
from knowledge.line import desk, files
from knowledge.line.desk import ChatView
from knowledge.line.files import FileView
from knowledge.staff.actor import Actor
from knowledge.wording import say

STATES = {
    "active": ("line_desk.state_active", "good"),
    "blocked": ("line_desk.state_blocked", "bad"),
    "left": ("line_desk.state_left", "bad"),
}


@dataclass(frozen=True, slots=True)
class Aside:
    """What stands beside a case about its ways out: its chat, and what did not arrive."""

    chat: ChatView | None
    troubles: Troubles


def aside_of(session: Session, reference: str, actor: Actor, now: datetime) -> Aside:
    """As it stands.

    Raises:
        NotFoundError: the case is not to be seen.
    """
    return Aside(
        chat=desk.chat_of(session=session, reference=reference, actor=actor, now=now),
        troubles=troubled.look(session, actor, reference),
    )


def draw_chat(view: "troubled.CaseActing", chat: ChatView) -> None:
    """State, the button that asks, and the files."""
    now = clock.now()
    with kit.box(css="labels"):
        key, colour = STATES[chat.state]
        kit.badge(say(key), colour)
        if chat.kind != "user":
            kit.badge(say("line_desk.group"), "warn")
    if chat.files_until is not None:
        kit.text(say("line_desk.open_until", at=words.moment(chat.files_until, now)), css="small")
    if chat.kind == "user" and chat.state == "active":
        _draw_ask(view)
    kit.heading(3, say("line_desk.files"))
    if not chat.files:
        kit.text(say("line_desk.no_files"), css="soft")
    with kit.box(tag="ul", css="stack"):
        for file in chat.files:
            with kit.box(tag="li"):
                _draw_file(view.reference, file)


def _draw_ask(view: "troubled.CaseActing") -> None:
    if not view.mine:
        kit.text(say("line_desk.claim_first"), css="hint")
        return

    async def ask() -> None:
        until = await view.do(
            lambda session, actor, now: desk.ask_for_files(
                session=session, reference=view.reference, actor=actor, now=now
            )
        )
        view.visit.tell(say("line_desk.asked", at=words.moment(until, clock.now())))

    kit.text(say("line_desk.ask_hint"), css="hint")
    kit.button(say("line_desk.ask"), view.visit.doing(ask), data_key="ask-file")


def _draw_file(reference: str, file: FileView) -> None:
    kind = files.kind_of(file.content_type)
    address = f"/console/staff/cases/{reference}/files/{file.id}"
    name = desk.name_of(file)
    kit.Tag("span", name, css="pre")
    told = f"{words.moment(file.at, clock.now())}　{_size(file.size)}　{say(KINDS[kind])}"
    kit.text(told, css="soft small")
    with kit.box(css="buttons"):
        if kind == "picture":
            label = say("line_desk.look_of", name=name)
            shown = kit.link(say("line_desk.look"), address, css="button small", aria_label=label)
            shown.put(target="_blank", rel="noopener")
        label = say("line_desk.save_of", name=name)
        saved = kit.link(
            say("line_desk.save"), f"{address}?save=1", css="button small", aria_label=label
        )
        saved.put(download=True)


KINDS = {
    "picture": "line_desk.kind_picture",
    "document": "line_desk.kind_document",
    "other": "line_desk.kind_other",
}


def _size(count: int) -> str:
    """Bytes as people say them."""
    if count < 1024 * 1024:
        return f"{max(1, round(count / 1024)):,} KB"
    return f"{count / 1024 / 1024:.1f} MB"

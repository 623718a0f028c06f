"""Texts staff use again: managers write them, for one place or for all."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from api.consoles import kit
from api.consoles.visit import Visit
from api.offices import Place, places
from knowledge.catalogue import current
from knowledge.handoffs import canned
from knowledge.handoffs.canned import LONGEST, VARIABLES, Canned
from knowledge.staff.actor import Actor
from knowledge.wording import say

COLUMNS = (
    "console_staff.col_title",
    "console_staff.col_text",
    "console_staff.col_office",
    "console_staff.col_actions",
)


async def build(visit: Visit) -> None:
    """The page."""
    known = await visit.read(lambda session, actor, now: places(current(session=session)))
    await _Texts(visit, known).build()


class _Texts:
    def __init__(self, visit: Visit, known: tuple[Place, ...]) -> None:
        self._visit = visit
        self._places = {place.id: place for place in known}
        self._manager = visit.actor.has("manager")

    async def build(self) -> None:
        kit.heading(1, say("console_staff.canned"))
        kit.text(say("console_staff.canned_told"), css="soft")
        if self._manager:
            handler = self._visit.doing(lambda: self._edit(None))
            with kit.box(css="buttons bar"):
                kit.button(say("console_staff.new_text"), handler, css="solid")
        self._list = kit.box()
        self._editor = kit.box()
        await self._refresh()

    async def _refresh(self) -> None:
        found = await self._visit.read(
            lambda session, actor, now: canned.texts(session=session, actor=actor)
        )
        self._list.clear()
        with self._list:
            if not found:
                kit.text(say("console_staff.no_texts"), css="empty")
                return
            heads = [say(key) for key in COLUMNS]
            with kit.table(heads, caption=say("console_staff.canned")):
                for one in found:
                    self._draw(one)

    def _draw(self, one: Canned) -> None:
        with kit.box(tag="tr"):
            kit.Tag("td", one.title)
            kit.Tag("td", one.body, css="pre")
            place = self._places.get(one.office)
            kit.Tag("td", place.short if place else say("console_staff.all_places"))
            with kit.box(tag="td"), kit.box(css="buttons"):
                if self._manager:
                    edit = self._visit.doing(lambda: self._edit(one))
                    told = say("console_staff.edit_of", name=one.title)
                    kit.button(say("console_staff.edit"), edit, css="plain small", aria_label=told)
                    remove = self._visit.doing(lambda: self._remove(one))
                    told = say("console_staff.remove_of", name=one.title)
                    kit.button(
                        say("console_staff.remove"), remove, css="danger small", aria_label=told
                    )

    async def _remove(self, one: Canned) -> None:
        await self._visit.write(
            lambda session, actor, now: canned.remove(
                session=session, id_=one.id, actor=actor, now=now
            )
        )
        await self._refresh()

    async def _edit(self, one: Canned | None) -> None:
        self._editor.clear()
        with self._editor:
            dialog = kit.Dialog(say("console_staff.edit_text"))

            async def send(pairs: Sequence[tuple[str, str]]) -> None:
                await self._visit.write(
                    lambda session, actor, now: _put(session, actor, now, one, pairs)
                )
                dialog.close()
                await self._refresh()

            with dialog.body, kit.form(self._visit.sending(send)):
                title, body = (one.title, one.body) if one else ("", "")
                told = say("console_staff.col_title")
                kit.field(told, "title", value=title, required=True, maxlength=100)
                names = "".join(f"{{{name}}}" for name in VARIABLES)
                hint = say("console_staff.variables", names=names)
                told = say("console_staff.col_text")
                kit.field(
                    told, "body", value=body, rows=8, hint=hint, required=True, maxlength=LONGEST
                )
                kit.choice(
                    say("console_staff.office"),
                    "office",
                    self._offices(),
                    value=one.office if one else "",
                )
                with kit.box(css="buttons"):
                    kit.Tag("button", say("console_staff.save"), css="button solid", type="submit")
                    dialog.closer(say("console_case.cancel"))
        dialog.open()

    def _offices(self) -> list[tuple[str, str]]:
        own = [
            (place.id, place.name)
            for place in self._places.values()
            if self._visit.actor.has_at("manager", place.id)
        ]
        return [("", say("console_staff.all_places")), *own]


def _put(
    session: Session,
    actor: Actor,
    now: datetime,
    one: Canned | None,
    pairs: Sequence[tuple[str, str]],
) -> None:
    sent = kit.fields_of(pairs)
    canned.put(
        session=session,
        title=sent.get("title", ""),
        body=sent.get("body", ""),
        office=sent.get("office", ""),
        id_=one.id if one else None,
        actor=actor,
        now=now,
    )

"""Articles and programmes: what is due first; all of them out as a file and in again."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast, get_args

from nicegui import ui
from sqlmodel import Session

from api.consoles import kit
from api.consoles.maintain import files, words
from api.consoles.visit import Visit
from knowledge.errors import InvalidInputError
from knowledge.staff.actor import Actor
from knowledge.training import carrying, editing
from knowledge.training.carrying import Imported
from knowledge.training.editing import Item, Only
from knowledge.wording import say

SHOWN = 100
KINDS = {"article": "maintain.articles", "programme": "maintain.programmes"}
ONLY: dict[Only, str] = {
    "": "maintain.all",
    "due": "maintain.only_due",
    "pending": "maintain.only_pending",
    "edited": "maintain.only_edited",
    "hidden": "maintain.only_hidden",
}
HEADS = ("maintain.col_title", "maintain.col_topic", "maintain.col_review", "maintain.col_state")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the person wants to see."""

    kind: str
    q: str = ""
    only: Only = ""


async def articles(visit: Visit) -> None:
    """The page of articles."""
    await _Entries(visit, "article").build()


async def programmes(visit: Visit) -> None:
    """The page of programmes."""
    await _Entries(visit, "programme").build()


class _Entries:
    def __init__(self, visit: Visit, kind: str) -> None:
        self._visit = visit
        self._asked = Asked(kind)

    async def build(self) -> None:
        kit.heading(1, say(KINDS[self._asked.kind]))
        kit.text(say("maintain.entries_told"), css="soft")
        with kit.form(self._visit.sending(self._narrow), css="filters"):
            kit.field(say("maintain.find"), "q", kind="search", maxlength=100)
            options = [(name, say(key)) for name, key in ONLY.items()]
            kit.choice(say("maintain.only"), "only", options)
            kit.Tag("button", say("maintain.narrow"), css="button plain", type="submit")
        self._build_files()
        self._list = kit.box()
        self._problems = kit.box(role="status")
        await self._refresh()

    def _build_files(self) -> None:
        with kit.box(tag="details", css="panel block"):
            kit.Tag("summary", say("maintain.files"))
            with kit.box(css="inner"):
                kit.text(say("maintain.files_told"), css="soft small")
                with kit.box(css="buttons"):
                    for form, key in (("csv", "maintain.csv_out"), ("yaml", "maintain.yaml_out")):
                        kit.button(say(key), self._exporting(form))
                files.draw(say("maintain.file_in"), ".csv,.yml,.yaml", self._take)

    def _exporting(self, form: str) -> kit.Handler:
        async def export() -> None:
            name, content = await self._visit.read(
                lambda session, actor, now: carrying.exported(
                    session=session, kind=self._asked.kind, actor=actor, form=form
                )
            )
            ui.download.content(content, name)

        return self._visit.doing(export)

    async def _take(self, name: str, content: bytes) -> None:
        self._problems.clear()

        def work(session: Session, actor: Actor, now: datetime) -> Imported:
            return carrying.imported(
                session=session,
                kind=self._asked.kind,
                name=name,
                content=content,
                actor=actor,
                now=now,
            )

        try:
            done = await self._visit.write(work)
        except InvalidInputError as error:
            self._tell_problems([problem.reason for problem in error.fields])
            return
        self._visit.tell(say("maintain.imported", added=len(done.added), changed=len(done.changed)))
        await self._refresh()

    def _tell_problems(self, problems: Sequence[str]) -> None:
        with self._problems, kit.box(css="notice bad"):
            kit.text(say("maintain.import_refused", n=len(problems)))
            with kit.box(tag="ul"):
                for told in problems[:SHOWN]:
                    kit.Tag("li", told)

    async def _narrow(self, pairs: Sequence[tuple[str, str]]) -> None:
        sent = kit.fields_of(pairs)
        only = sent.get("only", "")
        self._asked = replace(
            self._asked,
            q=sent.get("q", "").strip(),
            only=cast(Only, only) if only in get_args(Only) else "",
        )
        await self._refresh()

    async def _refresh(self) -> None:
        asked = self._asked
        found = await self._visit.read(
            lambda session, actor, now: editing.listed(
                session=session,
                kind=asked.kind,
                actor=actor,
                today=now.date(),
                q=asked.q,
                only=asked.only,
            )
        )
        self._list.clear()
        with self._list:
            key = "maintain.first_of" if len(found) > SHOWN else "maintain.count"
            kit.text(say(key, n=len(found), shown=SHOWN), css="soft")
            caption = say(KINDS[asked.kind])
            with kit.table([say(key) for key in HEADS], caption=caption):
                for item in found[:SHOWN]:
                    self._draw(item)

    def _draw(self, item: Item) -> None:
        with kit.box(tag="tr", data_row=item.id):
            with kit.box(tag="td"):
                address = f"/console/maintain/{self._asked.kind}s/{item.id}"
                kit.link(item.title, address, data_open=item.id)
                kit.Tag("div", item.id, css="soft small")
            kit.Tag("td", "・".join(words.intent(topic) for topic in item.topics))
            kit.Tag("td", f"{item.review_on:%Y/%m/%d}", css="num")
            with kit.box(tag="td"), kit.box(css="labels"):
                draw_states(item)


def draw_states(item: Item) -> None:
    """What is special about an entry, as badges."""
    if item.due:
        kit.badge(say("maintain.is_due"), "bad")
    if item.pending:
        kit.badge(say("maintain.is_pending"), "warn")
    if item.edited:
        kit.badge(say("maintain.is_edited"), "key")
    if item.hidden:
        kit.badge(say("maintain.is_hidden"))

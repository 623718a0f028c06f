"""One article or programme: its fields, how a visitor will see it, its versions, on and off."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from api.consoles import kit
from api.consoles.maintain import entries
from api.consoles.maintain.fields import field_name, hint, rows_of
from api.consoles.visit import Visit
from knowledge.articles.entry import Article
from knowledge.catalogue import Catalogue, current
from knowledge.content_store.exchange import is_list
from knowledge.content_store.history import FieldDiff
from knowledge.conversations import composing
from knowledge.conversations.replies import CardPart, Part, TextPart
from knowledge.errors import InvalidInputError
from knowledge.staff import service as staff
from knowledge.staff.actor import Actor
from knowledge.training import editing, resting
from knowledge.training.editing import Entry, Opened
from knowledge.triage.answer import ProgrammeOut
from knowledge.wording import say


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page shows."""

    opened: Opened
    resting: int
    naming: tuple[tuple[str, str], ...]
    sharing: tuple[tuple[str, str], ...]
    names: dict[str, str]


async def article(visit: Visit, id: str) -> None:  # noqa: A002
    """The page of an article."""
    await _Editor(visit, "article", id).build()


async def programme(visit: Visit, id: str) -> None:  # noqa: A002
    """The page of a programme."""
    await _Editor(visit, "programme", id).build()


class _Editor:
    def __init__(self, visit: Visit, kind: str, id_: str) -> None:
        self._visit = visit
        self._kind = kind
        self._id = id_

    async def build(self) -> None:
        self._page = kit.box()
        await self._refresh()

    async def _refresh(self) -> None:
        shown = await self._visit.read(self._load)
        self._page.clear()
        with self._page:
            item = shown.opened.item
            kit.heading(1, item.title)
            with kit.box(css="labels bar"):
                entries.draw_states(item)
            kit.text(say("maintain.resting", n=shown.resting, version=item.version), css="soft")
            _draw_links(say("maintain.named_in", n=len(shown.naming)), shown.naming)
            _draw_links(say("maintain.same_source", n=len(shown.sharing)), shown.sharing)
            if shown.opened.pending:
                self._draw_pending(shown.opened.pending)
            self._draw_form(shown.opened)
            self._preview = kit.box(tag="section", css="block")
            self._draw_versions(shown)

    def _load(self, session: Session, actor: Actor, now: datetime) -> Shown:
        today = now.date()
        found = editing.opened(
            session=session, kind=self._kind, id=self._id, actor=actor, today=today
        )
        naming = resting.entries_resting_on(session=session, id=self._id)
        sharing = resting.entries_sharing_sources(session=session, entry=found.entry)
        ids = {by for _, _, by in found.versions if by}
        return Shown(
            found,
            resting.answers_resting_on(session=session, id=self._id, actor=actor),
            _links(naming),
            _links(sharing),
            staff.names(session=session, ids=ids),
        )

    def _draw_pending(self, pending: Sequence[FieldDiff]) -> None:
        with kit.box(css="notice"):
            kit.text(say("maintain.pending_told"))
            draw_differences(pending)
            accept = self._visit.doing(self._accept)
            kit.button(say("maintain.accept_shipped"), accept)

    def _draw_form(self, opened: Opened) -> None:
        version = opened.item.version

        async def send(pairs: Sequence[tuple[str, str]]) -> None:
            sent = kit.fields_of(pairs)
            cells = {**opened.cells, **sent}
            if not await self._show_preview(cells):
                return
            await self._visit.write(
                lambda session, actor, now: editing.save(
                    session=session,
                    kind=self._kind,
                    cells=cells,
                    version=version,
                    actor=actor,
                    now=now,
                )
            )
            self._visit.tell(say("maintain.saved"))
            await self._refresh()

        with kit.form(self._visit.sending(send)) as form:
            for name, value in opened.cells.items():
                if name == "id":
                    continue
                several = is_list(type(opened.entry), name)
                rows = rows_of(name, value, is_list=several)
                told = hint(name, is_list=several)
                kit.field(field_name(name), name, value=value, rows=rows, hint=told)
            with kit.box(css="buttons"):
                kit.Tag("button", say("maintain.save"), css="button solid", type="submit")
                look = kit.button(say("maintain.preview"))
                key = "maintain.show_again" if opened.item.hidden else "maintain.hide"
                kit.button(say(key), self._visit.doing(lambda: self._show(opened.item.hidden)))

        async def show(pairs: Sequence[tuple[str, str]]) -> None:
            await self._show_preview({**opened.cells, **kit.fields_of(pairs)})

        handler = self._visit.sending(show)
        script = f"() => emit([...new FormData(getHtmlElement({form.id})).entries()])"
        look.on("click", lambda event: handler(event.args), js_handler=script)

    async def _show_preview(self, cells: dict[str, str]) -> bool:
        """As the visitor will read it; what is wrong is told instead (False)."""
        self._preview.clear()

        def work(session: Session, actor: Actor, now: datetime) -> list[Part]:
            made = editing.checked(session=session, kind=self._kind, cells=cells, actor=actor)
            return preview(made, current(session=session), now)

        try:
            parts = await self._visit.read(work)
        except InvalidInputError as error:
            with self._preview, kit.box(css="notice bad"):
                for problem in error.fields:
                    kit.text(problem.reason)
            return False
        with self._preview:
            kit.heading(2, say("maintain.preview"))
            with kit.box(css="log"), kit.box(css="bubble bot"):
                for part in parts:
                    _draw_part(part)
        return True

    def _draw_versions(self, shown: Shown) -> None:
        kit.heading(2, say("maintain.versions"))
        if not shown.opened.versions:
            kit.text(say("maintain.no_versions"), css="soft")
        self._diff = kit.box()
        with kit.box(tag="ul", css="stack"):
            for version, at, by in shown.opened.versions:
                with kit.box(tag="li"):
                    when = f"{at:%Y/%m/%d %H:%M}" if at is not None else say("maintain.as_shipped")
                    told = say(
                        "maintain.version", n=version, at=when, by=shown.names.get(by, by or "―")
                    )
                    kit.Tag("span", told)
                    kit.button(
                        say("maintain.compare", n=version),
                        self._comparing(version),
                        css="plain small",
                    )

    def _comparing(self, version: int) -> kit.Handler:
        async def compare() -> None:
            found = await self._visit.read(
                lambda session, actor, now: editing.compared(
                    session=session, kind=self._kind, id=self._id, version=version, actor=actor
                )
            )
            self._diff.clear()
            with self._diff:
                if not found:
                    kit.text(say("maintain.no_difference"))
                draw_differences(found)

        return self._visit.doing(compare)

    async def _accept(self) -> None:
        await self._visit.write(
            lambda session, actor, now: editing.accept_shipped(
                session=session, kind=self._kind, id=self._id, actor=actor, now=now
            )
        )
        await self._refresh()

    async def _show(self, shown: bool) -> None:
        await self._visit.write(
            lambda session, actor, now: editing.show(
                session=session, kind=self._kind, id=self._id, shown=shown, actor=actor, now=now
            )
        )
        await self._refresh()


def _links(found: Sequence[Entry]) -> tuple[tuple[str, str], ...]:
    """Title and address of entries."""
    return tuple(
        (one.title, f"/console/maintain/articles/{one.id}")
        if isinstance(one, Article)
        else (one.name, f"/console/maintain/programmes/{one.id}")
        for one in found
    )


def _draw_links(told: str, links: Sequence[tuple[str, str]]) -> None:
    if not links:
        return
    with kit.box(tag="details", css="panel bar"):
        kit.Tag("summary", told)
        with kit.box(tag="ul", css="inner"):
            for title, address in links:
                with kit.box(tag="li"):
                    kit.link(title, address)


def preview(entry: Entry, catalogue: Catalogue, now: datetime) -> list[Part]:
    """The parts a visitor would get of an entry."""
    if isinstance(entry, Article):
        return composing.article_parts(entry)
    shown = ProgrammeOut(
        id=entry.id,
        name=entry.name,
        why=say("maintain.preview_why"),
        status=entry.status,
        source=entry.source,
    )
    stored = {**catalogue.stored_programmes}
    stored[entry.id] = type(next(iter(stored.values())))(entry, 0)
    changed = Catalogue(
        stored_programmes=stored,
        stored_articles=catalogue.stored_articles,
        stored_desks=catalogue.stored_desks,
        root=catalogue.root,
    )
    return [composing.programme_card(shown, changed, now.date())]


def draw_differences(found: Sequence[FieldDiff]) -> None:
    """Fields that differ, line by line; the sign is read out with the line."""
    for one in found:
        with kit.box(css="block"):
            kit.heading(3, field_name(one.field))
            for line in one.lines:
                tag = {"-": "del", "+": "ins"}.get(line.sign, "span")
                with kit.box(css="pre small"):
                    kit.Tag(tag, f"{line.sign} {line.text}")


def _draw_part(part: Part) -> None:
    if isinstance(part, TextPart):
        kit.text(part.text, css="pre")
    elif isinstance(part, CardPart):
        kit.heading(3, part.title)
        for row in part.rows:
            kit.text(f"{row.label}：{row.value}", css="small")
        if part.note:
            kit.text(part.note)

"""The inbox: the cases of one's places by urgency and waiting time, filtered and searched."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast, get_args

from nicegui import ui
from sqlmodel import Session

from api.consoles import kit
from api.consoles.staff import words
from api.consoles.visit import Visit
from api.offices import Place, places
from knowledge import clock
from knowledge.catalogue import current
from knowledge.handoffs.inbox import Filters, Sort, counts, list_cases
from knowledge.handoffs.labels import known_labels
from knowledge.handoffs.views import Page, Row, State
from knowledge.staff.actor import Actor
from knowledge.wording import say

TICK_SECONDS = 30.0
"""How often waiting times are told anew."""
PAGE = 50
TABS: dict[str, tuple[str, tuple[State, ...]]] = {
    "waiting": ("console_staff.tab_waiting", ("queued", "held")),
    "mine": ("console_staff.tab_mine", ("active", "pending")),
    "open": ("console_staff.tab_open", ("new", "queued", "held", "active", "pending")),
    "closed": ("console_staff.tab_closed", ("closed", "merged")),
}
COLUMNS = (
    "console_staff.col_urgency",
    "console_staff.col_case",
    "console_staff.col_office",
    "console_staff.col_state",
    "console_staff.col_waiting",
    "console_staff.col_due",
    "console_staff.col_labels",
)
SORTS: dict[Sort, str] = {
    "waiting": "console_staff.sort_waiting",
    "due": "console_staff.sort_due",
    "recent": "console_staff.sort_recent",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the person wants to see."""

    tab: str = "waiting"
    office: str = ""
    urgency: str = ""
    label: str = ""
    sort: Sort = "waiting"
    q: str = ""

    def filters(self, actor: Actor) -> Filters:
        """The same as the list understands it."""
        return Filters(
            office=self.office or None,
            states=TABS[self.tab][1],
            urgency=self.urgency or None,
            label=self.label or None,
            assignee=actor.id if self.tab == "mine" else None,
            q=self.q or None,
            sort="recent" if self.tab == "closed" and self.sort == "waiting" else self.sort,
        )


@dataclass(frozen=True, slots=True)
class Shown:
    """What is on the screen: compared before anything is drawn anew."""

    pages: tuple[Page, ...]
    counts: tuple[tuple[str, int], ...]

    @property
    def rows(self) -> tuple[Row, ...]:
        """All lines."""
        return tuple(row for page in self.pages for row in page.items)


async def build(visit: Visit) -> None:
    """The page."""
    offered, labels = await visit.read(_choices)
    inbox = _Inbox(visit, {place.id: place for place in offered}, labels)
    await inbox.build()


def _choices(
    session: Session, actor: Actor, now: datetime
) -> tuple[tuple[Place, ...], tuple[str, ...]]:
    own = tuple(p for p in places(current(session=session)) if p.id in actor.offices)
    return own, known_labels(session=session, actor=actor)


class _Inbox:
    def __init__(self, visit: Visit, offered: dict[str, Place], labels: Sequence[str]) -> None:
        self._visit = visit
        self._places = offered
        self._labels = labels
        self._asked = Asked()
        self._more = 1
        self._shown: Shown | None = None

    async def build(self) -> None:
        kit.heading(1, say("console_staff.inbox"))
        self._tabs = kit.box(tag="nav", css="tabs", aria_label=say("console_staff.tabs"))
        self._build_filters()
        self._list = kit.box()
        await self._refresh()
        self._visit.on_change(self._refresh)
        ui.timer(TICK_SECONDS, self._visit.doing(self._tick), immediate=False)

    def _build_filters(self) -> None:
        async def changed(pairs: Sequence[tuple[str, str]]) -> None:
            sent = kit.fields_of(pairs)
            wanted = sent.get("sort", "waiting")
            self._asked = replace(
                self._asked,
                office=sent.get("office", ""),
                urgency=sent.get("urgency", ""),
                label=sent.get("label", ""),
                sort=cast(Sort, wanted) if wanted in get_args(Sort) else "waiting",
                q=sent.get("q", "").strip(),
            )
            self._more = 1
            await self._refresh()

        everything = ("", say("console_staff.any"))
        urgencies = [(name, say(key)) for name, (key, _) in words.URGENCIES.items()]
        handler = self._visit.sending(changed)
        with kit.form(handler, css="filters") as made:
            offices = [(place.id, place.short) for place in self._places.values()]
            kit.choice(say("console_staff.office"), "office", [everything, *offices])
            kit.choice(say("console_staff.urgency"), "urgency", [everything, *urgencies])
            found = [(label, label) for label in self._labels]
            kit.choice(say("console_staff.label"), "label", [everything, *found])
            sorts = [(name, say(key)) for name, key in SORTS.items()]
            kit.choice(say("console_staff.sort"), "sort", sorts, value="waiting")
            search = kit.field(say("console_staff.search"), "q", kind="search", maxlength=100)
            search.put(data_key="search", placeholder=say("console_staff.search_hint"))
            kit.Tag("button", say("console_staff.show"), css="button plain", type="submit")
        # A list that is picked from filters at once; the search waits for Enter.
        made.on("change", lambda e: handler(e.args), js_handler=kit.CHANGED_FORM)

    async def _tick(self) -> None:
        self._shown = None
        await self._refresh()

    async def _refresh(self) -> None:
        asked, more = self._asked, self._more

        def load(session: Session, actor: Actor, now: datetime) -> Shown:
            pages, cursor = [], None
            for _ in range(more):
                page = list_cases(
                    session=session,
                    actor=actor,
                    now=now,
                    filters=asked.filters(actor),
                    cursor=cursor,
                    limit=PAGE,
                )
                pages.append(page)
                cursor = page.next
                if cursor is None:
                    break
            return Shown(tuple(pages), tuple(counts(session=session, actor=actor).items()))

        shown = await self._visit.read(load)
        if shown != self._shown:
            self._shown = shown
            self._draw(shown)

    def _draw(self, shown: Shown) -> None:
        self._draw_tabs(dict(shown.counts))
        self._list.clear()
        with self._list:
            if not shown.rows:
                kit.text(say("console_staff.inbox_empty"), css="empty")
                return
            columns = [say(key) for key in COLUMNS]
            with kit.table(columns, caption=say("console_staff.inbox")):
                for row in shown.rows:
                    self._draw_row(row)
            if shown.pages[-1].next is not None:
                with kit.box(css="pager"):
                    kit.button(say("console_staff.more"), self._visit.doing(self._show_more))
        kit.script("madoguchi.keepFocus()")

    def _draw_tabs(self, open_cases: dict[str, int]) -> None:
        self._tabs.clear()
        with self._tabs:
            for name, (key, states) in TABS.items():
                made = kit.Tag("a", say(key), href="#", role="button")
                made.put(aria_current="true" if name == self._asked.tab else None)
                if name == "waiting":
                    with made:
                        kit.Tag("span", str(sum(open_cases.get(s, 0) for s in states)), css="count")
                self._on_tab(made, name)

    def _on_tab(self, made: kit.Tag, name: str) -> None:
        async def chosen() -> None:
            self._asked = replace(self._asked, tab=name)
            self._more = 1
            self._shown = None
            await self._refresh()

        run = self._visit.doing(chosen)
        made.on("click", lambda: run(), js_handler="(e) => { e.preventDefault(); emit(); }")

    async def _show_more(self) -> None:
        self._more += 1
        await self._refresh()

    def _draw_row(self, row: Row) -> None:
        now = clock.now()
        with kit.box(tag="tr", css=row.urgency, data_row=row.reference):
            with kit.box(tag="td"):
                kit.badge(*words.urgency(row))
                if row.raised:
                    kit.badge(say("console_staff.raised"), "bad")
            with kit.box(tag="td"):
                address = f"/console/staff/cases/{row.reference}"
                kit.link(words.topic(row.topic), address, data_open=row.reference)
                kit.Tag("div", row.reference, css="soft small num")
            with kit.box(tag="td"):
                place = self._places.get(row.office)
                kit.Tag("span", place.short if place else row.office)
                kit.Tag("div", words.channel(row.channel), css="soft small")
            with kit.box(tag="td"):
                kit.badge(*words.state(row))
                if row.unread:
                    kit.badge(say("console_staff.unread", n=row.unread), "key")
                kit.Tag("div", row.assignee_name or "", css="small")
            waited = words.ago(row.waiting_since, now) if row.waiting_since else "―"
            kit.Tag("td", waited, css="num")
            kit.Tag("td", words.due(row.due_on, now) if row.due_on else "―", css="num")
            with kit.box(tag="td", css="wide-only"), kit.box(css="labels"):
                for label in row.labels:
                    kit.badge(label)

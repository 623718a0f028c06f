"""What stands beside the conversation: the sheet, last days, way to the desk, sources, history."""

from collections.abc import Callable, Sequence
from typing import Any

from api.consoles import kit
from api.consoles.staff import words
from api.consoles.staff.case_chat import draw_chat
from api.consoles.staff.case_notes import Labels, Notes
from api.consoles.staff.case_sources import Sources
from api.consoles.staff.case_view import CaseView
from api.consoles.staff.troubled import draw_list
from knowledge import clock
from knowledge.handoffs.moving import wrong_desk
from knowledge.handoffs.views import EventView, Row, Suggestion
from knowledge.wording import say

FACTS = {
    "prefecture": "console_case.fact_prefecture",
    "city": "console_case.fact_city",
    "countries": "console_case.fact_countries",
    "rights": "console_case.fact_rights",
    "company_kind": "console_case.fact_company_kind",
    "company_size": "console_case.fact_company_size",
    "employees": "console_case.fact_employees",
    "capital_yen": "console_case.fact_capital",
    "programmes": "console_case.fact_programmes",
}
EVENTS = {
    "offered": "console_case.event_offered",
    "requested": "console_case.event_requested",
    "contact_left": "console_case.event_contact_left",
    "corrected": "console_case.event_corrected",
    "raised": "console_case.event_raised",
    "exits_offered": "console_case.event_exits_offered",
    "labelled": "console_case.event_labelled",
    "confirmed": "console_case.event_confirmed",
    "queued": "console_case.event_queued",
    "held": "console_case.event_held",
    "resolved": "console_case.event_resolved",
    "claimed": "console_case.event_claimed",
    "waiting": "console_case.event_waiting",
    "resumed": "console_case.event_resumed",
    "released": "console_case.event_released",
    "withdrawn": "console_case.event_withdrawn",
    "transferred": "console_case.event_transferred",
    "moved": "console_case.event_moved",
    "closed": "console_case.event_closed",
    "reopened": "console_case.event_reopened",
    "merged": "console_case.event_merged",
}


class Side:
    """The panels; each is drawn anew only when what it shows has changed."""

    def __init__(self, view: CaseView, insert: Callable[[Suggestion], None]) -> None:
        self._view = view
        self._drawn: dict[str, object] = {}
        with kit.box(tag="aside", css="side", aria_label=say("console_case.sheet")):
            self._sheet = _panel(say("console_case.sheet"), opened=True)
            self._way = _panel(say("console_case.way"), opened=True)
            self._chat = _panel(say("line_desk.title"), opened=True)
            self._troubles = _panel(say("line_desk.undelivered"), opened=True)
            with _panel(say("console_case.sources"), opened=True):
                self._sources = Sources(view, insert)
            with _panel(say("console_case.notes"), opened=True):
                self._notes = Notes(view)
            with _panel(say("console_case.labels"), opened=False):
                self._labels = Labels(view)
            self._earlier = _panel(say("console_case.earlier"), opened=bool(view.file.earlier))
            self._history = _panel(say("console_case.history"), opened=False)
        self.draw()

    def draw(self) -> None:
        """Bring every panel up to date."""
        file = self._view.file
        self._if_changed("sheet", (file.version, file.row), self._sheet, self._draw_sheet)
        self._if_changed("way", (file.version, self._view.mine), self._way, self._draw_way)
        aside = self._view.aside
        chat = (aside.chat, self._view.mine)
        self._if_changed("chat", chat, self._chat, self._draw_chat)
        self._if_changed("troubles", aside.troubles, self._troubles, self._draw_troubles)
        self._if_changed("earlier", file.earlier, self._earlier, self._draw_earlier)
        self._if_changed("history", file.events, self._history, self._draw_history)
        self._sources.draw()
        self._notes.draw()
        self._labels.draw()

    def _if_changed(self, name: str, now: object, panel: kit.Tag, draw: Callable[[], None]) -> None:
        if name in self._drawn and self._drawn[name] == now:
            return
        self._drawn[name] = now
        panel.clear()
        with panel:
            draw()

    def _draw_sheet(self) -> None:
        sheet, row = self._view.file.sheet, self._view.file.row
        rows = [
            (say("console_case.topics"), "、".join(words.topic(topic) for topic in sheet.topics)),
            (say("console_case.confidence"), f"{sheet.confidence:.0%}"),
            (say("console_case.inquiry"), sheet.inquiry),
            (say("console_case.wish"), sheet.wish),
            (say("console_case.company"), sheet.company or ""),
            *_facts(sheet.facts),
            *_contact(sheet.contact),
            (say("console_case.channel"), words.channel(row.channel)),
        ]
        with kit.box(tag="dl", css="rows"):
            for name, value in rows:
                if value:
                    kit.Tag("dt", name)
                    kit.Tag("dd", value, css="pre")
        if sheet.judgement_or_drafting:
            kit.text(say("console_case.judgement"), css="notice small")
        for deadline in sheet.deadlines:
            with kit.box(css="notice small"):
                kit.Tag("strong", words.due(deadline.unshifted, clock.now()))
                kit.Tag("p", deadline.basis)
                if deadline.date != deadline.unshifted:
                    shifted = words.due(deadline.date, clock.now())
                    kit.Tag("p", say("console_case.shifted", day=shifted))

    def _draw_way(self) -> None:
        sheet = self._view.file.sheet
        kit.text(sheet.desk.office or sheet.desk.name)
        with kit.box(tag="ul", css="stack"):
            for reason in sheet.reasons:
                with kit.box(tag="li"):
                    kit.Tag("span", reason.text)
                    kit.Tag("span", f"（{reason.rule}）", css="soft small")
        known = {place.id for place in self._view.places}
        others = [d for d in sheet.other_desks if d.office_id in known]
        if others and self._view.file.row.state in ("new", "queued", "active", "pending"):
            kit.text(say("console_case.wrong_desk_hint"), css="hint")
            with kit.box(css="labels"):
                for desk in others:
                    self._draw_move(desk.office_id, desk.office or desk.name)

    def _draw_move(self, office: str, name: str) -> None:
        async def move() -> None:
            await self._view.send_away(
                lambda session, actor, now: wrong_desk(
                    session=session,
                    reference=self._view.reference,
                    office=office,
                    actor=actor,
                    now=now,
                )
            )
            self._view.leave(say("console_case.moved", name=name))

        words_ = say("console_case.move_to", name=name)
        kit.button(words_, self._view.visit.doing(move), css="plain small")

    def _draw_chat(self) -> None:
        chat = self._view.aside.chat
        _show_panel(self._chat, shown=chat is not None)
        if chat is not None:
            draw_chat(self._view, chat)

    def _draw_troubles(self) -> None:
        found = self._view.aside.troubles
        _show_panel(self._troubles, shown=bool(found))
        draw_list(self._view, found)

    def _draw_earlier(self) -> None:
        if not self._view.file.earlier:
            kit.text(say("console_case.no_earlier"), css="soft")
        with kit.box(tag="ul", css="stack"):
            for row in self._view.file.earlier:
                with kit.box(tag="li"):
                    _draw_earlier(row)

    def _draw_history(self) -> None:
        now = clock.now()
        with kit.box(tag="ol", css="stack"):
            for event in reversed(self._view.file.events):
                with kit.box(tag="li"):
                    kit.Tag("span", words.moment(event.at, now), css="soft small num")
                    kit.Tag("span", f" {self._told(event)}")
                    if event.note:
                        kit.text(event.note, css="pre small")

    def _told(self, event: EventView) -> str:
        who = event.actor_name or ""
        key = EVENTS.get(event.kind)
        told = say(key) if key else event.kind
        place = event.detail.get("to")
        where = f"（{self._view.place(str(place))}）" if place else ""
        return f"{told}{where}　{who}".rstrip()


def _panel(title: str, *, opened: bool) -> kit.Tag:
    with kit.Tag("details", css="panel", open=opened):
        with kit.Tag("summary"):
            kit.heading(2, title, css="panel-title")
        return kit.box(css="inner")


def _show_panel(inner: kit.Tag, *, shown: bool) -> None:
    """A panel with nothing in it is not there."""
    slot = inner.parent_slot
    if slot is not None and isinstance(slot.parent, kit.Tag):
        slot.parent.put(hidden=None if shown else True)


def _draw_earlier(row: Row) -> None:
    kit.link(words.topic(row.topic), f"/console/staff/cases/{row.reference}")
    kit.badge(*words.state(row))
    kit.Tag(
        "div", f"{row.reference}　{words.moment(row.created_at, clock.now())}", css="soft small"
    )


def _facts(facts: dict[str, Any]) -> list[tuple[str, str]]:
    return [(say(key), _plain(name, facts.get(name))) for name, key in FACTS.items()]


def _plain(name: str, value: Any) -> str:
    if value is None or value == [] or value == "":
        return ""
    if isinstance(value, list | tuple):
        told = [say(f"rights.{v}") if name == "rights" else str(v) for v in value]
        return "、".join(told)
    return f"{value:,}" if isinstance(value, int) else str(value)


def _contact(contact: Any) -> Sequence[tuple[str, str]]:
    return (
        (say("console_case.contact_name"), contact.name or ""),
        (say("console_case.contact_mail"), contact.mail or ""),
        (say("console_case.contact_phone"), contact.phone or ""),
        (say("console_case.contact_when"), contact.when or ""),
    )

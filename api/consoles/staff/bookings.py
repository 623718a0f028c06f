"""Bookings of the desk: requests for experts that wait, the coming days, booking for somebody."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session

from api.consoles import kit
from api.consoles.staff import booking_words as words
from api.consoles.visit import Visit
from knowledge.bookings import console, service
from knowledge.bookings.console import BookingRow
from knowledge.bookings.orders import Order
from knowledge.bookings.slot_ids import KINDS, Kind
from knowledge.bookings.views import Contact, SlotView, when_text
from knowledge.staff.actor import Actor
from knowledge.vocabulary import TOPICS
from knowledge.wording import say

SHOWN_DAYS = 30
COLUMNS = (
    "bookings.row_when",
    "bookings.col_kind",
    "bookings.col_mode",
    "bookings.row_name",
    "bookings.col_state",
)
Lists = tuple[tuple[BookingRow, ...], tuple[BookingRow, ...]]


async def build(visit: Visit) -> None:
    """The page."""
    await _Bookings(visit).build()


class _Bookings:
    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._offices = console.offices_of(visit.actor)
        self._office = self._offices[0][0] if self._offices else ""
        self._kind: Kind = "meeting"
        self._topic = TOPICS[0]
        self._slots: tuple[SlotView, ...] = ()
        self._shown: object = None

    async def build(self) -> None:
        kit.heading(1, say("bookings.page"))
        if not self._office:
            kit.text(say("bookings.no_office"), css="empty")
            return
        if len(self._offices) > 1:
            with kit.form(self._visit.sending(self._choose_office), css="filters"):
                kit.choice(say("bookings.col_office"), "office", self._offices)
                kit.Tag("button", say("bookings.show"), css="button", type="submit")
        self._lists = kit.box()
        with kit.box(tag="section", css="block"):
            kit.heading(2, say("bookings.book_for"))
            kit.text(say("bookings.book_for_told"), css="soft")
            with kit.form(self._visit.sending(self._search), css="filters"):
                kinds = [(name, words.kind(name)) for name in KINDS]
                kit.choice(say("bookings.col_kind"), "kind", kinds)
                topics = [(topic, say(f"topics.{topic}")) for topic in TOPICS]
                kit.choice(say("bookings.row_topic"), "topic", topics)
                kit.Tag("button", say("bookings.search"), css="button", type="submit")
            self._booking = kit.box()
        await self._refresh()
        self._visit.on_change(self._refresh)

    async def _refresh(self) -> None:
        office = self._office

        def work(session: Session, actor: Actor, now: datetime) -> Lists:
            first = now.date()
            last = first + timedelta(days=SHOWN_DAYS)
            asked = console.waiting(session=session, office=office, actor=actor)
            days = console.coming(
                session=session, office=office, first=first, last=last, actor=actor
            )
            return asked, days

        found = await self._visit.read(work)
        if (office, found) == self._shown:
            return
        self._shown = (office, found)
        self._lists.clear()
        with self._lists:
            _draw(say("bookings.requests"), found[0], say("bookings.no_requests"))
            _draw(say("bookings.coming", days=SHOWN_DAYS), found[1], say("bookings.no_bookings"))

    async def _choose_office(self, pairs: Sequence[tuple[str, str]]) -> None:
        chosen = kit.fields_of(pairs).get("office", "")
        if chosen in dict(self._offices):
            self._office = chosen
            self._booking.clear()
            await self._refresh()

    async def _search(self, pairs: Sequence[tuple[str, str]]) -> None:
        asked = kit.fields_of(pairs)
        self._kind = next((k for k in KINDS if k == asked.get("kind")), "meeting")
        self._topic = next((t for t in TOPICS if t == asked.get("topic")), TOPICS[0])
        office, kind, topic = self._office, self._kind, self._topic
        self._slots = await self._visit.read(
            lambda session, actor, now: console.free_slots(
                session=session, office=office, kind=kind, topic=topic, actor=actor, now=now
            )
        )
        self._booking.clear()
        with self._booking:
            if not self._slots:
                kit.text(say("bookings.form_none"), css="empty")
                return
            self._draw_form()

    def _draw_form(self) -> None:
        with kit.form(self._visit.sending(self._book), css="narrow"):
            kit.choice(say("bookings.row_when"), "slot", [(s.id, _told(s)) for s in self._slots])
            kit.field(say("bookings.row_name"), "name", required=True, maxlength=100)
            hint = say("bookings.company_hint")
            kit.field(
                say("bookings.row_company"), "company", hint=hint, required=True, maxlength=200
            )
            kit.field(say("bookings.col_prefecture"), "prefecture", required=True, maxlength=10)
            kit.field(say("bookings.col_email"), "email", kind="email", maxlength=254)
            kit.field(say("bookings.col_phone"), "phone", kind="tel", maxlength=20)
            hint = say("bookings.summary_hint")
            kit.field(
                say("bookings.col_summary"),
                "summary",
                rows=2,
                hint=hint,
                required=True,
                maxlength=1000,
            )
            kit.tick(say("bookings.consent_asked"), "consent")
            kit.Tag("button", say("bookings.form_book"), css="button solid", type="submit")

    async def _book(self, pairs: Sequence[tuple[str, str]]) -> None:
        told, topic, site = kit.fields_of(pairs), self._topic, self._visit.house.site
        order = Order(
            slot_id=told.get("slot", ""),
            contact=Contact(
                name=told.get("name", ""),
                company=told.get("company", ""),
                prefecture=told.get("prefecture", ""),
                email=told.get("email") or None,
                phone=told.get("phone") or None,
            ),
            topic=topic,
            summary=told.get("summary", ""),
            consent=told.get("consent") == "on",
        )
        booked = await self._visit.write(
            lambda session, actor, now: service.book(
                session=session, order=order, site=site, actor=actor, now=now
            )
        )
        self._booking.clear()
        with self._booking, kit.box(css="notice good", role="status"):
            reference = booked.booking.reference
            kit.text(say("bookings.booked_for", reference=reference))
            kit.link(reference, f"/console/staff/bookings/{reference}")
        await self._refresh()


def _told(slot: SlotView) -> str:
    parts = [when_text(slot.starts_at, slot.ends_at), words.mode(slot.mode)]
    parts += [words.profession(slot.profession), words.ring(slot.ring)]
    return " ".join(part for part in parts if part)


def _draw(title: str, rows: tuple[BookingRow, ...], empty: str) -> None:
    kit.heading(2, title)
    if not rows:
        kit.text(empty, css="empty")
        return
    with kit.table([say(key) for key in COLUMNS], caption=title):
        for row in rows:
            with kit.box(tag="tr"):
                with kit.box(tag="td"):
                    kit.link(row.when, f"/console/staff/bookings/{row.reference}")
                kit.Tag("td", words.kind(row.kind))
                kit.Tag("td", words.mode(row.mode))
                kit.Tag("td", f"{row.name}（{row.company}）")
                with kit.box(tag="td"):
                    kit.badge(*words.state(row.status))

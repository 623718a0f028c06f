"""Calendars of the desk: days that differ, 定期相談会, what INPIT set and ordered."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import date, datetime

from sqlmodel import Session

from api.consoles import kit
from api.consoles.staff import booking_words as words
from api.consoles.visit import Visit
from knowledge.bookings import console, console_calendars
from knowledge.bookings.console_calendars import Calendars, Planned
from knowledge.bookings.planning import SessionPlan
from knowledge.bookings.slot_ids import MODES
from knowledge.clock import TOKYO
from knowledge.desks.prefectures import find_prefecture
from knowledge.errors import FieldProblem, InvalidInputError
from knowledge.experts import service as experts
from knowledge.experts.allowance import Limit, fiscal_year
from knowledge.experts.rules import PROFESSIONS
from knowledge.staff.actor import Actor
from knowledge.wording import say

Send = Callable[[Sequence[tuple[str, str]]], Awaitable[None]]
COLUMNS = ("bookings.row_when", "bookings.session_title", "bookings.seats", "bookings.col_state")


async def build(visit: Visit) -> None:
    """The page."""
    await _Calendars(visit).build()


class _Calendars:
    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._offices = console.offices_of(visit.actor)
        self._office = self._offices[0][0] if self._offices else ""

    async def build(self) -> None:
        kit.heading(1, say("bookings.calendars"))
        if not self._office:
            kit.text(say("bookings.no_office"), css="empty")
            return
        if len(self._offices) > 1:
            with kit.form(self._visit.sending(self._choose_office), css="filters"):
                kit.choice(say("bookings.col_office"), "office", self._offices)
                kit.Tag("button", say("bookings.show"), css="button", type="submit")
        self._place = kit.box()
        await self._refresh()

    async def _refresh(self) -> None:
        office = self._office
        found = await self._visit.read(
            lambda session, actor, now: console_calendars.calendars_of(
                session=session, office=office, actor=actor, now=now
            )
        )
        self._place.clear()
        with self._place:
            self._draw_day(found)
            self._draw_sessions(found)
            self._draw_rules(found)

    def _form(self, title: str, told: str, send: Send, button: str) -> kit.Tag:
        """A block with a form; its fields are built inside what is returned."""
        with kit.box(tag="section", css="block"):
            kit.heading(2, title)
            if told:
                kit.text(told, css="soft")
            with kit.form(self._visit.sending(send), css="narrow"):
                fields = kit.box()
                kit.Tag("button", button, css="button", type="submit")
        return fields

    def _draw_day(self, found: Calendars) -> None:
        told = say("bookings.day_told")
        with self._form(say("bookings.day"), told, self._set_day, say("bookings.do_day")):
            kit.choice(say("bookings.person"), "person", found.people)
            kit.field(say("bookings.day_of"), "day", kind="date", required=True)
            kit.field(say("bookings.opens"), "opens", kind="time", step="300")
            kit.field(say("bookings.closes"), "closes", kind="time", step="300")

    def _draw_sessions(self, found: Calendars) -> None:
        kit.heading(2, say("bookings.sessions"))
        if found.sessions:
            heads = [say(key) for key in COLUMNS]
            with kit.table(heads, caption=say("bookings.sessions")):
                for planned in found.sessions:
                    self._draw_session(planned)
        else:
            kit.text(say("bookings.no_sessions"), css="empty")
        told = say("bookings.plan_told")
        with self._form(say("bookings.plan"), told, self._plan, say("bookings.do_plan")):
            kit.field(say("bookings.session_title"), "title", required=True, maxlength=100)
            kit.field(say("bookings.day_of"), "day", kind="date", required=True)
            kit.field(say("bookings.opens"), "opens", kind="time", step="300", required=True)
            kit.field(say("bookings.closes"), "closes", kind="time", step="300", required=True)
            kit.field(say("bookings.minutes"), "minutes", kind="number", value="45", min="5")
            kit.field(say("bookings.seats"), "capacity", kind="number", value="1", min="1")
            kit.choice(say("bookings.col_mode"), "mode", [(m, words.mode(m)) for m in MODES])
            kit.field(say("bookings.row_place"), "place", maxlength=200)
            names = [(name, words.profession(name)) for name in PROFESSIONS]
            kit.choice(say("bookings.col_expert"), "profession", names)

    def _draw_session(self, planned: Planned) -> None:
        with kit.box(tag="tr"):
            kit.Tag("td", planned.when)
            kit.Tag("td", planned.title)
            kit.Tag("td", str(planned.seats), css="num")
            with kit.box(tag="td"):
                if planned.announced:
                    kit.badge(say("bookings.announced"), "good")
                else:
                    step = self._visit.doing(lambda: self._announce(planned.id))
                    kit.button(say("bookings.do_announce"), step)

    def _draw_rules(self, found: Calendars) -> None:
        limit = found.limit or Limit(0, 0)
        told = say("bookings.allowance_year", year=found.year)
        with self._form(say("bookings.allowance"), told, self._allow, say("bookings.do_allow")):
            uses, yen = say("bookings.uses"), say("bookings.budget")
            kit.field(uses, "uses", kind="number", value=str(limit.uses), min="0", required=True)
            kit.field(yen, "yen", kind="number", value=str(limit.yen), min="0", required=True)
        title, told = say("bookings.instruction"), say("bookings.instruction_told")
        with self._form(title, told, self._instruct, say("bookings.do_instruct")):
            kit.field(say("bookings.row_company"), "company", required=True, maxlength=200)
            kit.field(say("bookings.document"), "document", required=True, maxlength=200)
        title, told = say("bookings.conflict"), say("bookings.conflict_told")
        with self._form(title, told, self._conflict, say("bookings.do_conflict")):
            kit.choice(say("bookings.col_expert"), "expert", found.experts)
            kit.field(say("bookings.conflict_company"), "company", required=True, maxlength=200)

    async def _choose_office(self, pairs: Sequence[tuple[str, str]]) -> None:
        chosen = kit.fields_of(pairs).get("office", "")
        if chosen in dict(self._offices):
            self._office = chosen
            await self._refresh()

    async def _set_day(self, pairs: Sequence[tuple[str, str]]) -> None:
        told, office = kit.fields_of(pairs), self._office
        opens, closes = told.get("opens", ""), told.get("closes", "")
        hours = (opens, closes) if opens or closes else None
        day, person = _day(told.get("day", "")), _number(told.get("person", ""))
        await self._visit.write(
            lambda session, actor, now: console_calendars.set_day(
                session=session,
                office=office,
                resource_id=person,
                day=day,
                hours=hours,
                actor=actor,
                now=now,
            )
        )
        await self._done()

    async def _plan(self, pairs: Sequence[tuple[str, str]]) -> None:
        told, office = kit.fields_of(pairs), self._office
        place = find_prefecture(office.partition("/")[2])
        plan = SessionPlan(
            title=told.get("title", ""),
            starts_at=_moment(told.get("day", ""), told.get("opens", "")),
            ends_at=_moment(told.get("day", ""), told.get("closes", "")),
            minutes=_number(told.get("minutes", "")),
            capacity=_number(told.get("capacity", "")),
            mode=told.get("mode", ""),
            place=told.get("place", ""),
            professions=(told.get("profession", ""),),
        )
        await self._visit.write(
            lambda session, actor, now: console_calendars.plan(
                session=session,
                office=office,
                prefecture=place.name if place else "",
                session_plan=plan,
                actor=actor,
                now=now,
            )
        )
        await self._done()

    async def _announce(self, session_id: int) -> None:
        office = self._office
        await self._visit.write(
            lambda session, actor, now: console_calendars.announce(
                session=session, office=office, session_id=session_id, actor=actor, now=now
            )
        )
        await self._done()

    async def _allow(self, pairs: Sequence[tuple[str, str]]) -> None:
        told, office = kit.fields_of(pairs), self._office
        limit = Limit(_number(told.get("uses", "")), _number(told.get("yen", "")))

        def work(session: Session, actor: Actor, now: datetime) -> None:
            console_calendars.check_manager(actor, office)
            year = fiscal_year(now.date())
            experts.set_allowance(
                session=session, office=office, year=year, limit=limit, actor=actor, now=now
            )

        await self._visit.write(work)
        await self._done()

    async def _instruct(self, pairs: Sequence[tuple[str, str]]) -> None:
        told, office = kit.fields_of(pairs), self._office

        def work(session: Session, actor: Actor, now: datetime) -> None:
            console_calendars.check_manager(actor, office)
            experts.record_instruction(
                session=session,
                office=office,
                company=told.get("company", ""),
                document=told.get("document", ""),
                actor=actor,
                now=now,
            )

        await self._visit.write(work)
        await self._done()

    async def _conflict(self, pairs: Sequence[tuple[str, str]]) -> None:
        told = kit.fields_of(pairs)
        await self._visit.write(
            lambda session, actor, now: experts.record_conflict(
                session=session,
                expert_id=told.get("expert", ""),
                company=told.get("company", ""),
                side="for_or_against",
                actor=actor,
                now=now,
            )
        )
        await self._done()

    async def _done(self) -> None:
        await self._refresh()
        self._visit.tell(say("bookings.recorded"))


def _bad(name: str) -> InvalidInputError:
    return InvalidInputError(fields=(FieldProblem(name, say("errors.bad_field")),))


def _day(written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError as error:
        raise _bad("day") from error


def _moment(day: str, time: str) -> datetime:
    try:
        return datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=TOKYO)
    except ValueError as error:
        raise _bad("opens") from error


def _number(written: str) -> int:
    if not written.isdecimal() or len(written) > 9:
        raise _bad("number")
    return int(written)

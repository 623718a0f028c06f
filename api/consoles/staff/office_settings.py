"""A place's hours, special days, and where it is told of new cases; for its managers."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from api.consoles import kit
from api.consoles.staff import words
from api.consoles.visit import Visit
from api.offices import Place, places
from knowledge import clock
from knowledge.catalogue import current
from knowledge.clock import japanese_date
from knowledge.desks import calendar_service
from knowledge.desks.calendar import Opening
from knowledge.desks.calendar_service import LONGEST_REASON, Hours
from knowledge.desks.entry import DAYS
from knowledge.handoffs import announce
from knowledge.staff.actor import Actor
from knowledge.staff.rules import refused
from knowledge.wording import say

STRETCH = re.compile(r"(\d{1,2}):(\d{2})\s*[-~〜～ー－]\s*(\d{1,2}):(\d{2})")
BASES = {
    "own": "console_staff.hours_own",
    "published": "console_staff.hours_published",
    "default": "console_staff.hours_default",
}
COLUMNS = (
    "console_staff.col_day",
    "console_staff.col_hours",
    "console_staff.col_reason",
    "console_staff.col_actions",
)


@dataclass(frozen=True, slots=True)
class Special:
    """One special day as shown."""

    day: date
    hours: str
    reason: str


@dataclass(frozen=True, slots=True)
class Settings:
    """What is set for one place."""

    hours: Hours
    opening: Opening
    days: tuple[Special, ...]
    mail: str


async def build(visit: Visit) -> None:
    """The page."""

    def work(session: Session, actor: Actor, now: datetime) -> tuple[Place, ...]:
        known = places(current(session=session))
        return tuple(place for place in known if actor.has_at("manager", place.id))

    await _Offices(visit, await visit.read(work)).build()


class _Offices:
    def __init__(self, visit: Visit, own: tuple[Place, ...]) -> None:
        self._visit = visit
        self._own = own
        self._office = own[0].id if own else ""

    async def build(self) -> None:
        kit.heading(1, say("console_staff.office_settings"))
        if not self._own:
            kit.text(say("console_staff.no_office"), css="empty")
            return
        with kit.form(self._visit.sending(self._chosen), css="filters") as made:
            named = [(place.id, place.name) for place in self._own]
            kit.choice(say("console_staff.office"), "office", named, css="field office")
        handler = self._visit.sending(self._chosen)
        made.on("change", lambda e: handler(e.args), js_handler=kit.CHANGED_FORM)
        self._place = kit.box()
        await self._refresh()

    async def _chosen(self, pairs: Sequence[tuple[str, str]]) -> None:
        self._office = kit.fields_of(pairs).get("office", "")
        await self._refresh()

    async def _refresh(self) -> None:
        office = self._office
        found = await self._visit.read(lambda session, actor, now: _settings(session, now, office))
        self._place.clear()
        with self._place:
            _draw_opening(found.opening)
            with kit.box(tag="section", css="block"):
                self._draw_week(found.hours)
            with kit.box(tag="section", css="block"):
                self._draw_days(found.days)
            with kit.box(tag="section", css="block"):
                self._draw_notice(found.mail)

    def _draw_week(self, hours: Hours) -> None:
        kit.heading(2, say("console_staff.week"))
        kit.text(say(BASES[hours.basis]), css="soft")
        with kit.form(self._visit.sending(self._set_week), css="narrow"):
            for name, letter in zip(DAYS, clock.WEEKDAYS, strict=True):
                told = say("console_staff.weekday", day=letter)
                kit.field(told, name, value=_told(hours.week.get(name, ())), maxlength=80)
            kit.text(say("console_staff.week_hint"), css="hint")
            with kit.box(css="buttons"):
                kit.Tag("button", say("console_staff.save"), css="button solid", type="submit")
                if hours.basis == "own":
                    back = self._visit.doing(self._drop_week)
                    kit.button(say("console_staff.hours_back"), back)

    async def _set_week(self, pairs: Sequence[tuple[str, str]]) -> None:
        week = {day: _read(day, text) for day, text in pairs if text.strip()}
        await self._visit.write(
            lambda session, actor, now: calendar_service.set_week(
                session=session, office=self._office, week=week, actor=actor, now=now
            )
        )
        await self._saved()

    async def _drop_week(self) -> None:
        await self._visit.write(
            lambda session, actor, now: calendar_service.drop_week(
                session=session, office=self._office, actor=actor, now=now
            )
        )
        await self._saved()

    def _draw_days(self, days: Sequence[Special]) -> None:
        kit.heading(2, say("console_staff.special_days"))
        kit.text(say("console_staff.special_told"), css="soft")
        if days:
            heads = [say(key) for key in COLUMNS]
            with kit.table(heads, caption=say("console_staff.special_days")):
                for special in days:
                    self._draw_day(special)
        with kit.form(self._visit.sending(self._set_day), css="filters bar"):
            kit.field(say("console_staff.col_day"), "day", kind="date", required=True)
            kit.field(
                say("console_staff.col_hours"),
                "hours",
                maxlength=80,
                placeholder=say("console_staff.closed"),
            )
            kit.field(say("console_staff.col_reason"), "reason", maxlength=LONGEST_REASON)
            kit.Tag("button", say("console_staff.add_day"), css="button plain", type="submit")

    def _draw_day(self, special: Special) -> None:
        async def remove() -> None:
            await self._visit.write(
                lambda session, actor, now: calendar_service.remove_day(
                    session=session, office=self._office, day=special.day, actor=actor, now=now
                )
            )
            await self._saved()

        with kit.box(tag="tr"):
            kit.Tag("td", japanese_date(special.day), css="num")
            kit.Tag("td", special.hours or say("console_staff.closed"))
            kit.Tag("td", special.reason)
            with kit.box(tag="td"):
                told = say("console_staff.remove_of", name=japanese_date(special.day))
                handler = self._visit.doing(remove)
                kit.button(
                    say("console_staff.remove"), handler, css="danger small", aria_label=told
                )

    async def _set_day(self, pairs: Sequence[tuple[str, str]]) -> None:
        sent = kit.fields_of(pairs)
        try:
            day = date.fromisoformat(sent.get("day", ""))
        except ValueError:
            raise refused("day", say("console_staff.bad_date")) from None
        stretches = _read("hours", sent.get("hours", ""))
        await self._visit.write(
            lambda session, actor, now: calendar_service.set_day(
                session=session,
                office=self._office,
                day=day,
                stretches=stretches,
                reason=sent.get("reason", "").strip(),
                actor=actor,
                now=now,
            )
        )
        await self._saved()

    def _draw_notice(self, mail: str) -> None:
        kit.heading(2, say("console_staff.notice"))
        kit.text(say("console_staff.notice_told"), css="soft")
        with kit.form(self._visit.sending(self._set_notice), css="narrow"):
            kit.field(
                say("console_case.contact_mail"), "mail", kind="email", value=mail, maxlength=200
            )
            kit.Tag("button", say("console_staff.save"), css="button solid", type="submit")

    async def _set_notice(self, pairs: Sequence[tuple[str, str]]) -> None:
        mail = kit.fields_of(pairs).get("mail", "").strip() or None
        await self._visit.write(
            lambda session, actor, now: announce.set_notice(
                session=session, office=self._office, mail=mail, actor=actor, now=now
            )
        )
        await self._saved()

    async def _saved(self) -> None:
        self._visit.tell(say("console_staff.saved"))
        await self._refresh()


def _settings(session: Session, now: datetime, office: str) -> Settings:
    rows = calendar_service.days_of(session=session, office=office, since=now.date())
    return Settings(
        hours=calendar_service.hours_of(session=session, office=office, now=now),
        opening=calendar_service.opening_of(session=session, office=office, now=now),
        days=tuple(Special(row.day, _told(row.stretches), row.reason) for row in rows),
        mail=announce.notice_of(session=session, office=office) or "",
    )


def _draw_opening(opening: Opening) -> None:
    now = clock.now()
    if opening.open_now and opening.closes_at is not None:
        told = say("console_staff.open_until", at=words.moment(opening.closes_at, now))
    elif opening.next_open_at is not None:
        told = say("console_staff.opens_at", at=words.moment(opening.next_open_at, now))
    else:
        told = say("console_staff.never_open")
    kit.text(told, css=f"notice {'good' if opening.open_now else ''}")


def _told(stretches: Sequence[Sequence[str]]) -> str:
    return "、".join(f"{opens}-{closes}" for opens, closes in stretches)


def _read(field: str, text: str) -> list[list[str]]:
    """Hours as people write them: 9:00-12:00、13:00〜17:00; nothing means closed.

    Raises:
        InvalidInputError: something in it is no stretch of time.
    """
    found = STRETCH.findall(text)
    left = STRETCH.sub("", text).strip(" 　、,")
    if left:
        raise refused(field, say("console_staff.bad_hours"))
    return [[f"{int(a):02}:{b}", f"{int(c):02}:{d}"] for a, b, c, d in found]

"""Brings clearly fictional desks, experts and sessions (見本) into a database, and takes them out.

Refused where real visitors come (``MADOGUCHI_ENV=production``): the command line decides that.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final

import yaml
from sqlalchemy import delete
from sqlmodel import Session, col, select

from knowledge.audit import service as audit
from knowledge.audit.models import AuditEntry
from knowledge.bookings import mails, planning
from knowledge.bookings.calendars import at
from knowledge.bookings.claims import lane_of
from knowledge.bookings.models import Booking, Claim, Resource
from knowledge.bookings.planning import Pattern, SessionPlan
from knowledge.bookings.rules import HORIZON_DAYS
from knowledge.bookings.slots import prefecture_office
from knowledge.clock import office_closed
from knowledge.content_store.files import CONTENT_DIR
from knowledge.desks.prefectures import Prefecture, find_prefecture, prefectures
from knowledge.errors import ContentError
from knowledge.experts.allowance import fiscal_year
from knowledge.experts.models import Expert, ExpertAllowance
from knowledge.outbox import service as outbox
from knowledge.staff.actor import system
from knowledge.wording import say

FILE: Final = CONTENT_DIR / "samples" / "bookings.yml"
ACTOR: Final = system("samples")
CLEARED: Final = "samples.cleared"
LUNCH = (("12:00", "13:00"),)


def wanted_at_start(*, session: Session) -> bool:
    """Whether a fresh installation should get the samples: nothing to book yet, never cleared."""
    cleared = session.exec(select(AuditEntry.id).where(AuditEntry.action == CLEARED)).first()
    own = session.exec(select(Resource.id).where(col(Resource.sample).is_(False))).first()
    return cleared is None and own is None


def load(*, session: Session, now: datetime, file: Path = FILE) -> int:
    """Add the samples that are missing, sessions up to the horizon; return how many were added."""
    data = yaml.safe_load(file.read_text(encoding="utf-8"))
    known = set(session.exec(select(Resource.key)))
    before = len(known)
    for place in prefectures():
        _office(session, place, data["offices"], known, now)
    for entry in data["experts"]:
        _expert(session, entry, known)
    for place in prefectures():
        for number, entry in enumerate(data["regular"]):
            _sessions(session, place, number, entry, known, now)
    return len(known) - before


def clear(*, session: Session, now: datetime) -> int:
    """Delete every sample with all bookings made on it; return how many calendars went."""
    rows = session.exec(select(Resource).where(col(Resource.sample).is_(True))).all()
    ids = [row.id for row in rows if row.id is not None]
    bookings = session.exec(select(Booking).where(col(Booking.resource_id).in_(ids))).all()
    for booking in bookings:
        outbox.cancel(session=session, reference=booking.reference, kinds=(mails.MAIL,), now=now)
    holders = [booking.reference for booking in bookings]
    lanes = [lane_of(row.id or 0, seat) for row in rows for seat in range(row.capacity)]
    mine = col(Claim.holder).in_(holders) | col(Claim.lane).in_(lanes)
    session.execute(delete(Claim).where(mine))
    session.execute(delete(Booking).where(col(Booking.reference).in_(holders)))
    session.execute(delete(Resource).where(col(Resource.sample).is_(True)))
    session.execute(delete(Expert).where(col(Expert.sample).is_(True)))
    session.execute(delete(ExpertAllowance).where(col(ExpertAllowance.sample).is_(True)))
    audit.record(session=session, actor=ACTOR, action=CLEARED, subject="samples", now=now)
    return len(ids)


def _office(
    session: Session, place: Prefecture, data: dict[str, Any], known: set[str], now: datetime
) -> None:
    for number, room in enumerate(data["rooms"]):
        _add(session, known, f"sample-{place.jis}-room-{number}", "room", place, room)
    for number, person in enumerate(data["staff"]):
        key = f"sample-{place.jis}-staff-{number}"
        row = _add(session, known, key, "staff", place, person["name"])
        if row is not None:
            patterns = [_pattern(entry) for entry in person["hours"]]
            planning.set_hours(session=session, resource_id=row.id or 0, patterns=patterns)
    office, year = prefecture_office(place), fiscal_year(now.date())
    there = select(ExpertAllowance.id).where(
        ExpertAllowance.office == office, ExpertAllowance.fiscal_year == year
    )
    if session.exec(there).first() is None:
        session.add(
            ExpertAllowance(office=office, fiscal_year=year, sample=True, **data["allowance"])
        )


def _add(
    session: Session, known: set[str], key: str, kind: str, place: Prefecture, name: str
) -> Resource | None:
    if key in known:
        return None
    known.add(key)
    return planning.add_resource(
        session=session,
        key=key,
        kind=kind,
        office=prefecture_office(place),
        prefecture=place.name,
        name=name,
        place=say("bookings.sample_place", office=place.office),
        sample=True,
    )


def _expert(session: Session, entry: dict[str, Any], known: set[str]) -> None:
    key, place = f"sample-expert-{entry['id']}", _place(entry["prefecture"])
    if key in known:
        return
    known.add(key)
    in_house = entry.get("in_house")
    office = prefecture_office(_place(in_house)) if in_house else ""
    session.add(
        Expert(
            id=entry["id"],
            name=entry["name"],
            profession=entry["profession"],
            topics=entry["topics"],
            prefecture=place.name,
            registration=entry.get("registration", "registered"),
            in_house_office=office or None,
            named_by_inpit=entry["profession"] in ("benrishi", "bengoshi"),
            agreement_on=date(2026, 4, 1) if entry.get("agreement") else None,
            sample=True,
        )
    )
    session.flush()
    row = planning.add_resource(
        session=session,
        key=key,
        kind="expert",
        office=office,
        prefecture=place.name,
        name=entry["name"],
        expert_id=entry["id"],
        sample=True,
    )
    pattern = Pattern(
        weekdays=tuple(entry["hours"]),
        opens="10:00",
        closes="16:00",
        minutes=60,
        buffer=30,
        modes=("place", "online"),
        breaks=LUNCH,
    )
    planning.set_hours(session=session, resource_id=row.id or 0, patterns=[pattern])


def _sessions(
    session: Session,
    place: Prefecture,
    number: int,
    entry: dict[str, Any],
    known: set[str],
    now: datetime,
) -> None:
    for day in _days(entry, now.date()):
        key = f"sample-{place.jis}-session-{number}-{day:%Y%m%d}"
        if key in known:
            continue
        known.add(key)
        plan = SessionPlan(
            title=entry["title"],
            starts_at=at(day, time.fromisoformat(entry["opens"])),
            ends_at=at(day, time.fromisoformat(entry["closes"])),
            minutes=entry["minutes"],
            capacity=entry["capacity"],
            mode=entry["mode"],
            place=say("bookings.sample_place", office=place.office),
            professions=tuple(entry["professions"]),
        )
        planning.plan_session(
            session=session,
            key=key,
            office=prefecture_office(place),
            prefecture=place.name,
            plan=plan,
            actor=ACTOR,
            now=now,
            announced_at=now,
            sample=True,
        )


def _days(entry: dict[str, Any], today: date) -> Iterator[date]:
    """The days of a monthly session within the horizon; closed days are left out."""
    for ahead in range(1, HORIZON_DAYS["regular"] + 1):
        day = today + timedelta(days=ahead)
        week = (day.day - 1) // 7 + 1
        if day.weekday() == entry["weekday"] and week in entry["weeks"] and not office_closed(day):
            yield day


def _pattern(entry: dict[str, Any]) -> Pattern:
    return Pattern(
        weekdays=tuple(entry["weekdays"]),
        opens=entry["opens"],
        closes=entry["closes"],
        minutes=entry["minutes"],
        buffer=entry["buffer"],
        modes=tuple(entry["modes"]),
        breaks=tuple((b, e) for b, e in entry.get("breaks", ())),
    )


def _place(name: str) -> Prefecture:
    found = find_prefecture(name)
    if found is None:
        raise ContentError(f"samples: {name}")
    return found

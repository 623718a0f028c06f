"""A bookable 静岡 behind the running application, and the questions that find a double booking."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from knowledge import clock
from knowledge.bookings import samples
from knowledge.bookings.models import Booking, Claim, ClaimCell
from knowledge.bookings.rules import LIVE
from knowledge.bookings.slot_ids import minute_of
from knowledge.database import transaction
from knowledge.outbox.models import Delivery

API = "/api/v1"
CONTACT: dict[str, Any] = {
    "name": "見本 花子",
    "company": "見本製作所",
    "prefecture": "静岡県",
    "email": "hanako@example.jp",
    "phone": "054-000-0000",
}


def load_samples(engine: Engine) -> None:
    """The shipped samples."""
    with transaction(engine) as session:
        samples.load(session=session, now=clock.now())


def order(slot_id: str, **changes: Any) -> dict[str, Any]:
    """The body of a booking."""
    body: dict[str, Any] = {
        "slot_id": slot_id,
        "contact": CONTACT,
        "topic": "trademarks",
        "summary": "店の名前を守りたい",
        "consent": True,
    }
    return body | changes


async def slots(http: httpx.AsyncClient, **query: Any) -> list[dict[str, Any]]:
    """Free times of 静岡."""
    asked = {"kind": "meeting", "prefecture": "静岡県"} | query
    answer = await http.get(f"{API}/sessions/slots", params=asked)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["slots"]
    return found


@dataclass(frozen=True)
class Found:
    """What is wrong in the tables; all empty when all is well."""

    overlaps: tuple[tuple[str, str], ...]
    without_claim: tuple[str, ...]
    claims_of_nobody: tuple[str, ...]
    cells_off: tuple[int, ...]
    wrong_mails: tuple[str, ...]


NOTHING = Found((), (), (), (), ())


def look_for_trouble(engine: Engine, now: datetime) -> Found:
    """Every booking against every other: by claims, by rows, by mails."""
    with transaction(engine, read_only=True) as session:
        return Found(
            overlaps=_overlaps(session),
            without_claim=_without_claim(session),
            claims_of_nobody=_of_nobody(session, now),
            cells_off=_cells_off(session),
            wrong_mails=_wrong_mails(session),
        )


def _overlaps(session: Session) -> tuple[tuple[str, str], ...]:
    """Pairs of live bookings of one person or one room that share a minute, by their own rows."""
    rows = session.exec(select(Booking).where(col(Booking.status).in_(LIVE))).all()
    single = [(row.resource_id, row) for row in rows if row.kind != "regular"]
    single += [(row.room_id, row) for row in rows if row.room_id is not None]
    return tuple(
        (a.reference, b.reference)
        for n, (where, a) in enumerate(single)
        for there, b in single[:n]
        if where == there and a.starts_at < b.ends_at and b.starts_at < a.ends_at
    )


def _without_claim(session: Session) -> tuple[str, ...]:
    """Live bookings that do not hold their minutes; others that still hold some."""
    held: dict[str, set[tuple[int, int]]] = {}
    for claim in session.exec(select(Claim)):
        held.setdefault(claim.holder, set()).add((claim.lane // 1000, claim.first_minute))
    wrong = []
    for row in session.exec(select(Booking)):
        needed = set()
        if row.status in LIVE:
            places = {row.resource_id, row.room_id} - {None}
            needed = {(place, minute_of(row.starts_at)) for place in places}
        if held.get(row.reference, set()) != needed:
            wrong.append(row.reference)
    return tuple(wrong)


def _of_nobody(session: Session, now: datetime) -> tuple[str, ...]:
    """Claims without end that belong to no booking: held for ever."""
    known = set(session.exec(select(Booking.reference)))
    return tuple(
        claim.holder
        for claim in session.exec(select(Claim))
        if claim.holder not in known
        and not claim.holder.startswith("event:")
        and claim.expires_at is None
    )


def _cells_off(session: Session) -> tuple[int, ...]:
    """Claims whose five-minute cells are not exactly theirs."""
    cells: dict[int, set[tuple[int, int]]] = {}
    for cell in session.exec(select(ClaimCell)):
        cells.setdefault(cell.claim_id, set()).add((cell.lane, cell.cell))
    return tuple(
        claim.id or 0
        for claim in session.exec(select(Claim))
        if cells.get(claim.id or 0)
        != {(claim.lane, n) for n in range(claim.first_minute // 5, -(-claim.last_minute // 5))}
    )


def _wrong_mails(session: Session) -> tuple[str, ...]:
    """Confirmed bookings that have not exactly one mail with the entry of their present time."""
    keys = [row.key for row in session.exec(select(Delivery)) if row.state != "cancelled"]
    wrong = []
    for row in session.exec(select(Booking).where(Booking.status == "confirmed")):
        mine = [
            key
            for key in keys
            if key.startswith(f"booking:{row.reference}:")
            and key.split(":")[3] in ("confirmed", "moved")
        ]
        if mine != [f"booking:{row.reference}:{row.sequence}:{mine[0].split(':')[3]}"]:
            wrong.append(row.reference)
    return tuple(wrong)

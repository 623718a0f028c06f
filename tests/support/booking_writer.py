"""A process that books, moves, cancels and holds without pause until it is killed.

Run as ``python -m tests.support.booking_writer <database URL> <seed>``.
"""

import random
import sys
from typing import Any

from knowledge import clock
from knowledge.bookings import changes, occupying, offers, service
from knowledge.bookings.orders import Order
from knowledge.bookings.slots import Wanted
from knowledge.bookings.views import Contact
from knowledge.database import keyring, make_engine, transaction
from knowledge.desks.prefectures import find_prefecture
from knowledge.errors import ConflictError, DatabaseBusyError
from knowledge.staff.actor import Actor
from knowledge.triage import guards
from tests.support.content import TEXT_KEY

SITE = "https://madoguchi.example.jp"
VISITOR = Actor(kind="visitor", id="writer")
CONTACT = Contact(
    name="見本 花子", company="見本製作所", prefecture="静岡県", email="h@example.jp", phone=None
)


def main() -> None:
    """Write until the end."""
    keyring.set((TEXT_KEY,))
    engine = make_engine(sys.argv[1])
    chance = random.Random(int(sys.argv[2]))
    place = find_prefecture("静岡県")
    assert place is not None
    with transaction(engine, read_only=True) as session:
        wanted = Wanted(kind="meeting", prefecture=place)
        slots = [s.id for s in offers.find(session=session, wanted=wanted, now=clock.now()).slots]
    mine: list[tuple[str, str]] = []
    guards.prepare()
    sys.stdout.write("writing\n")
    sys.stdout.flush()
    while True:
        slot_id, now = chance.choice(slots[:40]), clock.now()
        try:
            with transaction(engine) as session:
                kind = chance.random()
                if kind < 0.2:
                    occupying.hold(session=session, slot_id=slot_id, now=now)
                elif kind < 0.6 or not mine:
                    order = Order(slot_id, CONTACT, "trademarks", "店の名前を守りたい", True)
                    booked = service.book(
                        session=session, order=order, site=SITE, actor=VISITOR, now=now
                    )
                    mine.append((booked.booking.reference, booked.code))
                else:
                    reference, code = chance.choice(mine)
                    about: dict[str, Any] = {
                        "session": session,
                        "reference": reference,
                        "code": code,
                    }
                    if kind < 0.85:
                        changes.move(**about, slot_id=slot_id, site=SITE, actor=VISITOR, now=now)
                    else:
                        changes.cancel(**about, site=SITE, actor=VISITOR, now=now)
        except (ConflictError, DatabaseBusyError):
            continue


if __name__ == "__main__":
    main()

"""What the worker does for bookings by the clock; each step is one transaction and may repeat.

It decides nothing, ``knowledge.bookings.sweep`` and ``waiting`` do.
"""

from datetime import timedelta

from sqlalchemy import Engine

from knowledge import clock
from knowledge.bookings import sweep, waiting
from knowledge.database import transaction

MOST_AT_ONCE = 50
"""Steps of one kind in one minute; the rest follows in the next."""


def look_after(engine: Engine, *, site: str) -> int:
    """Pass offers on, give up requests whose time has come, put ended holds away; return how many
    offers and requests were settled."""
    now = clock.now()
    settled = 0
    for step in (waiting.pass_on, sweep.lapse_one):
        for _ in range(MOST_AT_ONCE):
            with transaction(engine) as session:
                if not step(session=session, site=site, now=now):
                    break
            settled += 1
    with transaction(engine) as session:
        sweep.end_holds(session=session, now=now)
    return settled


def forget_past(engine: Engine, *, days: int) -> int:
    """Blank contact data of sessions past their retention; return how many."""
    with transaction(engine) as session:
        return sweep.forget_past(session=session, older_than=timedelta(days=days), now=clock.now())

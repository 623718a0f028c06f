"""Names the desk of a company's own prefecture, where another desk was asked (C3)."""

from datetime import datetime

from knowledge.bookings.slots import DESK
from knowledge.catalogue import Catalogue
from knowledge.desks.prefectures import Prefecture
from knowledge.triage.answer import DeskOut


def desk_of(*, catalogue: Catalogue, prefecture: Prefecture, now: datetime) -> DeskOut | None:
    """The prefecture's office as answers show desks; None where the desk is not published."""
    desk = catalogue.desk(DESK)
    if desk is None:
        return None
    return DeskOut(
        id=desk.id,
        office=prefecture.office,
        name=desk.name,
        phone=desk.phone,
        phone_as_of=desk.phone_as_of if desk.phone else None,
        hours=desk.hours_text,
        open_now=desk.open_at(now),
        url=desk.url,
    )

"""Where a case stands in its office's queue and how long others waited; it changes nothing."""

from datetime import datetime, timedelta
from statistics import median

from sqlmodel import Session, col, func, select

from knowledge.cases.models import Case
from knowledge.handoffs.models import HandoffEvent

RECENT = timedelta(days=30)
LATEST = 20
FEWEST = 5
"""With fewer recent waits a median would be a guess: then nobody is told a number."""


def position(*, session: Session, case: Case) -> int | None:
    """1 for the next one; ``None`` where the case does not queue."""
    if case.state != "queued" or case.queue_no is None:
        return None
    before = session.exec(
        select(func.count())
        .select_from(Case)
        .where(
            Case.office == case.office,
            Case.state == "queued",
            col(Case.queue_no) < case.queue_no,
        )
    ).one()
    return before + 1


def wait_minutes(*, session: Session, office: str, now: datetime) -> int | None:
    """The median of the latest waits in opening hours, in minutes; ``None`` if few are known."""
    rows = session.exec(
        select(HandoffEvent.detail)
        .where(
            HandoffEvent.office == office,
            HandoffEvent.kind == "claimed",
            col(HandoffEvent.at) >= now - RECENT,
        )
        .order_by(col(HandoffEvent.at).desc())
        .limit(LATEST * 2)
    )
    waits = [detail["waited"] for detail in rows if isinstance(detail.get("waited"), int)]
    if len(waits) < FEWEST:
        return None
    minutes: float = median(waits[:LATEST]) / 60
    return max(1, round(minutes))

"""Notices that both parties of a quarrel came to one office, without showing anybody's name.

Names meet as keyed hashes. The case is held: only a manager of the office sees that it is there.
Another office is proposed; it takes the case only on a recorded instruction of INPIT (rule C4).
"""

from datetime import datetime

from sqlalchemy.orm import aliased
from sqlmodel import Session, col, or_, select

from knowledge.audit import service as audit
from knowledge.cases.drafting import place_named
from knowledge.cases.models import Case, Party
from knowledge.catalogue import Catalogue, current
from knowledge.staff.actor import Actor, office_id
from knowledge.triage.routing.desks import PREFECTURE

ENDED = ("draft", "merged")


def check(*, session: Session, case: Case, actor: Actor, now: datetime) -> bool:
    """Whether another case of this office names the other side; then a proposal is kept with it."""
    met = _met(session, case)
    case.conflict = bool(met)
    case.proposed_office = None
    if met:
        case.proposed_office = other_office(case.office, current(session=session))
        audit.record(
            session=session,
            actor=actor,
            action="case.conflict",
            subject=f"case:{case.reference}",
            now=now,
            detail={"with": sorted(met), "proposed": case.proposed_office},
        )
    session.add(case)
    session.flush()
    return bool(met)


def other_office(office: str, catalogue: Catalogue) -> str | None:
    """The office that is proposed: the nearest one (by JIS code) of the same METI block, else of
    all; staff decide, this only saves them the search.

    A desk without offices has none: INPIT decides.
    """
    desk, _, jis = office.partition("/")
    here = catalogue.prefecture(jis) if jis else None
    if desk != PREFECTURE or here is None:
        return None
    others = [p for p in catalogue.prefectures if p.jis != here.jis]
    near = [p for p in others if p.block == here.block and here.block is not None] or others
    nearest = min(near, key=lambda place: abs(int(place.jis) - int(here.jis)))
    proposed = office_id(desk, nearest.jis)
    return proposed if place_named(proposed, catalogue) is not None else None


def _met(session: Session, case: Case) -> set[str]:
    """References of cases at the same office that stand on the other side."""
    mine, theirs = aliased(Party), aliased(Party)
    opposed = or_(
        (col(mine.role) == "own") & (col(theirs.role) == "other"),
        (col(mine.role) == "other") & (col(theirs.role) == "own"),
    )
    rows = session.exec(
        select(Case.reference)
        .join(theirs, col(theirs.reference) == col(Case.reference))
        .join(mine, col(mine.hash) == col(theirs.hash))
        .where(
            col(mine.reference) == case.reference,
            col(Case.reference) != case.reference,
            Case.office == case.office,
            col(Case.state).not_in(ENDED),
            opposed,
        )
    )
    return set(rows)

"""Reads experts for the choice, counts what a desk used, records agreements and instructions.

It knows no slot; whether somebody has time is told by the calendar.
"""

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime

from sqlmodel import Session, col, func, select

from knowledge.audit import service as audit
from knowledge.desks.prefectures import find_prefecture
from knowledge.errors import NotFoundError
from knowledge.experts.allowance import Limit, fiscal_year
from knowledge.experts.models import (
    Expert,
    ExpertAllowance,
    ExpertConflict,
    ExpertUse,
    InpitInstruction,
)
from knowledge.experts.parties import party_hash
from knowledge.experts.rules import Candidate
from knowledge.staff.actor import Actor


def candidates(
    *, session: Session, with_time: Collection[str] | None = None
) -> tuple[Candidate, ...]:
    """Every active expert as the rules see them; ``with_time`` are the ids of who has time
    (None: not asked)."""
    conflicts: defaultdict[str, set[str]] = defaultdict(set)
    for known in session.exec(select(ExpertConflict)):
        conflicts[known.expert_id].add(known.party_hash)
    rows = session.exec(select(Expert).where(col(Expert.active).is_(True)).order_by(col(Expert.id)))
    found = []
    for row in rows:
        place = find_prefecture(row.prefecture)
        found.append(
            Candidate(
                id=row.id,
                profession=row.profession,
                topics=frozenset(row.topics),
                prefecture=row.prefecture,
                block=place.block if place else None,
                registered=row.registration == "registered",
                in_house_office=row.in_house_office,
                conflicts=frozenset(conflicts[row.id]),
                has_time=with_time is None or row.id in with_time,
            )
        )
    return tuple(found)


def expert(*, session: Session, expert_id: str) -> Expert:
    """One expert.

    Raises:
        NotFoundError: unknown id.
    """
    row = session.get(Expert, expert_id)
    if row is None:
        raise NotFoundError
    return row


def limit_of(*, session: Session, office: str, day: date) -> Limit | None:
    """What INPIT set for the office in the fiscal year of the day, or None."""
    row = session.exec(
        select(ExpertAllowance).where(
            ExpertAllowance.office == office, ExpertAllowance.fiscal_year == fiscal_year(day)
        )
    ).first()
    return Limit(row.uses, row.budget_yen) if row else None


def used_by(*, session: Session, office: str, day: date) -> Limit:
    """What the office has used in the fiscal year of the day; released uses do not count."""
    uses, yen = session.exec(
        select(func.count(), func.coalesce(func.sum(ExpertUse.cost_yen), 0)).where(
            ExpertUse.office == office,
            ExpertUse.fiscal_year == fiscal_year(day),
            col(ExpertUse.released_at).is_(None),
        )
    ).one()
    return Limit(int(uses), int(yen))


def set_allowance(
    *, session: Session, office: str, year: int, limit: Limit, actor: Actor, now: datetime
) -> None:
    """Record what INPIT set for a fiscal year; a later figure replaces the earlier one."""
    row = session.exec(
        select(ExpertAllowance).where(
            ExpertAllowance.office == office, ExpertAllowance.fiscal_year == year
        )
    ).first() or ExpertAllowance(office=office, fiscal_year=year, uses=0, budget_yen=0)
    row.uses, row.budget_yen = limit.uses, limit.yen
    session.add(row)
    audit.record(
        session=session,
        actor=actor,
        action="expert.allowance_set",
        subject=f"office:{office}",
        now=now,
        detail={"year": year, "uses": limit.uses, "budget_yen": limit.yen},
    )


def record_agreement(
    *, session: Session, expert_id: str, signed_on: date, actor: Actor, now: datetime
) -> None:
    """Record the secrecy agreement of an expert who is not bound by law.

    Raises:
        NotFoundError: unknown expert.
    """
    expert(session=session, expert_id=expert_id).agreement_on = signed_on
    audit.record(
        session=session,
        actor=actor,
        action="expert.agreement_recorded",
        subject=f"expert:{expert_id}",
        now=now,
        detail={"signed_on": signed_on.isoformat()},
    )


def record_conflict(
    *, session: Session, expert_id: str, company: str, side: str, actor: Actor, now: datetime
) -> None:
    """Record that an expert acts ``for`` or ``against`` a company; only a hash of it is kept.

    Raises:
        NotFoundError: unknown expert.
    """
    expert(session=session, expert_id=expert_id)
    session.merge(ExpertConflict(expert_id=expert_id, party_hash=party_hash(company), side=side))
    audit.record(
        session=session,
        actor=actor,
        action="expert.conflict_recorded",
        subject=f"expert:{expert_id}",
        now=now,
    )


def record_instruction(
    *,
    session: Session,
    office: str,
    company: str,
    document: str,
    actor: Actor,
    now: datetime,
    valid_to: date | None = None,
) -> None:
    """Record INPIT's order to support a company of another prefecture (C4); ``document`` names
    the paper it came by."""
    hash_ = party_hash(company)
    row = session.exec(
        select(InpitInstruction).where(
            InpitInstruction.office == office, InpitInstruction.party_hash == hash_
        )
    ).first() or InpitInstruction(
        office=office, party_hash=hash_, document="", recorded_by="", at=now
    )
    row.document, row.recorded_by, row.at, row.valid_to = document, actor.id, now, valid_to
    session.add(row)
    audit.record(
        session=session,
        actor=actor,
        action="inpit.instruction_recorded",
        subject=f"office:{office}",
        now=now,
    )


def instructed(*, session: Session, office: str, party: str, day: date) -> bool:
    """Whether INPIT's instruction for this company is recorded and still holds on the day."""
    row = session.exec(
        select(InpitInstruction).where(
            InpitInstruction.office == office, InpitInstruction.party_hash == party
        )
    ).first()
    return row is not None and bool(party) and (row.valid_to is None or day <= row.valid_to)


def record_use(
    *,
    session: Session,
    reference: str,
    expert_id: str,
    office: str,
    day: date,
    cost_yen: int,
    now: datetime,
    override: tuple[str, str] | None = None,
) -> None:
    """Count one use of an outside expert; ``override`` is who let it pass and why."""
    session.merge(
        ExpertUse(
            reference=reference,
            expert_id=expert_id,
            office=office,
            fiscal_year=fiscal_year(day),
            cost_yen=cost_yen,
            at=now,
            override_by=override[0] if override else None,
            override_reason=override[1] if override else None,
        )
    )


def release_use(*, session: Session, reference: str, now: datetime) -> None:
    """A session that does not take place is not counted."""
    use = session.get(ExpertUse, reference)
    if use is not None and use.released_at is None:
        use.released_at = now
        session.add(use)

"""Asks the outbox for what an expert is told: an abstract to decide on, and that it is off."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session

from knowledge.bookings import mails
from knowledge.bookings.models import Booking
from knowledge.bookings.views import when_text
from knowledge.experts.models import Expert
from knowledge.outbox import service as outbox
from knowledge.wording import say


@dataclass(frozen=True, slots=True)
class ExpertSight:
    """What an expert sees: the abstract; name, company and summary only after accepting."""

    reference: str
    when: str
    topic: str
    abstract: str
    accepted: bool
    contact_name: str | None = None
    company: str | None = None
    summary: str | None = None


def sight_of(*, booking: Booking) -> ExpertSight:
    """What the expert of a confirmed session may see."""
    sight = ExpertSight(
        reference=booking.reference,
        when=when_text(booking.starts_at, booking.ends_at),
        topic=say(f"topics.{booking.topic}"),
        abstract=booking.abstract or "",
        accepted=booking.accepted_at is not None,
    )
    if not sight.accepted:
        return sight
    contact = mails.contact_of(booking)
    return replace(
        sight, contact_name=contact.name, company=contact.company, summary=booking.summary
    )


def invite(*, session: Session, booking: Booking, now: datetime) -> None:
    """Ask the expert with the abstract: no name, no company, no summary."""
    sight = sight_of(booking=booking)
    values = {"when": sight.when, "topic": sight.topic, "abstract": sight.abstract}
    values |= {"office": mails.office_name(booking.office), "reference": booking.reference}
    subject = say("bookings.mail_expert", when=sight.when)
    _send(session, booking, "invite", subject, say("bookings.body_expert", **values), now)


def withdraw(*, session: Session, booking: Booking, when: str, now: datetime) -> None:
    """Tell the expert that the session at this time does not take place; only if one was asked."""
    if booking.abstract is None:
        return
    office = mails.office_name(booking.office)
    text = say("bookings.body_expert_off", when=when, office=office, reference=booking.reference)
    _send(session, booking, "off", say("bookings.mail_expert_off", when=when), text, now)


def _send(
    session: Session, booking: Booking, what: str, subject: str, text: str, now: datetime
) -> None:
    expert = session.get(Expert, booking.expert_id) if booking.expert_id else None
    if expert is None or expert.email is None:
        return
    outbox.enqueue(
        session=session,
        kind=mails.MAIL,
        key=f"expert:{booking.reference}:{booking.sequence}:{what}",
        payload={"to": expert.email, "subject": subject, "text": text, "attachments": []},
        now=now,
        reference=f"expert:{booking.reference}",
    )

"""Asks the outbox for the mails of a booking; it sends nothing.

A mail tells when, where and the reference, never what the case is about. Every change of a booking
has one mail (unique key); reminders of an earlier time are dropped.
"""

from datetime import datetime
from typing import Any, Final, Literal

from sqlmodel import Session

from knowledge.bookings import ics, rules
from knowledge.bookings.models import Booking
from knowledge.bookings.slots import MODE_PLACES
from knowledge.bookings.views import Contact, when_text
from knowledge.desks.prefectures import prefectures
from knowledge.outbox import service as outbox
from knowledge.staff.actor import office_id
from knowledge.wording import say

MAIL: Final = "mail"
What = Literal[
    "requested", "confirmed", "moved", "cancelled", "declined", "lapsed", "reminder", "follow_up"
]
SUBJECTS: Final[dict[What, str]] = {
    "requested": "bookings.mail_requested",
    "confirmed": "bookings.mail_confirmed",
    "moved": "bookings.mail_moved",
    "cancelled": "bookings.mail_cancelled",
    "declined": "bookings.mail_declined",
    "lapsed": "bookings.mail_lapsed",
    "reminder": "bookings.mail_reminder",
    "follow_up": "bookings.mail_follow_up",
}
BODIES: Final[dict[What, str]] = {
    "requested": "bookings.body_requested",
    "confirmed": "bookings.body_confirmed",
    "moved": "bookings.body_moved",
    "cancelled": "bookings.body_cancelled",
    "declined": "bookings.body_declined",
    "lapsed": "bookings.body_lapsed",
    "reminder": "bookings.body_reminder",
    "follow_up": "bookings.body_follow_up",
}
WITH_ENTRY: Final = frozenset({"confirmed", "moved", "cancelled"})
"""Mails that carry the calendar entry."""
BRING: Final = ("bookings.bring_papers", "bookings.bring_registration", "bookings.bring_memo")


def contact_of(booking: Booking) -> Contact:
    """Who comes."""
    return Contact.model_validate_json(booking.contact)


def manage_url(site: str, booking: Booking) -> str:
    """The page where a booking is moved or cancelled; the code stands behind ``#`` and therefore
    in no server's log."""
    return f"{site.rstrip('/')}/booking#{booking.reference}.{booking.code}"


def office_name(office: str) -> str:
    """The name of an office as people read it."""
    known = {office_id("inpit-chizai-sogo-madoguchi", p.jis): p.office for p in prefectures()}
    return known.get(office, office)


def bring() -> tuple[str, ...]:
    """What to bring to a session."""
    return tuple(say(key) for key in BRING)


def tell(
    *,
    session: Session,
    booking: Booking,
    what: What,
    site: str,
    now: datetime,
    due_at: datetime | None = None,
) -> None:
    """One mail to the visitor; nothing where no address is known."""
    contact = contact_of(booking)
    if contact.email is None:
        return
    late = f":{due_at:%Y%m%d%H%M}" if due_at else ""
    outbox.enqueue(
        session=session,
        kind=MAIL,
        key=f"booking:{booking.reference}:{booking.sequence}:{what}{late}",
        payload=_payload(booking, contact, contact.email, what, site),
        now=now,
        reference=booking.reference,
        due_at=due_at,
    )


def announce(*, session: Session, booking: Booking, what: What, site: str, now: datetime) -> None:
    """The mail of a confirmed booking with its calendar entry, and the reminders."""
    tell(session=session, booking=booking, what=what, site=site, now=now)
    plan(session=session, booking=booking, site=site, now=now)


def plan(*, session: Session, booking: Booking, site: str, now: datetime) -> None:
    """Reminders a day and an hour before, and the follow-up on the day after."""
    for before in rules.REMINDERS:
        due_at = booking.starts_at - before
        if due_at > now:
            tell(
                session=session, booking=booking, what="reminder", site=site, now=now, due_at=due_at
            )
    after = booking.ends_at + rules.FOLLOW_UP
    tell(session=session, booking=booking, what="follow_up", site=site, now=now, due_at=after)


def drop_waiting(*, session: Session, booking: Booking, now: datetime) -> None:
    """Nothing of what was to be sent for the earlier time leaves any more."""
    outbox.cancel(session=session, reference=booking.reference, kinds=(MAIL,), now=now)


def _payload(booking: Booking, contact: Contact, to: str, what: What, site: str) -> dict[str, Any]:
    office = office_name(booking.office)
    values = {
        "name": contact.name,
        "when": when_text(booking.starts_at, booking.ends_at),
        "office": office,
        "mode": say(MODE_PLACES[booking.mode], office=say("bookings.mode_place")),  # type: ignore[index]
        "place": booking.place,
        "reference": booking.reference,
        "manage_url": manage_url(site, booking),
        "bring": "\n".join(f"・{item}" for item in bring()),
    }
    attachments = []
    if what in WITH_ENTRY:
        attachments.append(
            {
                "name": ics.FILE_NAME,
                "content_type": ics.content_type(booking),
                "text": ics.calendar_entry(booking, office_name=office),
            }
        )
    return {
        "to": to,
        "subject": say(SUBJECTS[what], when=values["when"], reference=booking.reference),
        "text": "\n".join(
            (say("bookings.mail_head", **values), say(BODIES[what], **values), _foot(what, values))
        ),
        "attachments": attachments,
    }


def _foot(what: What, values: dict[str, str]) -> str:
    key = "bookings.mail_details" if what in ("confirmed", "moved", "reminder") else None
    details = say(key, **values) + "\n" if key else ""
    return details + say("bookings.mail_foot", **values)

"""Tells the outside of a case's events: webhooks to other systems, a mail to the office.

Nothing is sent here: deliveries are enqueued in the transaction of the event. They carry numbers
and codes, never words, names or addresses of a visitor.
"""

from contextlib import suppress
from datetime import datetime, timedelta

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, SQLModel

from knowledge.audit import service as audit
from knowledge.cases.checks import MAIL
from knowledge.cases.models import Case
from knowledge.errors import FieldProblem, InvalidInputError, NotAllowedError
from knowledge.handoffs.models import HandoffEvent, OfficeNotice, Subscription
from knowledge.outbox import service as outbox
from knowledge.staff.actor import Actor
from knowledge.wording import say

WEBHOOK = "webhook"
NOTICE_AFTER = timedelta(minutes=2)
"""A mail to the office leaves only if nobody took the case by then."""
NOTICED = frozenset({"queued", "transferred", "moved", "reopened", "raised"})
SETTLED = frozenset({"claimed", "withdrawn", "closed", "merged"})


def subscribe(*, session: Session, active: bool) -> None:
    """Say at start-up whether a webhook is configured: without one nothing is enqueued."""
    row = session.get(Subscription, WEBHOOK) or Subscription(name=WEBHOOK)
    row.active = active
    session.add(row)


def set_notice(
    *, session: Session, office: str, mail: str | None, actor: Actor, now: datetime
) -> None:
    """Where an office is told of new and unanswered cases; ``None`` for nowhere.

    Raises:
        NotAllowedError: the actor does not manage the office. InvalidInputError: no address.
    """
    if actor.kind != "system" and not actor.has_at("manager", office):
        raise NotAllowedError
    if mail is not None and not MAIL.fullmatch(mail):
        raise InvalidInputError(fields=(FieldProblem("mail", say("cases.bad_mail")),))
    row = session.get(OfficeNotice, office) or OfficeNotice(
        office=office, at=now, actor_id=actor.id
    )
    row.mail, row.at, row.actor_id = mail, now, actor.id
    session.add(row)
    audit.record(
        session=session, actor=actor, action="office.notice", subject=f"office:{office}", now=now
    )
    session.flush()


def notice_of(*, session: Session, office: str) -> str | None:
    """Where an office is told."""
    row = session.get(OfficeNotice, office)
    return row.mail if row is not None else None


def announce(session: Session, case: Case, event: HandoffEvent) -> None:
    """Enqueue what leaves the house because of one event."""
    subscription = session.get(Subscription, WEBHOOK)
    if subscription is not None and subscription.active:
        outbox.enqueue(
            session=session,
            kind=WEBHOOK,
            key=f"webhook:{event.id}",
            payload=_payload(case, event),
            now=event.at,
            reference=case.reference,
        )
    if event.kind in SETTLED:
        outbox.cancel(session=session, reference=_notice(case), kinds=("mail",), now=event.at)
    if event.kind in NOTICED:
        _mail_office(session, case, event)


def insert_once(session: Session, row: SQLModel) -> None:
    """Insert a row that another process may be inserting just now; read it again afterwards."""
    with suppress(IntegrityError), session.begin_nested():
        session.add(row)


def _payload(case: Case, event: HandoffEvent) -> dict[str, object]:
    return {
        "id": event.id,
        "event": f"case.{event.kind}",
        "at": event.at.isoformat(),
        "reference": case.reference,
        "state": case.state,
        "desk": case.desk,
        "office": case.office,
        "topic": case.topic,
        "urgency": ("urgent", "soon", "normal")[case.rank],
        "channel": case.channel,
        "outcome": case.outcome,
    }


def _mail_office(session: Session, case: Case, event: HandoffEvent) -> None:
    mail = notice_of(session=session, office=case.office)
    if mail is None:
        return
    subject, text = ("handoff.mail_new_subject", "handoff.mail_new")
    if event.kind == "raised":
        subject, text = ("handoff.mail_raised_subject", "handoff.mail_raised")
    urgency = say(f"handoff.urgency_{('urgent', 'soon', 'normal')[case.rank]}")
    outbox.enqueue(
        session=session,
        kind="mail",
        key=f"notice:{event.id}",
        payload={
            "to": mail,
            "subject": say(subject, reference=case.reference),
            "text": say(text, reference=case.reference, urgency=urgency),
            "attachments": [],
        },
        now=event.at,
        reference=_notice(case),
        due_at=event.at + (timedelta() if event.kind == "raised" else NOTICE_AFTER),
    )


def _notice(case: Case) -> str:
    return f"notice:{case.reference}"

"""Bookings to a real mail server: one mail and one calendar entry each, whatever happens on the way."""

import asyncio
import email
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope
from aiosmtpd.smtp import Session as SmtpSession
from icalendar import Calendar
from sqlalchemy import Engine
from sqlmodel import select

from api.channels.mail import MailSender, SmtpServer
from api.runtime import booking_upkeep
from api.runtime.deliveries import deliver_due
from api.runtime.supervisor import free_port
from knowledge import clock
from knowledge.bookings.models import Booking
from knowledge.database import transaction
from knowledge.outbox import service as outbox
from tests.support.bookings import API, CONTACT, load_samples, order, slots
from tests.support.house import House


class Mailbox:
    """Takes mails in; loses the answer to some although it has them."""

    def __init__(self) -> None:
        self.taken: list[EmailMessage] = []
        self.unanswered = 0

    async def handle_DATA(  # noqa: N802  (the server's name for it)
        self, server: SMTP, session: SmtpSession, envelope: Envelope
    ) -> str:
        content = envelope.content or b""
        raw = content if isinstance(content, bytes) else content.encode()
        message = email.message_from_bytes(raw, policy=default)
        assert isinstance(message, EmailMessage)
        self.taken.append(message)
        if self.unanswered:
            self.unanswered -= 1
            assert server.transport is not None
            server.transport.abort()  # type: ignore[attr-defined]
        return "250 taken"


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def senders(mailbox: Mailbox) -> Iterator[dict[str, Any]]:
    """The real sender before a real server on a free port."""
    port = free_port()
    controller = Controller(mailbox, hostname="127.0.0.1", port=port)
    controller.start()
    server = SmtpServer.of(f"smtp://127.0.0.1:{port}")
    yield {"mail": MailSender(server, sender="madoguchi@example.jp")}
    controller.stop()


@pytest.fixture
def stocked(house: House) -> House:
    """The application with the samples."""
    load_samples(house.engine)
    return house


async def book_some(house: House, count: int) -> list[dict[str, Any]]:
    """As many bookings at once, each by another visitor."""
    free = (await slots(house.http, mode="online"))[:count]
    answers = await asyncio.gather(
        *(
            house.http.post(
                f"{API}/bookings",
                json=order(slot["id"], contact=CONTACT | {"email": f"v{n}@example.jp"}),
            )
            for n, slot in enumerate(free)
        )
    )
    return [answer.json() for answer in answers if answer.status_code == 201]


async def deliver(engine: Engine, senders: dict[str, Any], *, times: int = 3) -> None:
    """What the worker does in the next hours, without its pauses."""
    now = clock.now()
    for n in range(times):
        while await deliver_due(engine, senders, now=now + timedelta(minutes=10 * n)):
            pass


def entries(message: EmailMessage) -> list[Any]:
    """The events in a mail, as a calendar program reads them."""
    return [
        event
        for part in message.iter_attachments()
        if part.get_content_type() == "text/calendar"
        for event in Calendar.from_ical(part.get_content()).walk("VEVENT")
    ]


async def test_each_confirmed_booking_has_one_mail_with_one_entry(
    stocked: House, mailbox: Mailbox, senders: dict[str, Any]
) -> None:
    booked = await book_some(stocked, 12)

    await deliver(stocked.engine, senders)

    assert len(booked) >= 8
    assert len(mailbox.taken) == len(booked)
    assert len({str(m["To"]) for m in mailbox.taken}) == len(booked)
    events = [event for message in mailbox.taken for event in entries(message)]
    assert len(events) == len({str(event["uid"]) for event in events}) == len(booked)
    told = {e.decoded("dtstart").isoformat() for e in events}
    assert told == {b["starts_at"] for b in booked}


async def test_a_mail_of_unclear_fate_is_repeated_once_under_the_same_name_and_counted(
    stocked: House, mailbox: Mailbox, senders: dict[str, Any]
) -> None:
    await book_some(stocked, 1)
    mailbox.unanswered = 1

    await deliver(stocked.engine, senders)

    assert len(mailbox.taken) == 2
    assert len({str(m["Message-ID"]) for m in mailbox.taken}) == 1
    with transaction(stocked.engine, read_only=True) as session:
        assert outbox.troubled(session=session) == []


async def test_a_mail_that_stays_unclear_is_not_sent_for_ever_and_staff_see_it(
    stocked: House, mailbox: Mailbox, senders: dict[str, Any]
) -> None:
    await book_some(stocked, 1)
    mailbox.unanswered = 9

    await deliver(stocked.engine, senders, times=6)

    assert len(mailbox.taken) == 2
    with transaction(stocked.engine, read_only=True) as session:
        assert [row.state for row in outbox.troubled(session=session)] == ["unclear"]


async def test_moved_and_cancelled_reach_the_same_entry(
    stocked: House, mailbox: Mailbox, senders: dict[str, Any]
) -> None:
    (booked,) = await book_some(stocked, 1)
    bearer = {"Authorization": f"Bearer {booked['code']}"}
    path = f"{API}/bookings/{booked['reference']}"
    await deliver(stocked.engine, senders)
    other = (await slots(stocked.http, mode="online"))[3]
    await stocked.http.patch(path, json={"slot_id": other["id"]}, headers=bearer)
    await deliver(stocked.engine, senders)
    await stocked.http.delete(path, headers=bearer)
    await deliver(stocked.engine, senders)

    events = [event for message in mailbox.taken for event in entries(message)]

    assert [int(event["sequence"]) for event in events] == [0, 1, 2]
    assert len({str(event["uid"]) for event in events}) == 1
    assert [str(event["status"]) for event in events] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]


async def test_reminders_leave_a_day_and_an_hour_before(
    stocked: House, mailbox: Mailbox, senders: dict[str, Any]
) -> None:
    await book_some(stocked, 1)
    await deliver(stocked.engine, senders)
    before = len(mailbox.taken)
    with transaction(stocked.engine, read_only=True) as session:
        starts_at = session.exec(select(Booking.starts_at)).one()

    counts = Counter[str]()
    for name, moment in (
        ("a little early", starts_at - timedelta(days=1, minutes=1)),
        ("a day before", starts_at - timedelta(days=1)),
        ("an hour before", starts_at - timedelta(hours=1)),
        ("again", starts_at - timedelta(minutes=30)),
    ):
        await deliver_due(stocked.engine, senders, now=moment)
        counts[name] = len(mailbox.taken) - before
        before = len(mailbox.taken)

    assert counts == {"a little early": 0, "a day before": 1, "an hour before": 1, "again": 0}


async def test_the_worker_puts_ended_holds_away_and_lapses_old_requests(stocked: House) -> None:
    slot = (await slots(stocked.http))[0]
    await stocked.http.post(f"{API}/sessions/slots/{slot['id']}/hold")
    assert stocked.rows("claim") > 0
    with stocked.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE claim SET expires_at = '2020-01-01 00:00:00.000000'")

    settled = booking_upkeep.look_after(stocked.engine, site="https://madoguchi.example.jp")

    assert settled == 0
    assert stocked.rows("claim") == 0
    assert booking_upkeep.forget_past(stocked.engine, days=90) == 0

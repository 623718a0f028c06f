"""Mail against a real SMTP server on this machine, and against one that breaks off."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from api.channels.mail import MailSender, SmtpServer, build, message_id
from api.senders import Failed, Sent, Unclear
from knowledge.clock import TOKYO
from knowledge.outbox.service import Leased

FROM = "見本窓口 <madoguchi@example.jp>"
NOW = datetime(2026, 11, 20, 10, 0, tzinfo=TOKYO)


def delivery(key: str = "answer:1", **payload: Any) -> Leased:
    told = {
        "to": "mihon@example.com",
        "subject": "お返事",
        "text": "見本の本文です。\n",
        "attachments": [],
    }
    return Leased(1, "mail", key, "", told | payload, tries=1)


class Box:
    """A mailbox that may refuse."""

    def __init__(self, rcpt: str = "250 OK", data: str = "250 OK") -> None:
        self.rcpt, self.data = rcpt, data
        self.mails: list[EmailMessage] = []

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.rcpt.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.rcpt

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content
        assert isinstance(content, bytes)
        found = message_from_bytes(content, policy=policy.default)
        assert isinstance(found, EmailMessage)
        self.mails.append(found)
        return self.data


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def box() -> Box:
    return Box()


@pytest.fixture
def server(box: Box) -> Iterator[SmtpServer]:
    port = free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    yield SmtpServer.of(f"smtp://127.0.0.1:{port}")
    controller.stop()


@asynccontextmanager
async def breaking(after: bytes) -> AsyncIterator[int]:
    """A server that hangs up when it has read a line beginning so; the port."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 here\r\n")
        in_data = False
        while line := await reader.readline():
            if line.upper().startswith(after):
                break
            if in_data:
                continue
            in_data = line.upper().startswith(b"DATA")
            writer.write(b"354 go on\r\n" if in_data else b"250 ok\r\n")
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def test_a_mail_arrives_as_it_was_written(server: SmtpServer, box: Box) -> None:
    attachment = {
        "name": "yoyaku.ics",
        "content_type": "text/calendar; method=REQUEST; charset=utf-8",
        "text": "BEGIN:VCALENDAR\r\nSUMMARY:面談\r\nEND:VCALENDAR\r\n",
    }
    sender = MailSender(server, sender=FROM, now=lambda: NOW)

    assert await sender.send(delivery(attachments=[attachment])) == Sent()

    (mail,) = box.mails
    assert mail["Subject"] == "お返事"
    assert mail["To"] == "mihon@example.com"
    assert "見本窓口" in mail["From"]
    assert mail["Message-ID"] == message_id("answer:1", FROM)
    assert mail["Auto-Submitted"] == "auto-generated"
    body = mail.get_body(("plain",))
    assert body is not None
    assert body.get_content().strip() == "見本の本文です。"
    (part,) = list(mail.iter_attachments())
    assert part.get_filename() == "yoyaku.ics"
    assert part.get_content_type() == "text/calendar"
    assert "面談" in part.get_payload(decode=True).decode()  # type: ignore[union-attr]


async def test_every_try_of_a_delivery_has_one_message_id(server: SmtpServer, box: Box) -> None:
    sender = MailSender(server, sender=FROM)

    for key in ("a", "a", "b"):
        await sender.send(delivery(key))

    first, again, other = (mail["Message-ID"] for mail in box.mails)
    assert first == again != other


@pytest.mark.parametrize(
    ("rcpt", "data", "result"),
    [
        ("550 no such user", "250 OK", Failed("smtp 550", final=True)),
        ("451 try later", "250 OK", Failed("smtp 451")),
        ("250 OK", "554 no", Failed("smtp 554", final=True)),
        ("250 OK", "452 full", Failed("smtp 452")),
    ],
)
async def test_a_refusal_is_a_failure_and_final_where_it_will_not_change(
    server: SmtpServer, box: Box, rcpt: str, data: str, result: Failed
) -> None:
    box.rcpt, box.data = rcpt, data

    assert await MailSender(server, sender=FROM).send(delivery()) == result


async def test_nobody_there_is_a_failure() -> None:
    gone = SmtpServer.of(f"smtp://127.0.0.1:{free_port()}")

    assert await MailSender(gone, sender=FROM).send(delivery()) == Failed("ConnectionRefusedError")


@pytest.mark.parametrize(
    ("after", "result"),
    [
        (b"MAIL", Failed("SMTPServerDisconnected")),
        (b"RCPT", Failed("SMTPServerDisconnected")),
        (b"DATA", Unclear("SMTPServerDisconnected")),
        (b".", Unclear("SMTPServerDisconnected")),
    ],
)
async def test_only_a_break_after_the_text_was_on_its_way_is_unclear(
    after: bytes, result: object
) -> None:
    async with breaking(after) as port:
        server = SmtpServer.of(f"smtp://127.0.0.1:{port}")
        assert await MailSender(server, sender=FROM).send(delivery()) == result


@pytest.mark.parametrize(
    "payload",
    [{"to": "a@example.com\r\nBcc: all@example.com"}, {"subject": "x\r\nBcc: y"}, {"to": None}],
)
async def test_a_header_cannot_be_smuggled_in(
    server: SmtpServer, box: Box, payload: dict[str, Any]
) -> None:
    result = await MailSender(server, sender=FROM).send(delivery(**payload))

    assert isinstance(result, Failed)
    assert result.final
    assert box.mails == []


async def test_a_password_never_travels_in_clear(server: SmtpServer, box: Box) -> None:
    with_password = SmtpServer.of(f"smtp://user:pa%40ss@127.0.0.1:{server.port}")
    assert with_password.password == "pa@ss"

    result = await MailSender(with_password, sender=FROM).send(delivery())

    assert isinstance(result, Failed)
    assert box.mails == []


@pytest.mark.parametrize("url", ["", "http://mail", "smtp://", "mail.example.jp:25"])
def test_an_unusable_address_of_the_server_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="MADOGUCHI_SMTP_URL"):
        SmtpServer.of(url)


def test_ports_follow_the_scheme() -> None:
    assert SmtpServer.of("smtp://h").port == 25
    assert SmtpServer.of("smtp+starttls://h").port == 587
    assert SmtpServer.of("smtps://h").port == 465


def test_a_mail_of_another_shape_is_refused() -> None:
    with pytest.raises(KeyError):
        build(Leased(1, "mail", "k", "", {"to": "a@example.com"}, 1), sender=FROM, at=NOW)

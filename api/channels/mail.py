"""Sends mail by SMTP; each delivery has one Message-ID for ever, so that a repetition is known.

``MADOGUCHI_SMTP_URL`` is ``smtp://[user:password@]host[:port]`` (with a password only over
STARTTLS), ``smtp+starttls://`` (always over it) or ``smtps://``.
"""

import asyncio
import contextlib
import hashlib
import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from urllib.parse import unquote, urlsplit

from api.senders import Failed, Result, Sent, Unclear
from knowledge import clock
from knowledge.outbox.service import Leased

TIMEOUT_SECONDS = 20.0
SCHEMES = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
ACCEPTED = frozenset({250, 251})
GONE = range(500, 600)
"""Answers of a server that will not change by trying again."""


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Where mail is handed in; made from the URL of the settings."""

    scheme: str
    host: str
    port: int
    user: str | None
    password: str | None

    @classmethod
    def of(cls, url: str) -> "SmtpServer":
        """Read the URL.

        Raises:
            ValueError: the scheme is unknown or there is no host.
        """
        parts = urlsplit(url)
        if parts.scheme not in SCHEMES or not parts.hostname:
            raise ValueError("MADOGUCHI_SMTP_URL must be smtp://, smtp+starttls:// or smtps://")
        return cls(
            parts.scheme,
            parts.hostname,
            parts.port or SCHEMES[parts.scheme],
            unquote(parts.username) if parts.username else None,
            unquote(parts.password) if parts.password else None,
        )


class MailSender:
    """Payload: ``to``, ``subject``, ``text``, ``attachments`` of ``name, content_type, text``."""

    repeatable = False

    def __init__(
        self, server: SmtpServer, *, sender: str, now: Callable[[], datetime] = clock.now
    ) -> None:
        self._server, self._sender, self._now = server, sender, now

    async def send(self, delivery: Leased) -> Result:
        """Try once; what was handed in but not confirmed is unclear."""
        try:
            message = build(delivery, sender=self._sender, at=self._now())
        except (KeyError, TypeError, ValueError) as error:
            return Failed(type(error).__name__, final=True)
        return await asyncio.to_thread(self._hand_in, message)

    def _hand_in(self, message: EmailMessage) -> Result:
        try:
            smtp = self._connect()
        except smtplib.SMTPResponseException as error:
            return Failed(f"smtp {error.smtp_code}")
        except (OSError, smtplib.SMTPException) as error:
            return Failed(type(error).__name__)
        try:
            return self._transfer(smtp, message)
        finally:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                smtp.quit()

    def _transfer(self, smtp: smtplib.SMTP, message: EmailMessage) -> Result:
        """Step by step, since only the last one can be unclear."""
        try:
            for step, address in ((smtp.mail, "From"), (smtp.rcpt, "To")):
                code, _ = step(_address(str(message[address])))
                if code not in ACCEPTED:
                    return Failed(f"smtp {code}", final=code in GONE)
        except (OSError, smtplib.SMTPException) as error:
            return Failed(type(error).__name__)
        try:
            code, _ = smtp.data(message.as_bytes())
        except smtplib.SMTPResponseException as error:
            return Failed(f"smtp {error.smtp_code}", final=error.smtp_code in GONE)
        except (OSError, smtplib.SMTPException) as error:
            return Unclear(type(error).__name__)
        return Sent() if code in ACCEPTED else Failed(f"smtp {code}", final=code in GONE)

    def _connect(self) -> smtplib.SMTP:
        server, context = self._server, ssl.create_default_context()
        smtp: smtplib.SMTP
        if server.scheme == "smtps":
            smtp = smtplib.SMTP_SSL(
                server.host, server.port, timeout=TIMEOUT_SECONDS, context=context
            )
        else:
            smtp = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT_SECONDS)
        try:
            smtp.ehlo()
            if server.scheme == "smtp+starttls" or (server.scheme == "smtp" and server.user):
                # A password never travels in clear.
                smtp.starttls(context=context)
                smtp.ehlo()
            if server.user:
                smtp.login(server.user, server.password or "")
        except (OSError, smtplib.SMTPException):
            smtp.close()
            raise
        return smtp


def build(delivery: Leased, *, sender: str, at: datetime) -> EmailMessage:
    """The mail of a delivery.

    Raises:
        KeyError, TypeError, ValueError: the payload is none of ours, or has a broken address.
    """
    payload = delivery.payload
    if "@" not in _address(str(payload["to"])):
        raise ValueError("no address")
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = str(payload["to"])
    message["Subject"] = str(payload["subject"])
    message["Date"] = format_datetime(at)
    message["Message-ID"] = message_id(delivery.key, sender)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(str(payload["text"]))
    for attachment in payload.get("attachments", ()):
        main, _, sub = str(attachment["content_type"]).partition(";")[0].strip().partition("/")
        message.add_attachment(
            str(attachment["text"]).encode(),
            maintype=main,
            subtype=sub,
            filename=str(attachment["name"]),
            params={"charset": "utf-8"} if main == "text" else None,
        )
    return message


def message_id(key: str, sender: str) -> str:
    """The Message-ID of a delivery: the same at every try."""
    domain = _address(sender).rpartition("@")[2] or "localhost"
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{domain}>"


def _address(written: str) -> str:
    return parseaddr(written)[1]

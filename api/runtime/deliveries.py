"""The outbox's sender loop: leases what is due, hands it to the sender of its kind, notes the end.

It runs in the worker. Each delivery is leased and settled in transactions of its own; nothing is
held while the network is awaited. A try that vanished with its worker counts as unclear.
"""

import asyncio
import logging
import os
import signal
import threading
from collections.abc import Mapping
from datetime import datetime

import httpx
from sqlalchemy import Engine

from api.bot import BotClient, bot_http
from api.channels.mail import MailSender, SmtpServer
from api.runtime.settings import Secrets, Settings
from api.senders import Failed, ForgetSender, Result, Sender, Sent, Unconfigured
from api.webhooks import WebhookSender
from knowledge import clock
from knowledge.database import transaction
from knowledge.errors import MadoguchiError
from knowledge.handoffs import announce
from knowledge.outbox import service as outbox
from knowledge.outbox.service import Leased

logger = logging.getLogger(__name__)

PAUSE_SECONDS = 1.0
BATCH = 20
"""Tried at the same time: a slow server holds up twenty, not all."""


def make_senders(settings: Settings, secrets: Secrets) -> dict[str, Sender]:
    """One sender for each kind; what is not configured fails visibly instead of waiting unseen."""
    rasa = bot_http(url=f"http://127.0.0.1:{settings.rasa_port}", secret=secrets.bot_secret)
    senders: dict[str, Sender] = {
        "forget": ForgetSender(BotClient(rasa)),
        "mail": Unconfigured(),
        "webhook": Unconfigured(),
    }
    if settings.smtp_url is not None:
        server = SmtpServer.of(settings.smtp_url.get_secret_value())
        senders["mail"] = MailSender(server, sender=settings.mail_from)
    if settings.webhook_url is not None and settings.webhook_secret is not None:
        senders["webhook"] = WebhookSender(
            httpx.AsyncClient(trust_env=False, follow_redirects=False),
            url=settings.webhook_url,
            secret=settings.webhook_secret.get_secret_value(),
        )
    return senders


async def deliver_due(engine: Engine, senders: Mapping[str, Sender], *, now: datetime) -> int:
    """Try everything that is due, once, at most ``BATCH`` at a time; return how many were tried."""

    def take() -> tuple[Leased, ...]:
        with transaction(engine) as session:
            return outbox.lease(session=session, now=now, kinds=tuple(senders), limit=BATCH)

    leased = await asyncio.to_thread(take) if senders and await _due(engine, senders, now) else ()
    await asyncio.gather(*(_try(engine, senders[one.kind], one, now) for one in leased))
    return len(leased)


async def run(engine: Engine, senders: Mapping[str, Sender]) -> None:
    """Deliver for ever."""
    while True:
        try:
            tried = await deliver_due(engine, senders, now=clock.now())
        except MadoguchiError as error:
            logger.warning("deliveries wait", extra={"reason": error.code})
            tried = 0
        if not tried:
            await asyncio.sleep(PAUSE_SECONDS)


def start(engine: Engine, settings: Settings, secrets: Secrets) -> threading.Thread:
    """Deliver in a thread of the worker; if the loop ever ends, the worker ends too and the
    supervisor starts it again: deliveries never stop while the worker says it is alive."""

    def work() -> None:
        try:
            asyncio.run(run(engine, make_senders(settings, secrets)))
        finally:
            os.kill(os.getpid(), signal.SIGTERM)

    with transaction(engine) as session:
        announce.subscribe(session=session, active=settings.webhook_url is not None)
    thread = threading.Thread(target=work, name="deliveries", daemon=True)
    thread.start()
    return thread


async def _due(engine: Engine, senders: Mapping[str, Sender], now: datetime) -> bool:
    """A look without the write lock: most seconds nothing is due."""

    def look() -> bool:
        with transaction(engine, read_only=True) as session:
            return outbox.any_due(session=session, now=now, kinds=tuple(senders))

    return await asyncio.to_thread(look)


async def _try(engine: Engine, sender: Sender, delivery: Leased, now: datetime) -> None:
    if delivery.unclear_tries > 1 and not sender.repeatable:
        result: Result | None = None
    else:
        result = await sender.send(delivery)
    if result is not None and not isinstance(result, Sent):
        logger.warning(
            "delivery did not end well",
            extra={"kind": delivery.kind, "delivery": delivery.id, "reason": result.problem},
        )
    await asyncio.to_thread(_settle, engine, delivery, result, now)


def _settle(engine: Engine, delivery: Leased, result: Result | None, now: datetime) -> None:
    with transaction(engine) as session:
        if result is None:
            outbox.unclear(
                session=session, delivery_id=delivery.id, now=now, problem="worker stopped twice"
            )
        elif isinstance(result, Sent):
            outbox.done(session=session, delivery_id=delivery.id, now=now)
        elif isinstance(result, Failed):
            outbox.failed(
                session=session,
                delivery_id=delivery.id,
                now=now,
                problem=result.problem,
                final=result.final,
            )
        else:
            outbox.doubtful(
                session=session, delivery_id=delivery.id, now=now, problem=result.problem
            )

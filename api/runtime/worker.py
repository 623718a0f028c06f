"""The background process: heartbeat, retention, unanswered cases, deliveries from the outbox.

The queue's file is made when the worker starts, never at import.
"""

import asyncio
import logging
import sys
from datetime import timedelta

from huey import RedisHuey, SqliteHuey, crontab
from sqlalchemy import Engine

from api.bot import BotClient, bot_http
from api.runtime import booking_upkeep, deliveries, line, training_worker, upkeep
from api.runtime.logs import configure
from api.runtime.prepare import open_engine, unlock
from api.runtime.settings import Settings
from knowledge import clock
from knowledge.conversations import retention
from knowledge.database import transaction
from knowledge.errors import BotUnavailableError
from knowledge.handoffs import sweep
from knowledge.heartbeats import beat

logger = logging.getLogger(__name__)


def make_huey(settings: Settings) -> SqliteHuey | RedisHuey:
    """The queue: a file of its own, or Redis where several workers share it."""
    if settings.redis_url:
        return RedisHuey("madoguchi", url=settings.redis_url, utc=True)
    path = settings.data_dir / "queue.db"
    return SqliteHuey("madoguchi", filename=str(path), utc=True)


def say_alive(engine: Engine) -> None:
    """Leave a sign of life for ``/healthz``."""
    with transaction(engine) as session:
        beat(session=session, name="worker", now=clock.now())


async def delete_expired(engine: Engine, bot: BotClient, *, days: int) -> int:
    """Delete conversations past their retention, here and in Rasa's tracker; return how many.

    A conversation whose case is still worked on is kept. Rasa is asked first and the row goes
    last, so that a failure in between is tried again.
    """
    now, older_than = clock.now(), timedelta(days=days)
    with transaction(engine, read_only=True) as session:
        held = sweep.open_conversations(session=session)
        ids = retention.expired_ids(session=session, older_than=older_than, now=now)
        ids = tuple(id_ for id_ in ids if id_ not in held)
    deleted = 0
    for conversation_id in ids:
        try:
            await bot.forget(conversation_id)
        except BotUnavailableError:
            logger.warning("retention waits for the bot", extra={"left": len(ids) - deleted})
            break
        upkeep.delete_conversation(engine, conversation_id)
        deleted += 1
    return deleted


def _look_after_bookings(huey: SqliteHuey | RedisHuey, engine: Engine, settings: Settings) -> None:
    """Holds, offers and requests every minute; contact data of past sessions every night."""

    @huey.periodic_task(crontab(minute="*"))  # type: ignore[untyped-decorator]
    def look_after() -> None:
        booking_upkeep.look_after(engine, site=settings.site)

    @huey.periodic_task(crontab(minute="47", hour="3"))  # type: ignore[untyped-decorator]
    def forget_past() -> None:
        forgotten = booking_upkeep.forget_past(engine, days=settings.retention_days)
        logger.info("booking retention done", extra={"forgotten": forgotten})


def _look_after_line(huey: SqliteHuey | RedisHuey, engine: Engine, settings: Settings) -> None:
    """Events, files and silent chats of LINE, every night."""

    @huey.periodic_task(crontab(minute="57", hour="3"))  # type: ignore[untyped-decorator]
    def forget_chats() -> None:
        forgotten = line.forget_old(engine, days=settings.retention_days)
        logger.info("LINE retention done", extra={"forgotten": forgotten})


def _look_after_searches(huey: SqliteHuey | RedisHuey, engine: Engine, settings: Settings) -> None:
    """Words that were searched for in vain, every night."""

    @huey.periodic_task(crontab(minute="27", hour="3"))  # type: ignore[untyped-decorator]
    def forget_searches() -> None:
        forgotten = upkeep.forget_searches(engine, days=settings.retention_days)
        logger.info("search retention done", extra={"forgotten": forgotten})


def main() -> int:
    """Run until told to stop."""
    settings = Settings()
    configure(settings.log_level)
    secrets = unlock(settings)
    engine = open_engine(settings)
    huey = make_huey(settings)

    @huey.periodic_task(crontab(minute="*"))  # type: ignore[untyped-decorator]
    def heartbeat() -> None:
        say_alive(engine)

    @huey.periodic_task(crontab(minute="17"))  # type: ignore[untyped-decorator]
    def delete_old() -> None:
        async def run() -> int:
            url = f"http://127.0.0.1:{settings.rasa_port}"
            async with bot_http(url=url, secret=secrets.bot_secret) as http:
                return await delete_expired(engine, BotClient(http), days=settings.retention_days)

        logger.info("retention done", extra={"deleted": asyncio.run(run())})

    @huey.periodic_task(crontab(minute="*"))  # type: ignore[untyped-decorator]
    def look_after_cases() -> None:
        upkeep.offer_exits(engine)

    @huey.periodic_task(crontab(minute="7"))  # type: ignore[untyped-decorator]
    def raise_unanswered() -> None:
        logger.info("unanswered raised", extra={"raised": upkeep.raise_unanswered(engine)})

    @huey.periodic_task(crontab(minute="37", hour="3"))  # type: ignore[untyped-decorator]
    def delete_old_cases() -> None:
        deleted = upkeep.delete_expired_cases(engine, days=settings.case_retention_days)
        logger.info("case retention done", extra={"deleted": deleted})

    _look_after_bookings(huey, engine, settings)
    _look_after_line(huey, engine, settings)
    _look_after_searches(huey, engine, settings)
    say_alive(engine)
    deliveries.start(engine, settings, secrets)
    training_worker.start(engine, settings, secrets)
    huey.create_consumer(workers=1, periodic=True, check_worker_health=True).run()
    return 0


if __name__ == "__main__":
    sys.exit(main())

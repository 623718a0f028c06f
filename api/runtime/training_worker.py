"""The worker's part in maintenance: carries out trainings, watches promotions, forgets.

Two threads: a training may take a minute, but what was taken back is forgotten and a promotion is
watched all the same.
"""

import asyncio
import logging
import os
import signal
import threading
import time
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import Engine

from api.bot import BotClient, BotHealth, bot_http
from api.runtime.curve_runs import CurveJob
from api.runtime.long_runs import folders
from api.runtime.settings import Secrets, Settings
from api.runtime.training_runs import TrainingJob
from knowledge import clock
from knowledge.database import transaction
from knowledge.errors import MadoguchiError
from knowledge.training import forgetting, promotion, runs
from knowledge.training.models import ModelRelease
from knowledge.training.releases import (
    Release,
    archive_of,
    live_release,
    model_id_of,
    promote,
)

logger = logging.getLogger(__name__)

LOOK_SECONDS = 0.5
FORGET_EVERY = timedelta(seconds=15)
"""How soon what was taken back is out of the files; out of every list it is at once."""


class ModelWatch:
    """Offers Rasa the release that is wanted and notes what it serves."""

    def __init__(self, settings: Settings, engine: Engine, health: Callable[[], BotHealth]) -> None:
        self._settings = settings
        self._engine = engine
        self._health = health

    def look(self) -> str | None:
        """One look; the name of a release that was settled (live or broken) just now."""
        self._adopt()
        with transaction(self._engine, read_only=True) as session:
            wanted = promotion.wanted(session=session)
            session.expunge_all()
        if wanted is None or wanted.state != "promoting":
            return None
        self._offer(wanted)
        served = self._health().model_id
        with transaction(self._engine) as session:
            settled = promotion.settle(session=session, served=served, now=clock.now())
            back = promotion.live(session=session)
        if settled is None:
            return None
        if settled.state == "broken" and back is not None:
            self._offer(back)
        logger.info("release settled", extra={"release": settled.name, "state": settled.state})
        return settled.name

    def _offer(self, release: ModelRelease) -> None:
        models = self._settings.models_dir
        now = live_release(models)
        if now is not None and now.name == release.name:
            return
        offered = Release(
            release.name,
            archive_of(release.name),
            release.fingerprint,
            release.trained_at.isoformat(),
            release.shipped,
            release.data_hash,
            release.config_hash,
            release.code_version,
        )
        promote(models, offered)

    def _adopt(self) -> None:
        """A release made live by a command or at the start is entered into the history."""
        offered = live_release(self._settings.models_dir)
        if offered is None:
            return
        with transaction(self._engine, read_only=True) as session:
            wanted = promotion.wanted(session=session)
            if wanted is not None and (wanted.state == "promoting" or wanted.name == offered.name):
                return
        archive = self._settings.models_dir / offered.archive
        made = adopted(offered, model_id_of(archive))
        with transaction(self._engine) as session:
            promotion.adopt(session=session, release=made, now=clock.now())


def adopted(offered: Release, model_id: str) -> ModelRelease:
    """A release that was trained outside of a run."""
    now = clock.now()
    return ModelRelease(
        name=offered.name,
        model_id=model_id,
        fingerprint=offered.fingerprint,
        shipped=offered.shipped,
        data_hash=offered.data_hash,
        config_hash=offered.config_hash,
        code_version=offered.code_version,
        trained_at=now,
        trained_by="system",
        state_at=now,
    )


def train_next(settings: Settings, engine: Engine) -> str | None:
    """Carry out the next run that waits; how it ended, None if none waits."""
    with transaction(engine, read_only=True) as session:
        if not runs.any_open(session=session):
            return None
    with transaction(engine) as session:
        run = runs.claim(session=session, now=clock.now())
    if run is None:
        return None
    made = CurveJob if run.kind == "curve" else TrainingJob
    ended = made(settings, engine, run).carry_out()
    logger.info("training ended", extra={"run": run.id, "state": ended})
    return ended


def forget(settings: Settings, engine: Engine) -> None:
    """Let go of what was taken back, in tables and files."""
    with transaction(engine, read_only=True) as session:
        if not forgetting.anything(session=session, folders=folders(settings)):
            return
    with transaction(engine) as session:
        forgetting.forget(session=session, now=clock.now())
        forgetting.refresh_files(session=session, folders=folders(settings))


def start(engine: Engine, settings: Settings, secrets: Secrets) -> list[threading.Thread]:
    """Both threads of the worker; if one ever ends, the worker ends and is started again."""
    url = f"http://127.0.0.1:{settings.rasa_port}"

    def health() -> BotHealth:
        async def ask() -> BotHealth:
            async with bot_http(url=url, secret=secrets.bot_secret) as http:
                return await BotClient(http).health()

        return asyncio.run(ask())

    watch = ModelWatch(settings, engine, health)
    last = clock.now() - FORGET_EVERY

    def watching() -> None:
        nonlocal last
        watch.look()
        if clock.now() - last >= FORGET_EVERY:
            last = clock.now()
            forget(settings, engine)

    return [
        _for_ever("training", lambda: train_next(settings, engine)),
        _for_ever("model-watch", watching),
    ]


def _for_ever(name: str, work: Callable[[], object]) -> threading.Thread:
    def run() -> None:
        try:
            while True:
                try:
                    work()
                except MadoguchiError as error:
                    logger.warning("maintenance waits", extra={"reason": error.code, "part": name})
                time.sleep(LOOK_SECONDS)
        finally:
            os.kill(os.getpid(), signal.SIGTERM)

    thread = threading.Thread(target=run, name=name, daemon=True)
    thread.start()
    return thread

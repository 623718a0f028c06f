"""What every long run of maintenance shares.

It tells how far it is, stops where somebody cancelled, notes how it ended, and leaves no copy of
the data behind.
"""

import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine

from api.runtime import training
from api.runtime.bot_jobs import JobCancelledError, TrainingFailedError, run_job
from api.runtime.settings import Settings
from knowledge import clock
from knowledge.database import transaction
from knowledge.errors import DatabaseBusyError, MadoguchiError
from knowledge.training import runs
from knowledge.training.forgetting import Folders
from knowledge.training.models import TrainingRun

Job = Callable[..., list[str]]
SIGN_OF_LIFE = timedelta(seconds=15)
JOB = (5, 99)
"""From which to which percent the job counts."""
FAILURES = (TrainingFailedError, MadoguchiError, OSError)


@dataclass
class LongRun:
    """One run. ``job`` runs a job of the bot environment (tests hand in another)."""

    settings: Settings
    engine: Engine
    run: TrainingRun
    job: Job = run_job
    _seen: datetime = field(default_factory=clock.now)

    def work(self) -> str | None:
        """Do what the run is for; the name of the release it made, if it makes one.

        Raises:
            JobCancelledError: somebody cancelled. Any of ``FAILURES``: it did not work out.
        """
        raise NotImplementedError

    def carry_out(self) -> str:
        """Do it all; return how it ended (``done``, ``failed``, ``cancelled``)."""
        state, problem, release = "done", "", None
        try:
            release = self.work()
        except JobCancelledError as told:
            state, problem = "cancelled", str(told)
        except FAILURES as error:
            state, problem = "failed", str(error)
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)
        with transaction(self.engine) as session:
            runs.finish(
                session=session,
                run_id=self.id,
                state=state,
                now=clock.now(),
                release=release,
                problem=problem,
            )
        return state

    def do(self, arguments: list[str], given: Iterable[str] = ()) -> list[str]:
        """Run a job; its lines."""
        return self.job(
            arguments,
            progress=self._within,
            given=given,
            cancelled=self.cancelled,
            own_group=False,
        )

    def _within(self, percent: int, label: str) -> None:
        first, last = JOB
        self.tell(first + (last - first) * percent // 100, label)

    def tell(self, percent: int, step: str) -> None:
        """Note how far it is; stop where somebody cancelled."""
        if self._note(percent, step):
            raise JobCancelledError

    def cancelled(self) -> bool:
        """Whether to stop; now and then also a sign of life."""
        if clock.now() - self._seen > SIGN_OF_LIFE:
            return self._note(0, self.run.step)
        with transaction(self.engine, read_only=True) as session:
            return runs.is_cancelled(session=session, run_id=self.id)

    def _note(self, percent: int, step: str) -> bool:
        self.run.step, self._seen = step, clock.now()
        try:
            with transaction(self.engine) as session:
                return runs.progress(
                    session=session, run_id=self.id, percent=percent, step=step, now=self._seen
                )
        except DatabaseBusyError:  # the next step tells again
            return False

    @property
    def id(self) -> int:
        """Its number."""
        return self.run.id or 0

    @property
    def folder(self) -> Path:
        """Where its copies lie until it ends."""
        return folders(self.settings).runs / str(self.id)


def folders(settings: Settings) -> Folders:
    """Where sentences lie as files."""
    return Folders(
        overlay=training.overlay_dir(settings),
        export=settings.data_dir / "export",
        runs=settings.data_dir / "training",
    )

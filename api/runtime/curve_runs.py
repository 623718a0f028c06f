"""Carries out one learning curve that somebody asked for; a training that waits goes first."""

import json
from collections.abc import Iterable

from api.runtime import training
from api.runtime.bot_jobs import JobCancelledError
from api.runtime.long_runs import LongRun
from knowledge import clock
from knowledge.database import transaction
from knowledge.training import runs, wanted
from knowledge.training.curve import Point
from knowledge.vocabulary import TOPICS
from knowledge.wording import say

POINT = "point: "


class CurveJob(LongRun):
    """The fits on fewer sentences; nothing of the live model changes."""

    def work(self) -> None:
        """Export, fit, keep the points."""
        self.tell(1, say("maintain.step_data"))
        export_dir = self.folder / "export"
        fingerprint = training.export(self.settings, self.engine, export_dir)
        intents = ",".join(TOPICS)
        arguments = ["jobs.curve", "--data", str(export_dir.resolve()), "--intents", intents]
        try:
            lines = self.do(arguments)
        except JobCancelledError:
            if self._gives_way():
                raise JobCancelledError(say("maintain.gave_way")) from None
            raise
        with transaction(self.engine) as session:
            wanted.keep_curve(
                session=session,
                run_id=self.id,
                data_hash=fingerprint,
                points=points(lines),
                now=clock.now(),
            )

    def cancelled(self) -> bool:
        """Also when a training waits."""
        return super().cancelled() or self._gives_way()

    def _gives_way(self) -> bool:
        with transaction(self.engine, read_only=True) as session:
            return runs.model_waits(session=session)


def points(lines: Iterable[str]) -> list[Point]:
    """What the job printed."""
    found = (line.removeprefix(POINT) for line in lines if line.startswith(POINT))
    return [Point.model_validate(json.loads(one)) for one in found]

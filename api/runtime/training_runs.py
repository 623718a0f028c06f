"""Carries out one training that somebody asked for: data, model, answers, report.

It runs in the worker, beside visitors; it makes a candidate and promotes nothing. Each step tells
how far it is and stops where somebody cancelled.
"""

import hashlib
import json
import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from api.runtime import training
from api.runtime.bot_jobs import JobCancelledError, Progress, TrainingFailedError, run_job
from api.runtime.paths import BOT_DIR
from api.runtime.settings import Settings
from knowledge import clock
from knowledge.database import transaction
from knowledge.errors import DatabaseBusyError, MadoguchiError
from knowledge.staff.actor import Actor
from knowledge.training import forgetting, judging, overlay, promotion, report, runs
from knowledge.training.forgetting import Folders
from knowledge.training.judging import Question, Said
from knowledge.training.models import ModelRelease, TrainingRun
from knowledge.training.releases import (
    answers_file,
    archive_of,
    drop_old_models,
    model_id_of,
    names_kept,
    new_name,
)
from knowledge.wording import say

Job = Callable[..., list[str]]
SIGN_OF_LIFE = timedelta(seconds=15)
STEPS = {"train": (5, 75), "judge": (75, 90), "compare": (90, 99)}
"""From which to which percent a step counts."""


@dataclass
class TrainingJob:
    """One run. ``job`` runs a job of the bot environment (tests hand in another)."""

    settings: Settings
    engine: Engine
    run: TrainingRun
    job: Job = run_job
    _seen: datetime = field(default_factory=clock.now)

    def carry_out(self) -> str:
        """Do it all; return how it ended (``done``, ``failed``, ``cancelled``)."""
        state, problem, release = "done", "", None
        try:
            release = self._train()
        except JobCancelledError:
            state = "cancelled"
        except (TrainingFailedError, MadoguchiError, OSError) as error:
            state, problem = "failed", str(error)
        finally:
            shutil.rmtree(self._folder, ignore_errors=True)
        with transaction(self.engine) as session:
            runs.finish(
                session=session,
                run_id=self._id,
                state=state,
                now=clock.now(),
                release=release,
                problem=problem,
            )
        return state

    def _train(self) -> str:
        self._tell(1, say("maintain.step_data"))
        learned = self._write_data()
        export_dir = self._folder / "export"
        fingerprint = training.export(self.settings, self.engine, export_dir)
        now = clock.now()
        name = new_name(now, fingerprint)
        models = self.settings.models_dir
        models.mkdir(parents=True, exist_ok=True)
        arguments = training.training_arguments(export_dir, models, name)
        self._run(arguments, "train")
        try:
            made = self._release(name, fingerprint, export_dir, learned)
            made.report = self._compare(name).model_dump(mode="json")
        except (JobCancelledError, TrainingFailedError):
            (models / archive_of(name)).unlink(missing_ok=True)
            raise
        self._keep(made)
        return name

    def _write_data(self) -> list[str]:
        with transaction(self.engine) as session:
            forgetting.forget(session=session, now=clock.now())
            forgetting.refresh_files(session=session, folders=folders(self.settings))
            return [row.id for row in overlay.approved(session=session)]

    def _release(
        self, name: str, fingerprint: str, export_dir: Path, learned: list[str]
    ) -> ModelRelease:
        now = clock.now()
        return ModelRelease(
            name=name,
            model_id=model_id_of(self.settings.models_dir / archive_of(name)),
            fingerprint=fingerprint,
            shipped=training.shipped_fingerprint(training.names_now(self.engine)),
            data_hash=_hash(sorted(export_dir.glob("*.yml"))),
            config_hash=_hash([BOT_DIR / "config.yml"]),
            code_version=version("madoguchi"),
            trained_at=now,
            trained_by=self.run.requested_by,
            state_at=now,
            corrections=learned,
        )

    def _compare(self, name: str) -> report.Report:
        with transaction(self.engine, read_only=True) as session:
            row = promotion.live(session=session)
            live = row.name if row is not None else None
            recent = judging.recent(session=session)
        own = judging.taught(training.overlay_dir(self.settings))
        asked = (*judging.questions(training.roots(self.settings)), *own, *recent)
        after = self._answers(name, asked, "judge")
        there = live if live in names_kept(self.settings.models_dir) else None
        before = self._answers(there, asked, "compare") if there else None
        return report.make(asked, after=after, before=before, against=live)

    def _answers(self, name: str, asked: Iterable[Question], step: str) -> dict[str, Said]:
        """What a release says to every question; only what it was not asked before is asked."""
        kept_in = answers_file(self.settings.models_dir, name)
        kept: dict[str, Any] = json.loads(kept_in.read_text()) if kept_in.exists() else {}
        asked = tuple(asked)
        texts = {q.key: q.text for q in asked if q.key not in kept}
        if texts:
            given = (json.dumps({"key": k, "text": t}) for k, t in texts.items())
            archive = self.settings.models_dir.resolve() / archive_of(name)
            lines = self._run(["jobs.judge", "--model", str(archive)], step, given)
            found = _results(lines)
            passing = {q.key for q in asked if q.by == "recent"}
            kept |= found
            kept_in.write_text(
                json.dumps({k: v for k, v in sorted(kept.items()) if k not in passing})
            )
        missing = [q.key for q in asked if q.key not in kept]
        if missing:
            raise TrainingFailedError(f"{len(missing)} texts were not answered by {name}")
        return {q.key: Said.of(kept[q.key]) for q in asked}

    def _keep(self, made: ModelRelease) -> None:
        now, actor = clock.now(), self._requester()
        with transaction(self.engine) as session:
            promotion.record(session=session, release=made, actor=actor, now=now)
            spared = [made.name]
            for row in (promotion.wanted(session=session), promotion.previous(session=session)):
                spared += [row.name] if row is not None else []
            drop_old_models(self.settings.models_dir, keep=training.KEPT_MODELS, also=spared)
            there = names_kept(self.settings.models_dir)
            promotion.note_gone(session=session, archives=there, now=now)

    def _requester(self) -> Actor:
        return Actor(kind="staff", id=self.run.requested_by, name=self.run.requested_name)

    def _run(self, arguments: list[str], step: str, given: Iterable[str] = ()) -> list[str]:
        return self.job(
            arguments,
            progress=self._within(step),
            given=given,
            cancelled=self._cancelled,
            own_group=False,
        )

    def _within(self, step: str) -> Progress:
        first, last = STEPS[step]
        return lambda percent, label: self._tell(first + (last - first) * percent // 100, label)

    def _tell(self, percent: int, step: str) -> None:
        if self._note(percent, step):
            raise JobCancelledError

    def _cancelled(self) -> bool:
        if clock.now() - self._seen > SIGN_OF_LIFE:
            return self._note(0, self.run.step)
        with transaction(self.engine, read_only=True) as session:
            return runs.is_cancelled(session=session, run_id=self._id)

    def _note(self, percent: int, step: str) -> bool:
        self.run.step, self._seen = step, clock.now()
        try:
            with transaction(self.engine) as session:
                return runs.progress(
                    session=session, run_id=self._id, percent=percent, step=step, now=self._seen
                )
        except DatabaseBusyError:  # the next step tells again
            return False

    @property
    def _id(self) -> int:
        return self.run.id or 0

    @property
    def _folder(self) -> Path:
        return folders(self.settings).runs / str(self._id)


def folders(settings: Settings) -> Folders:
    """Where sentences lie as files."""
    return Folders(
        overlay=training.overlay_dir(settings),
        export=settings.data_dir / "export",
        runs=settings.data_dir / "training",
    )


def _results(lines: Iterable[str]) -> dict[str, Mapping[str, Any]]:
    rows = [
        json.loads(line.removeprefix("result: ")) for line in lines if line.startswith("result: ")
    ]
    return {row["key"]: {k: v for k, v in row.items() if k != "key"} for row in rows}


def _hash(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()

"""Carries out one training that somebody asked for: data, model, answers, report.

It runs in the worker, beside visitors; it makes a candidate and promotes nothing. Each step tells
how far it is and stops where somebody cancelled.
"""

from pathlib import Path

from api.runtime import training
from api.runtime.bot_jobs import JobCancelledError
from api.runtime.candidates import Trial
from api.runtime.long_runs import FAILURES, LongRun, folders
from knowledge import clock
from knowledge.database import transaction
from knowledge.staff.actor import Actor
from knowledge.training import forgetting, judging, overlay, promotion
from knowledge.training.models import ModelRelease
from knowledge.training.releases import (
    answers_file,
    archive_of,
    drop_old_models,
    model_id_of,
    names_kept,
    new_name,
)
from knowledge.wording import say


class TrainingJob(LongRun):
    """The training of a candidate."""

    def work(self) -> str:
        """Train, judge, keep; the name of the candidate."""
        self.tell(1, say("maintain.step_data"))
        learned = self._write_data()
        export_dir = self.folder / "export"
        fingerprint = training.export(self.settings, self.engine, export_dir)
        name = new_name(clock.now(), fingerprint)
        models = self.settings.models_dir
        models.mkdir(parents=True, exist_ok=True)
        told = training.folders_and_name(export_dir, models, name)
        arguments = [*told, *training.following(self.settings)]
        try:
            report = self._trial(name).carry_out(arguments, self.do)
            made = self._release(name, fingerprint, export_dir, learned)
        except (JobCancelledError, *FAILURES):
            (models / archive_of(name)).unlink(missing_ok=True)
            answers_file(models, name).unlink(missing_ok=True)
            raise
        made.report = report.model_dump(mode="json")
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
        made_of = training.MadeOf.now(export_dir)
        return ModelRelease(
            name=name,
            model_id=model_id_of(self.settings.models_dir / archive_of(name)),
            fingerprint=fingerprint,
            shipped=training.shipped_fingerprint(training.names_now(self.engine)),
            data_hash=made_of.data_hash,
            config_hash=made_of.config_hash,
            code_version=made_of.code_version,
            trained_at=now,
            trained_by=self.run.requested_by,
            state_at=now,
            corrections=learned,
        )

    def _trial(self, name: str) -> Trial:
        """What the candidate and the live model will be asked."""
        with transaction(self.engine, read_only=True) as session:
            row = promotion.live(session=session)
            live = row.name if row is not None else None
            recent = judging.recent(session=session)
        own = judging.taught(training.overlay_dir(self.settings))
        asked = (*judging.questions(training.roots(self.settings)), *own, *recent)
        return Trial(self.settings.models_dir, name, live, asked)

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

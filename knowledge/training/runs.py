"""The queue of trainings: asked for, begun, followed, cancelled; one at a time.

It trains nothing itself: a worker claims a run, tells how far it is, and says how it ended.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import case
from sqlmodel import Session, col, select

from knowledge.audit import service as audit
from knowledge.errors import ConflictError, NotFoundError
from knowledge.staff.actor import Actor
from knowledge.training.models import TrainingRun
from knowledge.training.rights import check_maintainer
from knowledge.wording import say

Kind = Literal["model", "curve"]
SILENT = timedelta(seconds=60)
"""A running training whose worker was silent for so long has lost it."""
ENDED = ("done", "failed", "cancelled")


def request(*, session: Session, actor: Actor, now: datetime, kind: Kind = "model") -> TrainingRun:
    """Ask for a training or a learning curve; it begins when the one before has ended.

    Raises:
        NotAllowedError: no maintainer. ConflictError: one of its kind is waiting already.
    """
    check_maintainer(actor)
    waiting = select(TrainingRun).where(TrainingRun.state == "queued", TrainingRun.kind == kind)
    if session.exec(waiting.with_for_update()).first() is not None:
        raise ConflictError(say("maintain.queued_already"))
    run = TrainingRun(kind=kind, requested_by=actor.id, requested_name=actor.name, requested_at=now)
    session.add(run)
    session.flush()
    _audit(session, actor, "training.requested", run, now)
    return run


def cancel(*, session: Session, run_id: int, actor: Actor, now: datetime) -> TrainingRun:
    """Take a waiting run out of the queue, or ask a running one to stop.

    Raises:
        NotAllowedError: no maintainer. NotFoundError: unknown. ConflictError: it has ended.
    """
    check_maintainer(actor)
    run = _locked(session, run_id)
    if run.state in ENDED:
        raise ConflictError(say("maintain.run_ended"))
    run.cancel = True
    if run.state == "queued":
        run.state, run.ended_at = "cancelled", now
    session.add(run)
    _audit(session, actor, "training.cancelled", run, now)
    session.flush()
    return run


def any_open(*, session: Session) -> bool:
    """Whether a run waits or is being carried out (a look without a lock)."""
    open_ = select(TrainingRun.id).where(col(TrainingRun.state).in_(("queued", "running")))
    return session.exec(open_).first() is not None


def model_waits(*, session: Session) -> bool:
    """Whether a training waits, to which a learning curve gives way."""
    waiting = select(TrainingRun.id).where(
        TrainingRun.state == "queued", TrainingRun.kind == "model"
    )
    return session.exec(waiting).first() is not None


def is_cancelled(*, session: Session, run_id: int) -> bool:
    """Whether a run should stop (a look without a lock)."""
    return bool(session.exec(select(TrainingRun.cancel).where(TrainingRun.id == run_id)).first())


def claim(*, session: Session, now: datetime) -> TrainingRun | None:
    """The next run, begun; None while one is running or none waits. Trainings go first.

    A run whose worker went silent is noted as failed first.
    """
    for run in session.exec(
        select(TrainingRun).where(TrainingRun.state == "running").with_for_update()
    ):
        if run.seen_at is not None and now - run.seen_at < SILENT:
            return None
        run.state, run.ended_at, run.problem = "failed", now, say("maintain.worker_stopped")
        session.add(run)
    run_next = session.exec(
        select(TrainingRun)
        .where(TrainingRun.state == "queued")
        .order_by(case((col(TrainingRun.kind) == "model", 0), else_=1), col(TrainingRun.id))
        .limit(1)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if run_next is not None:
        run_next.state, run_next.started_at, run_next.seen_at = "running", now, now
        session.add(run_next)
    session.flush()
    return run_next


def progress(*, session: Session, run_id: int, percent: int, step: str, now: datetime) -> bool:
    """Note how far a run is; whether it should stop."""
    run = _locked(session, run_id)
    run.percent, run.step, run.seen_at = max(run.percent, min(percent, 100)), step, now
    session.add(run)
    session.flush()
    return run.cancel


def finish(
    *,
    session: Session,
    run_id: int,
    state: str,
    now: datetime,
    release: str | None = None,
    problem: str = "",
) -> None:
    """Note how a run ended: ``done`` (with its release), ``failed`` or ``cancelled``."""
    run = _locked(session, run_id)
    run.state, run.ended_at, run.release, run.problem = state, now, release, problem[:2000]
    if state == "done":
        run.percent = 100
    session.add(run)
    session.flush()


def latest(
    *, session: Session, actor: Actor, limit: int = 10, kind: Kind = "model"
) -> Sequence[TrainingRun]:
    """The newest runs of a kind, the newest first.

    Raises:
        NotAllowedError: no maintainer.
    """
    check_maintainer(actor)
    rows = select(TrainingRun).where(TrainingRun.kind == kind)
    return session.exec(rows.order_by(col(TrainingRun.id).desc()).limit(limit)).all()


def _locked(session: Session, run_id: int) -> TrainingRun:
    run = session.exec(
        select(TrainingRun)
        .where(TrainingRun.id == run_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if run is None:
        raise NotFoundError
    return run


def _audit(session: Session, actor: Actor, action: str, run: TrainingRun, now: datetime) -> None:
    audit.record(session=session, actor=actor, action=action, subject=f"training:{run.id}", now=now)

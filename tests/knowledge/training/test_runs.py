"""Trainings queue up and run one at a time; releases go live only when Rasa says so."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from knowledge.audit.models import AuditEntry
from knowledge.database import transaction
from knowledge.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError
from knowledge.training import promotion, runs
from knowledge.training.gate import Reason
from knowledge.training.models import ModelRelease, ReleaseEvent, TrainingRun
from knowledge.training.promotion import PATIENCE
from knowledge.training.report import Report, Share
from tests.support.maintain import NOW, maintainer
from tests.support.staff import person

LATER = NOW + timedelta(seconds=5)


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    with transaction(engine) as opened:
        yield opened


def _report(*, blocked: bool = False, against: str | None = None) -> dict[str, object]:
    made = Report(
        against=against,
        topics=(),
        confused=(),
        now_wrong=(),
        now_right=(),
        protected_broken=(),
        protected=Share(right=0, n=0),
        taught=Share(right=0, n=0),
        shadow=(),
        shadow_n=0,
        calibration=(),
        calibration_error=0.0,
        ms_before=None,
        ms_after=1.0,
        reasons=(Reason(code="protected", lost=1),) if blocked else (),
    )
    return made.model_dump(mode="json")


def _live_name(session: Session) -> str | None:
    now = promotion.live(session=session)
    return now.name if now is not None else None


def _release(
    session: Session, name: str, *, blocked: bool = False, judged: bool = True
) -> ModelRelease:
    row = ModelRelease(
        name=name,
        model_id=f"id-{name}",
        fingerprint="f",
        trained_at=NOW,
        trained_by="mei",
        state_at=NOW,
        report=_report(blocked=blocked, against=_live_name(session)) if judged else None,
    )
    promotion.record(session=session, release=row, actor=maintainer(), now=NOW)
    return row


def _make_live(session: Session, name: str, at: object = LATER) -> ModelRelease:
    promotion.promote(session=session, name=name, actor=maintainer(), now=at)  # type: ignore[arg-type]
    settled = promotion.settle(session=session, served=f"id-{name}", now=at)  # type: ignore[arg-type]
    assert settled is not None
    return settled


def test_a_training_waits_runs_and_ends(session: Session) -> None:
    asked = runs.request(session=session, actor=maintainer(), now=NOW)

    begun = runs.claim(session=session, now=NOW)
    assert begun is asked
    stop = runs.progress(session=session, run_id=asked.id or 0, percent=40, step="学習", now=NOW)
    runs.finish(session=session, run_id=asked.id or 0, state="done", now=LATER, release="r1")

    (shown,) = runs.latest(session=session, actor=maintainer())
    assert (stop, shown.state, shown.percent, shown.release) == (False, "done", 100, "r1")
    assert runs.any_open(session=session) is False


def test_only_one_runs_and_only_one_waits(session: Session) -> None:
    runs.request(session=session, actor=maintainer(), now=NOW)
    assert runs.claim(session=session, now=NOW) is not None
    runs.request(session=session, actor=maintainer(), now=NOW)

    assert runs.claim(session=session, now=NOW) is None
    with pytest.raises(ConflictError):
        runs.request(session=session, actor=maintainer(), now=NOW)


def test_a_run_whose_worker_died_makes_room(session: Session) -> None:
    lost = runs.request(session=session, actor=maintainer(), now=NOW)
    runs.claim(session=session, now=NOW)
    waiting = runs.request(session=session, actor=maintainer(), now=NOW)

    begun = runs.claim(session=session, now=NOW + timedelta(minutes=5))

    assert begun is waiting
    assert lost.state == "failed"
    assert lost.problem


def test_a_waiting_run_is_cancelled_at_once_and_a_running_one_is_asked_to_stop(
    session: Session,
) -> None:
    run = runs.request(session=session, actor=maintainer(), now=NOW)
    runs.claim(session=session, now=NOW)
    waiting = runs.request(session=session, actor=maintainer(), now=NOW)

    runs.cancel(session=session, run_id=run.id or 0, actor=maintainer(), now=NOW)
    runs.cancel(session=session, run_id=waiting.id or 0, actor=maintainer(), now=NOW)

    assert (run.state, waiting.state) == ("running", "cancelled")
    assert runs.is_cancelled(session=session, run_id=run.id or 0)
    assert runs.progress(session=session, run_id=run.id or 0, percent=1, step="", now=NOW)
    with pytest.raises(ConflictError):
        runs.cancel(session=session, run_id=waiting.id or 0, actor=maintainer(), now=NOW)
    with pytest.raises(NotFoundError):
        runs.cancel(session=session, run_id=999, actor=maintainer(), now=NOW)


def test_progress_never_goes_back(session: Session) -> None:
    run = runs.request(session=session, actor=maintainer(), now=NOW)
    for percent in (50, 20, 250):
        runs.progress(session=session, run_id=run.id or 0, percent=percent, step="", now=NOW)

    assert session.get_one(TrainingRun, run.id).percent == 100


def test_a_release_is_live_only_when_rasa_serves_it(session: Session) -> None:
    _release(session, "a")
    promotion.promote(session=session, name="a", actor=maintainer(), now=NOW)

    assert promotion.settle(session=session, served="id-of-another", now=LATER) is None
    assert promotion.settle(session=session, served=None, now=LATER) is None
    assert promotion.live(session=session) is None
    settled = promotion.settle(session=session, served="id-a", now=LATER)

    assert settled is not None
    assert promotion.live(session=session) is settled
    kinds = [e.kind for e in session.exec(select(ReleaseEvent))]
    assert kinds == ["trained", "promoted", "live"]


def test_a_model_that_does_not_load_leaves_the_old_one(session: Session) -> None:
    old = _release(session, "a")
    _make_live(session, "a")
    broken = _release(session, "b")
    promotion.promote(session=session, name="b", actor=maintainer(), now=LATER)

    settled = promotion.settle(
        session=session, served="id-a", now=LATER + PATIENCE + timedelta(seconds=1)
    )

    assert settled is broken
    assert (broken.state, old.state) == ("broken", "live")
    assert promotion.wanted(session=session) is old
    with pytest.raises(ConflictError):
        promotion.promote(session=session, name="b", actor=maintainer(), now=LATER)


def test_rolling_back_is_promoting_the_release_before(session: Session) -> None:
    for seconds, name in enumerate(("a", "b", "c")):
        _release(session, name)
        _make_live(session, name, LATER + timedelta(seconds=seconds))

    asked = promotion.roll_back(session=session, actor=maintainer(), now=LATER)
    promotion.settle(session=session, served="id-b", now=LATER + timedelta(seconds=9))

    assert asked.name == "b"
    live = promotion.live(session=session)
    assert live is not None
    assert live.name == "b"
    before = promotion.previous(session=session)
    assert before is not None
    assert before.name == "c"


def test_there_may_be_nothing_to_go_back_to(session: Session) -> None:
    _release(session, "a")
    _make_live(session, "a")

    with pytest.raises(ConflictError):
        promotion.roll_back(session=session, actor=maintainer(), now=LATER)


@pytest.mark.parametrize("judged", [True, False])
def test_a_closed_gate_opens_for_a_manager_with_a_reason_only(
    session: Session, *, judged: bool
) -> None:
    _release(session, "a", blocked=True, judged=judged)
    manager = maintainer("bucho", "manager")

    with pytest.raises(NotAllowedError):
        promotion.promote(session=session, name="a", actor=maintainer(), now=NOW, reason="急ぎます")
    with pytest.raises(InvalidInputError):
        promotion.promote(session=session, name="a", actor=manager, now=NOW, reason="  ")
    promotion.promote(session=session, name="a", actor=manager, now=NOW, reason="急ぎます")

    event = session.exec(select(ReleaseEvent).where(ReleaseEvent.kind == "promoted")).one()
    assert (event.override, event.reason, event.actor_id) == (True, "急ぎます", "bucho")
    audited = session.exec(select(AuditEntry).where(AuditEntry.action == "model.promoted")).one()
    assert audited.detail == {"override": True}


def test_a_report_against_another_release_than_the_live_one_does_not_count(
    session: Session,
) -> None:
    _release(session, "a")
    _release(session, "b")
    _make_live(session, "a")

    with pytest.raises(NotAllowedError):
        promotion.promote(session=session, name="b", actor=maintainer(), now=LATER)


def test_one_promotion_at_a_time(session: Session) -> None:
    _release(session, "a")
    _release(session, "b")
    promotion.promote(session=session, name="a", actor=maintainer(), now=NOW)

    for name in ("b", "a"):
        with pytest.raises(ConflictError):
            promotion.promote(session=session, name=name, actor=maintainer(), now=NOW)


def test_a_release_made_live_by_a_command_is_adopted(session: Session) -> None:
    _release(session, "a")
    _make_live(session, "a")
    other = ModelRelease(
        name="b", fingerprint="f", trained_at=NOW, trained_by="system", state_at=NOW
    )

    assert promotion.adopt(session=session, release=other, now=LATER)
    assert not promotion.adopt(session=session, release=other, now=LATER)

    states = {r.name: r.state for r in session.exec(select(ModelRelease))}
    assert states == {"a": "former", "b": "live"}


def test_a_deleted_archive_is_noted(session: Session) -> None:
    _release(session, "a")
    _release(session, "b")

    promotion.note_gone(session=session, archives=["b"], now=NOW)

    releases, _ = promotion.history(session=session, actor=maintainer())
    assert {r.name: r.state for r in releases} == {"a": "gone", "b": "candidate"}


def test_who_is_no_maintainer_does_none_of_it(session: Session) -> None:
    run = runs.request(session=session, actor=maintainer(), now=NOW)
    _release(session, "a")
    for call in (
        lambda: runs.request(session=session, actor=person(), now=NOW),
        lambda: runs.cancel(session=session, run_id=run.id or 0, actor=person(), now=NOW),
        lambda: runs.latest(session=session, actor=person()),
        lambda: promotion.promote(session=session, name="a", actor=person(), now=NOW),
        lambda: promotion.roll_back(session=session, actor=person(), now=NOW),
        lambda: promotion.history(session=session, actor=person()),
    ):
        with pytest.raises(NotAllowedError):
            call()
    with pytest.raises(NotFoundError):
        promotion.promote(session=session, name="x", actor=maintainer(), now=NOW)

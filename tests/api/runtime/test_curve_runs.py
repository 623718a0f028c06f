"""A learning curve is made beside everything else, kept, and gives way to a training."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from api.runtime import training
from api.runtime.curve_runs import CurveJob
from api.runtime.long_runs import folders
from api.runtime.settings import Settings
from knowledge import clock
from knowledge.database import transaction
from knowledge.errors import ConflictError
from knowledge.training import runs, wanted
from knowledge.training.models import TrainingRun
from knowledge.training.runs import Kind
from knowledge.training.wanted import Curves
from knowledge.vocabulary import TOPICS
from tests.knowledge.training.conftest import GOOD, DataFolder, data
from tests.support.maintain import files_of, maintainer
from tests.support.training import FakeJobs

__all__ = ["data"]


@pytest.fixture
def settings(tmp_path: Path, data: DataFolder, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """An installation whose shipped sentences are few."""
    assert GOOD
    monkeypatch.setattr(training, "NLU_DATA", data.root)
    return Settings(data_dir=tmp_path / "var", _env_file=None)


def _ask(engine: Engine, kind: Kind = "curve") -> None:
    with transaction(engine) as session:
        runs.request(session=session, actor=maintainer(), now=clock.now(), kind=kind)


def _claim(engine: Engine) -> TrainingRun:
    with transaction(engine) as session:
        run = runs.claim(session=session, now=clock.now())
    assert run is not None
    return run


def _ended(engine: Engine, run: TrainingRun) -> TrainingRun:
    with transaction(engine) as session:
        return session.get_one(TrainingRun, run.id)


def _kept(engine: Engine) -> Curves | None:
    with transaction(engine) as session:
        return wanted.newest_curves(session=session, actor=maintainer())


def test_a_curve_of_every_topic_is_kept_and_no_sentence_is(
    settings: Settings, engine: Engine
) -> None:
    _ask(engine)
    run = _claim(engine)

    assert CurveJob(settings, engine, run, FakeJobs()).carry_out() == "done"

    found = _kept(engine)
    assert found is not None
    assert {curve.intent for curve in found.curves} == set(TOPICS)
    assert files_of(folders(settings).runs) == {}


def test_a_curve_gives_way_to_a_training_and_says_so(settings: Settings, engine: Engine) -> None:
    _ask(engine)
    run = _claim(engine)
    jobs = FakeJobs(before_end=lambda: _ask(engine, "model"))

    assert CurveJob(settings, engine, run, jobs).carry_out() == "cancelled"

    assert "学習が頼まれたので" in _ended(engine, run).problem
    assert _claim(engine).kind == "model"
    assert _kept(engine) is None


def test_a_training_that_waits_goes_before_a_curve(engine: Engine) -> None:
    _ask(engine)
    _ask(engine, "model")

    assert _claim(engine).kind == "model"


def test_a_second_curve_is_not_queued(engine: Engine) -> None:
    _ask(engine)

    with pytest.raises(ConflictError):
        _ask(engine)


def test_a_failed_curve_is_told(settings: Settings, engine: Engine) -> None:
    _ask(engine)
    run = _claim(engine)

    assert CurveJob(settings, engine, run, FakeJobs(broken="jobs.curve")).carry_out() == "failed"

    assert "ended badly" in _ended(engine, run).problem
    assert _kept(engine) is None

"""A training asked for in the console: data, model, report, and how it goes live or not."""

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from api.bot import BotHealth
from api.runtime import bot_jobs, candidates, training
from api.runtime.bot_jobs import JobCancelledError, TrainingFailedError, run_job
from api.runtime.long_runs import folders
from api.runtime.settings import Settings
from api.runtime.training_runs import TrainingJob
from api.runtime.training_worker import ModelWatch, forget, train_next
from knowledge import clock
from knowledge.database import transaction
from knowledge.training import promotion, runs
from knowledge.training.judging import key_of
from knowledge.training.models import Correction, ModelRelease, TrainingRun
from knowledge.training.releases import Release, archive_of, live_release, model_id_of, promote
from tests.knowledge.training.conftest import GOOD, DataFolder, data
from tests.support.maintain import NOW, corrected, files_of, known, maintainer, said
from tests.support.training import FakeJobs, make_archive

__all__ = ["data"]
KATA = "孫が描いたマークを包装紙に刷って使いたいのです"
LIVE = "20261101-000000-first"


@pytest.fixture
def settings(tmp_path: Path, data: DataFolder, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """An installation whose shipped sentences are few, with a model of them live."""
    monkeypatch.setattr(training, "NLU_DATA", data.root)
    data.text("protected.yml", f"- {{intent: patents, text: '{GOOD['patents']}'}}\n")
    made = Settings(data_dir=tmp_path / "var", _env_file=None)
    learned = {text: intent for intent, text in GOOD.items()}
    make_archive(made.models_dir / archive_of(LIVE), learned, model_id=f"id-{LIVE}")
    promote(made.models_dir, Release(LIVE, archive_of(LIVE), "old", NOW.isoformat()))
    return made


class Rasa:
    """What Rasa serves, as the watch sees it."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.serves: str | None = f"id-{LIVE}"
        self.loads = True

    def health(self) -> BotHealth:
        offered = live_release(self.settings.models_dir)
        if self.loads and offered is not None:
            self.serves = f"id-{offered.name}"
        return BotHealth(alive=self.serves is not None, model_id=self.serves)


@pytest.fixture
def rasa(settings: Settings) -> Rasa:
    return Rasa(settings)


@pytest.fixture
def watch(settings: Settings, engine: Engine, rasa: Rasa) -> ModelWatch:
    made = ModelWatch(settings, engine, rasa.health)
    made.look()
    return made


def _ask(engine: Engine) -> TrainingRun:
    with transaction(engine) as session:
        runs.request(session=session, actor=maintainer(), now=clock.now())
    with transaction(engine) as session:
        run = runs.claim(session=session, now=clock.now())
    assert run is not None
    return run


def _train(settings: Settings, engine: Engine, jobs: FakeJobs | None = None) -> TrainingRun:
    run = _ask(engine)
    TrainingJob(settings, engine, run, jobs or FakeJobs()).carry_out()
    with transaction(engine) as session:
        return session.get_one(TrainingRun, run.id)


def _release(engine: Engine, name: str | None) -> ModelRelease:
    with transaction(engine) as session:
        return session.get_one(ModelRelease, name)


def _correct(engine: Engine, text: str = KATA, intent: str = "trademarks") -> str:
    with transaction(engine) as session:
        message = said(session, text, topic="designs")
        alike = known((intent, text))
        return corrected(session, text, intent, message=message, known_sentences=alike).id


def test_a_first_look_enters_the_live_model_into_the_history(
    engine: Engine, watch: ModelWatch
) -> None:
    release = _release(engine, LIVE)

    assert (release.state, release.model_id) == ("live", f"id-{LIVE}")


def test_a_model_of_the_first_start_says_what_it_was_made_of(
    settings: Settings, engine: Engine, monkeypatch: pytest.MonkeyPatch, rasa: Rasa
) -> None:
    def job(arguments: list[str], *, progress: object) -> None:
        FakeJobs()(arguments, progress=lambda percent, label: None)

    monkeypatch.setattr(training, "run_job", job)
    made = training.train_now(settings, engine, lambda percent, label: None)

    ModelWatch(settings, engine, rasa.health).look()

    release = _release(engine, made.name)
    assert (release.state, release.trained_by) == ("live", "system")
    assert len(release.data_hash) == len(release.config_hash) == 64
    assert release.code_version


def test_a_correction_is_learned_reported_and_goes_live(
    settings: Settings, engine: Engine, watch: ModelWatch, rasa: Rasa
) -> None:
    id_ = _correct(engine)

    run = _train(settings, engine)

    assert (run.state, run.percent, run.problem) == ("done", 100, "")
    release = _release(engine, run.release)
    report = promotion.report_of(release)
    assert report is not None
    assert (release.state, release.corrections, report.against) == ("candidate", [id_], LIVE)
    assert (report.taught.right, report.taught.n, report.protected.n) == (1, 1, 1)
    assert [(f.before == f.after) for f in report.shadow] == [False]
    assert not report.blocked
    assert rasa.health().model_id == f"id-{LIVE}"

    with transaction(engine) as session:
        promotion.promote(session=session, name=release.name, actor=maintainer(), now=clock.now())
    assert watch.look() == release.name
    assert _release(engine, release.name).state == "live"
    assert _release(engine, LIVE).state == "former"


def test_nothing_is_left_of_the_copies(settings: Settings, engine: Engine) -> None:
    _correct(engine)

    _train(settings, engine)

    assert files_of(folders(settings).runs) == {}
    kept = [p for p in settings.models_dir.iterdir() if p.suffix == ".json"]
    assert not any(KATA in p.read_text("utf-8") for p in kept)


def test_swapped_labels_are_held_back_and_undone(
    settings: Settings, engine: Engine, watch: ModelWatch, data: DataFolder
) -> None:
    asked = [f"{GOOD['patents']}その{n}号機" for n in range(6)]
    data.heldout("patents", *[data.row(text=text, difficulty="easy") for text in asked])
    with transaction(engine) as session:
        for text in asked:
            wrong = text.replace("教えて", "おしえて")
            corrected(session, wrong, "agriculture", known_sentences=known(("x", wrong)))

    run = _train(settings, engine)

    release = _release(engine, run.release)
    report = promotion.report_of(release)
    assert report is not None
    assert [reason.code for reason in report.reasons] == ["topic", "total"]
    assert {flip.key for flip in report.now_wrong} == {key_of(text) for text in asked}
    manager = maintainer("bucho", "manager")
    with transaction(engine) as session:
        promotion.promote(
            session=session, name=release.name, actor=manager, now=clock.now(), reason="試す"
        )
    assert watch.look() == release.name
    with transaction(engine) as session:
        promotion.roll_back(session=session, actor=maintainer(), now=clock.now())
    assert watch.look() == LIVE
    assert _release(engine, LIVE).state == "live"


def test_a_model_that_does_not_load_leaves_the_old_one_live(
    settings: Settings,
    engine: Engine,
    watch: ModelWatch,
    rasa: Rasa,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = _train(settings, engine)
    rasa.loads = False
    with transaction(engine) as session:
        promotion.promote(
            session=session, name=run.release or "", actor=maintainer(), now=clock.now()
        )
    assert watch.look() is None
    offered = live_release(settings.models_dir)
    assert offered is not None
    assert offered.name == run.release

    monkeypatch.setattr(promotion, "PATIENCE", timedelta(0))
    assert watch.look() == run.release

    offered = live_release(settings.models_dir)
    assert offered is not None
    assert offered.name == LIVE
    assert _release(engine, run.release).state == "broken"
    assert _release(engine, LIVE).state == "live"


def test_the_live_model_is_asked_only_what_it_was_not_asked_before(
    settings: Settings, engine: Engine, watch: ModelWatch, data: DataFolder
) -> None:
    data.heldout("patents", data.row(text="漁網を巻く機械の工夫について", difficulty="easy"))
    jobs = FakeJobs()
    _train(settings, engine, jobs)
    _correct(engine)

    _train(settings, engine, jobs)

    first, second = jobs.asked
    assert first[0] == first[1] > 0
    # The new sentence, its message, and the held-out one again: both are timed by it.
    assert second[1] == 3 < second[0]


@pytest.mark.parametrize("job", ["jobs.candidate"])
def test_a_failed_job_is_told_and_leaves_nothing(
    settings: Settings, engine: Engine, watch: ModelWatch, job: str
) -> None:
    run = _train(settings, engine, FakeJobs(broken=job))

    assert (run.state, run.release) == ("failed", None)
    assert "ended badly" in run.problem
    assert [p.name for p in settings.models_dir.glob("*.tar.gz")] == [archive_of(LIVE)]


def test_a_model_without_an_answer_fails(settings: Settings, engine: Engine) -> None:
    run = _train(settings, engine, FakeJobs(silent=True))

    assert run.state == "failed"
    assert "were not answered" in run.problem


def test_a_cancelled_training_stops_and_leaves_nothing(
    settings: Settings, engine: Engine, watch: ModelWatch
) -> None:
    def cancel() -> None:
        with transaction(engine) as session:
            (open_run,) = session.exec(select(TrainingRun))
            runs.cancel(
                session=session, run_id=open_run.id or 0, actor=maintainer(), now=clock.now()
            )

    run = _train(settings, engine, FakeJobs(before_end=cancel))

    assert run.state == "cancelled"
    assert [p.name for p in settings.models_dir.glob("*.tar.gz")] == [archive_of(LIVE)]


def test_nothing_waits_nothing_is_trained(settings: Settings, engine: Engine) -> None:
    assert train_next(settings, engine) is None


def test_a_broken_archive_has_no_id(tmp_path: Path) -> None:
    (tmp_path / "a.tar.gz").write_bytes(b"no archive")

    assert model_id_of(tmp_path / "a.tar.gz") == ""
    assert model_id_of(tmp_path / "missing.tar.gz") == ""


def test_what_is_taken_back_leaves_the_files_by_itself(settings: Settings, engine: Engine) -> None:
    id_ = _correct(engine)
    forget(settings, engine)
    own = folders(settings).overlay
    assert KATA in b"".join(files_of(own).values()).decode()
    (settings.data_dir / "export").mkdir()
    (settings.data_dir / "export" / "trademarks.yml").write_text(KATA)

    with transaction(engine) as session:
        row = session.get_one(Correction, id_)
        _take_back(session, row)
    forget(settings, engine)

    assert KATA not in b"".join(files_of(own).values()).decode()
    assert not (settings.data_dir / "export").exists()


def _take_back(session: Session, row: Correction) -> None:
    from knowledge.conversations.models import Message

    message = session.get_one(Message, row.message_id)
    message.text, message.sensitive = None, True
    session.add(message)


def test_a_start_does_not_slip_new_sentences_past_the_gate(
    settings: Settings, engine: Engine, watch: ModelWatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    trained: list[list[str]] = []
    monkeypatch.setattr(training, "run_job", lambda arguments, progress: trained.append(arguments))
    shipped = training.shipped_fingerprint(training.names_now(engine))
    promote(settings.models_dir, Release(LIVE, archive_of(LIVE), "old", NOW.isoformat(), shipped))
    _correct(engine)

    release = training.ensure_model(settings, engine, lambda percent, label: None)

    assert (release.name, trained) == (LIVE, [])


def test_after_an_upgrade_the_start_learns_what_the_live_model_had_learned(
    settings: Settings, engine: Engine, watch: ModelWatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    learned, later = _correct(engine), _correct(engine, "別の日に承認したばかりの文です")
    with transaction(engine) as session:
        release = session.get_one(ModelRelease, LIVE)
        release.corrections = [learned]
        session.add(release)

    def job(arguments: list[str], *, progress: object) -> None:
        FakeJobs()(arguments, progress=lambda percent, label: None)

    monkeypatch.setattr(training, "run_job", job)
    training.ensure_model(settings, engine, lambda percent, label: None)

    exported = b"".join(files_of(settings.data_dir / "export").values()).decode()
    assert later
    assert KATA in exported
    assert "別の日に承認したばかりの文です" not in exported


def _python(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, code: str) -> None:
    (tmp_path / "job.py").write_text(code)
    monkeypatch.setattr(bot_jobs, "BOT_PYTHON", Path(sys.executable))
    monkeypatch.setattr(bot_jobs, "BOT_DIR", tmp_path)


def test_a_job_reads_what_it_is_given_and_tells_how_far_it_is(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _python(
        monkeypatch,
        tmp_path,
        "import sys\nprint('progress: 50 半分')\nprint(sys.stdin.read().strip())\n",
    )
    told: list[tuple[int, str]] = []

    lines = run_job(["job"], progress=lambda p, label: told.append((p, label)), given=["文", "二"])

    assert (lines, told) == (["文", "二"], [(50, "半分")])


def test_a_job_that_ends_badly_says_its_last_lines(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _python(monkeypatch, tmp_path, "print('what went wrong')\nraise SystemExit(3)\n")

    with pytest.raises(TrainingFailedError, match="what went wrong"):
        run_job(["job"], progress=lambda p, label: None)


def test_a_job_is_stopped_when_somebody_cancels(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _python(monkeypatch, tmp_path, "import time\ntime.sleep(60)\n")

    with pytest.raises(JobCancelledError):
        run_job(["job"], progress=lambda p, label: None, cancelled=lambda: True, own_group=False)

    running = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True)
    assert f"{tmp_path}" not in running.stdout


def test_without_the_bot_environment_the_command_that_mends_it_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(bot_jobs, "BOT_PYTHON", tmp_path / "none")

    with pytest.raises(TrainingFailedError, match="make setup"):
        run_job(["job"], progress=lambda p, label: None)


def test_results_are_read_by_key_and_by_who_answered() -> None:
    line = "result: " + json.dumps({"key": "k", "who": "new", "name": "patents"})

    assert candidates.results(["noise", line]) == {"new": {"k": {"name": "patents"}}}

"""Trains a model in the bot's own environment and makes it live; shows how far it is."""

import hashlib
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Engine

from api.runtime.paths import BOT_DIR, BOT_PYTHON, NLU_DATA
from api.runtime.settings import Settings
from knowledge import clock
from knowledge.catalogue import current
from knowledge.database import transaction
from knowledge.training.export import export_training
from knowledge.training.names import known_names
from knowledge.training.releases import (
    Release,
    drop_old_models,
    live_release,
    new_name,
    promote,
)

Progress = Callable[[int, str], None]

KEPT_MODELS = 5
"""Archives kept for going back; each is some 20 MB."""

BOT_SOURCES = ("config.yml", "domain", "rules", "components")


class TrainingFailedError(RuntimeError):
    """The bot environment produced no model; the message is the tail of its output."""


def ensure_model(settings: Settings, engine: Engine, progress: Progress) -> Release:
    """The live release, trained now if there is none or what it was made from has changed
    (unless the operator has switched that off)."""
    export_dir = settings.data_dir / "export"
    fingerprint = _export(settings, engine, export_dir)
    release = live_release(settings.models_dir)
    if release is not None and (
        release.fingerprint == fingerprint or settings.train_at_start == "off"
    ):
        return release
    return train(settings, export_dir, fingerprint, progress)


def train_now(settings: Settings, engine: Engine, progress: Progress) -> Release:
    """Train and make live even if nothing has changed."""
    export_dir = settings.data_dir / "export"
    return train(settings, export_dir, _export(settings, engine, export_dir), progress)


def train(settings: Settings, export_dir: Path, fingerprint: str, progress: Progress) -> Release:
    """Run the training job and promote its archive.

    Raises:
        TrainingFailedError: the job ended without a model; the live one stays.
    """
    now = clock.now()
    name = new_name(now, fingerprint)
    settings.models_dir.mkdir(parents=True, exist_ok=True)
    command = [str(BOT_PYTHON), "-m", "jobs.train", "--data", str(export_dir.resolve())]
    command += ["--out", str(settings.models_dir.resolve()), "--name", name]
    _run_job(command, progress)
    release = Release(name, f"{name}.tar.gz", fingerprint, now.isoformat())
    promote(settings.models_dir, release)
    drop_old_models(settings.models_dir, keep=KEPT_MODELS)
    return release


def bot_environment(**more: str) -> dict[str, str]:
    """Environment of a bot process: no telemetry, no colours, our folder on the path."""
    quiet = {
        "RASA_TELEMETRY_ENABLED": "false",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "PYTHONPATH": str(BOT_DIR),
        "PYTHONWARNINGS": "ignore",
        "PYTHONUNBUFFERED": "1",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    }
    return {**os.environ, **quiet, **more}


def _export(settings: Settings, engine: Engine, export_dir: Path) -> str:
    with transaction(engine, read_only=True) as session:
        names = known_names(current(session=session))
    data = export_training(roots=roots(settings), names=names, to=export_dir)
    digest = hashlib.sha256(data.encode())
    for source in BOT_SOURCES:
        path = BOT_DIR / source
        files = sorted(p for p in path.rglob("*") if p.suffix in {".py", ".yml"})
        for file in files or [path]:
            digest.update(file.relative_to(BOT_DIR).as_posix().encode() + file.read_bytes())
    return digest.hexdigest()


def roots(settings: Settings) -> tuple[Path, ...]:
    """The shipped language data, then this installation's own."""
    overlay = settings.data_dir / "nlu_data"
    return (NLU_DATA, overlay) if overlay.is_dir() else (NLU_DATA,)


def _run_job(command: list[str], progress: Progress) -> None:
    if not BOT_PYTHON.exists():
        raise TrainingFailedError("Rasa の環境がありません。`make setup` を実行してください。")
    job = subprocess.Popen(  # noqa: S603  (our own interpreter and module)
        command,
        cwd=BOT_DIR,
        env=bot_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    tail: list[str] = []
    try:
        for line in job.stdout or ():
            if line.startswith("progress: "):
                percent, _, label = line.removeprefix("progress: ").strip().partition(" ")
                progress(int(percent), label)
            else:
                tail = [*tail[-19:], line.rstrip()]
        if job.wait() != 0:
            raise TrainingFailedError("\n".join(tail))
    finally:
        if job.poll() is None:
            job.kill()
            job.wait()

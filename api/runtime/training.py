"""Trains a model in the bot's own environment: at the first start, after an upgrade, on command.

A training that a maintainer asks for goes another way (``training_runs``): it makes a candidate,
and the gate decides.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import astuple, dataclass
from importlib.metadata import version
from pathlib import Path

from sqlalchemy import Engine

from api.runtime.bot_jobs import Progress, TrainingFailedError, bot_environment, run_job
from api.runtime.paths import BOT_DIR, NLU_DATA
from api.runtime.settings import Settings
from knowledge import clock
from knowledge.catalogue import current
from knowledge.database import transaction
from knowledge.training import overlay, promotion
from knowledge.training.export import export_training
from knowledge.training.names import Names, known_names
from knowledge.training.releases import (
    Release,
    archive_of,
    drop_old_models,
    live_release,
    new_name,
    promote,
)

__all__ = ["Progress", "TrainingFailedError", "bot_environment", "ensure_model", "train_now"]

KEPT_MODELS = 5
"""Archives kept for going back; each is some 20 MB."""

BOT_SOURCES = ("config.yml", "domain", "rules", "components")
LEARNED = ("train", "lookups")


def ensure_model(settings: Settings, engine: Engine, progress: Progress) -> Release:
    """The live release, trained now if there is none or what it was shipped with has changed
    (unless the operator has switched that off).

    Sentences approved here since then do not count: they wait for a training that the gate sees.
    A training after an upgrade learns those the live release had learned.
    """
    release = live_release(settings.models_dir)
    if release is not None and settings.train_at_start == "off":
        return release
    shipped = shipped_fingerprint(names_now(engine))
    if release is not None and release.shipped == shipped:
        return release
    _write_overlay(settings, engine, of_live_release=release is not None)
    export_dir = settings.data_dir / "export"
    fingerprint = export(settings, engine, export_dir)
    if release is not None and release.fingerprint == fingerprint:
        return release
    return train(settings, export_dir, fingerprint, progress, shipped=shipped)


def train_now(settings: Settings, engine: Engine, progress: Progress) -> Release:
    """Train on everything that is approved and make it live, without a gate."""
    _write_overlay(settings, engine, of_live_release=False)
    export_dir = settings.data_dir / "export"
    fingerprint = export(settings, engine, export_dir)
    shipped = shipped_fingerprint(names_now(engine))
    return train(settings, export_dir, fingerprint, progress, shipped=shipped)


def train(
    settings: Settings,
    export_dir: Path,
    fingerprint: str,
    progress: Progress,
    *,
    shipped: str = "",
) -> Release:
    """Run the training job and promote its archive.

    Raises:
        TrainingFailedError: the job ended without a model; the live one stays.
    """
    now = clock.now()
    name = new_name(now, fingerprint)
    settings.models_dir.mkdir(parents=True, exist_ok=True)
    arguments = [*training_arguments(export_dir, settings.models_dir, name), *following(settings)]
    run_job(arguments, progress=progress)
    made_of = astuple(MadeOf.now(export_dir))
    release = Release(name, archive_of(name), fingerprint, now.isoformat(), shipped, *made_of)
    promote(settings.models_dir, release)
    drop_old_models(settings.models_dir, keep=KEPT_MODELS)
    return release


@dataclass(frozen=True, slots=True)
class MadeOf:
    """Hashes of the sentences and of the pipeline's settings, and the version of the product."""

    data_hash: str
    config_hash: str
    code_version: str

    @classmethod
    def now(cls, export_dir: Path) -> "MadeOf":
        """Of an export and what is installed."""
        data = _hash(sorted(export_dir.glob("*.yml")))
        return cls(data, _hash([BOT_DIR / "config.yml"]), version("madoguchi"))


def following(settings: Settings) -> list[str]:
    """The live model: what still holds of it after a small change need not be fitted again."""
    release = live_release(settings.models_dir)
    if release is None or not (settings.models_dir / release.archive).exists():
        return []
    return ["--after", str((settings.models_dir / release.archive).resolve())]


def training_arguments(export_dir: Path, out: Path, name: str) -> list[str]:
    """How the training job is called."""
    return ["jobs.train", *folders_and_name(export_dir, out, name)]


def folders_and_name(export_dir: Path, out: Path, name: str) -> list[str]:
    """What every training job is told."""
    folders = ["--data", str(export_dir.resolve()), "--out", str(out.resolve())]
    return [*folders, "--name", name]


def export(settings: Settings, engine: Engine, to: Path) -> str:
    """Write the data to train on; return the fingerprint of all a model is made from."""
    data = export_training(roots=roots(settings), names=names_now(engine), to=to)
    return _with_sources(hashlib.sha256(data.encode()))


def shipped_fingerprint(names: Names) -> str:
    """The fingerprint of what the product brings: sentences, names, pipeline and rules."""
    digest = hashlib.sha256()
    for folder in LEARNED:
        for file in sorted((NLU_DATA / folder).rglob("*.yml")):
            digest.update(file.relative_to(NLU_DATA).as_posix().encode() + file.read_bytes())
    digest.update(json.dumps(names, ensure_ascii=False, sort_keys=True).encode())
    return _with_sources(digest)


def names_now(engine: Engine) -> Names:
    """Places and programmes as the content names them now."""
    with transaction(engine, read_only=True) as session:
        return known_names(current(session=session))


def roots(settings: Settings) -> tuple[Path, ...]:
    """The shipped language data, then this installation's own."""
    own = overlay_dir(settings)
    return (NLU_DATA, own) if own.is_dir() else (NLU_DATA,)


def overlay_dir(settings: Settings) -> Path:
    """Where this installation's own sentences lie as files."""
    return settings.data_dir / "nlu_data"


def _write_overlay(settings: Settings, engine: Engine, *, of_live_release: bool) -> None:
    with transaction(engine, read_only=True) as session:
        release = promotion.live(session=session) if of_live_release else None
        only = release.corrections if release is not None else None
        overlay.write(overlay.approved(session=session, only=only), to=overlay_dir(settings))


def _with_sources(digest: "hashlib._Hash") -> str:
    for source in BOT_SOURCES:
        path = BOT_DIR / source
        files = sorted(p for p in path.rglob("*") if p.suffix in {".py", ".yml"})
        for file in files or [path]:
            digest.update(file.relative_to(BOT_DIR).as_posix().encode() + file.read_bytes())
    return digest.hexdigest()


def _hash(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()

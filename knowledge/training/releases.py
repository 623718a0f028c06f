"""Which trained model is live: one archive and one small file beside it, replaced atomically."""

import json
import os
import tarfile
from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

LIVE_FILE = "live.json"
ENDING = ".tar.gz"
METADATA = "metadata.json"


@dataclass(frozen=True, slots=True)
class Release:
    """A trained model. ``fingerprint`` covers sentences, names, pipeline and dialogue rules;
    ``shipped`` the same without this installation's own sentences."""

    name: str
    archive: str
    fingerprint: str
    trained_at: str
    shipped: str = ""
    data_hash: str = ""
    config_hash: str = ""
    code_version: str = ""

    @property
    def etag(self) -> str:
        """What Rasa compares when it asks for a newer model."""
        return f'"{self.name}"'


def live_release(models_dir: Path) -> Release | None:
    """The live release, or None if nothing has been trained or its archive is gone."""
    path = models_dir / LIVE_FILE
    if not path.exists():
        return None
    release = Release(**json.loads(path.read_text(encoding="utf-8")))
    return release if (models_dir / release.archive).exists() else None


def promote(models_dir: Path, release: Release) -> None:
    """Make ``release`` the one Rasa pulls."""
    temporary = models_dir / f".{LIVE_FILE}.{os.getpid()}"
    temporary.write_text(json.dumps(asdict(release), ensure_ascii=False), encoding="utf-8")
    temporary.replace(models_dir / LIVE_FILE)


def new_name(now: datetime, fingerprint: str) -> str:
    """A readable, sortable name."""
    return f"{now:%Y%m%d-%H%M%S}-{fingerprint[:8]}"


def drop_old_models(models_dir: Path, *, keep: int, also: Collection[str] = ()) -> None:
    """Delete the oldest archives beyond ``keep``; never the live one nor those of ``also``."""
    live = live_release(models_dir)
    spared = {archive_of(name) for name in also} | ({live.archive} if live else set())
    archives = sorted(models_dir.glob(f"*{ENDING}"), reverse=True)
    for archive in archives[keep:]:
        if archive.name not in spared:
            archive.unlink()
            answers_file(models_dir, archive.name.removesuffix(ENDING)).unlink(missing_ok=True)


def archive_of(name: str) -> str:
    """The file name of a release's archive."""
    return f"{name}{ENDING}"


def answers_file(models_dir: Path, name: str) -> Path:
    """Where a release's answers to the judging sentences are kept: keys, no words."""
    return models_dir / f"{name}.answers.json"


def names_kept(models_dir: Path) -> tuple[str, ...]:
    """Releases whose archive is there."""
    return tuple(p.name.removesuffix(ENDING) for p in sorted(models_dir.glob(f"*{ENDING}")))


def model_id_of(archive: Path) -> str:
    """The id Rasa gave a model, by which it says later what it serves; empty if there is none."""
    try:
        with tarfile.open(archive, "r:gz") as packed:
            for member in packed:
                if member.name.lstrip("./") == METADATA:
                    file = packed.extractfile(member)
                    return str(json.load(file)["model_id"]) if file is not None else ""
    except (tarfile.ReadError, OSError, ValueError, KeyError):
        return ""
    return ""

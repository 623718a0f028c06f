"""Which trained model is live: one archive and one small file beside it, replaced atomically."""

import json
import os
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

LIVE_FILE = "live.json"


@dataclass(frozen=True, slots=True)
class Release:
    """A trained model. ``fingerprint`` covers sentences, names, pipeline and dialogue rules."""

    name: str
    archive: str
    fingerprint: str
    trained_at: str

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


def drop_old_models(models_dir: Path, *, keep: int) -> None:
    """Delete the oldest archives beyond ``keep``; never the live one."""
    live = live_release(models_dir)
    archives = sorted(models_dir.glob("*.tar.gz"), reverse=True)
    for archive in archives[keep:]:
        if live is None or archive.name != live.archive:
            archive.unlink()

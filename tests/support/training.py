"""The bot environment behind a function: a "model" that knows what it was given to learn.

``FakeJobs`` plays ``jobs.train``, ``jobs.candidate`` and ``jobs.curve``: training keeps the sentences of the export
in the archive, judging answers with the intent of the most alike one.
"""

import io
import json
import tarfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from api.runtime.bot_jobs import JobCancelledError, Progress, TrainingFailedError
from knowledge.text import char_ngrams, jaccard, normalise


@dataclass
class FakeJobs:
    """Called as ``run_job`` is. ``broken`` makes a job of that name fail; ``asked`` counts, per
    job, the texts the candidate and the live model were asked."""

    broken: str = ""
    silent: bool = False
    before_end: Callable[[], None] | None = None
    calls: list[str] = field(default_factory=list)
    asked: list[tuple[int, int]] = field(default_factory=list)

    def __call__(
        self,
        arguments: Sequence[str],
        *,
        progress: Progress,
        given: Iterable[str] = (),
        cancelled: Callable[[], bool] | None = None,
        own_group: bool = True,
    ) -> list[str]:
        name, *rest = arguments
        options = dict(zip(rest[::2], rest[1::2], strict=True))
        self.calls.append(name)
        progress(50, "途中です")
        if self.broken == name:
            raise TrainingFailedError("the job ended badly")
        if self.before_end is not None:
            self.before_end()
        if cancelled is not None and cancelled():
            raise JobCancelledError
        if name == "jobs.curve":
            return _points(options["--intents"])
        _train(Path(options["--data"]), Path(options["--out"]) / options["--name"])
        if name == "jobs.train":
            return []
        rows = [json.loads(line) for line in given]
        made = Path(options["--out"]) / f"{options['--name']}.tar.gz"
        new = _answers(made, rows, "new")
        old = _answers(Path(options["--against"]), rows, "old") if "--against" in options else []
        self.asked.append((len(new), len(old)))
        return [] if self.silent else [*new, *old]


def make_archive(path: Path, known: dict[str, str], *, model_id: str) -> None:
    """An archive as Rasa's, with a "model" in it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(path, "w:gz") as archive:
        for name, content in (("metadata.json", {"model_id": model_id}), ("known.json", known)):
            data = json.dumps(content, ensure_ascii=False).encode()
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))


def _points(intents: str) -> list[str]:
    """Two divisions of the writers; a topic's gain is larger the later it stands in the list."""
    return [
        "point: "
        + json.dumps(
            {"intent": intent, "fold": fold, "total": 400, "trained": 100 * 2**part}
            | {"right": 40 + 15 * part + number * (part == 2) + fold, "n": 100}
        )
        for number, intent in enumerate(intents.split(","))
        for fold in (0, 1)
        for part in (0, 1, 2)
    ]


def _train(data: Path, out: Path) -> None:
    known = {}
    for path in sorted(data.glob("*.yml")):
        for block in yaml.load(path.read_text("utf-8"), Loader=yaml.CSafeLoader)["nlu"]:
            for example in block["examples"] if "intent" in block else ():
                known[example["text"]] = block["intent"]
    make_archive(out.with_name(f"{out.name}.tar.gz"), known, model_id=f"id-{out.name}")


def _known(archive: Path) -> dict[str, str]:
    with tarfile.open(archive, "r:gz") as packed:
        file = packed.extractfile("known.json")
        assert file is not None
        known: dict[str, str] = json.load(file)
        return known


def _answers(archive: Path, rows: list[dict[str, Any]], who: str) -> list[str]:
    known = _known(archive)
    return [_answer(row, known, who) for row in rows if who in row["of"]]


def _answer(row: dict[str, Any], known: dict[str, str], who: str) -> str:
    grams = char_ngrams(normalise(row["text"]), 2)
    alike = {text: jaccard(grams, char_ngrams(text, 2)) for text in sorted(known)}
    best = max(alike, key=lambda text: alike[text])
    intent = known[best]
    said = {"name": intent, "first": intent, "chance": 0.9, "also": [], "ms": 1}
    said |= {"key": row["key"], "who": who}
    return f"result: {json.dumps(said)}"

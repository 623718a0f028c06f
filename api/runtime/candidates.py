"""Has one candidate trained and judged beside the live model: what is asked, what was answered.

One job of the bot environment does both. The live model is asked only what it has not been asked
before; its answers are kept beside its archive, by key, without words.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from api.runtime.bot_jobs import TrainingFailedError
from knowledge.training import report
from knowledge.training.judging import Question, Said
from knowledge.training.releases import answers_file, archive_of, names_kept

RESULT = "result: "
TIMED = 150
"""Held-out texts both models read in the same job, one after the other: only so are their speeds
comparable on a machine that does other things too."""
Kept = dict[str, Mapping[str, Any]]
Run = Callable[[list[str], Iterable[str]], list[str]]


@dataclass(frozen=True, slots=True)
class Trial:
    """A candidate ``name`` to be made in ``models`` and asked ``questions``; ``live`` is the name
    of the live release, None if there is none."""

    models: Path
    name: str
    live: str | None
    questions: tuple[Question, ...]

    def carry_out(self, arguments: Sequence[str], run: Run) -> report.Report:
        """Run the job (``arguments``: how the training is called); the report.

        Raises:
            TrainingFailedError: a text was left without an answer.
        """
        before = self._kept() if self._compared else None
        asked_anew = [] if before is None else self._to_ask(before)
        lines = run(["jobs.candidate", *arguments, *self._against], self._rows(asked_anew))
        found = results(lines)
        after = self._whole(found.get("new", {}), self.name)
        self._keep(self.name, after)
        said_before = None
        if before is not None and self.live is not None:
            before = self._whole(before | found.get("old", {}), self.live)
            self._keep(self.live, before)
            said_before = _said(before)
        return report.make(
            self.questions,
            after=_said(after),
            before=said_before,
            against=self.live,
            timed=asked_anew,
        )

    @property
    def _compared(self) -> bool:
        return self.live is not None and self.live in names_kept(self.models)

    @property
    def _against(self) -> list[str]:
        if not self._compared or self.live is None:
            return []
        return ["--against", str(self.models.resolve() / archive_of(self.live))]

    def _to_ask(self, kept: Kept) -> list[str]:
        """Keys the live model has not answered yet, and those that are timed."""
        held = [q.key for q in self.questions if q.by == "heldout"]
        unknown = [q.key for q in self.questions if q.key not in kept]
        return list(dict.fromkeys([*held[:TIMED], *unknown]))

    def _rows(self, asked_anew: Sequence[str]) -> Iterator[str]:
        old = set(asked_anew)
        for key, text in {q.key: q.text for q in self.questions}.items():
            of = ["new", "old"] if key in old else ["new"]
            yield json.dumps({"key": key, "text": text, "of": of})

    def _whole(self, found: Kept, name: str) -> Kept:
        missing = [q.key for q in self.questions if q.key not in found]
        if missing:
            raise TrainingFailedError(f"{len(missing)} texts were not answered by {name}")
        return found

    def _kept(self) -> Kept:
        path = answers_file(self.models, self.live or "")
        kept: Kept = json.loads(path.read_text()) if path.exists() else {}
        return kept

    def _keep(self, name: str, found: Kept) -> None:
        """Keep what may be asked again; messages pass."""
        passing = {q.key for q in self.questions if q.by == "recent"}
        kept = {key: row for key, row in sorted(found.items()) if key not in passing}
        answers_file(self.models, name).write_text(json.dumps(kept))


def results(lines: Iterable[str]) -> dict[str, Kept]:
    """Who answered → key → answer."""
    found: dict[str, Kept] = {}
    for line in (line for line in lines if line.startswith(RESULT)):
        row = json.loads(line.removeprefix(RESULT))
        who, key = row.pop("who"), row.pop("key")
        found.setdefault(who, {})[key] = row
    return found


def _said(kept: Kept) -> dict[str, Said]:
    return {key: Said.of(row) for key, row in kept.items()}

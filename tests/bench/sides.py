"""The two sides of the measurement: how each is trained, started and asked."""

import os
import subprocess
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bench.line import Answer, Line
from tests.bench.load import Turn
from tests.bench.processes import BOT, BOT_PYTHON, QUIET, SECRET, Started, running
from tests.bench.projects import STOCK, Project

TURNS_OF_A_CONVERSATION = 10
"""Then another begins, so that neither side is measured on one endless conversation."""
DONE = b'"done"'
"""What the do-nothing action says; without it a turn has failed."""


class WrongAnswerError(RuntimeError):
    """A turn was answered, but not by the action."""


@dataclass(frozen=True)
class Side:
    """One way of serving a project, on one port."""

    project: Project
    port: int
    actions: str
    name: str
    turn_path: str
    parse_path: str
    ready_path: str

    def train(self, log: Path) -> float:
        """Train as an operator would; seconds from command to archive.

        Raises:
            CalledProcessError: no model came of it.
        """
        begin = time.perf_counter()
        with log.open("wb") as output:
            subprocess.run(
                self._training(),
                cwd=self._home(),
                env={**_environment(), **QUIET},
                stdout=output,
                stderr=subprocess.STDOUT,
                check=True,
            )
        return time.perf_counter() - begin

    @contextmanager
    def serving(self, log: Path) -> Iterator[Started]:
        """Serve the trained model until the block ends."""
        with running(
            self._serving(),
            cwd=self._home(),
            log=log,
            ready=f"http://127.0.0.1:{self.port}{self.ready_path}",
            environment={
                "PYTHONPATH": str(BOT),
                "MADOGUCHI_BOT_SECRET": SECRET,
                "MADOGUCHI_ACTIONS_URL": self.actions,
                "MADOGUCHI_TRACKER_DB": str(self.project.folder / "tracker.db"),
                # Named in endpoints.yml, never asked: the model is given as a file.
                "MADOGUCHI_MODEL_URL": "http://127.0.0.1:9/none",
            },
        ) as started:
            yield started

    def _home(self) -> Path:
        return BOT if self.name == "ours" else self.project.folder

    def _training(self) -> list[str]:
        folder = self.project.folder
        files = ["--config", str(folder / "config.yml"), "--domain", str(folder / "domain.yml")]
        name = self.project.model.name.removesuffix(".tar.gz")
        if self.name == "ours":
            command = [str(BOT_PYTHON), "-m", "jobs.train", "--data", str(folder / "data"), *files]
            command += ["--rules", str(folder / "rules.yml"), "--name", name]
            return [*command, "--out", str(self.project.model.parent)]
        command = [str(BOT_PYTHON), "-m", "rasa", "train", *files, "--force"]
        command += ["--data", "data", "rules.yml", "stories.yml"]
        return [*command, "--out", "models", "--fixed-model-name", name]

    def _serving(self) -> list[str]:
        port = ["--port", str(self.port), "--interface", "127.0.0.1"]
        model = ["--model", str(self.project.model)]
        if self.name == "ours":
            return [str(BOT_PYTHON), "-m", "serving", *port, *model]
        command = [str(BOT_PYTHON), "-m", "rasa", "run", "--enable-api", *port, *model]
        credentials = ["--credentials", str(STOCK / "credentials.yml")]
        return [*command, *credentials, "--endpoints", str(STOCK / "endpoints.yml")]

    def parsing(self, line: Line, text: str) -> Turn:
        """A parse of ``text``, no conversation."""

        async def turn(conversation: int, count: int) -> None:
            answer = await line.post(self.parse_path, {"text": text}, token=SECRET)
            if answer.status != 200 or b"intent_ranking" not in answer.body:
                raise WrongAnswerError(f"{self.name}: {answer.status} {answer.body[:200]!r}")

        return turn

    def turns(self, lines: list[Line], texts: tuple[str, ...]) -> Turn:
        """Turns with one remote action; each conversation has a line of its own."""
        run = uuid.uuid4().hex

        async def turn(conversation: int, count: int) -> None:
            sender = f"{run}-{conversation}-{count // TURNS_OF_A_CONVERSATION}"
            text = texts[count % len(texts)]
            body = {"sender": sender, "text": text, "message": text}
            _check(self.name, await lines[conversation].post(self.turn_path, body, token=SECRET))

        return turn


def _check(name: str, answer: Answer) -> None:
    if answer.status != 200 or DONE not in answer.body:
        raise WrongAnswerError(f"{name}: {answer.status} {answer.body[:200]!r}")


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(BOT)}


def stock_side(project: Project, *, port: int, actions: str) -> Side:
    """``rasa run`` with the REST channel and the HTTP API."""
    rest = "/webhooks/rest/webhook"
    return Side(project, port, actions, "stock", rest, "/model/parse", "/")


def our_side(project: Project, *, port: int, actions: str) -> Side:
    """``python -m serving`` with our channel."""
    ours = "/webhooks/madoguchi"
    return Side(project, port, actions, "ours", f"{ours}/turn", f"{ours}/parse", f"{ours}/health")

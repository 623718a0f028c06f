"""Runs one job in the bot's own environment: its lines as they come, its end, its cancelling.

A job is a module of ``bot/jobs``. What it is given to read goes through its standard input, so
that no sentence is left behind in a file.
"""

import os
import subprocess
import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress

from api.runtime.paths import BOT_DIR, BOT_PYTHON

Progress = Callable[[int, str], None]
GENTLY = ("nice", "-n", "5")
"""Visitors come first: a training beside a running product takes what they leave."""
LOOK_SECONDS = 0.5
TAIL = 20


class TrainingFailedError(RuntimeError):
    """The bot environment produced no model; the message is the tail of its output."""


class JobCancelledError(RuntimeError):
    """Somebody asked the job to stop, and it has."""


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


def run_job(
    arguments: Sequence[str],
    *,
    progress: Progress,
    given: Iterable[str] = (),
    cancelled: Callable[[], bool] | None = None,
    own_group: bool = True,
) -> list[str]:
    """Run ``python -m <arguments>``; return its lines that are no progress.

    ``cancelled`` is asked twice a second. ``own_group`` false leaves the job in our own process
    group, to end with us however we end.

    Raises:
        TrainingFailedError: it could not be started, or ended badly.
        JobCancelledError: it was stopped because ``cancelled`` said so.
    """
    if not BOT_PYTHON.exists():
        raise TrainingFailedError("Rasa の環境がありません。`make setup` を実行してください。")
    gently = () if cancelled is None else GENTLY
    stopped, ended = threading.Event(), threading.Event()
    with _start([*gently, str(BOT_PYTHON), "-m", *arguments], own_group=own_group) as job:
        helpers = _helpers(job, given, cancelled, stopped, ended)
        try:
            lines = _read(job, progress)
            code = job.wait()
        finally:
            ended.set()
            if job.poll() is None:
                job.kill()
            for helper in helpers:
                helper.join()
    if stopped.is_set():
        raise JobCancelledError
    if code != 0:
        raise TrainingFailedError("\n".join(lines[-TAIL:]))
    return lines


def _start(command: list[str], *, own_group: bool) -> "subprocess.Popen[str]":
    return subprocess.Popen(  # noqa: S603  (our own interpreter and module)
        command,
        cwd=BOT_DIR,
        env=bot_environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        start_new_session=own_group,
    )


def _helpers(
    job: "subprocess.Popen[str]",
    given: Iterable[str],
    cancelled: Callable[[], bool] | None,
    stopped: threading.Event,
    ended: threading.Event,
) -> list[threading.Thread]:
    """Threads that hand over what is given and look whether to stop."""
    made = [threading.Thread(target=_feed, args=(job, given), daemon=True)]
    if cancelled is not None:
        asked = (job, cancelled, stopped, ended)
        made.append(threading.Thread(target=_watch, args=asked, daemon=True))
    for helper in made:
        helper.start()
    return made


def _read(job: "subprocess.Popen[str]", progress: Progress) -> list[str]:
    lines: list[str] = []
    for line in job.stdout or ():
        if line.startswith("progress: "):
            percent, _, label = line.removeprefix("progress: ").strip().partition(" ")
            progress(int(percent), label)
        else:
            lines.append(line.rstrip())
    return lines


def _feed(job: "subprocess.Popen[str]", given: Iterable[str]) -> None:
    if job.stdin is None:
        return
    # A job that died has closed its end: its exit code tells.
    with suppress(BrokenPipeError), job.stdin:
        for line in given:
            job.stdin.write(f"{line}\n")


def _watch(
    job: "subprocess.Popen[str]",
    cancelled: Callable[[], bool],
    stopped: threading.Event,
    ended: threading.Event,
) -> None:
    while not ended.wait(LOOK_SECONDS):
        if cancelled():
            stopped.set()
            job.kill()
            return

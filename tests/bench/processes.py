"""Starts a measured process, knows when it answers, how much memory it holds, and ends it."""

import os
import signal
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BOT = ROOT / "bot"
BOT_PYTHON = BOT / ".venv" / "bin" / "python"
QUIET = {
    "RASA_TELEMETRY_ENABLED": "false",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "PYTHONWARNINGS": "ignore",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
}
SECRET = "s" * 40
"""Of the measured processes only; they listen on this machine and end with the run."""


@dataclass(frozen=True)
class Started:
    """A process that answers, and how long that took."""

    process: subprocess.Popen[bytes]
    seconds: float

    def memory_mb(self) -> float:
        """Resident memory of the process and its children."""
        return sum(resident_mb(pid) for pid in _family(self.process.pid))


class NotStartedError(RuntimeError):
    """The process ended or did not answer in time; the message is the end of its output."""


@contextmanager
def running(
    command: list[str],
    *,
    cwd: Path,
    log: Path,
    ready: str,
    environment: dict[str, str],
    within: float = 300.0,
) -> Iterator[Started]:
    """Start and wait until the address ``ready`` answers 200; end it whatever happens.

    Raises:
        NotStartedError: it did not come up.
    """
    begin = time.perf_counter()
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=cwd,
            env={**os.environ, **QUIET, **environment},
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            while not _answers(ready):
                if process.poll() is not None or time.perf_counter() - begin > within:
                    raise NotStartedError(log.read_text(errors="replace")[-2000:])
                time.sleep(0.02)
            yield Started(process, time.perf_counter() - begin)
        finally:
            _end(process)


def _answers(url: str) -> bool:
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {SECRET}"})  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=2) as answer:  # noqa: S310  (our own address)
            return int(answer.status) == 200
    except OSError:
        return False


def _end(process: subprocess.Popen[bytes]) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with suppress(subprocess.TimeoutExpired):
            process.wait(10)
            return


def _family(pid: int) -> list[int]:
    found = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            for child in task.read_text().split():
                found += _family(int(child))
    return found


def resident_mb(pid: int) -> float:
    """Resident memory of one process, 0 if it is gone."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
    return 0.0

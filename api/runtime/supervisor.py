"""Starts the whole product on one machine and stops it with one Ctrl-C.

It prepares (secrets, tables, content, model), then keeps three processes alive: the web server,
Rasa and the worker. A process that dies is started again, ever more slowly; the others go on.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import IO

import httpx
from rich.console import Console

from api.runtime.model_feed import MODEL_PATH
from api.runtime.paths import BOT_DIR, BOT_PYTHON, ROOT
from api.runtime.settings import Settings, resolve_secrets
from api.runtime.training import bot_environment

STOP_SECONDS = 8
RESTART_SECONDS = (1, 2, 5, 15, 30)
STEADY_SECONDS = 60
"""A process that lived this long has earned a quick restart again."""
READY_SECONDS = 180


class PortTakenError(RuntimeError):
    """Somebody else listens on the port we were asked to use."""


class NotReadyError(RuntimeError):
    """The product did not become ready in time, or its web server ended."""


def check_port(host: str, port: int) -> None:
    """Refuse to start where another program listens.

    Raises:
        PortTakenError: the address is in use.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PortTakenError(f"{host}:{port}") from error


def local_url(settings: Settings) -> str:
    """Where this machine itself reaches the web server."""
    everywhere = settings.host in ("0.0.0.0", "::", "localhost")  # noqa: S104  (compared, not bound)
    host = "127.0.0.1" if everywhere else settings.host
    return f"http://[{host}]:{settings.port}" if ":" in host else f"http://{host}:{settings.port}"


def free_port() -> int:
    """A port of 127.0.0.1 that nobody uses just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@contextmanager
def stoppable() -> Iterator[None]:
    """A termination signal becomes a KeyboardInterrupt, so that a half-done preparation stops
    what it started (the training job runs in a group of its own)."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@dataclass
class Child:
    """One process of the product and how often it had to be started again."""

    name: str
    command: list[str]
    cwd: Path
    environment: dict[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    deaths: int = 0
    started: float = 0.0
    next_start: float = 0.0
    _file: IO[bytes] | None = field(default=None, repr=False)

    def start(self) -> None:
        """Start in a process group of its own, so that Ctrl-C reaches it through us only."""
        self.started = time.monotonic()
        self._file = self.log.open("ab")
        self.process = subprocess.Popen(  # noqa: S603  (our own commands)
            self.command,
            cwd=self.cwd,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=self._file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def died(self) -> bool:
        """Whether it was started and has ended."""
        return self.process is not None and self.process.poll() is not None

    def signal(self, number: int) -> None:
        """Send a signal to it and to whatever it started."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)

    def close(self) -> None:
        """Release the log file."""
        if self._file is not None:
            self._file.close()


class Supervisor:
    """The processes of one running product."""

    def __init__(self, settings: Settings, console: Console) -> None:
        self._settings = settings
        self._console = console
        self._stopping = False
        self.rasa_port = settings.rasa_port or free_port()
        self.children = self._plan()

    def _plan(self) -> tuple[Child, ...]:
        logs = (self._settings.data_dir / "logs").resolve()
        logs.mkdir(parents=True, exist_ok=True)
        secret = resolve_secrets(self._settings).bot_secret
        base = local_url(self._settings)
        own = {
            **os.environ,
            "MADOGUCHI_RASA_PORT": str(self.rasa_port),
            "MADOGUCHI_DATA_DIR": str(self._settings.data_dir.resolve()),
            "MADOGUCHI_HOST": self._settings.host,
            "MADOGUCHI_PORT": str(self._settings.port),
            "MADOGUCHI_RATE_LIMITS": self._settings.rate_limits,
        }
        rasa = bot_environment(
            MADOGUCHI_BOT_SECRET=secret,
            MADOGUCHI_ACTIONS_URL=f"{base}/actions/webhook",
            MADOGUCHI_MODEL_URL=f"{base}{MODEL_PATH}",
            MADOGUCHI_TRACKER_DB=str((self._settings.data_dir / "tracker.db").resolve()),
        )
        web = [sys.executable, "-m", "api.runtime.web"]
        worker = [sys.executable, "-m", "api.runtime.worker"]
        return (
            Child("web", web, ROOT, own, logs / "web.log"),
            Child("rasa", self._rasa_command(), BOT_DIR, rasa, logs / "rasa.log"),
            Child("worker", worker, ROOT, own, logs / "worker.log"),
        )

    def _rasa_command(self) -> list[str]:
        # What `rasa run` serves, at a fraction of its cost (docs/decisions/0031).
        command = [str(BOT_PYTHON), "-m", "serving", "--endpoints", "endpoints.yml"]
        return [*command, "--interface", "127.0.0.1", "--port", str(self.rasa_port)]

    def run(self, *, on_ready: Callable[[], None]) -> int:
        """Start all, say when ready, keep them alive until a signal; return the exit code."""
        with self._signals():
            for child in self.children:
                child.start()
            try:
                ready = self._wait_ready()
                if ready and not self._stopping:
                    on_ready()
                while ready and not self._stopping:
                    self._revive()
                    time.sleep(0.3)
            finally:
                self._stop_all()
        return 0 if ready or self._stopping else 1

    @contextmanager
    def held(self) -> Iterator[None]:
        """Start all and wait until ready; stop all however the body ends, also by Ctrl-C.

        Raises:
            NotReadyError: the body was not entered.
        """
        try:
            for child in self.children:
                child.start()
            if not self._wait_ready():
                raise NotReadyError
            yield
        finally:
            with self._signals():  # a second Ctrl-C must not leave a process behind
                self._stop_all()

    def _wait_ready(self) -> bool:
        begin = time.monotonic()
        url = f"{local_url(self._settings)}/healthz"
        with self._console.status("窓口を開いています…"), httpx.Client(trust_env=False) as client:
            while time.monotonic() - begin < READY_SECONDS and not self._stopping:
                if self.children[0].died():
                    break
                self._revive()
                with suppress(httpx.HTTPError):
                    if client.get(url, timeout=3).status_code == 200:
                        return True
                time.sleep(0.2)
        if not self._stopping:
            logs = self._settings.data_dir / "logs"
            self._console.print(f"[red]起動できませんでした。記録を見てください: {logs}[/red]")
        return False

    def _revive(self) -> None:
        now = time.monotonic()
        for child in self.children:
            if not child.died():
                continue
            if not child.next_start:
                if now - child.started > STEADY_SECONDS:
                    child.deaths = 0
                pause = RESTART_SECONDS[min(child.deaths, len(RESTART_SECONDS) - 1)]
                child.deaths += 1
                child.next_start = now + pause
                self._console.print(f"{child.name} が止まりました。{pause}秒後に起動し直します。")
            elif now >= child.next_start:
                child.next_start = 0.0
                child.close()
                child.start()

    def _stop_all(self) -> None:
        for child in reversed(self.children):
            child.signal(signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        for child in self.children:
            if child.process is None:
                continue
            with suppress(subprocess.TimeoutExpired):
                child.process.wait(max(0.1, deadline - time.monotonic()))
            child.signal(signal.SIGKILL)
            child.process.wait()
            child.close()

    @contextmanager
    def _signals(self) -> Iterator[None]:
        def stop(number: int, frame: FrameType | None) -> None:
            self._stopping = True

        before = {n: signal.signal(n, stop) for n in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

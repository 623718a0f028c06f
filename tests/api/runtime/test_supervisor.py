"""The supervisor with small commands in the place of web server, Rasa and worker."""

import io
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from api.runtime import cli, supervisor
from api.runtime.settings import Settings
from api.runtime.supervisor import Child, PortTakenError, Supervisor, check_port, free_port

WEB = """
import http.server, sys
class Well(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers()
    def log_message(self, *words): pass
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Well).serve_forever()
"""
LASTING = "import time; time.sleep(60)"
# A stubborn process with a process of its own: neither may be left behind.
STUBBORN = """
import signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
open(sys.argv[1], "w").write(str(child.pid))
time.sleep(60)
"""
# Dies at once the first time, lasts the second time.
FRAIL = """
import pathlib, sys, time
seen = pathlib.Path(sys.argv[1])
first = not seen.exists()
seen.open("a").write("started\\n")
sys.exit(3) if first else time.sleep(60)
"""


@pytest.fixture
def taken() -> Iterator[int]:
    """A port somebody listens on."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


@pytest.fixture
def said() -> io.StringIO:
    """What the supervisor told the person at the terminal."""
    return io.StringIO()


@pytest.fixture
def make(
    tmp_path: Path, said: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Supervisor]:
    """A supervisor of the given scripts, patient for ten seconds."""
    monkeypatch.setattr(supervisor, "READY_SECONDS", 10)
    monkeypatch.setattr(supervisor, "STOP_SECONDS", 1)
    monkeypatch.setattr(supervisor, "RESTART_SECONDS", (0.1,))

    def build(**scripts: tuple[str, object]) -> Supervisor:
        port = free_port()
        settings = Settings(data_dir=tmp_path, port=port, _env_file=None)
        made = Supervisor(settings, Console(file=said, width=200))
        scripts = {"web": (WEB, port), **scripts}
        made.children = tuple(
            Child(
                name,
                [sys.executable, "-c", script, str(argument)],
                tmp_path,
                dict(os.environ),
                tmp_path / f"{name}.log",
            )
            for name, (script, argument) in scripts.items()
        )
        return made

    return build


def _lives(pid: int) -> bool:
    with suppress(ProcessLookupError):
        os.kill(pid, 0)
        # A zombie waits only for its parent to look; it runs no more.
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    return False


def _left(pids: list[int]) -> list[int]:
    """Those that still run after the moment a killed process needs on a busy machine."""
    until = time.monotonic() + 5
    while any(map(_lives, pids)) and time.monotonic() < until:
        time.sleep(0.05)
    return [pid for pid in pids if _lives(pid)]


def _press_ctrl_c(when: Callable[[], bool]) -> Callable[[], None]:
    """Press Ctrl-C in this process once something is true (or after eight seconds)."""

    def wait() -> None:
        until = time.monotonic() + 8
        while time.monotonic() < until and not when():
            time.sleep(0.05)
        os.kill(os.getpid(), signal.SIGINT)

    return lambda: threading.Thread(target=wait, daemon=True).start()


def test_a_taken_port_is_refused(taken: int) -> None:
    with pytest.raises(PortTakenError, match=f"127.0.0.1:{taken}"):
        check_port("127.0.0.1", taken)


def test_a_free_port_is_taken_without_a_word() -> None:
    check_port("127.0.0.1", free_port())


def test_a_second_start_says_that_the_port_is_taken(
    taken: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MADOGUCHI_PORT", str(taken))
    monkeypatch.setenv("MADOGUCHI_DATA_DIR", str(tmp_path))

    done = CliRunner().invoke(cli.app, ["serve"])

    assert done.exit_code == 1
    assert str(taken) in done.output
    assert "MADOGUCHI_PORT" in done.output
    assert list(tmp_path.iterdir()) == []


def test_ctrl_c_leaves_no_process_behind(make: Callable[..., Supervisor], tmp_path: Path) -> None:
    grandchild = tmp_path / "pid"
    made = make(rasa=(LASTING, ""), worker=(STUBBORN, grandchild))

    code = made.run(
        on_ready=_press_ctrl_c(lambda: grandchild.exists() and grandchild.read_text() != "")
    )

    assert code == 0
    pids = [c.process.pid for c in made.children if c.process] + [int(grandchild.read_text())]
    assert len(pids) == 4
    assert _left(pids) == []


def test_a_child_that_dies_is_started_again_and_the_others_go_on(
    make: Callable[..., Supervisor], tmp_path: Path, said: io.StringIO
) -> None:
    seen = tmp_path / "seen"
    made = make(worker=(FRAIL, seen))

    code = made.run(
        on_ready=_press_ctrl_c(lambda: seen.exists() and seen.read_text().count("started") == 2)
    )

    assert code == 0
    assert seen.read_text().count("started") == 2
    web, worker = made.children
    assert (web.deaths, worker.deaths) == (0, 1)
    assert "worker が止まりました" in said.getvalue()


def test_a_web_server_that_dies_at_once_is_a_failed_start(
    make: Callable[..., Supervisor], said: io.StringIO
) -> None:
    ready: list[bool] = []
    made = make(web=("raise SystemExit(1)", ""), worker=(LASTING, ""))

    code = made.run(on_ready=lambda: ready.append(True))

    assert code == 1
    assert ready == []
    assert not [c for c in made.children if c.process and _lives(c.process.pid)]
    assert "起動できませんでした" in said.getvalue()


def test_the_handlers_of_signals_are_given_back(make: Callable[..., Supervisor]) -> None:
    before = signal.getsignal(signal.SIGINT)

    make().run(on_ready=_press_ctrl_c(lambda: True))

    assert signal.getsignal(signal.SIGINT) is before


def test_rasa_listens_on_this_machine_only_and_its_secret_is_in_no_command(
    tmp_path: Path,
) -> None:
    settings = Settings(data_dir=tmp_path, host="0.0.0.0", _env_file=None)  # noqa: S104

    made = Supervisor(settings, Console(quiet=True))

    rasa = next(child for child in made.children if child.name == "rasa")
    assert rasa.command[rasa.command.index("--interface") + 1] == "127.0.0.1"
    secret = rasa.environment["MADOGUCHI_BOT_SECRET"]
    assert len(secret) >= 32
    assert all(secret not in word for child in made.children for word in child.command)
    assert rasa.environment["RASA_TELEMETRY_ENABLED"] == "false"

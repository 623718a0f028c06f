"""The whole product for tests: started once a run as ``madoguchi serve``, talked to over HTTP.

It knows processes, ports and the public contract; nothing of what a right answer is. Fixtures
are in ``tests.support.product_fixtures``.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

ROOT = Path(__file__).resolve().parents[2]
COMMAND = Path(sys.executable).with_name("madoguchi")
BOT_PYTHON = ROOT / "bot" / ".venv" / "bin" / "python"
FIRST_START_SECONDS = 600.0
"""A first start trains; slow machines get the time."""
NAMES = {"api.runtime.web": "web", "serving": "rasa", "api.runtime.worker": "worker"}

Json = dict[str, Any]


def why_not() -> str | None:
    """Why the product cannot be started on this machine; None if it can."""
    for needed in (COMMAND, BOT_PYTHON):
        if not needed.exists():
            return f"{needed.relative_to(ROOT)} is missing; run: make setup"
    return None


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(true: Callable[[], object], *, seconds: float, what: str) -> None:
    """Wait for a condition; AssertionError that says what did not come."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"did not come within {seconds:.0f} s: {what}"
        time.sleep(0.1)


@dataclass
class Talk:
    """One visitor's conversation."""

    http: httpx.Client
    id: str
    token: str
    messages: list[Json]

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def post(self, *, client_message_id: str | None = None, **body: object) -> httpx.Response:
        """Send one message as it is; the answer is not judged."""
        sent = {"client_message_id": client_message_id or str(uuid4()), **body}
        path = f"/api/v1/conversations/{self.id}/messages"
        return self.http.post(path, json=sent, headers=self.headers)

    def say(self, text: str, *, keep: bool = False) -> list[Json]:
        """Say something and get the replies."""
        return self._take(self.post(text=text, keep=keep))

    def choose(self, label: str) -> list[Json]:
        """Pick the newest choice whose label contains ``label``."""
        offered = [c for message in reversed(self.messages) for c in choices([message])]
        found = [choice for choice in offered if label in choice["label"]]
        assert found, f"no choice {label!r} was offered; last: {[c['label'] for c in offered][:12]}"
        return self._take(self.post(choice=found[0]["id"]))

    def _take(self, response: httpx.Response) -> list[Json]:
        assert response.status_code == 200, f"{response.status_code}: {response.text}"
        body: Json = response.json()
        replies: list[Json] = body["replies"]
        self.messages += [body["message"], *replies]
        return replies

    def thread(self) -> list[Json]:
        """All messages as the event stream gives them from the beginning."""
        found: list[Json] = []
        path = f"/api/v1/conversations/{self.id}/events"
        with (
            suppress(httpx.ReadTimeout),
            self.http.stream("GET", path, headers=self.headers, timeout=3) as stream,
        ):
            for message in _read_events(stream, until=self._last_seq()):
                found.append(message)
        return found

    def _last_seq(self) -> int:
        return max((int(message["seq"]) for message in self.messages), default=0)


def _read_events(stream: httpx.Response, *, until: int) -> Iterator[Json]:
    for line in stream.iter_lines():
        if line.startswith("data:") and '"seq"' in line:
            message: Json = json.loads(line.removeprefix("data:"))
            yield message
            if message["seq"] >= until:
                return


def parts(replies: list[Json], kind: str) -> list[Json]:
    """The parts of one type in all replies."""
    return [part for reply in replies for part in reply["parts"] if part["type"] == kind]


def choices(replies: list[Json]) -> list[Json]:
    """All choices offered in the replies."""
    return [choice for part in parts(replies, "choices") for choice in part["choices"]]


def cards(replies: list[Json], kind: str = "") -> list[Json]:
    """The cards of the replies, of one kind or all."""
    return [card for card in parts(replies, "card") if not kind or card["kind"] == kind]


def shown(replies: list[Json]) -> str:
    """Every word a visitor sees in the replies."""
    words: list[str] = []
    for reply in replies:
        for part in reply["parts"]:
            words += [part.get("text") or "", part.get("prompt") or "", part.get("title") or ""]
            words += [part.get("badge") or "", part.get("note") or ""]
            words += [f"{row['label']} {row['value']}" for row in part.get("rows", [])]
            words += [choice["label"] for choice in part.get("choices", [])]
            words += [link["label"] for link in part.get("links", [])]
            words += [part.get("amount") or ""]
            words += [line["label"] for line in part.get("lines", [])]
            words += [w for s in part.get("sections", []) for w in (s["title"], *s["items"])]
        words += [source["title"] for source in reply["sources"]]
    return "\n".join(word for word in words if word)


def _hear_ctrl_c() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def models_given() -> Path | None:
    """A folder of trained models to start with, from ``TEST_MODELS``: saves a training while
    something else is worked on. Never set on a test machine that judges."""
    given = os.environ.get("TEST_MODELS")
    return Path(given) if given and os.environ.get("CI") != "true" else None


@dataclass
class Product:
    """One installation in a folder of its own, and its processes."""

    data_dir: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None
    log: Path = field(init=False)
    ready_models: Path | None = field(default_factory=models_given)

    def __post_init__(self) -> None:
        self.data_dir.mkdir(parents=True, exist_ok=True)
        self.log = self.data_dir / "serve.log"
        if self.ready_models is not None:
            shutil.copytree(self.ready_models, self.data_dir / "models", dirs_exist_ok=True)
        self.http = httpx.Client(base_url=self.url, trust_env=False, timeout=30)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def environment(self) -> dict[str, str]:
        """What ``madoguchi`` is told; settings of the machine or of a ``.env`` do not count."""
        own = {k: v for k, v in os.environ.items() if not k.startswith("MADOGUCHI_")}
        ours = {"PORT": str(self.port), "DATA_DIR": str(self.data_dir), "HOST": "127.0.0.1"}
        ours |= {"DATABASE_URL": "", "REDIS_URL": "", "BOT_SECRET": "", "RASA_PORT": ""}
        ours |= {"ENV": "development", "RATE_LIMITS": "off", "LOG_LEVEL": "INFO"}
        ours |= {"TRAIN_AT_START": "off" if self.ready_models else "auto"}
        return {**own, "COLUMNS": "200", **{f"MADOGUCHI_{k}": v for k, v in ours.items()}}

    def launch(self) -> None:
        """Start ``madoguchi serve`` without waiting for it."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [str(COMMAND), "serve"],
                cwd=self.data_dir,
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                # A shell that runs the tests in the background makes all of them ignore Ctrl-C.
                preexec_fn=_hear_ctrl_c,
            )

    def wait_ready(self, *, seconds: float = FIRST_START_SECONDS) -> None:
        """Wait until every part is well; on failure say what the product said."""
        end = time.monotonic() + seconds
        while self.health().get("status") != "ok":
            alive = self.process is not None and self.process.poll() is None
            if not alive or time.monotonic() > end:
                raise AssertionError(f"the product is not ready: {self.health()}\n{self.tail()}")
            time.sleep(0.2)

    def tail(self) -> str:
        """The ends of its logs."""
        logs = [self.log, *sorted((self.data_dir / "logs").glob("*.log"))]
        return "\n".join(
            f"--- {log.name}\n" + log.read_text("utf-8", "replace")[-1500:]
            for log in logs
            if log.exists()
        )

    def health(self) -> Json:
        """``/healthz``; empty while nobody answers."""
        with suppress(httpx.HTTPError, ValueError):
            body: Json = self.http.get("/healthz", timeout=15).json()
            return body
        return {}

    def well(self) -> bool:
        return self.health().get("status") == "ok"

    def talk(self, prefecture: str | None = None) -> Talk:
        """A new conversation."""
        body: Json = {"channel": "web"} | ({"prefecture": prefecture} if prefecture else {})
        response = self.http.post("/api/v1/conversations", json=body)
        assert response.status_code == 201, response.text
        begun = response.json()
        return Talk(self.http, begun["id"], begun["token"], list(begun["messages"]))

    def triage(self, text: str, **more: str) -> Json:
        """``POST /triage``."""
        response = self.http.post("/api/v1/triage", json={"text": text, **more})
        assert response.status_code == 200, f"{response.status_code}: {response.text}"
        body: Json = response.json()
        return body

    def processes(self) -> dict[int, str]:
        """Every living process that carries our data folder in its environment: id → command."""
        mark = str(self.data_dir).encode()
        found: dict[int, str] = {}
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and int(entry.name) != os.getpid():
                with suppress(OSError):
                    if mark in (entry / "environ").read_bytes():
                        line = (entry / "cmdline").read_bytes().replace(b"\0", b" ")
                        found[int(entry.name)] = line.decode("utf-8", "replace").strip()
        return {pid: line for pid, line in found.items() if line}

    def children(self) -> dict[str, int]:
        """The three processes the supervisor keeps alive: web, rasa, worker → id."""
        found: dict[str, int] = {}
        assert self.process is not None
        for pid, line in self.processes().items():
            with suppress(OSError):
                parent = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1]
                words = line.split()
                name = NAMES.get(words[2]) if len(words) > 2 and words[1] == "-m" else None
                if name and int(parent) == self.process.pid:
                    found[name] = pid
        return found

    def kill(self, name: str, number: int = signal.SIGKILL) -> int:
        """Send a signal to one of the three; return its process id."""
        pid = self.children()[name]
        os.kill(pid, number)
        return pid

    def interrupt(self, *, seconds: float = 25) -> int:
        """Ctrl-C: wait for the end and return the exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(seconds)

    def close(self) -> dict[int, str]:
        """End it; return what was still alive afterwards (and is killed now)."""
        try:
            if self.process is not None and self.process.poll() is None:
                with suppress(subprocess.TimeoutExpired):
                    self.interrupt()
        finally:
            left = self.processes()
            for pid in left:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            if self.process is not None:
                self.process.wait(10)
            self.http.close()
        return left

    def copy(self, to: Path) -> "Product":
        """A later start: the same installation (secrets, models, content) in another folder."""
        skip = shutil.ignore_patterns("logs", "*.log", "*.db-wal", "*.db-shm", "*.db", "export")
        shutil.copytree(self.data_dir, to, ignore=skip)
        return Product(to)

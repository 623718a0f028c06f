"""Finds the running product, or starts one quietly for a command and stops it afterwards."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import httpx
from rich.console import Console

from api.runtime import prepare, supervisor, training
from api.runtime.settings import Settings

ENDING_SIGNALS = (signal.SIGTERM, signal.SIGHUP)
PRIVATE = {"host": "127.0.0.1", "rasa_port": None, "rate_limits": "off"}
"""What differs where nobody but the command itself is served."""


class NotStartedError(Exception):
    """The product could not be started; the message is Japanese."""


@contextmanager
def open_product(settings: Settings, console: Console) -> Iterator[str]:
    """The address of the running product, else of one started for this command and stopped after.

    Raises:
        NotStartedError: none runs, and none could be started.
    """
    url = address(settings)
    if is_alive(url):
        yield url
        return
    own = settings.model_copy(update={**PRIVATE, "port": supervisor.free_port()})
    _make_ready(own, console)
    try:
        with supervisor.Supervisor(own, console).held():
            yield address(own)
    except supervisor.NotReadyError as error:
        raise NotStartedError("窓口を起動できませんでした。") from error


def address(settings: Settings) -> str:
    """Where a client on this machine reaches the server of these settings."""
    everywhere = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104
    host = everywhere.get(settings.host, settings.host)
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"


def is_alive(url: str, transport: httpx.BaseTransport | None = None) -> bool:
    """Whether our product, not just anything, answers at this address."""
    with httpx.Client(trust_env=False, transport=transport, timeout=3) as client:
        try:
            answer = client.get(f"{url}/livez")
            return answer.status_code == 200 and answer.json() == {"status": "ok"}
        except (httpx.HTTPError, ValueError):
            return False


def _make_ready(settings: Settings, console: Console) -> None:
    with console.status("準備しています（データベースと内容）…") as status:
        prepare.prepare(settings)
        engine = prepare.open_engine(settings)
        try:
            training.ensure_model(
                settings,
                engine,
                lambda done, label: status.update(f"はじめての準備をしています {done}% {label}"),
            )
        except training.TrainingFailedError as error:
            raise NotStartedError(f"学習に失敗しました。\n{error}") from error
        finally:
            engine.dispose()


@contextmanager
def ended_like_ctrl_c() -> Iterator[None]:
    """A closed terminal and a polite kill end the body as Ctrl-C does, so that all is stopped."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:  # a job in the background
            raise KeyboardInterrupt
        signal.raise_signal(signal.SIGINT)

    wanted = [n for n in ENDING_SIGNALS if signal.getsignal(n) != signal.SIG_IGN]  # nohup
    before = {n: signal.signal(n, interrupt) for n in wanted}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

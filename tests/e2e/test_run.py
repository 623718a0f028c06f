"""Starting and stopping: a taken port, a later start, Ctrl-C, and no word to the outside."""

import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.network import foreign_sockets
from tests.support.product import COMMAND, Product, cards, wait_until

pytestmark = pytest.mark.rasa


class Watch:
    """Looks at the sockets of all processes of a product, several times a second."""

    def __init__(self, product: Product) -> None:
        self.product = product
        self.seen: set[str] = set()
        self.commands: set[str] = set()
        self.looks = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def _run(self) -> None:
        while not self._stop.wait(0.3):
            processes = self.product.processes()
            self.commands |= {word for line in processes.values() for word in line.split()}
            self.seen |= foreign_sockets(processes)
            self.looks += 1

    def __enter__(self) -> "Watch":
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._stop.set()
        self._thread.join(10)


@dataclass(frozen=True)
class Later:
    """A later start and what was seen of its connections."""

    product: Product
    watch: Watch


@pytest.fixture(scope="module")
def later(product: Product, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Later]:
    """The same installation started again elsewhere, watched from its first moment."""
    again = product.copy(tmp_path_factory.mktemp("later") / "var")
    with Watch(again) as watch:
        begin = time.monotonic()
        again.launch()
        try:
            again.wait_ready(seconds=120)
            print(f"\na later start was ready after {time.monotonic() - begin:.1f} s")
            assert cards(again.talk().say("商標の更新はいつからできますか"), "desk")
            assert again.triage("退職した社員が図面を持ち出した")["desk"]
            yield Later(again, watch)
        finally:
            again.close()


def models(of: Product) -> list[str]:
    return sorted(path.name for path in (of.data_dir / "models").glob("*.tar.gz"))


def test_a_second_start_on_a_taken_port_says_so_and_ends(product: Product) -> None:
    done = subprocess.run(
        [str(COMMAND), "serve"],
        cwd=product.data_dir,
        env=product.environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    said = done.stdout + done.stderr
    assert str(product.port) in said
    assert "使われています" in said
    assert "MADOGUCHI_PORT" in said
    assert "Traceback" not in said
    assert product.well()


def test_a_later_start_trains_nothing(product: Product, later: Later) -> None:
    assert len(models(product)) == 1
    assert models(later.product) == models(product)
    assert "jobs.train" not in later.watch.commands
    detail = [of.health()["parts"]["model"]["detail"] for of in (product, later.product)]
    assert detail[0] == detail[1]


def test_no_connection_leaves_this_machine(later: Later) -> None:
    assert later.watch.looks > 5
    assert later.watch.seen == set()
    assert foreign_sockets(later.product.processes()) == set()


def test_only_our_own_address_listens(product: Product) -> None:
    assert foreign_sockets(product.processes()) == set()


def test_ctrl_c_with_an_open_page_leaves_no_process(later: Later) -> None:
    running = later.product
    assert set(running.children()) == {"web", "rasa", "worker"}
    talk = running.talk()
    events = f"/api/v1/conversations/{talk.id}/events"
    with running.http.stream("GET", events, headers=talk.headers) as page:
        next(page.iter_lines())
        begin = time.monotonic()
        code = running.interrupt()
        print(f"\nCtrl-C took {time.monotonic() - begin:.1f} s")
    assert code == 0
    assert running.processes() == {}
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", running.port)) != 0


def test_ctrl_c_while_it_is_still_starting_leaves_no_process(
    product: Product, tmp_path: Path
) -> None:
    early = product.copy(tmp_path / "var")
    early.launch()
    try:
        wait_until(lambda: "rasa" in early.children(), seconds=60, what="Rasa is being started")
        assert early.interrupt() in (0, 130)
        assert early.processes() == {}
        assert "Traceback" not in early.log.read_text("utf-8")
    finally:
        early.close()


@pytest.mark.parametrize("order", [signal.SIGINT, signal.SIGTERM], ids=["ctrl-c", "terminate"])
def test_a_stop_during_training_leaves_no_process(tmp_path: Path, order: signal.Signals) -> None:
    fresh = Product(tmp_path / "var")
    fresh.launch()
    try:
        wait_until(
            lambda: any("jobs.train" in line for line in fresh.processes().values()),
            seconds=60,
            what="training begins",
        )
        time.sleep(1)
        assert fresh.process is not None
        fresh.process.send_signal(order)
        fresh.process.wait(25)
        wait_until(lambda: fresh.processes() == {}, seconds=3, what="the training job ends")
        assert "Traceback" not in fresh.log.read_text("utf-8")
    finally:
        fresh.close()

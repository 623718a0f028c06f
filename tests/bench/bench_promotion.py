"""From the last approval to live: ``python -m tests.bench.bench_promotion``.

Starts the whole product on the full training set, corrects one sentence, trains, promotes under
eight conversations; prints the times as a table, phase by phase. Ends with 1 where a message failed,
was answered twice, or the way took longer than 90 seconds.
"""

import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.product import Product
from tests.support.promotion import Maintainers, Visitors

TEXT = "うちのゆるキャラの着ぐるみ、よそが勝手に使っとる"
MOST_SECONDS = 90.0
PATIENCE = 900.0
LOOK_SECONDS = 0.1


def main() -> int:
    """Run and report."""
    with tempfile.TemporaryDirectory() as folder:
        product = Product(Path(folder) / "var")
        try:
            product.launch()
            product.wait_ready(seconds=PATIENCE)
            return _measure(product)
        finally:
            product.close()


class Phases:
    """When each step of something was first seen, in the order of time."""

    def __init__(self, look: Callable[[], str]) -> None:
        self._look = look
        self._over = threading.Event()
        self.seen: list[tuple[str, float]] = []

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Look until the block ends."""
        self.seen.append(("", time.monotonic()))
        thread = threading.Thread(target=self._watch)
        thread.start()
        try:
            yield
        finally:
            self._over.set()
            thread.join()
            self.seen.append(("", time.monotonic()))

    def _watch(self) -> None:
        while not self._over.wait(LOOK_SECONDS):
            now = self._look()
            if now and now != self.seen[-1][0]:
                self.seen.append((now, time.monotonic()))

    def lasted(self) -> list[tuple[str, float]]:
        """Each step with its seconds; what came before the first step is the waiting."""
        pairs = zip(self.seen, self.seen[1:], strict=False)
        return [(name or "waiting", end - begun) for (name, begun), (_, end) in pairs]


def _measure(product: Product) -> int:
    maintainers = Maintainers(product)
    before = _served(product)
    maintainers.correct(TEXT, "other_ip")
    training = Phases(maintainers.newest_step)
    begun = time.monotonic()
    with training.watched():
        name = maintainers.train(seconds=PATIENCE)
    trained = time.monotonic()
    promoting = Phases(lambda: _promotion_step(product, name))
    with Visitors(product) as visitors, promoting.watched():
        asked = time.monotonic()
        maintainers.promote(name, seconds=PATIENCE)
        live = time.monotonic()
    problems = visitors.problems(maintainers)
    total = (trained - begun) + (live - asked)
    report = maintainers.report(name)
    gate = ", ".join(f"{r.code} {r.intent or ''} -{r.lost}" for r in report.reasons) or "open"
    rows = (
        *((f"· {step}", f"{spent:.1f} s") for step, spent in training.lasted()),
        ("approval to report (export, training, judging)", f"{trained - begun:.1f} s"),
        *((f"· {step}", f"{spent:.1f} s") for step, spent in promoting.lasted()),
        ("promotion to live, under 8 conversations", f"{live - asked:.1f} s"),
        ("approval to live, clicks excluded", f"{total:.1f} s (at most {MOST_SECONDS:.0f})"),
        ("gate", gate),
        ("messages during the promotion", str(len(visitors.sent))),
        ("failed or answered twice", str(len(problems))),
        ("model before / after", f"{before} / {_served(product)}"),
        ("the corrected sentence is now", str(product.triage(TEXT)["topic"])),
    )
    for what, value in rows:
        sys.stdout.write(f"| {what} | {value} |\n")
    for problem in problems[:20]:
        sys.stdout.write(f"{problem}\n")
    return 1 if problems or total > MOST_SECONDS else 0


def _served(product: Product) -> str:
    return str(product.health().get("parts", {}).get("model", {}).get("detail"))


def _promotion_step(product: Product, name: str) -> str:
    """Offered as soon as the file says so; pulled by Rasa until it serves it."""
    offered = (product.data_dir / "models" / "live.json").read_text(encoding="utf-8")
    return "Rasa pulls and loads" if name in offered else ""


if __name__ == "__main__":
    sys.exit(main())

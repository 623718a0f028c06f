"""From the last approval to live: ``python -m tests.bench.bench_promotion``.

Starts the whole product on the full training set, corrects one sentence, trains, promotes under
eight conversations, goes back; prints the times as a table. Ends with 1 where a message failed, was
answered twice, or the way took longer than 90 seconds.
"""

import sys
import tempfile
import time
from pathlib import Path

from tests.support.product import Product
from tests.support.promotion import Maintainers, Visitors

TEXT = "うちのゆるキャラの着ぐるみ、よそが勝手に使っとる"
MOST_SECONDS = 90.0
PATIENCE = 900.0


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


def _measure(product: Product) -> int:
    maintainers = Maintainers(product)
    before = product.health()["parts"]["model"]["detail"]
    maintainers.correct(TEXT, "other_ip")
    begun = time.monotonic()
    name = maintainers.train(seconds=PATIENCE)
    trained = time.monotonic()
    with Visitors(product) as visitors:
        asked = time.monotonic()
        maintainers.promote(name, seconds=PATIENCE)
        live = time.monotonic()
    problems = visitors.problems(maintainers)
    total = (trained - begun) + (live - asked)
    rows = (
        ("approval to report (training, judging)", f"{trained - begun:.1f} s"),
        ("promotion to live, under 8 conversations", f"{live - asked:.1f} s"),
        ("approval to live, clicks excluded", f"{total:.1f} s (at most {MOST_SECONDS:.0f})"),
        ("messages during the promotion", str(len(visitors.sent))),
        ("failed or answered twice", str(len(problems))),
        ("model before / after", f"{before} / {product.health()['parts']['model']['detail']}"),
        ("the corrected sentence is now", str(product.triage(TEXT)["topic"])),
    )
    for what, value in rows:
        sys.stdout.write(f"| {what} | {value} |\n")
    for problem in problems[:20]:
        sys.stdout.write(f"{problem}\n")
    return 1 if problems or total > MOST_SECONDS else 0


if __name__ == "__main__":
    sys.exit(main())

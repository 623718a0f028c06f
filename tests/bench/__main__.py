"""Measures stock Rasa and ours side by side and writes ``docs/benchmarks.md``.

    .venv/bin/python -m tests.bench            # all of it, about half an hour on two cores
    .venv/bin/python -m tests.bench --quick    # a look: fewer sentences, epochs and turns

Programs, not tests: nothing here asserts a time. The machine should do nothing else meanwhile.
"""

import argparse
import asyncio
import shutil
import sys
import tempfile
from pathlib import Path

from tests.bench import product, report
from tests.bench.measuring import Amounts, Measured, measure_side
from tests.bench.processes import ROOT, SECRET, running
from tests.bench.projects import make_projects
from tests.bench.sides import our_side, stock_side
from tests.support.product import free_port

QUICK = Amounts(sentences=600, epochs=2, turns=40, rounds=4)
FULL = Amounts(sentences=2500, epochs=5, turns=300, rounds=30)


def main() -> int:
    """Measure and write; exit code 0 when every figure was taken."""
    options = _options()
    amounts = QUICK if options.quick else FULL
    work = Path(options.work or tempfile.mkdtemp(prefix="madoguchi-bench-"))
    work.mkdir(parents=True, exist_ok=True)
    try:
        ours_in_product = product.measure(work / "product", turns=amounts.turns)
        stock, ours, sentences = _rasa(work, amounts, ours_in_product.export)
        text = report.benchmark(
            stock=stock, ours=ours, product=ours_in_product, amounts=amounts, sentences=sentences
        )
    finally:
        if not options.work:
            shutil.rmtree(work, ignore_errors=True)
    report.write_section(Path(options.out), "speed", text)
    sys.stdout.write(text)
    return 0


def _rasa(work: Path, amounts: Amounts, export: Path) -> tuple[Measured, Measured, int]:
    """Both sides against one do-nothing action server, one after the other."""
    stock, ours = make_projects(
        export=export, to=work, sentences=amounts.sentences, epochs=amounts.epochs
    )
    port = free_port()
    server = [sys.executable, "-m", "uvicorn", "tests.bench.nothing_server:make_app", "--factory"]
    server += ["--port", str(port), "--log-level", "warning"]
    with running(
        server,
        cwd=ROOT,
        log=work / "actions.log",
        ready=f"http://127.0.0.1:{port}/ready",
        environment={"MADOGUCHI_BOT_SECRET": SECRET},
    ):
        address = f"http://127.0.0.1:{port}/actions/webhook"
        sides = (
            stock_side(stock, port=free_port(), actions=address),
            our_side(ours, port=free_port(), actions=address),
        )
        measured = [asyncio.run(measure_side(side, amounts, work)) for side in sides]
    return measured[0], measured[1], ours.sentences


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tests.bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a look only; the figures are rough")
    parser.add_argument("--work", help="a folder to keep projects, models and logs in")
    parser.add_argument("--out", default=str(ROOT / "docs" / "benchmarks.md"))
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())

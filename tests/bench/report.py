"""Writes what was measured into its marked section of ``docs/benchmarks.md``; figures come from
the run alone, none is typed by hand."""

import os
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from tests.bench.measuring import AT_ONCE, LONG, SHORT, Amounts, Measured
from tests.bench.product import InProduct

HEAD = """# What was measured

Written by `make bench`, `make evaluate` and `make soak`, each its own section; not by hand.

"""
SECTIONS = ("speed", "accuracy", "soak")


def write_section(page: Path, name: str, text: str) -> None:
    """Replace one section of the page, leaving the others as they are."""
    begin, end = f"<!-- {name}: begin -->\n", f"<!-- {name}: end -->\n"
    old = page.read_text(encoding="utf-8") if page.exists() else HEAD
    for section in SECTIONS:
        if f"<!-- {section}: begin -->" not in old:
            old += f"<!-- {section}: begin -->\n<!-- {section}: end -->\n\n"
    before, _, rest = old.partition(begin)
    _, _, after = rest.partition(end)
    page.write_text(f"{before}{begin}{text}{end}{after}", encoding="utf-8")


def machine() -> str:
    """One line about where this was measured; no path, no host name."""
    now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    cores = len(os.sched_getaffinity(0))
    python = platform.python_version()
    return f"{now} · {cores} cores · {_processor()} · Python {python}"


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def benchmark(
    *, stock: Measured, ours: Measured, product: InProduct, amounts: Amounts, sentences: int
) -> str:
    """The section on speed, memory, start and training."""
    return "\n".join(
        [
            "## Speed: stock Rasa and ours, one run",
            "",
            f"Measured {machine()}.",
            "",
            *_conditions(amounts, sentences),
            "",
            "| | stock | ours | ours / stock |",
            "|---|---:|---:|---:|",
            *_rows(stock, ours),
            "",
            "### The whole visitor turn",
            "",
            "`POST /api/v1/conversations/{id}/messages` until the answer, with the product's real "
            f"actions: guard, three transactions, dialogue, articles. rasa-sdk {version('rasa-sdk')}.",
            "",
            "| | ours | against stock's bare turn |",
            "|---|---:|---:|",
            *_product_rows(stock, product),
            "",
        ]
    )


def _conditions(amounts: Amounts, sentences: int) -> list[str]:
    return [
        f"- Both sides: the same {sentences} sentences of the product's export, the same domain, "
        "a rule for each intent, one action on the same action server that says one word.",
        "- Stock: Rasa 3.6 as `rasa init` configures it, `SpacyNLP(ja_ginza)`, spaCy tokens and "
        "vectors, character n-grams, DIET, TED and UnexpecTED; `rasa run`, REST channel, trackers "
        f"in memory. {amounts.epochs} epochs instead of 100, so that its training ends in minutes; "
        "epochs change neither its latency nor its memory.",
        "- Ours: `python -m serving`, our channel, trackers in SQLite.",
        f"- Short: 「{SHORT}」 ({len(SHORT)} characters). Long: {len(LONG)} characters. "
        f"{amounts.turns} turns each after a warm-up, a new conversation every ten turns.",
        "- A turn is timed from the HTTP request to Rasa until its whole answer.",
    ]


def _rows(stock: Measured, ours: Measured) -> list[str]:
    rows = []
    for name, title in (
        ("turn_short", "turn, short"),
        ("turn_long", "turn, long"),
        ("parse_short", "parse, short"),
        ("parse_long", "parse, long"),
    ):
        a, b = getattr(stock, name), getattr(ours, name)
        rows.append(_row(f"{title}: p50, ms", a.p50, b.p50, 2))
        rows.append(_row(f"{title}: p95, ms", a.p95, b.p95, 2))
    for many in AT_ONCE:
        title = f"turns a second, {many} conversation{'s' if many > 1 else ''}"
        rows.append(_row(title, stock.rates[many], ours.rates[many], 0))
    rows.append(_row("memory of the Rasa process, MB", stock.memory_mb, ours.memory_mb, 0))
    rows.append(_row("start until it answers, s (median of 3)", stock.start, ours.start, 1))
    rows.append(_row("training, s", stock.training, ours.training, 0))
    return rows


def _row(title: str, stock: float, ours: float, digits: int) -> str:
    return f"| {title} | {stock:.{digits}f} | {ours:.{digits}f} | {ours / stock:.2f} |"


def _product_rows(stock: Measured, product: InProduct) -> list[str]:
    short, long = product.turn_short, product.turn_long
    rows = [
        f"| short: p50, ms | {short.p50:.1f} | {short.p50 / stock.turn_short.p50:.2f} |",
        f"| short: p95, ms | {short.p95:.1f} | {short.p95 / stock.turn_short.p95:.2f} |",
        f"| long: p50, ms | {long.p50:.1f} | {long.p50 / stock.turn_long.p50:.2f} |",
        f"| long: p95, ms | {long.p95:.1f} | {long.p95 / stock.turn_long.p95:.2f} |",
    ]
    for many in AT_ONCE:
        rate = product.rates[many]
        ratio = rate / stock.rates[many]
        rows.append(f"| turns a second, {many} at once | {rate:.0f} | {ratio:.2f} |")
    return [
        *rows,
        f"| memory of Rasa, MB | {product.rasa_mb:.0f} | {product.rasa_mb / stock.memory_mb:.2f} |",
        f"| memory of the web process, MB | {product.web_mb:.0f} | |",
        f"| start of the whole product, s | {product.start:.1f} | |",
        f"| training on all sentences, s | {product.training:.0f} | |",
        f"| one corrected sentence until the new model answers, s | {product.retraining:.0f} | |",
    ]

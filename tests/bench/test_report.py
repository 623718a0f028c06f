"""The page is written section by section, and says nothing that was not measured."""

from pathlib import Path

from tests.bench.load import Times
from tests.bench.measuring import Amounts, Measured
from tests.bench.product import InProduct
from tests.bench.report import benchmark, machine, write_section

RATES = {1: 100.0, 8: 200.0, 32: 150.0}


def _times(p50: float) -> Times:
    return Times((p50, p50, p50 * 2), 1000 / p50)


def _measured(scale: float) -> Measured:
    return Measured(
        training=60 * scale,
        start=5 * scale,
        memory_mb=300 * scale,
        parse_short=_times(scale),
        parse_long=_times(2 * scale),
        turn_short=_times(4 * scale),
        turn_long=_times(8 * scale),
        rates=RATES,
    )


def test_a_section_is_replaced_and_the_others_stay(tmp_path: Path) -> None:
    page = tmp_path / "benchmarks.md"
    write_section(page, "soak", "first\n")
    write_section(page, "speed", "fast\n")
    write_section(page, "soak", "second\n")
    text = page.read_text()
    assert text.count("second") == 1
    assert "first" not in text
    assert text.index("fast") < text.index("second")


def test_the_quantiles_are_of_the_turns_taken() -> None:
    times = Times(tuple(float(n) for n in range(1, 101)), 10.0)
    assert (times.p50, times.p95) == (51.0, 96.0)
    assert Times((5.0,), 1.0).p95 == 5.0


def test_the_table_divides_ours_by_stocks() -> None:
    product = InProduct(Path("x"), 60, 20, 55, 400, 900, _times(20), _times(30), RATES)
    text = benchmark(
        stock=_measured(8.0),
        ours=_measured(1.0),
        product=product,
        amounts=Amounts(2500, 20, 300, 30),
        sentences=2490,
    )
    assert "| turn, short: p50, ms | 32.00 | 4.00 | 0.12 |" in text
    assert "| memory of the Rasa process, MB | 2400 | 300 | 0.12 |" in text
    assert "2490 sentences" in text


def test_nothing_of_this_machine_but_its_make_is_told() -> None:
    assert "/" not in machine().replace(" · ", "")

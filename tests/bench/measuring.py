"""Takes every figure of one side: training, start, memory, parse, turn, turns a second."""

import gc
import statistics
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bench.line import Line
from tests.bench.load import Times, measure
from tests.bench.processes import Started
from tests.bench.sides import Side

SHORT = "商標登録の費用は"
LONG = "浜松市で金具の町工場をしています。新しい止め金具の特許を出願したいのですが何から始めますか"
MIXED = (SHORT, LONG, "意匠と特許の違いを教えて", "海外で真似されました", "減免は使えますか")
"""``SHORT`` has 8 characters, ``LONG`` more than 31."""
AT_ONCE = (1, 8, 32)
WARM_UP = 20
STARTS = 3


@dataclass(frozen=True)
class Amounts:
    """How much is measured: sentences to train on, epochs of stock's networks, turns for a
    latency, turns of each conversation for a throughput."""

    sentences: int
    epochs: int
    turns: int
    rounds: int


@dataclass(frozen=True)
class Measured:
    """The figures of one side; times in milliseconds, training and start in seconds."""

    training: float
    start: float
    memory_mb: float
    parse_short: Times
    parse_long: Times
    turn_short: Times
    turn_long: Times
    rates: dict[int, float]


async def measure_side(side: Side, amounts: Amounts, work: Path) -> Measured:
    """Train, start three times, and ask."""
    _say(f"{side.name}: training on {side.project.sentences} sentences")
    training = side.train(work / f"{side.name}-train.log")
    _say(f"{side.name}: trained in {training:.0f} s; starting")
    starts = []
    for _ in range(STARTS - 1):
        with side.serving(work / f"{side.name}.log") as started:
            starts.append(started.seconds)
    with side.serving(work / f"{side.name}.log") as started:
        starts.append(started.seconds)
        _say(f"{side.name}: up in {statistics.median(starts):.1f} s; asking")
        async with _lines(side.port, max(AT_ONCE)) as lines:
            return await _ask(side, lines, amounts, training, statistics.median(starts), started)


async def _ask(
    side: Side,
    lines: list[Line],
    amounts: Amounts,
    training: float,
    start: float,
    started: Started,
) -> Measured:
    gc.disable()  # of this program only: a pass of ours is no latency of theirs
    times: dict[str, Times] = {}
    for name, text in (("short", SHORT), ("long", LONG)):
        parse, turn = side.parsing(lines[0], text), side.turns(lines, (text,))
        for kind, asked in (("parse", parse), ("turn", turn)):
            await measure(asked, conversations=1, turns=WARM_UP)
            times[f"{kind}_{name}"] = await measure(asked, conversations=1, turns=amounts.turns)
    rates = {}
    for many in AT_ONCE:
        rounds = max(amounts.rounds, amounts.turns // many)
        found = await measure(side.turns(lines, MIXED), conversations=many, turns=rounds)
        rates[many] = found.per_second
    gc.enable()
    return Measured(training, start, started.memory_mb(), **times, rates=rates)


@asynccontextmanager
async def _lines(port: int, count: int) -> AsyncIterator[list[Line]]:
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(Line(port)) for _ in range(count)]


def _say(text: str) -> None:
    sys.stderr.write(f"… {text}\n")

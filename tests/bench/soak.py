"""32 conversations at once for minutes: no error, no crash, no answer meant for another one.

    .venv/bin/python -m tests.bench.soak --seconds 300

Each conversation is a company in a prefecture of its own; whichever office an answer names must be
the one of that prefecture, also in the turns that do not name it again. ``test_soak.py`` is the
short form.
"""

import argparse
import asyncio
import re
import sys
import tempfile
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench import report
from tests.bench.line import Answer, BrokenLineError, Line
from tests.bench.processes import ROOT, resident_mb
from tests.bench.product import say, start_conversation
from tests.support.product import Product

# fmt: off
PREFECTURES = (
    "北海道", "青森県", "岩手県", "宮城県", "秋田県", "山形県", "福島県", "茨城県",
    "栃木県", "群馬県", "埼玉県", "千葉県", "東京都", "神奈川県", "新潟県", "富山県",
    "石川県", "福井県", "山梨県", "長野県", "岐阜県", "静岡県", "愛知県", "三重県",
    "滋賀県", "京都府", "大阪府", "兵庫県", "奈良県", "和歌山県", "鳥取県", "島根県",
    "岡山県", "広島県", "山口県", "徳島県", "香川県", "愛媛県", "高知県", "福岡県",
    "佐賀県", "長崎県", "熊本県", "大分県", "宮崎県", "鹿児島県", "沖縄県",
)
# fmt: on
AT_ONCE = 32
OFFICE = re.compile(f"INPIT({'|'.join(PREFECTURES)})知財総合支援窓口")
FIRST = "{prefecture}の会社です。商標を登録したいのですが、どこに相談すればよいですか"
LATER = (
    "特許の出願についても相談したいです",
    "ロゴを真似されたらどこに相談できますか",
    "何から始めればよいですか",
    "ノウハウの守り方を相談したい",
)
BAD = re.compile(r'Traceback|the bot gave no answer|"level": "(ERROR|CRITICAL)"|panicked')
TURNS = 5
ROOM = 60.0
"""A single turn that takes longer than this many seconds counts as lost."""


@dataclass
class Findings:
    """What a soak has seen; ``wrong`` holds at most a few sentences without visitors' words."""

    turns: int = 0
    named: int = 0
    wrong: list[str] = field(default_factory=list)
    slowest: float = 0.0
    memory_mb: tuple[float, float] = (0.0, 0.0)

    @property
    def clean(self) -> bool:
        """Nothing went wrong, and there was something to see."""
        return not self.wrong and self.named > 0


async def soak(product: Product, *, seconds: float, conversations: int = AT_ONCE) -> Findings:
    """Talk until the time is over; every conversation always has one message on its way."""
    found = Findings()
    rasa = product.children()["rasa"]
    before = resident_mb(rasa)
    already = {log: log.stat().st_size for log in _logs(product)}
    end = time.monotonic() + seconds
    async with AsyncExitStack() as stack:
        lines = [await stack.enter_async_context(Line(product.port)) for _ in range(conversations)]
        await asyncio.gather(
            *(
                _company(line, PREFECTURES[number % len(PREFECTURES)], end, found)
                for number, line in enumerate(lines)
            )
        )
    found.memory_mb = (before, resident_mb(rasa))
    found.wrong += complaints(product, already)
    return found


async def _company(line: Line, prefecture: str, end: float, found: Findings) -> None:
    while time.monotonic() < end:
        conversation = await start_conversation(line)
        for number in range(TURNS):
            text = LATER[number % len(LATER)] if number else FIRST.format(prefecture=prefecture)
            begin = time.monotonic()
            try:
                answer = await asyncio.wait_for(say(line, conversation, text), ROOM)
            except (BrokenLineError, TimeoutError) as error:
                found.wrong.append(f"{prefecture}: {type(error).__name__}")
                return
            found.slowest = max(found.slowest, time.monotonic() - begin)
            found.turns += 1
            judge(answer, prefecture, found, must_name=number == 0)


def judge(answer: Answer, prefecture: str, found: Findings, *, must_name: bool) -> None:
    """Note an answer that is an error, empty, or names another prefecture's office."""
    if answer.status != 200 or not answer.json()["replies"]:
        found.wrong.append(f"{prefecture}: status {answer.status}")
        return
    offices = set(OFFICE.findall(str(answer.json()["replies"])))
    if offices - {prefecture}:
        found.wrong.append(f"{prefecture}: got the answer of {', '.join(offices - {prefecture})}")
    if must_name and prefecture not in offices:
        found.wrong.append(f"{prefecture}: its office is not named")
    found.named += prefecture in offices


def complaints(product: Product, already: dict[Path, int]) -> list[str]:
    """What the processes have written since that no healthy run writes; ``already`` says how long
    each log was before."""
    found = []
    for log in _logs(product):
        new = log.read_bytes()[already.get(log, 0) :].decode("utf-8", "replace")
        bad = sum(bool(BAD.search(line)) for line in new.splitlines())
        found += [f"{log.name}: {bad} complaints"] if bad else []
    return found


def _logs(product: Product) -> list[Path]:
    return sorted((product.data_dir / "logs").glob("*.log"))


def section(found: Findings, seconds: float) -> str:
    """The section of the benchmark page."""
    before, after = found.memory_mb
    result = "nothing went wrong" if found.clean else "; ".join(found.wrong[:5])
    return "\n".join(
        [
            "## 32 conversations at once",
            "",
            f"Measured {report.machine()}.",
            "",
            f"{found.turns} turns in {seconds:.0f} s, each conversation a company in a prefecture "
            f"of its own; {found.named} answers named an office. Found: {result}. Slowest turn "
            f"{found.slowest:.2f} s. Memory of Rasa before and after: {before:.0f} and "
            f"{after:.0f} MB.",
            "",
        ]
    )


def main() -> int:
    """Start a product, soak it, write the section; exit code 1 if anything went wrong."""
    parser = argparse.ArgumentParser(prog="tests.bench.soak", description=__doc__)
    parser.add_argument("--seconds", type=float, default=300.0)
    parser.add_argument("--out", default=str(ROOT / "docs" / "benchmarks.md"))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="madoguchi-soak-") as folder:
        product = Product(Path(folder) / "var")
        product.launch()
        try:
            product.wait_ready()
            found = asyncio.run(soak(product, seconds=options.seconds))
        finally:
            product.close()
    text = section(found, options.seconds)
    report.write_section(Path(options.out), "soak", text)
    sys.stdout.write(text)
    return 0 if found.clean else 1


if __name__ == "__main__":
    sys.exit(main())

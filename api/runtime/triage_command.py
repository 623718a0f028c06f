"""The work of ``madoguchi triage``: finds or starts the product, asks it, keeps the order.

It sorts nothing itself: every inquiry goes through ``POST /api/v1/triage``. Results go to standard
output and to the file asked for; progress and bad lines go to standard error.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from api.runtime import backlog
from api.runtime.asking import (
    AT_ONCE,
    RETRY_PAUSES,
    Asker,
    NotSortedError,
    RefusedError,
    make_client,
    read_answer,
)
from api.runtime.backlog import Line, Outcome
from api.runtime.backlog_encoding import UnusableBacklogError
from api.runtime.product import NotStartedError, ended_like_ctrl_c
from api.runtime.triage_sheet import sheet

DONE, SOME_BAD, UNUSABLE, INTERRUPTED = 0, 1, 2, 130


INTERRUPTED_REASON = "途中で止めたため、まだ振り分けていません。"

USAGE = """次のどちらかの形で使ってください。
  madoguchi triage "相談の文章" [--json]
  madoguchi triage --file inquiries.csv --out triaged.csv"""

Opened = AbstractContextManager[str]


async def sort_lines(
    lines: Sequence[Line], asker: Asker, outcomes: list[Outcome | None], done: Callable[[], None]
) -> None:
    """Fill ``outcomes`` place by place, a few inquiries at once; bad lines cost no request."""
    places = iter(range(len(lines)))

    async def work() -> None:
        for place in places:
            outcomes[place] = await _sort(lines[place], asker)
            done()

    async with asyncio.TaskGroup() as group:
        for _ in range(AT_ONCE):
            group.create_task(work())


async def _sort(line: Line, asker: Asker) -> Outcome:
    if line.error is not None:
        return Outcome(line, error=line.error)
    try:
        return Outcome(line, triage=read_answer(await asker.ask(line)))
    except NotSortedError as error:
        return Outcome(line, error=str(error))


@dataclass(frozen=True)
class Terminal:
    """Where results and remarks go, and how the product is found; replaced in tests."""

    out: Console
    remarks: Console
    open_product: Callable[[], Opened]
    make_client: Callable[[str], httpx.AsyncClient] = make_client
    pauses: Sequence[float] = RETRY_PAUSES

    def say(self, text: str) -> None:
        """A remark to the person, as it stands."""
        self.remarks.out(text, highlight=False)


@dataclass(frozen=True)
class Asked:
    """The command line as typed."""

    text: str | None = None
    file: Path | None = None
    out: Path | None = None
    prefecture: str | None = None
    received_at: str = ""
    as_json: bool = False


def run(asked: Asked, terminal: Terminal) -> int:
    """Do what was asked; turn what can go wrong as a whole into an exit code."""
    try:
        with ended_like_ctrl_c():
            return _do(asked, terminal)
    except UnusableBacklogError as error:
        terminal.say(str(error))
        return UNUSABLE
    except NotStartedError as error:
        terminal.say(str(error))
        return SOME_BAD
    except KeyboardInterrupt:
        terminal.say("中断しました。")
        return INTERRUPTED


def _do(asked: Asked, terminal: Terminal) -> int:
    try:
        received = backlog.parse_received_at(asked.received_at)
    except ValueError as error:
        raise UnusableBacklogError(str(error)) from error
    given = Line(0, "", asked.text or "", asked.prefecture, received)
    if asked.file is None and asked.text is not None and asked.out is None:
        return sort_one(given, terminal, as_json=asked.as_json)
    if asked.file and asked.out and asked.text is None and not asked.as_json:
        return sort_file(asked.file, asked.out, terminal, defaults=given)
    raise UnusableBacklogError(USAGE)


def sort_one(line: Line, terminal: Terminal, *, as_json: bool) -> int:
    """Sort one inquiry and print its sheet, or the JSON as the server gave it."""
    error = backlog.problem_of_text(line.text)
    if error is not None:
        raise UnusableBacklogError(error)

    async def ask(url: str) -> str:
        async with terminal.make_client(url) as client:
            return await Asker(client, terminal.pauses).ask(line)

    try:
        with terminal.open_product() as url:
            answer = asyncio.run(ask(url))
        shown = answer if as_json else sheet(read_answer(answer))
    except RefusedError as refused:
        raise UnusableBacklogError(str(refused)) from refused
    except NotSortedError as failed:
        terminal.say(str(failed))
        return SOME_BAD
    terminal.out.out(shown, highlight=False)
    return DONE


def sort_file(source: Path, out: Path, terminal: Terminal, *, defaults: Line) -> int:
    """Sort a backlog into ``out``; ``defaults`` give place and date to lines that name none."""
    backlog.check_out(out, source)
    lines = [_with_defaults(line, defaults) for line in backlog.read_backlog(source)]
    outcomes: list[Outcome | None] = [
        Outcome(line, error=line.error) if line.error else None for line in lines
    ]
    try:
        if None in outcomes:
            with terminal.open_product() as url:
                _sort_with_bar(lines, outcomes, url, terminal)
    except KeyboardInterrupt:
        _finish(lines, outcomes, out, terminal)
        raise
    return _finish(lines, outcomes, out, terminal)


def _with_defaults(line: Line, defaults: Line) -> Line:
    return replace(
        line,
        prefecture=line.prefecture or defaults.prefecture,
        received_at=line.received_at or defaults.received_at,
    )


def _sort_with_bar(
    lines: Sequence[Line], outcomes: list[Outcome | None], url: str, terminal: Terminal
) -> None:
    columns = (TextColumn("振り分けています"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeRemainingColumn(), console=terminal.remarks) as progress:
        task = progress.add_task("", total=len(lines))

        async def sort() -> None:
            async with terminal.make_client(url) as client:
                asker = Asker(client, terminal.pauses)
                await sort_lines(lines, asker, outcomes, lambda: progress.advance(task))

        asyncio.run(sort())


def _finish(
    lines: Sequence[Line], outcomes: Sequence[Outcome | None], out: Path, terminal: Terminal
) -> int:
    """Write every line, done or not, and tell which ones are bad."""
    pairs = zip(lines, outcomes, strict=True)
    whole = [found or Outcome(line, error=INTERRUPTED_REASON) for line, found in pairs]
    backlog.write_outcomes(out, whole)
    bad = [outcome for outcome in whole if outcome.error is not None]
    for outcome in bad:
        if outcome.error != INTERRUPTED_REASON:  # the row says it; here it would fill the screen
            line = outcome.line
            terminal.say(f"{line.number}行目（id: {line.id or 'なし'}）: {outcome.error}")
    terminal.say(f"{len(whole)}件のうち{len(whole) - len(bad)}件を振り分けました: {out}")
    return SOME_BAD if bad else DONE

"""Writes this installation's own sentences beside the shipped ones; the database is the truth.

Deterministic: the same corrections give the same bytes. It owns the folders and files it writes
and leaves every other file of the overlay (an operator's own) alone.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

import yaml
from sqlmodel import Session

from knowledge.training import heldout
from knowledge.training.corrections import usable
from knowledge.training.dealing import skill_of
from knowledge.training.models import Correction
from knowledge.training.protected import PROTECTED_FILE

WRITER = "90"
"""The number of the folders written here (``inquiry90``): to the model one more voice."""
DIFFICULTY = "medium"
PARTS = ("train", "heldout")


def approved(*, session: Session, only: Collection[str] | None = None) -> tuple[Correction, ...]:
    """Approved corrections that may be used, in the order of their ids (``only``: of these)."""
    rows = session.exec(usable().where(Correction.state == "approved").order_by(Correction.id))
    return tuple(row for row in rows if only is None or row.id in only)


def write(corrections: Iterable[Correction], *, to: Path) -> bool:
    """Make the overlay hold exactly these corrections; return whether a file changed."""
    corrections = tuple(corrections)
    wanted = dict(_files(corrections))
    present = {path for part in PARTS for path in (to / part).glob(f"*{WRITER}/*.yml")}
    changed = False
    for path in present - {to / name for name in wanted}:
        path.unlink()
        changed = True
    for name, text in sorted(wanted.items()):
        changed = _put(to / name, text) or changed
    changed = _put_protected(to, corrections) or changed
    if (to / "heldout").is_dir():
        heldout.record(to)
    return changed


def differs(corrections: Iterable[Correction], folder: Path) -> bool:
    """Whether the files hold something else than these corrections."""
    wanted = dict(_files(tuple(corrections)))
    present = {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for part in PARTS
        for path in (folder / part).glob(f"*{WRITER}/*.yml")
    }
    return wanted != present


def _files(corrections: Iterable[Correction]) -> Iterable[tuple[str, str]]:
    rows: defaultdict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
    for one in corrections:
        name = f"{one.part}/{skill_of(one.intent)}{WRITER}/{one.intent}.yml"
        rows[name][one.text] = _row(one)
    for name, by_text in rows.items():
        lines = [f"intent: {Path(name).stem}", "examples:"]
        lines += [f"  - {_flow(by_text[text])}" for text in sorted(by_text)]
        yield name, "\n".join(lines) + "\n"


def _row(one: Correction) -> dict[str, Any]:
    row = {
        "text": one.text,
        "need": one.need,
        "asker": one.asker,
        "also": list(one.also),
        "wants": list(one.wants),
        "judgement": one.judgement,
        "register": one.register_,
        "difficulty": DIFFICULTY if one.part == "heldout" else None,
    }
    return {key: value for key, value in row.items() if value}


def _put_protected(to: Path, corrections: Iterable[Correction]) -> bool:
    path = to / PROTECTED_FILE
    rows = sorted({(c.intent, c.text) for c in corrections if c.protected})
    if not rows:
        there = path.exists()
        path.unlink(missing_ok=True)
        return there
    return _put(path, "".join(f"- {_flow({'intent': i, 'text': t})}\n" for i, t in rows))


def _flow(row: dict[str, Any]) -> str:
    text: str = yaml.safe_dump(
        row, allow_unicode=True, default_flow_style=True, sort_keys=False, width=100_000
    )
    return text.strip()


def _put(path: Path, text: str) -> bool:
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".writing")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(path)
    return True

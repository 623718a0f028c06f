"""Lets go of what was taken back: corrections go with their message, files and copies with them.

A message deleted by its visitor or by retention takes its rows along by itself (foreign keys); one
that was unsent stays as an empty row, and is looked for here. What is then written anew holds
nothing of either.
"""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import delete
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from knowledge.audit import service as audit
from knowledge.conversations.models import Message
from knowledge.staff.actor import system
from knowledge.training import overlay
from knowledge.training.models import AuditPick, Correction, MessageReview

FORGETTING = system("training")


@dataclass(frozen=True, slots=True)
class Folders:
    """Where sentences lie as files: the overlay, and the copies made from it for training."""

    overlay: Path
    export: Path
    runs: Path


def anything(*, session: Session, folders: Folders) -> bool:
    """Whether there is anything to let go of: a look without a lock."""
    if session.exec(_taken_back().limit(1)).first() is not None:
        return True
    return overlay.differs(overlay.approved(session=session), folders.overlay)


def forget(*, session: Session, now: datetime) -> int:
    """Delete what was made of messages that were taken back; return how many corrections."""
    taken_back: Sequence[str] = session.exec(_taken_back()).all()
    blank = select(Message.id).where(col(Message.sensitive) | col(Message.text).is_(None))
    for table in (MessageReview, AuditPick):
        session.execute(delete(table).where(col(table.message_id).in_(blank)))
    session.execute(delete(Correction).where(col(Correction.id).in_(taken_back)))
    for id_ in taken_back:
        audit.record(
            session=session,
            actor=FORGETTING,
            action="correction.forgotten",
            subject=f"correction:{id_}",
            now=now,
        )
    session.flush()
    return len(taken_back)


def refresh_files(*, session: Session, folders: Folders) -> bool:
    """Write the overlay anew; if a sentence left it, drop every copy that may still hold it.

    Returns whether the overlay changed. A copy that a training just now reads is made anew by the
    next one; what was deleted here is not read again.
    """
    before = _lines(folders.overlay)
    changed = overlay.write(overlay.approved(session=session), to=folders.overlay)
    if before - _lines(folders.overlay):
        shutil.rmtree(folders.export, ignore_errors=True)
        shutil.rmtree(folders.runs, ignore_errors=True)
    return changed


def _taken_back() -> SelectOfScalar[str]:
    return (
        select(Correction.id)
        .join(Message, col(Message.id) == col(Correction.message_id))
        .where(col(Message.sensitive) | col(Message.withheld) | col(Message.text).is_(None))
    )


def _lines(folder: Path) -> frozenset[str]:
    return frozenset(
        line
        for path in folder.rglob("*.yml")
        for line in path.read_text(encoding="utf-8").splitlines()
    )

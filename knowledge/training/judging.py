"""What a model is judged by: held-out sentences, protected ones, and recent messages as they came.

A sentence is known by a key made of its words, a message by its id; reports hold keys only, so
that what is deleted is nowhere quoted.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from sqlmodel import Session, col, select

from knowledge.conversations.models import Message
from knowledge.text import normalise
from knowledge.training.data import intent_files
from knowledge.training.protected import protected_sentences
from knowledge.triage.understanding import ASK_BACK_INTENT

RECENT = 300
"""Messages of the shadow run: some days of traffic of a busy desk, two seconds of judging."""
JudgedBy = Literal["heldout", "protected", "recent", "taught"]


@dataclass(frozen=True, slots=True)
class Question:
    """One text a model is asked; ``intent`` is the right answer, None where nobody said."""

    key: str
    text: str
    by: JudgedBy
    intent: str | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """What a model said: the intent it acts on (``first``: the likeliest), its chance 0 to 1."""

    name: str
    first: str
    chance: float
    ms: float = 0.0

    @property
    def asked_back(self) -> bool:
        """Whether the visitor would have been asked back."""
        return self.name == ASK_BACK_INTENT

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "Said":
        """Read one result of the judging job."""
        return cls(row["name"], row["first"], float(row["chance"]), float(row.get("ms", 0.0)))


def key_of(text: str) -> str:
    """The key of a sentence."""
    return hashlib.sha256(normalise(text).encode()).hexdigest()[:20]


def questions(roots: Iterable[Path]) -> tuple[Question, ...]:
    """Held-out and protected sentences of all roots, in the order of the files."""
    roots = tuple(roots)
    held = {
        (key_of(example.text), file.intent): normalise(example.text)
        for _, file in intent_files(roots, "heldout")
        for example in file.examples
    }
    kept = {(key_of(one.text), one.intent): one.text for one in protected_sentences(roots)}
    return (
        *(Question(key, text, "heldout", intent) for (key, intent), text in held.items()),
        *(Question(key, text, "protected", intent) for (key, intent), text in kept.items()),
    )


def taught(own: Path) -> tuple[Question, ...]:
    """The installation's own training sentences: what was corrected must now be right."""
    if not own.is_dir():
        return ()
    return tuple(
        Question(key_of(example.text), normalise(example.text), "taught", file.intent)
        for _, file in intent_files([own], "train")
        for example in file.examples
    )


def recent(*, session: Session, limit: int = RECENT) -> tuple[Question, ...]:
    """The newest messages that may be used, each under its own id."""
    rows = session.exec(
        select(Message)
        .where(
            Message.author == "visitor",
            col(Message.choice_id).is_(None),
            col(Message.text).is_not(None),
            ~col(Message.sensitive),
            ~col(Message.withheld),
        )
        .order_by(col(Message.at).desc())
        .limit(limit)
    )
    return tuple(Question(m.id, normalise(m.text or ""), "recent") for m in rows if m.text)


def words_of(roots: Iterable[Path]) -> dict[str, str]:
    """Key → words of every sentence that is still there, for showing a report."""
    roots = tuple(roots)
    own = roots[-1] if len(roots) > 1 else None
    found = [*questions(roots), *(taught(own) if own is not None else ())]
    return {question.key: question.text for question in found}

"""Tables of maintenance: what people corrected, what was trained, what is live and since when.

No table holds a word of a visitor except ``Correction.text``, which goes with its message, and
``SearchMiss.text``, which goes after the retention time.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, ForeignKey, Index, String, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from knowledge.content_store.models import PortableJson
from knowledge.database import EncryptedText, UtcDateTime


def _message(*, primary_key: bool = False, nullable: bool = False) -> Any:
    """The column that ties a row to a visitor's message; the row goes with the message."""
    return Column(
        String,
        ForeignKey("message.id", ondelete="CASCADE"),
        nullable=nullable,
        primary_key=primary_key,
        index=not primary_key,
    )


class Correction(SQLModel, table=True):
    """One sentence with what it means, proposed by one person and decided by another.

    ``message_id`` is empty for a sentence a maintainer wrote in her own words. ``state``: proposed
    · approved · refused. ``part`` (train or heldout) is given on approval by ``dealing``.
    """

    __tablename__ = "correction"
    __table_args__ = (Index("ix_correction_state", "state", "proposed_at"),)

    id: str = Field(primary_key=True)
    message_id: str | None = Field(default=None, sa_column=_message(nullable=True))
    text: str = Field(sa_type=EncryptedText)
    intent: str
    also: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    wants: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    need: str | None = None
    asker: str | None = None
    judgement: bool = False
    register_: str = Field(default="plain", sa_column=Column("register", String, nullable=False))
    protected: bool = False
    state: str = "proposed"
    part: str | None = None
    proposed_by: str
    proposed_at: datetime = Field(sa_type=UtcDateTime)
    decided_by: str | None = None
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    reason: str = ""


class MessageReview(SQLModel, table=True):
    """A maintainer has looked at a message: ``right``, ``corrected`` or ``skipped``."""

    __tablename__ = "message_review"

    message_id: str = Field(sa_column=_message(primary_key=True))
    verdict: str
    by: str
    at: datetime = Field(sa_type=UtcDateTime)


class AuditPick(SQLModel, table=True):
    """One answered message drawn for the audit sample; ``verdict``: right, wrong, unclear."""

    __tablename__ = "audit_pick"

    message_id: str = Field(sa_column=_message(primary_key=True))
    month: str = Field(index=True)
    drawn_at: datetime = Field(sa_type=UtcDateTime)
    verdict: str | None = None
    by: str | None = None
    at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class TrainingRun(SQLModel, table=True):
    """One training that was asked for. ``kind``: ``model``, or ``curve`` for a learning curve.

    ``state``: queued · running · done · failed · cancelled. ``seen_at`` is the worker's sign of
    life; ``percent`` and ``step`` are its progress.
    """

    __tablename__ = "training_run"

    id: int | None = Field(default=None, primary_key=True)
    kind: str = Field(default="model", sa_column_kwargs={"server_default": text("'model'")})
    state: str = Field(default="queued", index=True)
    requested_by: str
    requested_name: str = ""
    requested_at: datetime = Field(sa_type=UtcDateTime)
    started_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    seen_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    cancel: bool = False
    percent: int = 0
    step: str = ""
    release: str | None = None
    problem: str = ""


class ModelRelease(SQLModel, table=True):
    """One trained model. ``model_id`` is Rasa's own name for it, by which messages remember it.

    ``state``: candidate · promoting (offered to Rasa, not yet served) · live · former · broken
    (could not be loaded) · gone (its archive was deleted). ``corrections`` are the ids it learned
    from or is judged by; ``report`` holds counts and sentence keys, never a sentence.
    """

    __tablename__ = "model_release"

    name: str = Field(primary_key=True)
    model_id: str = Field(default="", index=True)
    fingerprint: str
    shipped: str = ""
    data_hash: str = ""
    config_hash: str = ""
    code_version: str = ""
    trained_at: datetime = Field(sa_type=UtcDateTime)
    trained_by: str
    state: str = Field(default="candidate", index=True)
    state_at: datetime = Field(sa_type=UtcDateTime)
    corrections: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    report: dict[str, Any] | None = Field(default=None, sa_type=PortableJson)


class ReleaseEvent(SQLModel, table=True):
    """What happened to a release: ``trained, promoted, live, broken, rolled_back``.

    ``override`` marks a promotion against the gate; ``reason`` is what the manager wrote.
    """

    __tablename__ = "release_event"
    __table_args__ = (UniqueConstraint("release", "kind", "at", name="uq_release_event"),)

    id: int | None = Field(default=None, primary_key=True)
    release: str = Field(index=True)
    kind: str
    at: datetime = Field(sa_type=UtcDateTime)
    actor_id: str
    actor_name: str = ""
    override: bool = False
    reason: str = ""


class SearchMiss(SQLModel, table=True):
    """Words for which a search of the knowledge base found nothing; nobody's name is beside them.

    ``place``: where was searched (``articles``, ``programmes``). What a conversation did not find
    is not kept twice: its message tells.
    """

    __tablename__ = "search_miss"

    id: int | None = Field(default=None, primary_key=True)
    place: str
    text: str = Field(sa_type=EncryptedText)
    at: datetime = Field(sa_type=UtcDateTime, index=True)


class LearningCurve(SQLModel, table=True):
    """What thinned training data gave: the points of ``curve.Point`` as JSON, made by a run."""

    __tablename__ = "learning_curve"

    run_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    made_at: datetime = Field(sa_type=UtcDateTime)
    data_hash: str
    points: list[dict[str, Any]] = Field(default_factory=list, sa_type=PortableJson)

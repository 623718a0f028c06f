"""Tables of conversations: who said what, in which order, and what each answer rests on."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, ForeignKey, Index, String, UniqueConstraint
from sqlmodel import Field, SQLModel

from knowledge.database import EncryptedText, UtcDateTime


class Conversation(SQLModel, table=True):
    """One visitor's thread. ``next_seq`` is given out under the row's lock.

    ``memory`` is what the dialogue knew after its last answer (JSON of ``state.State``).
    """

    __tablename__ = "conversation"

    id: str = Field(primary_key=True)
    token_hash: str
    channel: str
    prefecture: str | None = None
    created_at: datetime = Field(sa_type=UtcDateTime)
    last_at: datetime = Field(sa_type=UtcDateTime, index=True)
    next_seq: int = 1
    memory: str | None = Field(default=None, sa_type=EncryptedText)


class Message(SQLModel, table=True):
    """One message of a conversation; ``text`` is what the visitor typed, ``parts`` an answer.

    A withheld message is a row without text. ``sensitive`` marks what the visitor sent although
    the guard had stopped it: kept for the conversation, never for training or search.
    """

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("conversation_id", "seq", name="uq_message_seq"),
        UniqueConstraint("conversation_id", "client_message_id", name="uq_message_client_id"),
        Index("ix_message_in_reply_to", "in_reply_to"),
    )

    id: str = Field(primary_key=True)
    conversation_id: str = Field(
        sa_column=Column(String, ForeignKey("conversation.id", ondelete="CASCADE"), nullable=False)
    )
    seq: int
    author: str
    client_message_id: str | None = None
    in_reply_to: str | None = None
    at: datetime = Field(sa_type=UtcDateTime, index=True)
    withheld: bool = False
    sensitive: bool = False
    text: str | None = Field(default=None, sa_type=EncryptedText)
    choice_id: str | None = None
    reply: str | None = Field(default=None, sa_type=EncryptedText)
    basis: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    topic: str | None = Field(default=None, index=True)
    confidence: float | None = None
    understanding: str | None = Field(default=None, sa_type=EncryptedText)
    model_release: str | None = None
    answered: bool = False
    staff_id: str | None = None


class OfferedChoice(SQLModel, table=True):
    """A choice this server offered in this conversation; its id is all a client may send."""

    __tablename__ = "offered_choice"

    id: str = Field(primary_key=True)
    conversation_id: str = Field(
        sa_column=Column(
            String, ForeignKey("conversation.id", ondelete="CASCADE"), nullable=False, index=True
        )
    )
    message_id: str
    label: str = Field(sa_type=EncryptedText)
    payload: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)


class Feedback(SQLModel, table=True):
    """Whether an answer solved it; the latest word for a message counts."""

    __tablename__ = "feedback"

    message_id: str = Field(primary_key=True)
    conversation_id: str = Field(
        sa_column=Column(
            String, ForeignKey("conversation.id", ondelete="CASCADE"), nullable=False, index=True
        )
    )
    solved: bool
    at: datetime = Field(sa_type=UtcDateTime)


class OwnershipChange(SQLModel, table=True):
    """From this moment somebody else speaks: ``bot``, ``queue`` or ``staff``; rows are only added.

    ``speaker`` is what the visitor reads (the office, never a person's name).
    """

    __tablename__ = "ownership_change"
    __table_args__ = (Index("ix_ownership_conversation", "conversation_id", "id"),)

    id: int | None = Field(default=None, primary_key=True)
    conversation_id: str = Field(
        sa_column=Column(String, ForeignKey("conversation.id", ondelete="CASCADE"), nullable=False)
    )
    owner: str
    speaker: str = ""
    at: datetime = Field(sa_type=UtcDateTime)


class Switch(SQLModel, table=True):
    """An emergency switch: ``bot_off``, ``banner``, ``topic:<topic>``, ``article:<id>``."""

    __tablename__ = "emergency_switch"

    name: str = Field(primary_key=True)
    active: bool = False
    text: str = ""
    at: datetime = Field(sa_type=UtcDateTime)
    actor_id: str

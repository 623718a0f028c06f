"""Who speaks in a conversation: the bot, nobody yet (queue), or a person; derived from changes.

It knows no case and no desk: ``knowledge.handoffs`` decides and calls ``change``. While the bot
does not own a conversation nothing it says is stored, not even the answer to a turn in flight.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast

from sqlmodel import Session, col, select

from knowledge.conversations.models import OwnershipChange

Owner = Literal["bot", "queue", "staff"]


@dataclass(frozen=True, slots=True)
class Ownership:
    """Who speaks now. ``speaker`` is the name shown (an office); ``version`` grows with changes."""

    owner: Owner = "bot"
    speaker: str = ""
    version: int = 0

    @property
    def bot_speaks(self) -> bool:
        """Whether the bot may be asked and heard."""
        return self.owner == "bot"


def current(*, session: Session, conversation_id: str) -> Ownership:
    """Who speaks now; the bot where nothing was ever changed."""
    row = session.exec(
        select(OwnershipChange)
        .where(OwnershipChange.conversation_id == conversation_id)
        .order_by(col(OwnershipChange.id).desc())
        .limit(1)
    ).first()
    if row is None:
        return Ownership()
    return Ownership(cast(Owner, row.owner), row.speaker, row.id or 0)


def change(
    *, session: Session, conversation_id: str, owner: Owner, now: datetime, speaker: str = ""
) -> Ownership:
    """Let somebody else speak; the row of the conversation must be locked by the caller."""
    before = current(session=session, conversation_id=conversation_id)
    if (before.owner, before.speaker) == (owner, speaker):
        return before
    row = OwnershipChange(conversation_id=conversation_id, owner=owner, speaker=speaker, at=now)
    session.add(row)
    session.flush()
    return Ownership(owner, speaker, row.id or 0)

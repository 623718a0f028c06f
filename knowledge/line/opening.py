"""What a chat is told before anybody types, and what an answer asks for.

LINE carries what is written; the substance of an invention belongs in a meeting: said first.
"""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from knowledge.conversations.models import Message, OfferedChoice
from knowledge.conversations.replies import Basis, Reply, TextPart
from knowledge.conversations.views import MessageView, view
from knowledge.wording import say


def greeting(*, group: bool, retention_days: int) -> Reply:
    """The opening message of a chat: purpose, what LINE carries, retention, no legal advice."""
    keys = (
        ("line_chat.group_greeting",)
        if group
        else ("line_chat.greeting", "line_chat.before_typing")
    )
    parts = [TextPart(text=say(key)) for key in keys]
    parts.append(TextPart(text=say("opening.notice", days=retention_days)))
    return Reply(
        parts=tuple(parts), basis=Basis(wording=(*keys, "opening.notice")), author="system"
    )


def unseen(*, session: Session, conversation_id: str, before: int) -> tuple[MessageView, ...]:
    """The opening messages, where the visitor's line of this number is her first."""
    rows = session.exec(
        select(Message)
        .where(Message.conversation_id == conversation_id, Message.seq < before)
        .order_by(col(Message.seq))
        .limit(20)
    ).all()
    if any(row.author == "visitor" for row in rows):
        return ()
    return tuple(view(row) for row in rows if row.author == "system" and row.in_reply_to is None)


def asked_for(*, session: Session, message_ids: Sequence[str]) -> str | None:
    """The fact these answers ask for (``date``, ``prefecture``, …): it can be left open by one of
    the choices they offer."""
    rows = session.exec(select(OfferedChoice).where(col(OfferedChoice.message_id).in_(message_ids)))
    return next((str(row.payload["skip"]) for row in rows if "skip" in row.payload), None)

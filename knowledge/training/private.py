"""A maintainer finds personal data in a message: its words go, here and in the bot's memory."""

from datetime import datetime

from sqlmodel import Session

from knowledge.audit import service as audit
from knowledge.conversations import thread
from knowledge.conversations.models import Message
from knowledge.errors import NotFoundError
from knowledge.outbox import service as outbox
from knowledge.staff.actor import Actor
from knowledge.training import forgetting
from knowledge.training.rights import check_maintainer


def delete_words(*, session: Session, message_id: str, actor: Actor, now: datetime) -> None:
    """Delete the words of a message; the row stays without them, marked as not for training.

    Raises:
        NotAllowedError: no maintainer. NotFoundError: the message is gone.
    """
    check_maintainer(actor)
    message = session.get(Message, message_id)
    if message is None or message.author != "visitor":
        raise NotFoundError
    conversation = thread.locked(session, message.conversation_id)
    message.text, message.withheld, message.sensitive = None, True, True
    message.understanding, message.confidence = None, None
    conversation.memory = None
    session.add_all((message, conversation))
    outbox.enqueue(
        session=session,
        kind="forget",
        key=f"forget:{conversation.id}:{message.id}",
        payload={"sender": conversation.id},
        now=now,
    )
    audit.record(
        session=session,
        actor=actor,
        action="message.words_deleted",
        subject=f"conversation:{conversation.id}",
        now=now,
        detail={"message": message.id},
    )
    session.flush()
    forgetting.forget(session=session, now=now)

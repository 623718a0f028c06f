"""What happens when an offered choice is picked: answered on the spot, or told to the bot.

A choice whose payload carries the name of a handler never reaches Rasa: feedback here, the wish
for a person and the survey by what ``knowledge.handoffs`` hands in.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session

from knowledge.conversations import composing
from knowledge.conversations.models import Conversation, Feedback, OfferedChoice
from knowledge.conversations.replies import Reply
from knowledge.errors import FieldProblem, UnknownChoiceError
from knowledge.wording import say

Handler = Callable[[Session, Conversation, OfferedChoice, datetime], Sequence[Reply]]
"""Acts on a picked choice in the visitor's own transaction and says what is answered."""


def offered(session: Session, conversation: Conversation, choice_id: str | None) -> OfferedChoice:
    """The choice of an id, if this server offered it here.

    Raises:
        UnknownChoiceError: it did not.
    """
    found = session.get(OfferedChoice, choice_id)
    if found is None or found.conversation_id != conversation.id:
        reason = say("errors.unknown_choice")
        raise UnknownChoiceError(reason, fields=(FieldProblem("choice", reason),))
    return found


def handler_of(payload: Mapping[str, Any], handlers: Mapping[str, Handler]) -> Handler | None:
    """Who acts on a payload without the bot; ``None`` where the bot does."""
    known = {"feedback": take_feedback, **handlers}
    return next((known[name] for name in known if name in payload), None)


def take_feedback(
    session: Session, conversation: Conversation, choice: OfferedChoice, now: datetime
) -> Sequence[Reply]:
    """Whether an answer solved it; the latest word for a message counts."""
    solved = bool(choice.payload["feedback"])
    session.merge(
        Feedback(
            message_id=choice.message_id,
            conversation_id=conversation.id,
            solved=solved,
            at=now,
        )
    )
    return (composing.feedback_thanks(solved=solved),)

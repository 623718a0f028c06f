"""The one question after a closing; INPIT's own survey is only pointed to (DUTIES.md I4)."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from knowledge.cases import service as cases
from knowledge.cases.models import Case, SurveyAnswer
from knowledge.conversations.models import Conversation, OfferedChoice
from knowledge.conversations.replies import Reply
from knowledge.handoffs import telling


def invite(*, session: Session, case: Case) -> Reply:
    """The closing words with the question; that it was asked is kept with the case."""
    if case.survey == "none":
        case.survey = "invited"
        session.add(case)
    return telling.survey()


def take_choice(
    session: Session, conversation: Conversation, choice: OfferedChoice, now: datetime
) -> Sequence[Reply]:
    """Keep the answer; the latest one counts."""
    answer = str(choice.payload["survey"])
    case = cases.by_conversation(session=session, conversation_id=conversation.id)
    if case is not None and answer in telling.SURVEY_ANSWERS:
        row = SurveyAnswer(reference=case.reference, answer=answer, office=case.office, at=now)
        session.merge(row)
        case.survey = "answered"
        session.add(case)
    return (telling.said("handoff.survey_thanks"),)

"""The inbox of real messages, worst first, near copies folded, with what was said around them.

It reads conversations; it stores nothing. Texts stay in memory and never reach a log.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Literal

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import Select

from knowledge.cases.models import CorrectionHint
from knowledge.clock import TOKYO
from knowledge.conversations.models import Conversation, Feedback, Message
from knowledge.conversations.views import MessageView, view_for_staff
from knowledge.errors import NotFoundError
from knowledge.staff.actor import Actor
from knowledge.text import normalise
from knowledge.training.folding import folded
from knowledge.training.known import KnownSentences
from knowledge.training.models import MessageReview, ModelRelease
from knowledge.training.rights import check_maintainer
from knowledge.triage.understanding import Understanding

LOOKED_AT = 1000
"""Newest messages that are ranked; older ones wait until these are done."""
AROUND = (4, 3)
"""Messages shown before and after."""
Reason = Literal["wrong_desk", "thumbs_down", "no_answer", "asked_back", "unsure", "unusual"]
WEIGHTS: dict[Reason, float] = {
    "wrong_desk": 100,
    "thumbs_down": 80,
    "no_answer": 60,
    "asked_back": 50,
    "unsure": 20,
    "unusual": 15,
}
"""How bad each sign is; people's word counts more than the model's own doubt."""
UNSURE = 0.6
UNUSUAL = 0.5


@dataclass(frozen=True, slots=True)
class Filters:
    """What to show. ``reviewed``: those a maintainer has looked at instead of the others."""

    topic: str | None = None
    below: float | None = None
    channel: str | None = None
    since: date | None = None
    until: date | None = None
    reviewed: bool = False


@dataclass(frozen=True, slots=True)
class Candidate:
    """One message, or several that say the same (``others``: their ids); ``model_release`` is the
    name of the model that heard it."""

    message_id: str
    text: str
    at: datetime
    channel: str
    topic: str | None
    confidence: float | None
    understanding: Understanding | None
    model_release: str | None
    reasons: tuple[Reason, ...]
    hinted_topic: str | None
    score: float
    others: tuple[str, ...] = ()
    verdict: str | None = None


@dataclass(frozen=True, slots=True)
class _Signs:
    """What people and staff said of messages."""

    moved: dict[str, str | None] = field(default_factory=dict)
    disliked: frozenset[str] = frozenset()


def candidates(
    *,
    session: Session,
    known: KnownSentences | None,
    actor: Actor,
    filters: Filters = Filters(),
    limit: int = 50,
) -> tuple[Candidate, ...]:
    """The messages to look at, the worst first; ``known`` None leaves out what is unusual.

    Raises:
        NotAllowedError: no maintainer.
    """
    check_maintainer(actor)
    rows = session.exec(_query(filters)).all()
    signs = _signs(session, [message.id for message, _, _ in rows])
    made = [_candidate(m, channel, verdict, signs, known) for m, channel, verdict in rows]
    if filters.below is not None:
        made = [c for c in made if c.confidence is None or c.confidence < filters.below]
    made.sort(key=lambda c: (-c.score, -c.at.timestamp()))
    groups = folded([(c.text, c) for c in made])
    names = _release_names(session)
    return tuple(_led(group, names) for group in groups[:limit])


def context(
    *, session: Session, message_id: str, actor: Actor
) -> tuple[tuple[MessageView, ...], tuple[MessageView, ...]]:
    """What was said before and after a message.

    Raises:
        NotAllowedError: no maintainer. NotFoundError: the message is gone.
    """
    check_maintainer(actor)
    message = session.get(Message, message_id)
    if message is None or message.sensitive:
        raise NotFoundError
    before, after = AROUND
    rows = session.exec(
        select(Message)
        .where(
            Message.conversation_id == message.conversation_id,
            col(Message.seq).between(message.seq - before, message.seq + after),
            ~col(Message.sensitive),
        )
        .order_by(col(Message.seq))
    ).all()
    return (
        tuple(view_for_staff(row) for row in rows if row.seq < message.seq),
        tuple(view_for_staff(row) for row in rows if row.seq > message.seq),
    )


def understood(message: Message) -> Understanding | None:
    """What the bot understood of a stored message; offsets refer to its normalised text."""
    if message.understanding is None:
        return None
    said = {**json.loads(message.understanding), "text": normalise(message.text or "")}
    return Understanding.model_validate(said)


def _query(filters: Filters) -> Select[Message, str, str]:
    statement = (
        select(Message, Conversation.channel, MessageReview.verdict)
        .join(Conversation, col(Conversation.id) == col(Message.conversation_id))
        .outerjoin(MessageReview, col(MessageReview.message_id) == col(Message.id))
        .where(
            Message.author == "visitor",
            col(Message.choice_id).is_(None),
            col(Message.text).is_not(None),
            ~col(Message.withheld),
            ~col(Message.sensitive),
            col(Message.answered),
        )
    )
    seen = col(MessageReview.message_id)
    statement = statement.where(seen.is_not(None) if filters.reviewed else seen.is_(None))
    if filters.topic:
        statement = statement.where(Message.topic == filters.topic)
    if filters.channel:
        statement = statement.where(Conversation.channel == filters.channel)
    if filters.since:
        statement = statement.where(col(Message.at) >= _midnight(filters.since))
    if filters.until:
        after = _midnight(filters.until + timedelta(days=1))
        statement = statement.where(col(Message.at) < after)
    return statement.order_by(col(Message.at).desc()).limit(LOOKED_AT)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=TOKYO)


def _signs(session: Session, ids: Sequence[str]) -> _Signs:
    if not ids:
        return _Signs()
    hints = session.exec(
        select(CorrectionHint.message_id, CorrectionHint.topic_after).where(
            col(CorrectionHint.message_id).in_(ids)
        )
    )
    disliked = session.exec(
        select(Message.in_reply_to)
        .join(Feedback, col(Feedback.message_id) == col(Message.id))
        .where(col(Message.in_reply_to).in_(ids), ~col(Feedback.solved))
    )
    return _Signs(
        {id_: topic for id_, topic in hints if id_}, frozenset(id_ for id_ in disliked if id_)
    )


def _candidate(
    message: Message,
    channel: str,
    verdict: str | None,
    signs: _Signs,
    known: KnownSentences | None,
) -> Candidate:
    heard = understood(message)
    text = normalise(message.text or "")
    reasons = tuple(_reasons(message, heard, text, signs, known))
    doubt = 1.0 - (message.confidence or 0.0) if heard is not None else 0.0
    return Candidate(
        message_id=message.id,
        text=text,
        at=message.at,
        channel=channel,
        topic=message.topic,
        confidence=message.confidence,
        understanding=heard,
        model_release=message.model_release,
        reasons=reasons,
        hinted_topic=signs.moved.get(message.id),
        score=sum(WEIGHTS[reason] for reason in reasons) + doubt,
        verdict=verdict,
    )


def _reasons(
    message: Message,
    heard: Understanding | None,
    text: str,
    signs: _Signs,
    known: KnownSentences | None,
) -> Iterable[Reason]:
    if message.id in signs.moved:
        yield "wrong_desk"
    if message.id in signs.disliked:
        yield "thumbs_down"
    if heard is None:
        yield "no_answer"
    elif not heard.sure:
        yield "asked_back"
    elif heard.confidence < UNSURE:
        yield "unsure"
    if known is not None and known.unusual(text) > UNUSUAL:
        yield "unusual"


def _release_names(session: Session) -> dict[str, str]:
    """Rasa's id of a model → the name under which people know it."""
    return dict(session.exec(select(ModelRelease.model_id, ModelRelease.name)).all())


def _led(group: Sequence[Candidate], names: dict[str, str]) -> Candidate:
    first = group[0]
    model = first.model_release
    return replace(
        first,
        others=tuple(c.message_id for c in group[1:]),
        model_release=names.get(model, model) if model else None,
    )

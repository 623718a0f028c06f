"""What the figures advise: how often answers are right, and what has no article.

Estimates say how sure they are; a rate of answers says nothing about whether they were right.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlmodel import Session, col, select

from knowledge.conversations.models import Message
from knowledge.errors import NotFoundError
from knowledge.staff.actor import Actor
from knowledge.text import normalise
from knowledge.training.folding import folded
from knowledge.training.inbox import understood
from knowledge.training.models import AuditPick
from knowledge.training.rights import check_maintainer
from knowledge.training.statistics import Interval, interval
from knowledge.vocabulary import TOPICS

SAMPLE = 50
"""Messages a month: half an hour of work, an interval of some ten points either way."""
WINDOW = timedelta(days=30)
MOST_READ = 1000
Verdict = Literal["right", "wrong", "unclear"]


@dataclass(frozen=True, slots=True)
class Pick:
    """One message of the sample."""

    message_id: str
    text: str
    topic: str | None
    verdict: str | None


@dataclass(frozen=True, slots=True)
class Rates:
    """Of the last 30 days: messages, answered without a question back, and of those judged in the
    sample the share that was right."""

    messages: int
    answered: Interval
    judged: int
    right: Interval


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A question for which no article was found, how often it came and when last."""

    text: str
    topic: str
    times: int
    last_at: datetime


def draw(*, session: Session, actor: Actor, now: datetime, size: int = SAMPLE) -> int:
    """Draw this month's sample by chance (once; again only what was deleted since); its size.

    Raises:
        NotAllowedError: no maintainer.
    """
    check_maintainer(actor)
    month = f"{now:%Y-%m}"
    there = session.exec(select(AuditPick.message_id).where(AuditPick.month == month)).all()
    rows = session.exec(
        select(Message.id)
        .where(
            Message.author == "visitor",
            col(Message.topic).in_(TOPICS),
            col(Message.text).is_not(None),
            ~col(Message.sensitive),
            ~col(Message.withheld),
            col(Message.at) >= now - WINDOW,
            col(Message.id).not_in(select(AuditPick.message_id)),
        )
        .order_by(col(Message.id))
    ).all()
    chance = random.Random(f"{month}:{len(there)}")  # noqa: S311  (a sample, no secret)
    drawn = chance.sample(list(rows), min(len(rows), max(0, size - len(there))))
    session.add_all(AuditPick(message_id=id_, month=month, drawn_at=now) for id_ in drawn)
    session.flush()
    return len(there) + len(drawn)


def sample(*, session: Session, actor: Actor, now: datetime) -> tuple[Pick, ...]:
    """This month's sample, what is not judged yet first.

    Raises:
        NotAllowedError: no maintainer.
    """
    check_maintainer(actor)
    rows = session.exec(
        select(AuditPick, Message)
        .join(Message, col(Message.id) == col(AuditPick.message_id))
        .where(
            AuditPick.month == f"{now:%Y-%m}",
            col(Message.text).is_not(None),
            ~col(Message.sensitive),
        )
        .order_by(col(AuditPick.verdict).is_not(None), col(AuditPick.message_id))
    )
    return tuple(
        Pick(message.id, normalise(message.text or ""), message.topic, pick.verdict)
        for pick, message in rows
    )


def judge(
    *, session: Session, message_id: str, verdict: Verdict, actor: Actor, now: datetime
) -> None:
    """Say whether the answer to a message of the sample was right.

    Raises:
        NotAllowedError: no maintainer. NotFoundError: it is not in a sample.
    """
    check_maintainer(actor)
    pick = session.get(AuditPick, message_id)
    if pick is None:
        raise NotFoundError
    pick.verdict, pick.by, pick.at = verdict, actor.id, now
    session.add(pick)
    session.flush()


def rates(*, session: Session, actor: Actor, now: datetime) -> Rates:
    """Answer rate and, from the sample, the rate of right answers.

    Raises:
        NotAllowedError: no maintainer.
    """
    check_maintainer(actor)
    read = _recent(session, now)
    heard = [understood(message) for message in read]
    answered = sum(1 for one in heard if one is not None and one.sure)
    verdicts = session.exec(
        select(AuditPick.verdict).where(
            col(AuditPick.verdict).in_(("right", "wrong")), AuditPick.month == f"{now:%Y-%m}"
        )
    ).all()
    right = sum(verdict == "right" for verdict in verdicts)
    return Rates(
        len(read), interval(answered, len(read)), len(verdicts), interval(right, len(verdicts))
    )


def unanswered(
    *, session: Session, actor: Actor, now: datetime, limit: int = 50
) -> tuple[Unanswered, ...]:
    """Questions on a subject that were answered without an article, the most frequent first.

    Raises:
        NotAllowedError: no maintainer.
    """
    check_maintainer(actor)
    asked = {m.id: m for m in _recent(session, now) if m.topic in TOPICS}
    helped = {
        reply.in_reply_to
        for reply in session.exec(select(Message).where(col(Message.in_reply_to).in_(asked)))
        if (reply.basis or {}).get("articles")
    }
    left = [m for m in asked.values() if m.id not in helped]
    groups = folded([(m.text or "", m) for m in left])
    groups.sort(key=lambda group: -len(group))
    return tuple(_question(group) for group in groups[:limit])


def _recent(session: Session, now: datetime) -> Sequence[Message]:
    return session.exec(
        select(Message)
        .where(
            Message.author == "visitor",
            col(Message.choice_id).is_(None),
            col(Message.text).is_not(None),
            ~col(Message.sensitive),
            ~col(Message.withheld),
            col(Message.answered),
            col(Message.at) >= now - WINDOW,
        )
        .order_by(col(Message.at).desc())
        .limit(MOST_READ)
    ).all()


def _question(group: Sequence[Message]) -> Unanswered:
    first = group[0]
    return Unanswered(
        normalise(first.text or ""), first.topic or "", len(group), max(m.at for m in group)
    )

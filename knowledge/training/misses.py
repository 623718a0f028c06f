"""Real searches that found nothing: words typed into a search, and questions the bot looked up.

Words of a search are kept alone, without a person or an address; what a conversation did not find
is read from its messages and so goes with them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import delete
from sqlmodel import Session, col, func, select

from knowledge.conversations.models import Message
from knowledge.staff.actor import Actor
from knowledge.text import has_words, normalise
from knowledge.training.folding import folded
from knowledge.training.lint_texts import public_contacts
from knowledge.training.models import SearchMiss
from knowledge.training.rights import check_maintainer
from knowledge.training.scrub import marks, masked
from knowledge.triage.guards import inspect

Place = Literal["articles", "programmes", "conversation"]
MOST_A_DAY = 500
"""Kept words of one day: whoever floods the search fills no disk."""
WINDOW = timedelta(days=30)
MOST_READ = 1000
NOTHING_FOUND = frozenset({"dialogue.search_nothing", "dialogue.degraded_no_search"})
"""Wordings of answers that say so."""


@dataclass(frozen=True, slots=True)
class Missed:
    """What was looked for in vain: how often (in all spellings), where, and when last."""

    text: str
    places: tuple[Place, ...]
    times: int
    last_at: datetime


def note(*, session: Session, text: str, place: Place, now: datetime) -> bool:
    """Keep words that found nothing; whether they were kept.

    A text the guard would withhold is never kept; what looks personal is masked first.
    """
    words = normalise(text).replace("\n", " ")
    if not has_words(words) or inspect(words).withhold:
        return False
    today = select(func.count()).where(col(SearchMiss.at) > now - timedelta(days=1))
    if session.exec(today).one() >= MOST_A_DAY:
        return False
    kept = masked(words, marks(words, public=public_contacts()))
    session.add(SearchMiss(place=place, text=kept, at=now))
    session.flush()
    return True


def forget_old(*, session: Session, older_than: timedelta, now: datetime) -> int:
    """Delete kept words past the retention time; how many."""
    old = select(SearchMiss.id).where(col(SearchMiss.at) < now - older_than)
    ids = session.exec(old).all()
    session.execute(delete(SearchMiss).where(col(SearchMiss.id).in_(ids)))
    return len(ids)


def listed(*, session: Session, actor: Actor, now: datetime, limit: int = 50) -> tuple[Missed, ...]:
    """What was looked for in vain in the last 30 days, the most frequent first.

    Raises:
        NotAllowedError: no maintainer.
    """
    check_maintainer(actor)
    rows = session.exec(
        select(SearchMiss)
        .where(col(SearchMiss.at) >= now - WINDOW)
        .order_by(col(SearchMiss.at).desc(), col(SearchMiss.id).desc())
        .limit(MOST_READ)
    )
    found: list[tuple[str, tuple[Place, datetime]]] = [
        (row.text, (_place(row.place), row.at)) for row in rows
    ]
    found += [
        (message.text or "", ("conversation", message.at))
        for message in _in_conversations(session, now)
    ]
    groups = folded([(text, (text, *rest)) for text, rest in found])
    groups.sort(key=lambda group: -len(group))
    return tuple(_missed(group) for group in groups[:limit])


def _missed(group: Sequence[tuple[str, Place, datetime]]) -> Missed:
    places = tuple(dict.fromkeys(place for _, place, _ in group))
    return Missed(normalise(group[0][0]), places, len(group), max(at for *_, at in group))


def _place(stored: str) -> Place:
    return "programmes" if stored == "programmes" else "articles"


def _in_conversations(session: Session, now: datetime) -> Iterator[Message]:
    """The visitors' messages behind answers that say that nothing was found."""
    replies = session.exec(
        select(Message)
        .where(
            col(Message.basis).is_not(None),
            col(Message.in_reply_to).is_not(None),
            col(Message.at) >= now - WINDOW,
        )
        .order_by(col(Message.at).desc())
        .limit(MOST_READ)
    )
    for reply in replies.all():
        if NOTHING_FOUND.isdisjoint((reply.basis or {}).get("wording") or ()):
            continue
        asked = _asked(session, reply)
        if asked is not None:
            yield asked


def _asked(session: Session, reply: Message) -> Message | None:
    """What was looked up: the visitor's last own words before the answer (a pressed button has
    none), if they may be read."""
    asked = session.exec(
        select(Message)
        .where(
            Message.conversation_id == reply.conversation_id,
            Message.author == "visitor",
            col(Message.choice_id).is_(None),
            col(Message.seq) < reply.seq,
        )
        .order_by(col(Message.seq).desc())
        .limit(1)
    ).first()
    if asked is None or asked.sensitive or asked.withheld or asked.text is None:
        return None
    return asked

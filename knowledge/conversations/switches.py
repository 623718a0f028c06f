"""Emergency switches: the bot off, one topic or article off, a banner; read with every turn.

Each change is audited and holds from the next message on, in every process.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from knowledge.articles.models import ArticleRow
from knowledge.audit import service as audit
from knowledge.content_store.service import bump
from knowledge.conversations.models import Switch
from knowledge.errors import FieldProblem, InvalidInputError, NotAllowedError, NotFoundError
from knowledge.staff.actor import Actor
from knowledge.text import strip_controls
from knowledge.vocabulary import TOPICS
from knowledge.wording import say

BOT_OFF = "bot_off"
BANNER = "banner"
TOPIC = "topic:"
ARTICLE = "article:"
MOST_BANNER = 300
"""Characters of a banner: two lines on a phone held upright."""


@dataclass(frozen=True, slots=True)
class Switches:
    """What is switched just now. ``banner`` is ``None`` where none is shown."""

    bot_off: bool = False
    banner: str | None = None
    topics_off: frozenset[str] = frozenset()
    articles_off: frozenset[str] = frozenset()


def states(*, session: Session) -> Switches:
    """What is switched just now."""
    on = {row.name: row.text for row in session.exec(select(Switch).where(col(Switch.active)))}
    return Switches(
        bot_off=BOT_OFF in on,
        banner=on.get(BANNER) or None,
        topics_off=_named(on, TOPIC),
        articles_off=_named(on, ARTICLE),
    )


def history(*, session: Session) -> Sequence[Switch]:
    """Every switch that was ever used, the latest change first."""
    return session.exec(select(Switch).order_by(col(Switch.at).desc())).all()


def set_switch(
    *, session: Session, name: str, on: bool, actor: Actor, now: datetime, text: str = ""
) -> Switches:
    """Switch ``bot_off``, ``banner`` (with its text), ``topic:<topic>`` or ``article:<id>``.

    Raises:
        NotAllowedError: the actor is no manager. NotFoundError: no topic or article is called
        that. InvalidInputError: a banner without words, or with too many.
    """
    if actor.kind != "system" and not actor.has("manager"):
        raise NotAllowedError
    _check_name(session, name)
    words = _check_banner(text) if name == BANNER and on else ""
    row = session.get(Switch, name) or Switch(name=name, at=now, actor_id=actor.id)
    row.active, row.text, row.at, row.actor_id = on, words, now, actor.id
    session.add(row)
    if name.startswith(ARTICLE):
        _show_article(session, name.removeprefix(ARTICLE), shown=not on)
    audit.record(
        session=session,
        actor=actor,
        action="switch.on" if on else "switch.off",
        subject=f"switch:{name}",
        now=now,
    )
    session.flush()
    return states(session=session)


def reapply(*, session: Session) -> None:
    """Keep switched-off articles off after the shipped content was loaded again."""
    for id_ in states(session=session).articles_off:
        _show_article(session, id_, shown=False)


def _named(on: dict[str, str], beginning: str) -> frozenset[str]:
    return frozenset(n.removeprefix(beginning) for n in on if n.startswith(beginning))


def _check_name(session: Session, name: str) -> None:
    topic = re.fullmatch(rf"{TOPIC}([a-z_]+)", name)
    known = name in {BOT_OFF, BANNER} or (topic is not None and topic[1] in TOPICS)
    if name.startswith(ARTICLE):
        known = session.get(ArticleRow, name.removeprefix(ARTICLE)) is not None
    if not known:
        raise NotFoundError


def _check_banner(text: str) -> str:
    words = strip_controls(text).strip()
    if not words or len(words) > MOST_BANNER:
        reason = say("handoff.banner_length", most=MOST_BANNER)
        raise InvalidInputError(fields=(FieldProblem("text", reason),))
    return words


def _show_article(session: Session, id_: str, *, shown: bool) -> None:
    row = session.get(ArticleRow, id_)
    if row is not None and row.active != shown:
        row.active = shown
        session.add(row)
        bump(session=session)

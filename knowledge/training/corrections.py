"""One sentence and what it means: proposed by one person, decided by another, then learned.

It keeps the rule of two pairs of eyes and refuses personal data; files are ``overlay``'s work.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from knowledge.audit import service as audit
from knowledge.conversations.models import Message
from knowledge.errors import ConflictError, NotAllowedError, NotFoundError
from knowledge.staff.actor import Actor
from knowledge.text import has_words, normalise
from knowledge.training.dealing import deal
from knowledge.training.known import KnownSentences
from knowledge.training.meaning import Meaning, check_meaning, check_text, columns, refused
from knowledge.training.models import Correction, MessageReview
from knowledge.training.rights import check_maintainer
from knowledge.wording import say


def propose(
    *,
    session: Session,
    text: str,
    meaning: Meaning,
    actor: Actor,
    now: datetime,
    message_id: str | None = None,
    protected: bool = False,
) -> Correction:
    """Propose a sentence; ``message_id`` where a visitor said it, none for one's own words.

    ``protected`` asks that the model must always get it right.

    Raises:
        NotAllowedError: no maintainer. NotFoundError: the message is gone, was taken back or was
        never for training. InvalidInputError: a field, or personal data in the text.
        ConflictError: the message has a sentence already.
    """
    check_maintainer(actor)
    words = check_text(text)
    check_meaning(meaning)
    if message_id is not None:
        _check_message(session, message_id)
    row = Correction(
        id=secrets.token_urlsafe(9),
        message_id=message_id,
        text=words,
        protected=protected,
        proposed_by=actor.id,
        proposed_at=now,
        **columns(meaning),
    )
    session.add(row)
    if message_id is not None:
        _note(session, message_id, "corrected", actor, now)
    _audit(session, actor, "correction.proposed", row, now)
    session.flush()
    return row


def approve(
    *,
    session: Session,
    id: str,  # noqa: A002
    known: KnownSentences,
    actor: Actor,
    now: datetime,
    text: str | None = None,
) -> Correction:
    """Accept a proposal, with its text masked further where ``text`` is given.

    Raises:
        NotFoundError: there is none. NotAllowedError: no maintainer, or who proposed it.
        ConflictError: decided already. InvalidInputError: personal data in the text.
    """
    row = _open(session, id, actor)
    row.text = check_text(row.text if text is None else text)
    row.part = deal(row.text, known)
    _decide(session, row, "approved", actor, now)
    return row


def refuse(
    *,
    session: Session,
    id: str,  # noqa: A002
    reason: str,
    actor: Actor,
    now: datetime,
) -> Correction:
    """Turn a proposal down, with a word to its author.

    Raises:
        NotFoundError, NotAllowedError, ConflictError: as ``approve``. InvalidInputError: no reason.
    """
    row = _open(session, id, actor, own=True)
    if not has_words(reason) or len(reason) > 300:
        raise refused("reason", say("maintain.reason_needed"))
    row.reason = normalise(reason)
    _decide(session, row, "refused", actor, now)
    return row


def withdraw(*, session: Session, id: str, actor: Actor, now: datetime) -> None:  # noqa: A002
    """Take an approved or proposed sentence out again; it vanishes with the next writing.

    Raises:
        NotFoundError: there is none. NotAllowedError: no maintainer.
    """
    check_maintainer(actor)
    row = session.get(Correction, id)
    if row is None:
        raise NotFoundError
    _audit(session, actor, "correction.withdrawn", row, now)
    session.delete(row)
    session.flush()


def listed(
    *, session: Session, actor: Actor, state: str = "proposed", limit: int = 200
) -> Sequence[Correction]:
    """Corrections of a state whose message may still be used, the oldest first.

    Raises:
        NotAllowedError: no maintainer.
    """
    check_maintainer(actor)
    rows = session.exec(
        usable().where(Correction.state == state).order_by(col(Correction.proposed_at)).limit(limit)
    )
    return rows.all()


def usable() -> SelectOfScalar[Correction]:
    """Corrections that have no message, or whose message was not taken back."""
    return (
        select(Correction)
        .outerjoin(Message, col(Message.id) == col(Correction.message_id))
        .where(
            col(Correction.message_id).is_(None)
            | (
                col(Message.id).is_not(None)
                & ~col(Message.sensitive)
                & ~col(Message.withheld)
                & col(Message.text).is_not(None)
            )
        )
    )


def mark(*, session: Session, message_id: str, verdict: str, actor: Actor, now: datetime) -> None:
    """Note that a message was looked at: ``right``, ``corrected`` or ``skipped``.

    Raises:
        NotAllowedError: no maintainer. NotFoundError: the message is gone or not for training.
    """
    check_maintainer(actor)
    _check_message(session, message_id)
    _note(session, message_id, verdict, actor, now)
    session.flush()


def _note(session: Session, message_id: str, verdict: str, actor: Actor, now: datetime) -> None:
    row = session.get(MessageReview, message_id)
    if row is None:
        row = MessageReview(message_id=message_id, verdict=verdict, by=actor.id, at=now)
    row.verdict, row.by, row.at = verdict, actor.id, now
    session.add(row)


def _check_message(session: Session, message_id: str) -> None:
    message = session.get(Message, message_id)
    if message is None or message.author != "visitor":
        raise NotFoundError
    if message.withheld or message.sensitive or message.text is None:
        raise NotFoundError
    taken = select(Correction.id).where(
        Correction.message_id == message_id, col(Correction.state) != "refused"
    )
    if session.exec(taken).first() is not None:
        raise ConflictError(say("maintain.corrected_already"))


def _open(session: Session, id_: str, actor: Actor, *, own: bool = False) -> Correction:
    check_maintainer(actor)
    row = session.exec(
        usable().where(Correction.id == id_).with_for_update(of=Correction)
    ).one_or_none()
    if row is None:
        raise NotFoundError
    if row.state != "proposed":
        raise ConflictError(say("maintain.decided_already"))
    if row.proposed_by == actor.id and not own:
        raise NotAllowedError(say("maintain.second_person"))
    return row


def _decide(session: Session, row: Correction, state: str, actor: Actor, now: datetime) -> None:
    row.state, row.decided_by, row.decided_at = state, actor.id, now
    session.add(row)
    _audit(session, actor, f"correction.{state}", row, now)
    session.flush()


def _audit(session: Session, actor: Actor, action: str, row: Correction, now: datetime) -> None:
    audit.record(
        session=session,
        actor=actor,
        action=action,
        subject=f"correction:{row.id}",
        now=now,
        detail={"intent": row.intent, "part": row.part, "message": row.message_id},
    )

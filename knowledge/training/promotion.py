"""Which release should be live, which one is, and how it came to that: promoted, settled, undone.

It asks for a release; Rasa pulls it; only when Rasa says it serves it is it live. The files are
``releases``' business, the asking of Rasa the worker's.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from knowledge.audit import service as audit
from knowledge.errors import ConflictError, FieldProblem, InvalidInputError, NotFoundError
from knowledge.staff.actor import Actor, system
from knowledge.text import has_words, normalise
from knowledge.training import overlay
from knowledge.training.models import ModelRelease, ReleaseEvent
from knowledge.training.report import Report
from knowledge.training.rights import check_maintainer, check_manager
from knowledge.wording import say

PATIENCE = timedelta(seconds=90)
"""How long Rasa may take to serve a promoted model before the old one is put back."""
PROMOTABLE = frozenset({"candidate", "former"})
LONGEST_REASON = 500
WATCH = system("model-watch")


def record(*, session: Session, release: ModelRelease, actor: Actor, now: datetime) -> None:
    """Keep a freshly trained release as a candidate."""
    session.add(release)
    session.flush()
    _event(session, release, "trained", actor, now)


def promote(
    *, session: Session, name: str, actor: Actor, now: datetime, reason: str = ""
) -> ModelRelease:
    """Ask for a release to go live; against the gate only a manager may, with a reason.

    Raises:
        NotAllowedError: no maintainer, or the gate is closed and it is no manager.
        InvalidInputError: the gate is closed and no reason was given. NotFoundError: unknown.
        ConflictError: it cannot be promoted, or another one is on its way.
    """
    check_maintainer(actor)
    release = _locked(session, name)
    if release.state not in PROMOTABLE:
        raise ConflictError(say("maintain.not_promotable"))
    blocked = release.state == "candidate" and is_blocked(session=session, release=release)
    if blocked:
        check_manager(actor)
        reason = _reason(reason)
    _start(session, release, now)
    _event(
        session, release, "promoted", actor, now, override=blocked, reason=reason if blocked else ""
    )
    return release


def roll_back(*, session: Session, actor: Actor, now: datetime) -> ModelRelease:
    """Ask for the release that was live before the present one.

    Raises:
        NotAllowedError: no maintainer. ConflictError: there is none, or one is on its way.
    """
    check_maintainer(actor)
    before = previous(session=session)
    if before is None:
        raise ConflictError(say("maintain.nothing_before"))
    release = _locked(session, before.name)
    _start(session, release, now)
    _event(session, release, "rolled_back", actor, now)
    return release


def settle(*, session: Session, served: str | None, now: datetime) -> ModelRelease | None:
    """Compare what Rasa serves (its model id; None: no answer) with what was asked for.

    Returns the release that became live or was given up just now, with its new state. A release
    given up is ``broken``; who called must offer the live one to Rasa again.
    """
    release = session.exec(
        select(ModelRelease).where(ModelRelease.state == "promoting").with_for_update()
    ).first()
    if release is None:
        return None
    if served is not None and served == release.model_id:
        for row in session.exec(select(ModelRelease).where(ModelRelease.state == "live")):
            _set(session, row, "former", now)
        _set(session, release, "live", now)
        _event(session, release, "live", WATCH, now)
        return release
    if now - release.state_at > PATIENCE:
        _set(session, release, "broken", now)
        _event(session, release, "broken", WATCH, now)
        return release
    return None


def adopt(*, session: Session, release: ModelRelease, now: datetime) -> bool:
    """Enter a release that went live otherwise (at the first start, by a command); whether it was
    new to us or not known as live."""
    if session.exec(select(ModelRelease).where(ModelRelease.state == "promoting")).first():
        return False
    row = session.get(ModelRelease, release.name) or release
    if row.state == "live":
        return False
    for other in session.exec(select(ModelRelease).where(ModelRelease.state == "live")):
        _set(session, other, "former", now)
    _set(session, row, "live", now)
    _event(session, row, "live", WATCH, now)
    return True


def live(*, session: Session) -> ModelRelease | None:
    """The release that answers now."""
    return session.exec(select(ModelRelease).where(ModelRelease.state == "live")).first()


def wanted(*, session: Session) -> ModelRelease | None:
    """The release Rasa should pull: the one on its way, else the live one."""
    on_its_way = select(ModelRelease).where(ModelRelease.state == "promoting")
    return session.exec(on_its_way).first() or live(session=session)


def previous(*, session: Session) -> ModelRelease | None:
    """The release that was live last before the present one and still has its archive."""
    rows = session.exec(
        select(ModelRelease)
        .join(ReleaseEvent, col(ReleaseEvent.release) == col(ModelRelease.name))
        .where(ModelRelease.state == "former", ReleaseEvent.kind == "live")
        .order_by(col(ReleaseEvent.at).desc(), col(ReleaseEvent.id).desc())
    )
    return rows.first()


def not_learned(*, session: Session) -> int:
    """How many approved sentences the live release knows nothing of (or knows too much of)."""
    now_live = live(session=session)
    learned = set(now_live.corrections) if now_live is not None else set()
    there = {row.id for row in overlay.approved(session=session)}
    return len(there ^ learned)


def note_gone(*, session: Session, archives: Sequence[str], now: datetime) -> None:
    """Mark releases whose archive (named like the release) is deleted."""
    kept = select(ModelRelease).where(
        col(ModelRelease.state).in_(("candidate", "former", "broken")),
        col(ModelRelease.name).not_in(list(archives)),
    )
    for row in session.exec(kept):
        _set(session, row, "gone", now)


def history(
    *, session: Session, actor: Actor, limit: int = 30
) -> tuple[Sequence[ModelRelease], Sequence[ReleaseEvent]]:
    """The newest releases and what happened to them, the newest first.

    Raises:
        NotAllowedError: no maintainer.
    """
    check_maintainer(actor)
    releases = session.exec(
        select(ModelRelease).order_by(col(ModelRelease.trained_at).desc()).limit(limit)
    ).all()
    events = session.exec(
        select(ReleaseEvent).order_by(col(ReleaseEvent.id).desc()).limit(limit * 3)
    ).all()
    return releases, events


def report_of(release: ModelRelease) -> Report | None:
    """The report of a release, None where it was never compared."""
    return Report.model_validate(release.report) if release.report else None


def is_blocked(*, session: Session, release: ModelRelease) -> bool:
    """Whether the gate holds a release back: by its report, for want of one, or because it was
    compared with another release than the live one."""
    report, now_live = report_of(release), live(session=session)
    if report is None or report.blocked:
        return True
    return report.against != (now_live.name if now_live is not None else None)


def _start(session: Session, release: ModelRelease, now: datetime) -> None:
    busy = select(ModelRelease).where(ModelRelease.state == "promoting").with_for_update()
    if session.exec(busy).first() is not None:
        raise ConflictError(say("maintain.promoting_already"))
    _set(session, release, "promoting", now)


def _reason(reason: str) -> str:
    words = normalise(reason)
    if not has_words(words) or len(words) > LONGEST_REASON:
        told = say("maintain.override_reason", most=LONGEST_REASON)
        raise InvalidInputError(told, fields=(FieldProblem("reason", told),))
    return words


def _locked(session: Session, name: str) -> ModelRelease:
    release = session.exec(
        select(ModelRelease)
        .where(ModelRelease.name == name)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if release is None:
        raise NotFoundError
    return release


def _set(session: Session, release: ModelRelease, state: str, now: datetime) -> None:
    release.state, release.state_at = state, now
    session.add(release)
    session.flush()


def _event(
    session: Session,
    release: ModelRelease,
    kind: str,
    actor: Actor,
    now: datetime,
    *,
    override: bool = False,
    reason: str = "",
) -> None:
    session.add(
        ReleaseEvent(
            release=release.name,
            kind=kind,
            at=now,
            actor_id=actor.id,
            actor_name=actor.name,
            override=override,
            reason=reason,
        )
    )
    audit.record(
        session=session,
        actor=actor,
        action=f"model.{kind}",
        subject=f"model:{release.name}",
        now=now,
        detail={"override": override},
    )
    session.flush()

"""What did not arrive or could not be handled: who sees it, tries again, or settles it."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from knowledge.audit.models import AuditEntry
from knowledge.cases import deletion
from knowledge.cases.models import Case
from knowledge.database import transaction
from knowledge.errors import NotFoundError
from knowledge.handoffs import console_deliveries as deliveries
from knowledge.line import given_up, queue, unsending
from knowledge.line.models import LineEvent
from knowledge.outbox import service as outbox
from knowledge.outbox.models import Delivery
from knowledge.staff.actor import Actor, system
from tests.knowledge.line.test_desk import FAR, NOW, SATO, in_line
from tests.support.desk import Guest, arrive
from tests.support.staff import SHIZUOKA, person

BOSS = person("boss", SHIZUOKA, roles=("staff", "manager"))
ADMIN = Actor(kind="staff", id="admin", roles=frozenset({"administrator"}))


@pytest.fixture
def visitor(engine: Engine) -> Guest:
    """A visitor of LINE whose case waits in Shizuoka."""
    made = arrive(engine)
    made.asks()
    in_line(engine, made)
    return made


def _reference(session: Session) -> str:
    return session.exec(select(Case.reference)).one()


def _lost(session: Session, kind: str, reference: str, *, unclear: bool = False) -> int:
    outbox.enqueue(
        session=session, kind=kind, key=f"k-{kind}", payload={"a": 1}, now=NOW, reference=reference
    )
    (leased,) = outbox.lease(session=session, now=NOW, kinds=(kind,))
    if unclear:
        outbox.unclear(session=session, delivery_id=leased.id, now=NOW, problem="unclear")
    else:
        outbox.failed(
            session=session, delivery_id=leased.id, now=NOW, problem="quota 429", final=True
        )
    return leased.id


def _given_up_event(session: Session, visitor: Guest) -> int:
    event = LineEvent(
        event_id="e1",
        contact_key=f"key-{visitor.started.id}",
        kind="text",
        message_id="m1",
        occurred_at=NOW,
        received_at=NOW,
        payload='{"text": "見本の文です"}',
        tries=queue.MOST_TRIES,
    )
    session.add(event)
    session.flush()
    queue.failed(session=session, job_id=event.id or 0, now=NOW, problem="database_busy")
    assert event.state == "failed"
    return event.id or 0


def test_what_was_sent_to_a_chat_concerns_the_office_of_its_case(
    engine: Engine, visitor: Guest
) -> None:
    with transaction(engine) as session:
        id_ = _lost(session, "line.push", f"conversation:{visitor.started.id}")

        (shown,) = deliveries.troubles(session=session, actor=SATO)

        assert (shown.id, shown.reference, shown.is_case) == (id_, _reference(session), True)
        assert deliveries.troubles(session=session, actor=FAR) == ()
        assert deliveries.troubles(session=session, actor=ADMIN) == ()
        assert deliveries.troubles(session=session, actor=SATO, reference="K26-22222-2") == ()


def test_what_belongs_to_no_case_concerns_managers(engine: Engine) -> None:
    talk = arrive(engine)
    with transaction(engine) as session:
        _lost(session, "line.push", f"conversation:{talk.started.id}")

        assert deliveries.troubles(session=session, actor=SATO) == ()
        (shown,) = deliveries.troubles(session=session, actor=BOSS)

    assert not shown.is_case


@pytest.mark.parametrize("unclear", [False, True])
def test_tried_again_it_is_due_at_once_with_its_own_key(
    engine: Engine, visitor: Guest, unclear: bool
) -> None:
    later = NOW + timedelta(hours=1)
    with transaction(engine) as session:
        id_ = _lost(session, "line.push", _reference(session), unclear=unclear)

        deliveries.try_again(session=session, delivery_id=id_, actor=SATO, now=later)

        assert deliveries.troubles(session=session, actor=SATO) == ()
        (leased,) = outbox.lease(session=session, now=later, kinds=("line.push",))
        actions = session.exec(select(AuditEntry.action)).all()
    assert (leased.id, leased.key) == (id_, "k-line.push")
    # Not the first try: nothing takes a fresh reply token for what may have arrived by its key.
    assert (leased.tries > 1, leased.unclear_tries) == (True, 0)
    assert "delivery.again" in actions


def test_tried_again_without_luck_it_is_shown_again(engine: Engine, visitor: Guest) -> None:
    with transaction(engine) as session:
        id_ = _lost(session, "line.push", _reference(session))
        deliveries.try_again(session=session, delivery_id=id_, actor=SATO, now=NOW)
        (leased,) = outbox.lease(session=session, now=NOW, kinds=("line.push",))
        outbox.failed(
            session=session, delivery_id=leased.id, now=NOW, problem="blocked", final=True
        )

        (shown,) = deliveries.troubles(session=session, actor=SATO)

    assert shown.problem == "blocked"


def test_settled_it_is_shown_no_longer_and_never_sent(engine: Engine, visitor: Guest) -> None:
    with transaction(engine) as session:
        id_ = _lost(session, "line.push", _reference(session))

        deliveries.settle(session=session, delivery_id=id_, actor=SATO, now=NOW)

        assert deliveries.troubles(session=session, actor=SATO) == ()
        far = NOW + timedelta(days=30)
        assert outbox.lease(session=session, now=far, kinds=("line.push",)) == ()
        assert session.get_one(Delivery, id_).state == "settled"


@pytest.mark.parametrize("decide", [deliveries.try_again, deliveries.settle])
def test_nobody_decides_twice_or_for_another_office(
    engine: Engine, visitor: Guest, decide: object
) -> None:
    assert callable(decide)
    with transaction(engine) as session:
        id_ = _lost(session, "line.push", _reference(session))
        for actor in (FAR, ADMIN):
            with pytest.raises(NotFoundError):
                decide(session=session, delivery_id=id_, actor=actor, now=NOW)
        decide(session=session, delivery_id=id_, actor=SATO, now=NOW)
        with pytest.raises(NotFoundError):
            decide(session=session, delivery_id=id_, actor=SATO, now=NOW)
        with pytest.raises(NotFoundError):
            decide(session=session, delivery_id=999, actor=SATO, now=NOW)


def test_a_deleted_case_takes_its_undelivered_words_along(engine: Engine, visitor: Guest) -> None:
    with transaction(engine) as session:
        _lost(session, "line.push", f"conversation:{visitor.started.id}")
        case = session.exec(select(Case)).one()
        deletion.delete_case(session=session, case=case, actor=system("tests"), now=NOW)

        assert deliveries.troubles(session=session, actor=BOSS) == ()


def test_an_event_that_was_given_up_concerns_the_office_of_its_case(
    engine: Engine, visitor: Guest
) -> None:
    with transaction(engine) as session:
        id_ = _given_up_event(session, visitor)

        (shown,) = given_up.given_up(session=session, actor=SATO)

        assert (shown.id, shown.reference) == (id_, _reference(session))
        assert given_up.given_up(session=session, actor=FAR) == ()
        assert given_up.given_up(session=session, actor=ADMIN) == ()
        assert given_up.given_up(session=session, actor=SATO, reference="K26-22222-2") == ()


def test_an_event_tried_again_still_has_its_words(engine: Engine, visitor: Guest) -> None:
    with transaction(engine) as session:
        id_ = _given_up_event(session, visitor)

        given_up.try_again(session=session, event_id=id_, actor=SATO, now=NOW)
        (job,) = queue.lease(session=session, now=NOW, limit=5)

        assert given_up.given_up(session=session, actor=SATO) == ()
    assert (job.payload, job.tries) == ({"text": "見本の文です"}, 1)


def test_a_settled_event_leaves_no_words(engine: Engine, visitor: Guest) -> None:
    with transaction(engine) as session:
        id_ = _given_up_event(session, visitor)

        given_up.settle(session=session, event_id=id_, actor=SATO, now=NOW)

        row = session.get_one(LineEvent, id_)
        assert (row.state, row.payload) == ("settled", None)
        assert queue.lease(session=session, now=NOW, limit=5) == ()


def test_a_message_taken_back_after_it_was_given_up_cannot_be_tried_again(
    engine: Engine, visitor: Guest
) -> None:
    with transaction(engine) as session:
        id_ = _given_up_event(session, visitor)

        unsending.unsend(
            session=session,
            contact_key=f"key-{visitor.started.id}",
            message_id="m1",
            now=NOW,
        )

        assert session.get_one(LineEvent, id_).payload is None
        with pytest.raises(NotFoundError):
            given_up.try_again(session=session, event_id=id_, actor=SATO, now=NOW)


@pytest.mark.parametrize("decide", [given_up.try_again, given_up.settle])
def test_nobody_decides_of_an_event_twice_or_for_another_office(
    engine: Engine, visitor: Guest, decide: object
) -> None:
    assert callable(decide)
    with transaction(engine) as session:
        id_ = _given_up_event(session, visitor)
        with pytest.raises(NotFoundError):
            decide(session=session, event_id=id_, actor=FAR, now=NOW)
        decide(session=session, event_id=id_, actor=SATO, now=NOW)
        with pytest.raises(NotFoundError):
            decide(session=session, event_id=id_, actor=SATO, now=NOW)

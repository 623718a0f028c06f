"""Several people at once, with real threads, on SQLite and PostgreSQL."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from knowledge.cases.models import Case
from knowledge.conversations import composing, ownership, service
from knowledge.database import transaction
from knowledge.errors import AlreadyClaimedError, ConflictError, DatabaseBusyError
from knowledge.handoffs import merging, queue
from knowledge.handoffs import service as staff
from tests.support.desk import arrive, events_of, write
from tests.support.staff import OPEN_MOMENT, person

NOW = OPEN_MOMENT


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Run all at the same moment; what was raised stands in place of a result."""
    barrier = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        barrier.wait()
        for _ in range(20):
            try:
                return act()
            except DatabaseBusyError:  # the visitor is told to try again, so she does
                continue
            except ConflictError as error:
                return error
        raise AssertionError("the database stayed busy")

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


@pytest.mark.parametrize("how_many", [2, 8])
def test_of_several_who_claim_at_once_exactly_one_wins(either: Engine, how_many: int) -> None:
    reference = arrive(either).asks().reference
    people = [person(f"p{n}", name=f"見本 {n}") for n in range(how_many)]

    results = at_once(
        *(
            lambda actor=one: write(either, staff.claim, reference=reference, actor=actor, now=NOW)
            for one in people
        )
    )

    lost = [r for r in results if isinstance(r, AlreadyClaimedError)]
    (won,) = [r for r in results if not isinstance(r, AlreadyClaimedError)]
    assert len(lost) == how_many - 1
    assert all(won.assignee_name in str(error.detail) for error in lost)
    assert [e.kind for e in events_of(either, reference)].count("claimed") == 1


def test_two_hundred_who_queue_at_once_keep_their_order(either: Engine) -> None:
    guests = [arrive(either, understood=False) for _ in range(200)]

    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(lambda guest: _patiently(guest.asks), guests))

    with transaction(either, read_only=True) as session:
        rows = session.exec(select(Case)).all()
        places = {row.reference: queue.position(session=session, case=row) for row in rows}
    assert sorted(place for place in places.values() if place) == list(range(1, 201))
    # Whoever was told an earlier place is earlier: nobody was overtaken.
    told = sorted(done, key=lambda one: one.position or 0)
    assert [places[one.reference] for one in told] == list(range(1, 201))


def test_one_visitor_who_asks_from_two_pages_has_one_case(either: Engine) -> None:
    guest = arrive(either)

    results = at_once(guest.asks, guest.asks, guest.asks)

    assert len({one.reference for one in results}) == 1
    assert sum(one.code is not None for one in results) == 1
    kinds = [e.kind for e in events_of(either, results[0].reference)]
    assert kinds == ["confirmed", "requested", "queued"]


@pytest.mark.parametrize("turn", range(6))
def test_a_message_while_staff_close_is_never_lost(either: Engine, turn: int) -> None:
    guest = arrive(either)
    reference = guest.asks().reference
    sato = person()
    told = {"reference": reference, "actor": sato, "now": NOW}
    write(either, staff.claim, **told)
    seen = guest.sees()[-1].seq

    def close() -> Any:
        return write(either, staff.close, outcome="answered", seen_seq=seen, **told)

    acts: list[Callable[[], Any]] = [close, lambda: guest.says("まだ続きがあります")]
    at_once(*(acts if turn % 2 else reversed(acts)))

    case = guest.case()
    # Either she was first and staff still have it, or the closing was and it queues again.
    assert (case.state, case.assignee) in {("active", "sato"), ("queued", None)}
    assert "まだ続きがあります" in guest.words()
    with transaction(either, read_only=True) as session:
        standing = ownership.current(session=session, conversation_id=guest.started.id)
    assert standing.owner == {"active": "staff", "queued": "queue"}[case.state]


def test_the_answer_of_a_turn_in_flight_is_not_stored_after_a_claim(either: Engine) -> None:
    guest = arrive(either)
    reference = guest.asks().reference
    told = {"reference": reference, "actor": person(), "now": NOW}
    write(either, staff.claim, **told)
    write(either, staff.release, **told)
    recorded = guest.says("意匠も知りたいです")
    write(either, staff.claim, **told)

    done = write(
        either,
        service.answer,
        conversation_id=guest.started.id,
        in_reply_to=recorded.message.id,
        replies=(composing.plain("dialogue.affirm"),),
        now=NOW,
    )

    assert done.replies == ()
    assert done.standing.owner == "staff"
    assert guest.sees()[-1].author == "system"


def test_two_merges_at_once_do_not_wait_for_each_other_for_ever(either: Engine) -> None:
    first, second = arrive(either).asks().reference, arrive(either).asks().reference
    actor = person()

    results = at_once(
        lambda: write(either, merging.merge, reference=first, into=second, actor=actor, now=NOW),
        lambda: write(either, merging.merge, reference=second, into=first, actor=actor, now=NOW),
    )

    assert sum(isinstance(one, ConflictError) for one in results) == 1
    with Session(either) as session:
        states = sorted(session.exec(select(Case.state)).all())
    assert states == ["merged", "queued"]


def test_two_parties_who_queue_at_once_are_noticed(either: Engine) -> None:
    mine, theirs = arrive(either), arrive(either)
    mine.amends(company="見本製作所", opponents=["手本商事"])
    theirs.amends(company="手本商事株式会社", opponents=["株式会社見本製作所"])

    at_once(mine.asks, theirs.asks)

    assert sorted((mine.case().state, theirs.case().state)) == ["held", "queued"]


def _patiently(act: Callable[[], Any]) -> Any:
    for _ in range(20):
        try:
            return act()
        except DatabaseBusyError:
            continue
    raise AssertionError("the database stayed busy")

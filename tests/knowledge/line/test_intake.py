"""Events are stored once, in whatever order and number they come; a guarded text never is."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from knowledge.clock import TOKYO
from knowledge.database import transaction
from knowledge.line import contacts, intake, queue
from knowledge.line.intake import Taken
from knowledge.line.models import LineContact, LineEvent
from knowledge.line.rules import Arrival

NOW = datetime(2026, 11, 20, 10, tzinfo=TOKYO)
RECIPE = "米粉30%と寒天5%を混ぜて80度で10分加熱する新しい菓子を思いつきました"


def arrival(number: int = 1, **more: Any) -> Arrival:
    """A text of one person."""
    values: dict[str, Any] = {
        "event_id": f"event-{number}",
        "kind": "text",
        "source_kind": "user",
        "source_id": "U1",
        "occurred_at": NOW + timedelta(seconds=number),
        "reply_token": f"token-{number}",
        "message_id": f"message-{number}",
        "text": "商標の話です",
    }
    return Arrival(**(values | more))


def store(engine: Engine, *arrivals: Arrival, now: datetime = NOW) -> Taken:
    with transaction(engine) as session:
        return intake.store(session=session, arrivals=arrivals, now=now)


def rows(engine: Engine) -> list[LineEvent]:
    with transaction(engine) as session:
        return list(session.exec(select(LineEvent).order_by(col(LineEvent.id))))


def test_a_new_event_waits_with_its_token(engine: Engine) -> None:
    assert store(engine, arrival()) == Taken(1, 0)

    (row,) = rows(engine)
    assert (row.state, row.reply_token, row.withheld) == ("waiting", "token-1", False)
    assert row.reply_until is not None
    assert timedelta(seconds=30) < row.reply_until - NOW < timedelta(seconds=60)


def test_the_same_event_again_is_no_second_one(either: Engine) -> None:
    store(either, arrival())

    assert store(either, arrival(redelivered=True), arrival(2)) == Taken(1, 1)
    assert store(either, arrival(3), arrival(3)) == Taken(1, 1)
    assert len(rows(either)) == 3


def test_the_same_event_from_many_sides_at_once_is_one(either: Engine) -> None:
    with ThreadPoolExecutor(8) as threads:
        taken = list(threads.map(lambda _: store(either, arrival()), range(16)))

    assert sum(t.new for t in taken) == 1
    assert sum(t.repeated for t in taken) == 15
    assert len(rows(either)) == 1


def test_first_messages_of_one_person_at_once_make_one_contact(either: Engine) -> None:
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda n: store(either, arrival(n)), range(12)))

    with transaction(either) as session:
        assert len(session.exec(select(LineContact)).all()) == 1
    assert len(rows(either)) == 12


def test_a_guarded_text_is_stored_without_its_words(engine: Engine) -> None:
    store(engine, arrival(text=RECIPE))

    (row,) = rows(engine)
    assert (row.state, row.withheld) == ("waiting", True)
    assert "寒天" not in (row.payload or "")


def test_after_the_visitors_word_the_next_text_passes_once(engine: Engine) -> None:
    store(engine, arrival())
    key = rows(engine)[0].contact_key
    with transaction(engine) as session:
        contacts.let_next_pass(session=session, key=key, now=NOW)

    store(engine, arrival(2, text=RECIPE), arrival(3, text=RECIPE), now=NOW)

    assert [row.withheld for row in rows(engine)] == [False, False, True]


def test_the_visitors_word_holds_five_minutes(engine: Engine) -> None:
    store(engine, arrival())
    key = rows(engine)[0].contact_key
    with transaction(engine) as session:
        contacts.let_next_pass(session=session, key=key, now=NOW)

    store(engine, arrival(2, text=RECIPE), now=NOW + timedelta(minutes=5, seconds=1))

    assert rows(engine)[1].withheld


def test_what_a_group_says_among_itself_leaves_no_words(engine: Engine) -> None:
    said = arrival(source_kind="group", source_id="C1", addressed=False)
    store(engine, said)

    (row,) = rows(engine)
    assert (row.state, row.payload, row.reply_token) == ("ignored", None, None)


def test_an_event_without_a_source_is_kept_and_left_alone(engine: Engine) -> None:
    store(engine, arrival(source_kind=None, source_id=None, kind="other"))

    assert [(r.state, r.contact_key) for r in rows(engine)] == [("ignored", "")]


def test_what_was_taken_back_before_it_came_leaves_no_words(engine: Engine) -> None:
    back = replace(arrival(9), kind="unsend", message_id="message-1", text=None)
    store(engine, back)
    store(engine, arrival(1))

    row = rows(engine)[1]
    assert (row.state, row.payload) == ("ignored", None)


def test_ids_of_line_are_unreadable_in_the_database(engine: Engine) -> None:
    store(engine, arrival(source_id="U4af4980629"))

    with engine.connect() as connection:
        raw = connection.exec_driver_sql("select * from line_contact").all()
        events = connection.exec_driver_sql("select * from line_event").all()
    assert "U4af4980629" not in f"{raw}{events}"
    assert "token-1" not in f"{events}"
    assert "商標" not in f"{events}"


def lease(engine: Engine, now: datetime = NOW, limit: int = 9) -> list[str]:
    with transaction(engine) as session:
        return [job.event_id for job in queue.lease(session=session, now=now, limit=limit)]


class TestQueue:
    def test_each_chat_is_served_in_the_order_things_happened(self, either: Engine) -> None:
        store(either, arrival(2), arrival(1), arrival(3, source_id="U2"))

        assert lease(either) == ["event-1", "event-3"]
        assert lease(either) == []

    def test_the_next_of_a_chat_comes_when_the_one_before_is_done(self, engine: Engine) -> None:
        store(engine, arrival(1), arrival(2))
        with transaction(engine) as session:
            (job,) = queue.lease(session=session, now=NOW, limit=9)
            queue.ended(session=session, job_id=job.id, now=NOW)

        assert lease(engine) == ["event-2"]
        assert rows(engine)[0].payload is None

    def test_what_a_dead_worker_held_comes_back(self, engine: Engine) -> None:
        store(engine, arrival(1))
        lease(engine)

        assert lease(engine, NOW + queue.LEASE - timedelta(seconds=1)) == []
        assert lease(engine, NOW + queue.LEASE) == ["event-1"]

    def test_many_workers_at_once_never_hold_two_of_one_chat(self, either: Engine) -> None:
        store(either, *(arrival(n, source_id=f"U{n % 4}") for n in range(40)))

        with ThreadPoolExecutor(8) as threads:
            held = list(threads.map(lambda _: lease(either, limit=2), range(16)))

        taken = [event for batch in held for event in batch]
        assert len(taken) == len(set(taken)) == 4
        assert {int(event.split("-")[1]) % 4 for event in taken} == {0, 1, 2, 3}

    def test_after_a_failure_it_waits_and_holds_back_the_rest_of_its_chat(
        self, engine: Engine
    ) -> None:
        store(engine, arrival(1), arrival(2))
        with transaction(engine) as session:
            (job,) = queue.lease(session=session, now=NOW, limit=9)
            queue.failed(session=session, job_id=job.id, now=NOW, problem="database_busy")

        assert lease(engine) == []
        assert lease(engine, NOW + timedelta(seconds=2)) == ["event-1"]

    def test_after_the_last_failure_it_is_given_up_and_shown(self, engine: Engine) -> None:
        store(engine, arrival(1))
        now = NOW
        with transaction(engine) as session:
            for _ in range(queue.MOST_TRIES):
                (job,) = queue.lease(session=session, now=now, limit=9)
                queue.failed(session=session, job_id=job.id, now=now, problem="database_busy")
                now += timedelta(minutes=5)
            assert queue.lease(session=session, now=now, limit=9) == ()
            (row,) = queue.troubled(session=session)
        assert (row.event_id, row.problem) == ("event-1", "database_busy")

    def test_a_token_is_given_out_once(self, either: Engine) -> None:
        store(either, arrival(1))
        (job_id,) = [row.id for row in rows(either)]

        def take(_: int) -> object:
            with transaction(either) as session:
                return queue.take_token(session=session, job_id=job_id or 0, now=NOW)

        with ThreadPoolExecutor(8) as threads:
            taken = [token for token in threads.map(take, range(8)) if token is not None]
        assert [t.value for t in taken] == ["token-1"]  # type: ignore[attr-defined]

    def test_an_old_token_is_no_token(self, engine: Engine) -> None:
        store(engine, arrival(1))
        with transaction(engine) as session:
            later = NOW + timedelta(seconds=61)
            assert queue.take_token(session=session, job_id=1, now=later) is None

    @pytest.mark.parametrize("seconds", [0, 50])
    def test_the_newest_unused_token_of_a_chat_is_found(self, engine: Engine, seconds: int) -> None:
        store(engine, arrival(1), arrival(2, source_id="U2"))
        with transaction(engine) as session:
            key = session.get_one(LineEvent, 1).contact_key
            queue.ended(session=session, job_id=1, now=NOW)
            found = queue.take_newest_token(
                session=session, contact_key=key, now=NOW + timedelta(seconds=seconds)
            )
            again = queue.take_newest_token(session=session, contact_key=key, now=NOW)
        assert found is not None
        assert (found.value, again) == ("token-1", None)

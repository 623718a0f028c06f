"""Nobody is left waiting unseen: other ways are offered, the unanswered is raised."""

from datetime import datetime, timedelta

from sqlalchemy import Engine

from knowledge.clock import TOKYO
from knowledge.handoffs import announce, service, sweep
from knowledge.outbox import service as outbox
from knowledge.staff.actor import system
from tests.support.desk import arrive, events_of, write
from tests.support.staff import OPEN_MOMENT, SHIZUOKA, person

NOW = OPEN_MOMENT
EVENING = datetime(2026, 11, 20, 16, 55, tzinfo=TOKYO)


def test_after_ten_minutes_other_ways_are_offered_once(engine: Engine) -> None:
    guest = arrive(engine)
    guest.asks()

    assert write(engine, sweep.offer_exits, now=NOW + timedelta(minutes=9)) == ()
    told = write(engine, sweep.offer_exits, now=NOW + timedelta(minutes=10))
    assert told == (guest.started.id,)
    assert write(engine, sweep.offer_exits, now=NOW + timedelta(minutes=30)) == ()

    labels = [
        c["label"] for p in guest.sees()[-1].parts if p["type"] == "choices" for c in p["choices"]
    ]
    assert labels == [
        "ここに用件を残す",
        "電話で返事がほしい",
        "メールで返事がほしい",
        "自動応答に戻る",
    ]
    assert any(p.get("links") for p in guest.sees()[-1].parts)


def test_only_opening_time_counts(engine: Engine) -> None:
    guest = arrive(engine, now=EVENING)
    guest.asks()
    next_day = datetime(2026, 11, 24, 9, 4, tzinfo=TOKYO)

    assert write(engine, sweep.offer_exits, now=next_day) == ()
    assert write(engine, sweep.offer_exits, now=next_day + timedelta(minutes=1))


def test_who_is_being_helped_is_left_alone(engine: Engine) -> None:
    reference = arrive(engine).asks().reference
    write(engine, service.claim, reference=reference, actor=person(), now=NOW)

    assert write(engine, sweep.offer_exits, now=NOW + timedelta(hours=2)) == ()


def test_the_unanswered_is_raised_once_a_day_and_its_office_told(engine: Engine) -> None:
    write(
        engine,
        announce.set_notice,
        office=SHIZUOKA,
        mail="madoguchi@example.com",
        actor=system("tests"),
        now=NOW,
    )
    reference = arrive(engine).asks().reference
    later = NOW + timedelta(minutes=60)

    assert write(engine, sweep.raise_unanswered, now=later - timedelta(minutes=1)) == ()
    assert write(engine, sweep.raise_unanswered, now=later) == (reference,)
    assert write(engine, sweep.raise_unanswered, now=later + timedelta(hours=1)) == ()
    assert write(engine, sweep.raise_unanswered, now=later + timedelta(days=4)) == (reference,)

    with_mail = write(engine, outbox.lease, now=later + timedelta(days=5), kinds=("mail",))
    assert len(with_mail) == 3  # the new case, and each raising
    assert all(reference in str(one.payload) for one in with_mail)
    assert all("店の名前" not in str(one.payload) for one in with_mail)


def test_a_claimed_case_without_an_answer_is_raised_too(engine: Engine) -> None:
    guest = arrive(engine)
    reference = guest.asks().reference
    sato = person()
    write(engine, service.claim, reference=reference, actor=sato, now=NOW)
    write(engine, service.say_to_visitor, reference=reference, text="はい", actor=sato, now=NOW)
    assert write(engine, sweep.raise_unanswered, now=NOW + timedelta(days=4)) == ()

    guest.now = NOW + timedelta(days=4)
    guest.says("まだですか")

    assert write(engine, sweep.raise_unanswered, now=guest.now + timedelta(hours=2)) == (reference,)
    assert guest.case().rank == 0
    write(
        engine, service.say_to_visitor, reference=reference, text="はい", actor=sato, now=guest.now
    )
    assert not guest.case().raised


def test_a_mail_to_the_office_is_dropped_when_somebody_was_quicker(engine: Engine) -> None:
    write(
        engine,
        announce.set_notice,
        office=SHIZUOKA,
        mail="madoguchi@example.com",
        actor=system("tests"),
        now=NOW,
    )
    reference = arrive(engine).asks().reference

    write(engine, service.claim, reference=reference, actor=person(), now=NOW)

    assert write(engine, outbox.lease, now=NOW + timedelta(hours=1), kinds=("mail",)) == ()


def test_events_leave_the_house_only_where_somebody_subscribed(engine: Engine) -> None:
    arrive(engine).asks()
    assert write(engine, outbox.lease, now=NOW, kinds=("webhook",)) == ()

    write(engine, announce.subscribe, active=True)
    guest = arrive(engine)
    guest.amends(company="見本製作所")
    reference = guest.asks().reference

    sent = write(engine, outbox.lease, now=NOW, kinds=("webhook",))
    assert [one.payload["event"] for one in sent] == [
        f"case.{e.kind}" for e in events_of(engine, reference)
    ]
    assert all(one.payload["reference"] == reference for one in sent)
    assert "見本" not in str([one.payload for one in sent])
    assert "店の名前" not in str([one.payload for one in sent])


def test_whose_case_is_open_is_not_deleted_by_retention(engine: Engine) -> None:
    guest = arrive(engine)
    guest.asks()

    assert write(engine, sweep.open_conversations) == {guest.started.id}

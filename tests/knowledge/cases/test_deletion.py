"""Deleted on request: everything goes, one counted line stays, and the receipt says so."""

from datetime import timedelta
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session, select

from knowledge.cases import deletion
from knowledge.cases.models import Tally
from knowledge.cases.sheet import Contact
from knowledge.database import transaction
from knowledge.handoffs import labels, service
from knowledge.outbox import service as outbox
from knowledge.staff.actor import Actor
from knowledge.tables import audit, cases, conversations, handoffs
from tests.support.desk import Guest, arrive, write
from tests.support.staff import OPEN_MOMENT, person

NOW = OPEN_MOMENT


def worked_on(engine: Engine) -> Guest:
    guest = arrive(engine)
    guest.amends(company="見本製作所", opponents=["手本商事"])
    reference = guest.asks(contact=Contact(wish="mail", mail="mihon@example.com")).reference
    told: dict[str, Any] = {"reference": reference, "actor": person(), "now": NOW}
    write(engine, service.claim, **told)
    write(engine, service.say_to_visitor, text="職員の返事です", **told)
    write(engine, service.note, text="内側のメモ", **told)
    write(engine, labels.set_labels, labels=["展示会"], **told)
    write(engine, service.close, outcome="expert", good_case=True, **told)
    return guest


def delete(engine: Engine, guest: Guest) -> deletion.Receipt:
    with transaction(engine) as session:
        case = session.merge(guest.case(), load=False)
        return deletion.delete_case(
            session=session,
            case=case,
            actor=Actor(kind="visitor", id=case.reference),
            now=NOW + timedelta(days=3),
        )


def test_the_receipt_names_what_remains(either: Engine) -> None:
    guest = worked_on(either)
    said = len(guest.sees())

    receipt = delete(either, guest)

    assert receipt.messages == said
    assert receipt.kept == {
        "month": "2026-11",
        "desk": "inpit-chizai-sogo-madoguchi",
        "office": "inpit-chizai-sogo-madoguchi/22",
        "topic": "trademarks",
        "channel": "web",
        "state": "closed",
        "outcome": "expert",
        "good_case": True,
    }


def test_nothing_is_left_but_the_count_and_the_trail(either: Engine) -> None:
    guest = worked_on(either)
    reference = guest.case().reference

    delete(either, guest)

    empty = (
        cases.Case,
        cases.Party,
        cases.CaseOutcome,
        conversations.Conversation,
        conversations.Message,
        conversations.OfferedChoice,
        conversations.OwnershipChange,
        handoffs.HandoffEvent,
        handoffs.Note,
        handoffs.Label,
    )
    with Session(either) as session:
        for table in empty:
            assert session.exec(select(table)).first() is None, table
        assert len(session.exec(select(Tally)).all()) == 1
        trail = session.exec(select(audit.AuditEntry)).all()
        left = outbox.lease(
            session=session, now=NOW + timedelta(days=9), kinds=("mail", "forget", "webhook")
        )
    assert trail[-1].action == "case.deleted"
    assert trail[-1].subject == f"case:{reference}"
    assert [one.kind for one in left] == ["forget"]


def test_another_visitors_case_stays(engine: Engine) -> None:
    guest, other = worked_on(engine), worked_on(engine)

    delete(engine, guest)

    assert other.case().state == "closed"
    assert "職員の返事です" in other.words()


def test_what_is_past_its_time_is_listed(engine: Engine) -> None:
    old, still = worked_on(engine), arrive(engine)
    still.asks()

    later = NOW + timedelta(days=1096)
    found = write(engine, deletion.expired, older_than=timedelta(days=1095), now=later)

    assert found == (old.case().reference,)

"""What staff do with a case, and what they may not."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from knowledge.audit.models import AuditEntry
from knowledge.cases.models import CaseOutcome, CorrectionHint
from knowledge.conversations import ownership
from knowledge.database import transaction
from knowledge.errors import (
    AlreadyClaimedError,
    ConflictError,
    EmptyTextError,
    InvalidInputError,
    NotClaimedError,
    NotFoundError,
    TextTooLongError,
)
from knowledge.handoffs import files, service
from knowledge.handoffs.views import OutcomeFacts
from tests.support.desk import Guest, arrive, events_of, write
from tests.support.staff import AICHI, OPEN_MOMENT, SHIZUOKA, person

SATO = person("sato", name="見本 佐藤")
SUZUKI = person("suzuki", name="見本 鈴木")
CHIEF = person("chief", roles=("staff", "manager"), name="見本 所長")
TANAKA = person("tanaka", AICHI, name="見本 田中")
NOW = OPEN_MOMENT


@pytest.fixture
def guest(engine: Engine) -> Guest:
    guest = arrive(engine)
    guest.asks()
    return guest


@pytest.fixture
def act(engine: Engine, guest: Guest) -> Callable[..., Any]:
    """Call a service on the guest's case."""

    def call(what: Callable[..., Any], actor: Any = SATO, **values: Any) -> Any:
        return write(
            engine,
            what,
            reference=guest.case().reference,
            actor=actor,
            **({"now": NOW} | values),
        )

    return call


def owner(engine: Engine, guest: Guest) -> str:
    with transaction(engine, read_only=True) as session:
        return ownership.current(session=session, conversation_id=guest.started.id).owner


def test_who_claims_speaks(act: Any, engine: Engine, guest: Guest) -> None:
    row = act(service.claim)

    assert (row.state, row.assignee, row.assignee_name) == ("active", "sato", "見本 佐藤")
    assert owner(engine, guest) == "staff"
    assert "静岡県" in guest.words().splitlines()[-1]
    assert "佐藤" not in guest.words()


def test_claiming_twice_changes_nothing(act: Any, engine: Engine, guest: Guest) -> None:
    act(service.claim)
    before = len(events_of(engine, guest.case().reference))

    act(service.claim)

    assert len(events_of(engine, guest.case().reference)) == before


def test_what_somebody_has_nobody_else_takes(act: Any) -> None:
    act(service.claim)

    with pytest.raises(AlreadyClaimedError, match="見本 佐藤"):
        act(service.claim, actor=SUZUKI)
    with pytest.raises(AlreadyClaimedError):
        act(service.claim, actor=SUZUKI, take_over=True)
    assert act(service.claim, actor=CHIEF, take_over=True).assignee == "chief"


@pytest.mark.parametrize(
    ("what", "values"),
    [
        (service.claim, {}),
        (service.release, {}),
        (service.to_queue, {}),
        (service.wait, {}),
        (service.note, {"text": "メモ"}),
        (service.say_to_visitor, {"text": "こんにちは"}),
        (service.close, {"outcome": "answered"}),
        (service.reopen, {}),
        (service.transfer, {"office": AICHI, "reason": "理由"}),
        (service.wrong_desk, {"office": AICHI}),
        (service.set_accelerated, {"accelerated": True}),
        (files.read, {}),
    ],
)
def test_another_desks_case_is_not_found(act: Any, what: Any, values: dict[str, Any]) -> None:
    with pytest.raises(NotFoundError):
        act(what, actor=TANAKA, **values)


@pytest.mark.parametrize(
    ("what", "values"),
    [
        (service.release, {}),
        (service.wait, {}),
        (service.to_queue, {}),
        (service.say_to_visitor, {"text": "こんにちは"}),
    ],
)
def test_before_claiming_nobody_speaks(act: Any, what: Any, values: dict[str, Any]) -> None:
    with pytest.raises(NotClaimedError):
        act(what, **values)


def test_a_draft_is_nobodys_affair_but_the_visitors(engine: Engine) -> None:
    guest = arrive(engine)
    reference = guest.amends(company="見本商店").reference

    with pytest.raises(NotFoundError):
        write(engine, service.claim, reference=reference, actor=SATO, now=NOW)


def test_a_note_stays_inside(act: Any, guest: Guest) -> None:
    act(service.note, text="電話でも確認する")

    assert "電話でも確認する" not in guest.words()
    assert [n.text for n in act(files.read).notes] == ["電話でも確認する"]


@pytest.mark.parametrize(
    ("text", "error"), [("  \n", EmptyTextError), ("あ" * 5001, TextTooLongError)]
)
def test_nothing_to_say_is_refused(act: Any, text: str, error: type[Exception]) -> None:
    act(service.claim)

    with pytest.raises(error):
        act(service.say_to_visitor, text=text)


def test_an_inserted_programme_carries_its_source(act: Any, guest: Guest) -> None:
    act(service.claim)

    act(service.say_to_visitor, text="こちらです", programmes=["ipas", "no-such"])

    last = guest.sees()[-1]
    assert [part["type"] for part in last.parts] == ["text", "card"]
    assert last.sources
    assert last.author == "staff"


def test_handing_back_lets_the_bot_go_on(act: Any, engine: Engine, guest: Guest) -> None:
    act(service.claim)

    row = act(service.release)

    assert (row.state, row.assignee) == ("new", None)
    assert owner(engine, guest) == "bot"
    assert guest.says("続きです").bot_text == "続きです"


def test_a_transfer_needs_a_reason_and_another_place(act: Any) -> None:
    act(service.claim)

    for office, reason in ((AICHI, " "), (SHIZUOKA, "理由"), ("no-such", "理由"), ("jpaa", "理由")):
        with pytest.raises(InvalidInputError):
            act(service.transfer, office=office, reason=reason)


def test_wrong_desk_moves_the_case_and_leaves_a_label_for_training(
    act: Any, engine: Engine, guest: Guest
) -> None:
    secrets = "eigyo-himitsu-chizai-senryaku-madoguchi"

    row = act(service.wrong_desk, office=secrets, topic="trade_secrets")

    assert (row.office, row.topic, row.state) == (secrets, "trade_secrets", "queued")
    with Session(engine) as session:
        hint = session.exec(select(CorrectionHint)).one()
    assert (hint.from_desk, hint.to_desk) == ("inpit-chizai-sogo-madoguchi", secrets)
    assert (hint.topic_before, hint.topic_after) == ("trademarks", "trade_secrets")
    assert hint.model_release == "m1"
    assert hint.message_id in {m.id for m in guest.sees()}
    assert owner(engine, guest) == "queue"


def test_closing_keeps_outcome_and_hearing(act: Any, engine: Engine, guest: Guest) -> None:
    act(service.claim)

    act(
        service.close,
        outcome="expert",
        good_case=True,
        facts=OutcomeFacts(sales="up", profit="same", investment="planned", organisation="built"),
    )

    case = guest.case()
    assert (case.state, case.outcome, case.good_case) == ("closed", "expert", True)
    with Session(engine) as session:
        heard = session.exec(select(CaseOutcome)).one()
    assert (heard.sales, heard.investment) == ("up", "planned")
    assert owner(engine, guest) == "bot"


def test_an_accelerated_case_is_left_out_of_the_hearing(act: Any) -> None:
    act(service.claim)
    act(service.set_accelerated, accelerated=True)

    with pytest.raises(InvalidInputError) as refused:
        act(service.close, outcome="answered", facts=OutcomeFacts(sales="up"))
    assert "加速的支援" in refused.value.fields[0].reason
    assert not act(service.close, outcome="answered").reopened


def test_an_unknown_outcome_is_refused(act: Any) -> None:
    with pytest.raises(InvalidInputError):
        act(service.close, outcome="won")


def test_closing_twice_is_closing_once(act: Any, engine: Engine, guest: Guest) -> None:
    act(service.claim)
    act(service.close, outcome="answered")
    before = len(events_of(engine, guest.case().reference))

    assert not act(service.close, outcome="guided").reopened

    assert len(events_of(engine, guest.case().reference)) == before
    assert guest.case().outcome == "answered"


def test_a_closed_case_is_not_claimed_but_opened_again(act: Any, guest: Guest) -> None:
    act(service.claim)
    act(service.close, outcome="answered")

    with pytest.raises(ConflictError):
        act(service.claim, actor=SUZUKI)
    row = act(service.reopen, actor=SUZUKI)
    assert (row.state, row.assignee) == ("active", "suzuki")
    assert guest.case().outcome is None


def test_thanks_after_the_closing_open_nothing(act: Any, guest: Guest) -> None:
    act(service.claim)
    act(service.close, outcome="answered")
    guest.now = NOW + timedelta(minutes=1)

    assert guest.says("助かりました、ありがとうございます").bot_text is not None
    assert guest.case().state == "closed"


def test_half_an_hour_after_the_closing_the_bot_begins_anew(act: Any, guest: Guest) -> None:
    act(service.claim)
    act(service.close, outcome="answered")
    guest.now = NOW + timedelta(minutes=31)

    assert guest.says("別の相談です").bot_text is not None
    assert guest.case().state == "closed"


def test_a_repeated_message_does_not_open_again_what_was_closed_after_it(
    act: Any, guest: Guest
) -> None:
    act(service.claim)
    guest.says("もう一つあります", client_message_id="same")
    act(service.close, outcome="answered")

    guest.says("もう一つあります", client_message_id="same")

    assert guest.case().state == "closed"


def test_every_look_and_every_change_is_in_the_audit_trail(
    act: Any, engine: Engine, guest: Guest
) -> None:
    act(service.claim)
    act(files.read)
    act(service.note, text="秘密のメモ")
    act(service.say_to_visitor, text="秘密の返事")
    act(service.close, outcome="answered")

    subject = f"case:{guest.case().reference}"
    with Session(engine) as session:
        lines = session.exec(select(AuditEntry).where(AuditEntry.subject == subject)).all()
    done = [line.action for line in lines if line.actor_id == "sato"]
    assert done == ["case.claimed", "case.read", "case.noted", "case.said", "case.closed"]
    assert "秘密" not in str([line.detail for line in lines])


def test_staff_do_not_see_the_code_of_the_case(act: Any, guest: Guest) -> None:
    assert guest.code
    assert guest.code in guest.words()

    assert guest.code not in act(files.read).model_dump_json()


def test_earlier_cases_of_the_same_company_stand_beside(act: Any, engine: Engine) -> None:
    first = arrive(engine)
    first.amends(company="株式会社見本製作所")
    reference = first.asks().reference
    second = arrive(engine)
    second.amends(company="見本製作所（株）")
    second.asks()

    file = write(engine, files.read, reference=second.case().reference, actor=SATO, now=NOW)

    assert [row.reference for row in file.earlier] == [reference]
    elsewhere = write(engine, files.read, reference=reference, actor=SATO, now=NOW)
    assert len(elsewhere.earlier) == 1

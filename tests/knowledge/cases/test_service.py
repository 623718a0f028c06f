"""A case is made from what the conversation knows, corrected by its visitor, opened by its code."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from knowledge.cases import service as cases
from knowledge.cases.models import HashKey, Party
from knowledge.cases.parties import known_hash, party_hash
from knowledge.cases.references import new_code, new_reference
from knowledge.cases.sheet import SheetChanges
from knowledge.conversations.models import Conversation
from knowledge.database import transaction
from knowledge.errors import ConflictError, InvalidInputError, NotFoundError
from knowledge.staff.actor import Actor
from tests.support.content import stored_bytes
from tests.support.desk import Guest, arrive, write
from tests.support.staff import OPEN_MOMENT

NOW = OPEN_MOMENT
PAPERS = "静岡県の町工場です。社員8人です。2026年9月1日発送の拒絶理由通知が届きました"


def opened(engine: Engine, **more: Any) -> Guest:
    guest = arrive(engine, **more)
    guest.amends()
    return guest


def test_the_sheet_says_what_was_understood(engine: Engine) -> None:
    guest = opened(engine, text=PAPERS, topic="patents", earlier=("trademarks", "smalltalk"))

    sheet = cases.sheet_of(guest.case())
    assert sheet.topics[:2] == ("patents", "trademarks")
    assert "smalltalk" not in sheet.topics
    assert sheet.inquiry == PAPERS
    assert sheet.facts["employees"] == 8
    assert sheet.prefecture == "静岡県"
    # 60 days for a patent, 40 for a design: the right is not said, so both stand there.
    assert date(2026, 10, 31) in [one.unshifted for one in sheet.deadlines]
    assert guest.case().due_on == min(one.unshifted for one in sheet.deadlines)
    assert sheet.urgency == "urgent"
    assert sheet.desk.id == guest.case().desk
    assert sheet.reasons
    assert guest.case().rank == 0


def test_without_any_inquiry_the_case_is_for_a_person(engine: Engine) -> None:
    guest = opened(engine, understood=False, prefecture=None)

    case = guest.case()
    assert (case.topic, case.office) == ("human", "inpit-chizai-sogo-madoguchi")


def test_a_case_whose_lead_is_no_desk_of_ours_goes_to_the_prefecture(engine: Engine) -> None:
    guest = opened(engine, text="著作権の登録について知りたいです", topic="other_ip")

    case = guest.case()
    assert case.office == "inpit-chizai-sogo-madoguchi/22"
    assert len(cases.sheet_of(case).other_desks) >= 1


def test_a_draft_follows_the_conversation_until_she_corrects_it(engine: Engine) -> None:
    guest = opened(engine)
    assert guest.case().topic == "trademarks"
    other = arrive(engine, text="意匠について知りたいです", topic="designs")
    with transaction(engine) as session:
        mine = session.get_one(Conversation, guest.started.id)
        mine.memory = session.get_one(Conversation, other.started.id).memory

    guest.amends(wish="電話は午前がよい")
    assert guest.case().topic == "designs"
    guest.amends(topics=["patents"])
    assert guest.case().topic == "patents"
    guest.amends()
    assert cases.sheet_of(guest.case()).wish == "電話は午前がよい"
    assert guest.case().topic == "patents"


def test_a_corrected_place_moves_the_desk_until_somebody_has_the_case(engine: Engine) -> None:
    guest = opened(engine)
    guest.amends(prefecture="愛知")
    assert guest.case().office.endswith("/23")

    guest.asks()
    guest.amends(prefecture="東京都")
    assert guest.case().office.endswith("/23")
    assert cases.sheet_of(guest.case()).prefecture == "東京都"


def test_what_she_corrects_is_shown_as_she_wrote_it(engine: Engine) -> None:
    guest = opened(engine, text=PAPERS, topic="patents")

    guest.amends(
        employees=25,
        capital_yen=3_000_000,
        rights=["designs"],
        company="見本製作所",
        topics=["designs"],
    )

    sheet = cases.sheet_of(guest.case())
    assert (sheet.facts["employees"], sheet.facts["capital_yen"]) == (25, 3_000_000)
    assert sheet.facts["rights"] == ["designs"]
    assert sheet.topics == ("designs",)
    assert set(sheet.corrected) == {"employees", "capital_yen", "rights", "company", "topics"}
    guest.amends(company=None)
    assert cases.sheet_of(guest.case()).company is None


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"prefecture": "江戸"}, "prefecture"),
        ({"topics": ["weather"]}, "topics"),
        ({"rights": ["kings"]}, "rights"),
        ({"contact": {"mail": "a@b"}}, "contact.mail"),
        ({"contact": {"phone": "abc"}}, "contact.phone"),
        ({"contact": {"wish": "callback"}}, "contact.phone"),
        ({"contact": {"wish": "mail"}}, "contact.mail"),
    ],
)
def test_a_correction_that_cannot_be_is_refused(
    engine: Engine, changes: dict[str, Any], field: str
) -> None:
    guest = opened(engine)

    with pytest.raises(InvalidInputError) as refused:
        guest.amends(**changes)
    assert [p.field for p in refused.value.fields] == [field]


def test_the_guard_also_looks_at_the_sheet(engine: Engine) -> None:
    guest = opened(engine)
    secret = (
        "当社の新しい接着剤は、エポキシ樹脂60部に対しアミン系硬化剤を12部、シリカを8部加え、"
        "80℃で30分加熱する配合です。まだ公表していない発明です"
    )

    with pytest.raises(InvalidInputError):
        guest.amends(inquiry=secret)
    guest.amends(inquiry=secret, keep=True)
    assert cases.sheet_of(guest.case()).inquiry == secret


def test_two_who_correct_at_once_do_not_overwrite_each_other(engine: Engine) -> None:
    guest = opened(engine)
    seen = guest.case().version
    guest.amends(wish="先")

    with pytest.raises(ConflictError):
        write(
            engine,
            lambda session: cases.amend(
                session=session,
                case=cases.with_code(
                    session=session, reference=guest.case().reference, code=guest.code
                ),
                changes=SheetChanges(wish="後"),
                actor=Actor(kind="visitor", id="x"),
                now=NOW,
                version=seen,
            ),
        )


def test_number_and_code_open_the_case_and_nothing_else_does(engine: Engine) -> None:
    mine, other = opened(engine), opened(engine)
    reference, code = mine.case().reference, mine.code

    found = write(engine, cases.with_code, reference=reference.lower(), code=code.lower())
    assert found.reference == reference
    for wrong in (
        (reference, other.code),
        (other.case().reference, code),
        (reference, ""),
        (reference, new_code()),
        (new_reference(NOW.date()), code),
        ("", ""),
        ("nonsense", code),
    ):
        with pytest.raises(NotFoundError):
            write(engine, cases.with_code, reference=wrong[0], code=wrong[1])


def test_a_renewed_code_closes_the_old_one(engine: Engine) -> None:
    guest = opened(engine)
    old, reference = guest.code, guest.case().reference

    def renew(session: Session) -> str:
        case = cases.with_code(session=session, reference=reference, code=old)
        return cases.renew_code(
            session=session, case=case, actor=Actor(kind="visitor", id="x"), now=NOW
        )

    new = write(engine, renew)

    assert write(engine, cases.with_code, reference=reference, code=new).reference == reference
    with pytest.raises(NotFoundError):
        write(engine, cases.with_code, reference=reference, code=old)


def test_nothing_of_a_case_is_readable_in_the_file(engine: Engine) -> None:
    guest = opened(engine)
    guest.amends(
        company="見本製作所",
        opponents=["手本商事"],
        contact={"mail": "mihon@example.com", "name": "見本 花子"},
    )
    guest.asks()
    assert engine.url.database is not None
    held = stored_bytes(Path(engine.url.database))

    for secret in ("見本製作所", "手本商事", "mihon@example.com", "花子", guest.code, "店の名前"):
        assert secret.encode() not in held, secret


def test_the_same_company_has_one_hash_however_it_is_written(engine: Engine) -> None:
    same = (
        "株式会社見本製作所",
        "見本製作所(株)",
        "㈱見本製作所",
        " 見本 製作所 ",
        "ミホンセイサクショ",
    )

    hashes = [write(engine, lambda session, name=name: party_hash(session, name)) for name in same]

    assert len(set(hashes[:4])) == 1
    assert hashes[4] != hashes[0]
    assert write(engine, lambda session: party_hash(session, "株式会社")) is None


def test_another_installation_has_other_hashes(engine: Engine) -> None:
    first = write(engine, lambda session: party_hash(session, "見本"))
    with transaction(engine) as session:
        session.delete(session.get_one(HashKey, "parties"))

    assert write(engine, lambda session: known_hash(session, "見本")) is None
    assert write(engine, lambda session: party_hash(session, "見本")) != first


def test_parties_follow_the_corrections(engine: Engine) -> None:
    guest = opened(engine)
    guest.amends(company="見本製作所", opponents=["手本商事", "雛形工業"])
    guest.amends(opponents=["手本商事"])

    with Session(engine) as session:
        roles = sorted(row.role for row in session.exec(select(Party)))
    assert roles == ["other", "own"]

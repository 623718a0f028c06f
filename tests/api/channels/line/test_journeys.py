"""Whole ways through LINE: triage, fees, a person, a meeting, and a case begun on the web."""

import re

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from knowledge.bookings.models import Booking
from knowledge.cases.models import Case
from knowledge.database import transaction
from knowledge.wording import say
from tests.support.bookings import load_samples
from tests.support.content import stored_bytes
from tests.support.line_standin import events
from tests.support.line_standin.phone import LineHouse, Phone, actions, whole
from tests.support.staff import Colleague, hire

SHOP = "店の名前を商標登録したいです"
ME = "見本花子、見本製作所、hanako@example.jp"


@pytest.fixture
def sato(line: LineHouse) -> Colleague:
    """A member of staff in Shizuoka."""
    return hire(line.house.engine, "sato", name="見本 佐藤", http=line.house.http)


def free_of_pushes(phone: Phone) -> bool:
    """Whether everything so far was answered for nothing."""
    return {s.by for s in phone.line.platform.said(phone.id)} == {"reply"}


async def test_from_a_question_to_the_desk_of_the_prefecture(phone: Phone) -> None:
    await phone.says("9月1日発送の拒絶理由通知が届きました")
    await phone.presses(say("rights.patents"))
    await phone.says("会社は静岡県です")

    assert "2026年11月2日" in phone.read()
    assert "INPIT静岡県知財総合支援窓口" in phone.read()
    assert say("line_chat.sources") in phone.read()
    assert free_of_pushes(phone)


async def test_from_a_price_question_to_the_sheet(phone: Phone) -> None:
    await phone.says("審査請求の料金はいくらですか。うちは社員8人の町工場です")
    shown = await phone.says("請求項は10個です")

    assert "59,330円" in whole(shown)
    assert "https://madoguchi.example.jp/fees" in whole(shown)
    assert free_of_pushes(phone)


async def test_a_form_can_be_left_with_a_button(phone: Phone) -> None:
    await phone.says("審査請求の料金はいくらですか。うちは社員8人の町工場です")
    await phone.presses("計算をやめる")

    shown = await phone.says(SHOP)

    assert say("topics.trademarks") in whole(shown)


async def _until_queued(phone: Phone) -> str:
    await phone.says(SHOP)
    await phone.says("静岡県です")
    await phone.says("職員と話したいです")
    await phone.presses(say("handoff.choice_request"))
    await phone.presses(say("handoff.choice_confirm"))
    with transaction(phone.line.house.engine, read_only=True) as session:
        return session.exec(select(Case)).one().reference


async def test_from_the_wish_for_a_person_to_her_answer_and_back(
    phone: Phone, sato: Colleague
) -> None:
    reference = await _until_queued(phone)
    assert reference in phone.read()
    offered = [a["label"] for a in actions([s.message for s in phone.line.platform.said(phone.id)])]
    assert say("handoff.choice_callback") not in offered
    asked = len(phone.line.house.rasa.texts())

    assert (await sato.post(f"/{reference}/claim")).status_code == 200
    said = await sato.post(
        f"/{reference}/messages", text="見本製作所さまの商標の件、承知しました。"
    )
    assert said.status_code == 201
    await phone.line.settled()

    shown = phone.line.platform.said(phone.id)[-1]
    assert "承知しました" in whole([shown])
    assert shown.message["sender"]["name"].startswith("INPIT静岡県")
    assert not re.search("見本製作所|商標|承知", shown.notified)

    await phone.says("よろしくお願いします")
    assert len(phone.line.house.rasa.texts()) == asked
    listed = (await sato.get(f"/{reference}")).json()["messages"]
    assert [m["author"] for m in listed][-1] == "visitor"

    assert (await sato.post(f"/{reference}/release")).status_code == 200
    await phone.line.settled()
    back = await phone.says("意匠の話です")
    assert say("topics.designs") in whole(back)


async def test_every_answer_of_staff_arrives_once(phone: Phone, sato: Colleague) -> None:
    reference = await _until_queued(phone)
    await sato.post(f"/{reference}/claim")

    for number in range(5):
        await sato.post(f"/{reference}/messages", text=f"お返事その{number}です。")
    await phone.line.settled()

    read = phone.read()
    places = [read.index(f"お返事その{number}です。") for number in range(5)]
    assert places == sorted(places)
    assert all(read.count(f"お返事その{number}です。") == 1 for number in range(5))


async def test_the_question_after_the_closing_is_answered_by_a_button(
    phone: Phone, sato: Colleague
) -> None:
    reference = await _until_queued(phone)
    await sato.post(f"/{reference}/claim")
    closed = await sato.post(f"/{reference}/close", outcome="answered")
    assert closed.status_code == 200, closed.text
    await phone.line.settled()

    await phone.presses(say("handoff.survey_helped"))

    assert phone.line.one("select answer from case_survey") == "helped"


async def test_a_meeting_is_booked_by_buttons(line: LineHouse) -> None:
    load_samples(line.house.engine)
    phone = line.phone()
    await phone.says("面談を予約したいです")
    shown = await phone.says("静岡県です")
    times = [
        a["label"] for s in shown for a in actions(s.message) if re.match(r"\d+/\d+", a["label"])
    ]
    assert 2 <= len(times) <= 4
    await phone.presses(times[0])
    await phone.says(ME)
    done = await phone.presses(say("bookings.form_book"))

    with transaction(line.house.engine, read_only=True) as session:
        reference, status = session.exec(select(Booking.reference, Booking.status)).one()
    assert status == "confirmed"
    assert reference in whole(done)
    assert free_of_pushes(phone)


@pytest.fixture
async def web_case(line: LineHouse) -> tuple[str, str, str]:
    """A case of the web: its conversation, reference and code."""
    talk = await line.house.start(channel="web", prefecture="静岡県")
    await talk.says(SHOP)
    answer = await line.house.http.post(
        f"/api/v1/conversations/{talk.id}/handoff", json={}, headers=talk.headers
    )
    body = answer.json()
    return talk.id, body["reference"], body["code"]


class TestJoining:
    async def test_reference_and_code_join_the_case_of_the_web(
        self, phone: Phone, sato: Colleague, web_case: tuple[str, str, str]
    ) -> None:
        conversation_id, reference, code = web_case

        await phone.says(f"{reference} {code}")

        line = phone.line
        assert say("line_chat.joined", reference=reference).splitlines()[0] in phone.read()
        assert line.one("select conversation_id from line_contact") == conversation_id
        assert code.encode() not in stored_bytes(line.house.database)
        assert say("line_chat.before_typing").splitlines()[2] not in phone.read()
        await sato.post(f"/{reference}/claim")
        await sato.post(f"/{reference}/messages", text="LINEでもお話しできます。")
        await line.settled()
        assert phone.read().count("LINEでもお話しできます。") == 1
        await phone.says("ありがとうございます、続きです")
        shown = (await sato.get(f"/{reference}")).json()["messages"]
        assert "ありがとうございます、続きです" in str(shown[-1])

    @pytest.mark.parametrize(
        "form", ["{r}　{c}", "番号は{r}、コードは{c}です", "{r}\n{c}", "{rl} {cl}"]
    )
    async def test_they_may_be_written_in_many_ways(
        self, phone: Phone, web_case: tuple[str, str, str], form: str
    ) -> None:
        conversation_id, reference, code = web_case
        said = form.format(r=reference, c=code, rl=reference.lower(), cl=code.replace("-", ""))

        await phone.says(said)

        assert phone.line.one("select conversation_id from line_contact") == conversation_id

    async def test_a_wrong_code_tells_nothing_and_is_not_kept(
        self, phone: Phone, web_case: tuple[str, str, str]
    ) -> None:
        _, reference, _ = web_case

        await phone.says(f"{reference} 2345-6789-ACEF")
        await phone.says("K26-22222-2 2345-6789-ACEF")

        assert phone.read().count(say("line_chat.join_refused")) == 2
        assert phone.line.house.rasa.texts() == [SHOP]
        assert b"2345-6789-ACEF" not in stored_bytes(phone.line.house.database)
        assert (
            phone.line.one("select count(*) from audit_entry where action = 'case.join_refused'")
            == 2
        )

    async def test_guessing_is_stopped(
        self, engine: Engine, web_case: tuple[str, str, str], line: LineHouse
    ) -> None:
        from api.throttle import Throttle

        _, reference, code = web_case
        handling = line.house.app.state.line._handling
        object.__setattr__(handling._tools, "throttle", Throttle(enabled=True))
        phone = line.phone()

        for _ in range(5):
            await phone.says(f"{reference} 2345-6789-ACEF")
        await phone.says(f"{reference} {code}")

        assert say("line_chat.join_often") in phone.read()
        assert say("line_chat.joined", reference=reference).splitlines()[0] not in phone.read()

    async def test_a_group_joins_no_case(
        self, line: LineHouse, web_case: tuple[str, str, str]
    ) -> None:
        _, reference, code = web_case
        group = line.phone(events.group())
        said = events.mention(f"{reference} {code}", group.source, reply_token=group.token())

        await group.happens(said)

        assert say("line_chat.join_in_group") in group.read()

"""A person takes over: asked for, claimed, spoken, handed back, closed, over HTTP."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine

from knowledge.clock import TOKYO
from knowledge.conversations import service
from knowledge.database import transaction
from tests.support.house import API, House, Talk, cards, words
from tests.support.staff import AICHI, OPEN_MOMENT, SHIZUOKA, Colleague, hire
from tests.support.streams import open_stream

CLOSED_MOMENT = datetime(2026, 11, 20, 18, 30, tzinfo=TOKYO)
INQUIRY = "店の名前を商標登録したいです。静岡県の会社です"


class Watch:
    """The clock of a test."""

    def __init__(self) -> None:
        self.now = OPEN_MOMENT

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    watch = Watch()
    monkeypatch.setattr("knowledge.clock.now", watch)
    return watch


@pytest.fixture
async def talk(house: House, watch: Watch) -> Talk:
    talk = await house.start(channel="web", prefecture="静岡県")
    await talk.says(INQUIRY)
    return talk


@pytest.fixture
async def sato(house: House, engine: Engine, watch: Watch) -> Colleague:
    return hire(engine, "sato", name="見本 佐藤", http=house.http)


async def ask(talk: Talk, **body: Any) -> dict[str, Any]:
    answer = await talk.house.http.post(
        f"{API}/conversations/{talk.id}/handoff", json=body, headers=talk.headers
    )
    assert answer.status_code == 200, answer.text
    content: dict[str, Any] = answer.json()
    return content


async def thread(talk: Talk) -> list[dict[str, Any]]:
    """Everything the visitor sees."""
    with transaction(talk.house.engine, read_only=True) as session:
        seen = service.messages_after(session=session, conversation_id=talk.id, seq=0)
    return [message.model_dump(mode="json") for message in seen]


async def test_the_wish_for_a_person_tells_position_and_opening(talk: Talk) -> None:
    stands = await ask(talk)

    assert stands["position"] == 1
    assert stands["open_now"] is True
    assert stands["next_open_at"] is None
    assert stands["owner"] == "queue"
    assert stands["reference"].startswith("K26-")
    assert stands["code"]


async def test_outside_the_hours_the_next_real_opening_is_told(talk: Talk, watch: Watch) -> None:
    watch.now = CLOSED_MOMENT

    stands = await ask(talk)

    assert stands["open_now"] is False
    # Saturday, Sunday and Labour Thanksgiving Day lie between.
    assert stands["next_open_at"] == "2026-11-24T09:00:00+09:00"
    said = words(await thread(talk))
    assert "2026年11月24日（火） 9:00" in said


async def test_asking_again_changes_nothing(talk: Talk) -> None:
    first = await ask(talk)
    before = await thread(talk)

    again = await ask(talk)

    assert again["reference"] == first["reference"]
    assert again["position"] == 1
    assert again["code"] is None
    assert await thread(talk) == before


async def test_while_she_waits_the_bot_is_not_asked(talk: Talk) -> None:
    await ask(talk)
    asked = len(talk.house.rasa.asked)

    said = await talk.says("商標の更新はどうすればいいですか")

    assert said["owner"] == "queue"
    assert said["replies"] == []
    assert len(talk.house.rasa.asked) == asked


async def test_request_claim_chat_release(talk: Talk, sato: Colleague) -> None:
    stands = await ask(talk)
    reference = stands["reference"]

    listed = (await sato.get(desk="inpit-chizai-sogo-madoguchi", state="queued")).json()
    assert [row["reference"] for row in listed["items"]] == [reference]
    assert listed["items"][0]["office"] == SHIZUOKA

    claimed = await sato.post(f"/{reference}/claim")
    assert claimed.status_code == 200, claimed.text
    assert claimed.json()["assignee_name"] == "見本 佐藤"

    said = await sato.post(f"/{reference}/messages", text="こんにちは。お話をうかがいます。")
    assert said.status_code == 201, said.text
    heard = await talk.says("よろしくお願いします")
    assert heard["owner"] == "staff"

    file = (await sato.get(f"/{reference}")).json()
    assert [m["author"] for m in file["messages"]][-2:] == ["staff", "visitor"]
    assert "コード：" not in words(file["messages"])
    assert "コード：" in words(await thread(talk))

    assert (await sato.post(f"/{reference}/release")).status_code == 200
    back = await talk.says("外国の商標も知りたいです")
    assert back["owner"] == "bot"
    assert back["replies"]


async def test_the_second_to_claim_is_told_who_was_first(
    talk: Talk, sato: Colleague, engine: Engine
) -> None:
    suzuki = hire(engine, "suzuki", http=talk.house.http)
    reference = (await ask(talk))["reference"]

    first, second = await asyncio.gather(
        sato.post(f"/{reference}/claim"), suzuki.post(f"/{reference}/claim")
    )

    assert sorted((first.status_code, second.status_code)) == [200, 409]
    refused = first if first.status_code == 409 else second
    assert refused.json()["error"] == "already_claimed"
    assert "見本" in refused.json()["detail"]


async def test_the_bots_answer_in_flight_when_a_person_claims_is_not_shown(
    talk: Talk, sato: Colleague
) -> None:
    house = talk.house
    reference = (await ask(talk))["reference"]
    await talk.house.http.delete(f"{API}/conversations/{talk.id}/handoff", headers=talk.headers)
    asked, go_on = asyncio.Event(), asyncio.Event()

    async def slow(request: httpx.Request) -> httpx.Response:
        asked.set()
        await go_on.wait()
        house.rasa.misbehave.clear()
        return await house.rasa._handle(request)

    house.rasa.misbehave["turn"] = slow
    turn = asyncio.create_task(talk.says("意匠についても教えてください"))
    await asked.wait()

    assert (await sato.post(f"/{reference}/claim")).status_code == 200
    go_on.set()
    answered = await turn

    assert answered["owner"] == "staff"
    assert answered["replies"] == []
    shown = await thread(talk)
    assert shown[-1]["author"] == "system"
    assert "職員が対応します" in words(shown[-1:])
    assert house.rows("audit_entry")


async def test_what_she_writes_while_staff_close_opens_the_case_again(
    talk: Talk, sato: Colleague
) -> None:
    reference = (await ask(talk))["reference"]
    await sato.post(f"/{reference}/claim")
    seen = (await sato.get(f"/{reference}")).json()["last_seq"]
    await talk.says("もう一つ聞きたいことがあります")

    closed = await sato.post(f"/{reference}/close", outcome="answered", seen_seq=seen)

    assert closed.json() == {"reference": reference, "reopened": True}
    row = (await sato.get(f"/{reference}")).json()["row"]
    assert row["state"] == "active"
    assert row["assignee"] == sato.actor.id
    assert (await talk.says("聞こえますか"))["owner"] == "staff"


async def test_a_message_right_after_the_closing_goes_back_into_the_queue(
    talk: Talk, sato: Colleague, watch: Watch
) -> None:
    reference = (await ask(talk))["reference"]
    await sato.post(f"/{reference}/claim")
    await sato.post(f"/{reference}/close", outcome="answered")
    watch.now += timedelta(minutes=5)

    thanks = await talk.says("ありがとうございました")
    assert thanks["owner"] == "bot"

    more = await talk.says("あと、期限のことも知りたいです")
    assert more["owner"] == "queue"
    row = (await sato.get(f"/{reference}")).json()["row"]
    assert (row["state"], row["unread"]) == ("queued", 1)


async def test_closing_asks_how_it_was_and_keeps_the_answer(talk: Talk, sato: Colleague) -> None:
    reference = (await ask(talk))["reference"]
    await sato.post(f"/{reference}/claim")
    await sato.post(
        f"/{reference}/close",
        outcome="answered",
        good_case=True,
        facts={"sales": "up", "organisation": "planned"},
    )

    shown = await thread(talk)
    thanks = await talk.picks("役に立った", shown)

    assert "ありがとうございました" in words(thanks["replies"])
    file = (await sato.get(f"/{reference}")).json()
    assert (file["survey"], file["outcome"]) == ("answered", "answered")


async def test_a_transferred_case_belongs_to_the_other_office_only(
    talk: Talk, sato: Colleague, engine: Engine
) -> None:
    tanaka = hire(engine, "tanaka", ("staff", AICHI), http=talk.house.http)
    reference = (await ask(talk))["reference"]
    await sato.post(f"/{reference}/claim")

    moved = await sato.post(f"/{reference}/transfer", office=AICHI, reason="本社が愛知県のため")

    assert moved.status_code == 200, moved.text
    assert (await sato.get(f"/{reference}")).status_code == 404
    assert (await tanaka.post(f"/{reference}/claim")).status_code == 200
    events = (await tanaka.get(f"/{reference}")).json()["events"]
    (event,) = [e for e in events if e["kind"] == "transferred"]
    assert event["note"] == "本社が愛知県のため"
    assert "愛知県" in words(await thread(talk))


async def test_the_whole_way_by_choices_in_the_chat(talk: Talk) -> None:
    offered = await talk.says("職員と話したい")
    preview = await talk.picks("職員に引きつぐ", offered["replies"])

    assert preview["owner"] == "bot"
    assert cards(preview["replies"], "case")
    queued = await talk.picks("この内容で引きつぐ", preview["replies"])

    assert queued["owner"] == "queue"
    assert "引きつぎました" in words(queued["replies"])
    back = await talk.picks("自動応答に戻る", queued["replies"])
    assert back["owner"] == "bot"


async def test_nobody_without_the_token_asks_or_looks(talk: Talk) -> None:
    for method, path in (
        ("POST", f"{API}/conversations/{talk.id}/handoff"),
        ("GET", f"{API}/conversations/{talk.id}/handoff"),
        ("POST", f"{API}/conversations/{talk.id}/case"),
    ):
        wrong = await talk.house.http.request(
            method, path, headers={"Authorization": "Bearer wrong"}
        )
        none = await talk.house.http.request(method, path)
        assert (wrong.status_code, none.status_code) == (404, 401), path


async def test_a_contact_must_be_one(talk: Talk) -> None:
    answer = await talk.house.http.post(
        f"{API}/conversations/{talk.id}/handoff",
        json={"contact": {"wish": "mail", "mail": "not-an-address"}},
        headers=talk.headers,
    )

    assert answer.status_code == 422
    assert answer.json()["fields"][0]["field"] == "contact.mail"
    assert talk.house.rows("case_sheet") == 0


async def test_an_answer_also_goes_by_mail_where_she_asked_for_it(
    talk: Talk, sato: Colleague, watch: Watch
) -> None:
    watch.now = CLOSED_MOMENT
    stands = await ask(talk, contact={"wish": "mail", "mail": "mihon@example.com"})
    watch.now = datetime(2026, 11, 24, 9, 30, tzinfo=TOKYO)

    await sato.post(f"/{stands['reference']}/claim")
    await sato.post(f"/{stands['reference']}/messages", text="お待たせしました。")

    assert talk.house.rows("delivery") == 1
    assert "お待たせしました" in words(await thread(talk))


async def test_the_same_staff_message_twice_is_said_once(talk: Talk, sato: Colleague) -> None:
    reference = (await ask(talk))["reference"]
    await sato.post(f"/{reference}/claim")

    first = await sato.post(f"/{reference}/messages", text="はい", client_message_id="a")
    again = await sato.post(f"/{reference}/messages", text="はい", client_message_id="a")

    assert first.json()["id"] == again.json()["id"]
    assert [m["author"] for m in await thread(talk)].count("staff") == 1


async def test_the_stream_says_who_speaks(talk: Talk, sato: Colleague) -> None:
    path = f"{API}/conversations/{talk.id}/events"
    async with open_stream(talk.house.app, path, talk.headers) as stream:
        assert (await stream.next("owner")).data == {"owner": "bot"}
        reference = (await ask(talk))["reference"]
        assert (await stream.next("owner")).data["owner"] == "queue"
        await sato.post(f"/{reference}/claim")
        told = (await stream.next("owner")).data
        assert told["owner"] == "staff"
        assert "静岡県" in told["speaker"]


async def test_staff_see_that_she_types_and_she_does_not_hear_herself(
    talk: Talk, sato: Colleague
) -> None:
    path = f"{API}/conversations/{talk.id}/events"
    async with (
        open_stream(talk.house.app, path, talk.headers) as stream,
        talk.house.app.state.parts.events.listen(talk.id) as console,
    ):
        await stream.next("message")
        answer = await talk.house.http.post(
            f"{API}/conversations/{talk.id}/typing", json={"on": True}, headers=talk.headers
        )
        assert answer.status_code == 204
        assert console.typing == [("visitor", True)]
        talk.house.app.state.parts.events.typing(talk.id, on=True, author="staff")
        assert (await stream.next("typing")).data == {"author": "staff", "on": True}

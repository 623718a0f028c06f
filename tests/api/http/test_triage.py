import json
from typing import Any

import pytest
from sqlmodel import SQLModel

from api.http import examples
from knowledge.triage.answer import Triage
from knowledge.wording import say
from tests.support.content import stored_bytes
from tests.support.house import API, House

SHOP = "静岡県の会社です。店の名前を商標登録したいです"
RECIPE = "米粉30%と寒天5%を混ぜて80度で10分加熱する新しい菓子を思いつきました"


async def _sort(house: House, **body: Any) -> dict[str, Any]:
    answer = await house.http.post(f"{API}/triage", json=body)
    assert answer.status_code == 200, answer.text
    content: dict[str, Any] = answer.json()
    return content


async def test_an_inquiry_gets_every_field_of_the_contract(house: House) -> None:
    content = await _sort(house, text=SHOP)

    assert set(content) == set(Triage.model_fields)
    assert content["topic"] == "trademarks"
    assert content["desk"]["id"] == "inpit-chizai-sogo-madoguchi"
    assert content["entities"]["prefecture"] == "静岡県"
    assert 0 <= content["confidence"] <= 1
    assert all(reason["rule"] and reason["text"] for reason in content["reasons"])


async def test_the_place_given_beside_wins_over_the_place_named(house: House) -> None:
    content = await _sort(house, text=SHOP, prefecture="愛知")

    assert content["entities"]["prefecture"] == "愛知県"


async def test_last_days_are_counted_from_the_day_it_was_received(house: House) -> None:
    example = await _sort(house, **examples.TRIAGE)

    assert example["entities"]["dates"][0]["date"] == "2026-09-01"
    assert example["entities"]["prefecture"] == "静岡県"


@pytest.mark.parametrize(
    "received", ["2026-09-10T10:00:00+09:00", "2026-09-10T01:00:00Z", "2026-09-10T10:00:00"]
)
async def test_one_moment_may_be_written_in_several_ways(house: House, received: str) -> None:
    text = "昨日、拒絶理由通知が届きました"

    content = await _sort(house, text=text, received_at=received)

    assert content["entities"]["dates"][0]["date"] == "2026-09-09"


async def test_greetings_and_other_matters_get_no_desk(house: House) -> None:
    for text in ("こんにちは", "明日の天気は"):
        assert (await _sort(house, text=text))["desk"] is None


async def test_what_is_not_sure_is_offered_for_choice(house: House) -> None:
    content = await _sort(house, text="あれの件なんですけど")

    assert [c["topic"] for c in content["clarify"]] == ["designs", "contracts", "patents"]
    assert all(c["label"] == say(f"topics.{c['topic']}") for c in content["clarify"])


async def test_a_secret_is_pointed_out_but_not_stopped(house: House) -> None:
    content = await _sort(house, text=RECIPE)

    assert "confidential" in [n["code"] for n in content["notices"]]


async def test_nothing_is_stored(house: House) -> None:
    tables = sorted(SQLModel.metadata.tables)
    before = {table: house.rows(table) for table in tables}

    for text in (SHOP, RECIPE):
        await _sort(house, text=text, prefecture="愛知県")

    assert {table: house.rows(table) for table in tables} == before
    held = stored_bytes(house.database)
    assert "寒天5%".encode() not in held
    assert "寒天" not in house.log.getvalue()
    assert not [route for route, _ in house.rasa.asked if route != "parse"]


@pytest.mark.parametrize(
    ("body", "status", "code", "field"),
    [
        ({}, 422, "invalid_input", "text"),
        ({"text": ""}, 422, "text_empty", "text"),
        ({"text": "😀"}, 422, "text_empty", "text"),
        ({"text": "あ" * 5_001}, 422, "text_too_long", "text"),
        ({"text": 1}, 422, "invalid_input", "text"),
        ({"text": SHOP, "prefecture": "江戸"}, 422, "invalid_input", "prefecture"),
        ({"text": SHOP, "received_at": "昨日"}, 422, "invalid_input", "received_at"),
        ({"text": SHOP, "received_at": "2026-13-01"}, 422, "invalid_input", "received_at"),
        ({"text": SHOP, "received_at": "0001-01-01T00:00:00+14:00"}, 422, None, "received_at"),
        ({"text": SHOP, "received_at": "9999-12-31T23:59:59-12:00"}, 422, None, "received_at"),
        ({"text": SHOP, "received_at": "9999-12-31T10:00:00+09:00"}, 422, None, "received_at"),
        ({"text": SHOP, "topic": "patents"}, 422, "invalid_input", "topic"),
    ],
)
async def test_bad_input_names_the_field(
    house: House, body: dict[str, Any], status: int, code: str | None, field: str
) -> None:
    answer = await house.http.post(f"{API}/triage", json=body)

    assert answer.status_code == status, answer.text
    assert code in {None, answer.json()["error"]}
    assert [f["field"] for f in answer.json()["fields"]] == [field]
    assert all(any(c > "\u3040" for c in f["reason"]) for f in answer.json()["fields"])


@pytest.mark.parametrize(
    "day", ["9999年12月31日", "令和9999年1月1日", "0年0月0日", "2026年13月45日", "12345678年1月1日"]
)
async def test_a_day_that_does_not_exist_is_no_crash(house: House, day: str) -> None:
    await _sort(house, text=f"{day}発送の拒絶理由通知が届きました。特許です。いつまでですか")


async def test_a_text_of_the_greatest_length_is_sorted(house: House) -> None:
    content = await _sort(house, text="商標" * 2_500)

    assert content["topic"] == "trademarks"


async def test_broken_json_is_a_bad_request(house: House) -> None:
    answer = await house.http.post(
        f"{API}/triage", content=b'{"text": ', headers={"Content-Type": "application/json"}
    )

    assert (answer.status_code, answer.json()["error"]) == (400, "bad_request")


async def test_a_body_over_64_kb_is_too_large(house: House) -> None:
    answer = await house.http.post(f"{API}/triage", json={"text": "a" * 70_000})

    assert (answer.status_code, answer.json()["error"]) == (413, "too_large")


async def test_the_answer_quotes_nothing_of_the_text(house: House) -> None:
    content = await _sort(house, text="店の名前を商標登録したいです。ひみつの合図")

    assert "ひみつの合図" not in json.dumps(content, ensure_ascii=False)

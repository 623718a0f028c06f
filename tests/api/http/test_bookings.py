"""Booking over HTTP: what is answered, what is refused, what opens a booking again."""

import json
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar
from sqlalchemy import Engine

from api.http import examples
from api.http.bookings import BookingRequest
from knowledge import clock
from tests.support.bookings import (
    API,
    CONTACT,
    NOTHING,
    load_samples,
    look_for_trouble,
    order,
    slots,
)
from tests.support.house import House, running


@pytest.fixture
def stocked(house: House) -> House:
    """The application with the samples."""
    load_samples(house.engine)
    return house


async def book(house: House, slot_id: str, **changes: Any) -> dict[str, Any]:
    """A booking that must succeed."""
    answer = await house.http.post(f"{API}/bookings", json=order(slot_id, **changes))
    assert answer.status_code == 201, answer.text
    booked: dict[str, Any] = answer.json()
    return booked


def bearer(booked: dict[str, Any]) -> dict[str, str]:
    return {"Authorization": f"Bearer {booked['code']}"}


@pytest.mark.parametrize(
    ("kind", "status"),
    [("meeting", "confirmed"), ("regular", "confirmed"), ("expert", "requested")],
)
async def test_each_kind_is_booked_as_the_contract_says(
    stocked: House, kind: str, status: str
) -> None:
    slot = (await slots(stocked.http, kind=kind, topics="trademarks"))[0]

    booked = await book(stocked, slot["id"])

    assert booked["status"] == status
    assert booked["starts_at"] == slot["starts_at"]
    assert set(booked) == {"reference", "code", "status", "starts_at", "manage_url", "ics_url"}
    assert booked["manage_url"].endswith(f"/booking#{booked['reference']}.{booked['code']}")
    assert booked["code"] not in booked["ics_url"]
    assert look_for_trouble(stocked.engine, clock.now()) == NOTHING


async def test_a_second_booking_is_refused_with_free_times(stocked: House) -> None:
    slot = (await slots(stocked.http))[0]
    await book(stocked, slot["id"])

    answer = await stocked.http.post(f"{API}/bookings", json=order(slot["id"]))

    body = answer.json()
    assert (answer.status_code, body["error"]) == (409, "slot_taken")
    assert 0 < len(body["alternatives"]) <= 5
    assert slot["id"] not in [s["id"] for s in body["alternatives"]]
    again = await stocked.http.post(f"{API}/bookings", json=order(body["alternatives"][0]["id"]))
    assert again.status_code == 201


async def test_a_company_elsewhere_is_told_its_desk_and_its_times(stocked: House) -> None:
    slot = (await slots(stocked.http))[0]
    contact = CONTACT | {"prefecture": "愛知"}

    answer = await stocked.http.post(f"{API}/bookings", json=order(slot["id"], contact=contact))

    body = answer.json()
    assert (answer.status_code, body["error"]) == (403, "outside_prefecture")
    assert "愛知県" in body["desk"]["office"]
    assert body["desk"]["id"] == "inpit-chizai-sogo-madoguchi"
    assert stocked.rows("booking") == 0
    first = body["alternatives"][0]["id"]
    right = await stocked.http.post(f"{API}/bookings", json=order(first, contact=contact))
    assert right.status_code == 201


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"contact": CONTACT | {"name": " "}}, ["contact.name"]),
        ({"contact": {k: v for k, v in CONTACT.items() if k != "company"}}, ["contact.company"]),
        ({"contact": CONTACT | {"email": "no", "phone": "no"}}, ["contact.email", "contact.phone"]),
        ({"contact": CONTACT | {"fax": "1"}}, ["contact.fax"]),
        ({"consent": False}, ["consent"]),
        ({"topic": "x"}, ["topic"]),
        ({"summary": ""}, ["summary"]),
        ({"slot_id": "x"}, ["slot_id"]),
        ({"conversation_id": "unknown"}, ["conversation_id"]),
        ({"conversation_id": "\x00"}, ["conversation_id"]),
        ({"summary": "\ud800"}, ["summary"]),
    ],
)
async def test_each_unusable_field_is_named_and_nothing_is_kept(
    stocked: House, changes: dict[str, Any], fields: list[str]
) -> None:
    slot = (await slots(stocked.http))[0]
    answer = await stocked.http.post(
        f"{API}/bookings",
        content=json.dumps(order(slot["id"]) | changes),
        headers={"Content-Type": "application/json"},
    )

    assert answer.status_code == 422, answer.text
    assert [f["field"] for f in answer.json()["fields"]] == fields
    assert stocked.rows("booking") == stocked.rows("claim") == stocked.rows("delivery") == 0


async def test_a_booking_from_a_conversation_remembers_it(stocked: House) -> None:
    talk = await stocked.start()
    slot = (await slots(stocked.http))[0]

    await book(stocked, slot["id"], conversation_id=talk.id)

    with stocked.engine.connect() as connection:
        found = connection.exec_driver_sql("SELECT conversation_id FROM booking").scalar_one()
    assert found == talk.id


class TestWithTheCode:
    async def test_a_booking_is_shown_to_who_has_the_code(self, stocked: House) -> None:
        slot = (await slots(stocked.http))[0]
        booked = await book(stocked, slot["id"])

        answer = await stocked.http.get(
            f"{API}/bookings/{booked['reference']}", headers=bearer(booked)
        )

        seen = answer.json()
        assert answer.status_code == 200
        assert (seen["status"], seen["may_move"], seen["may_cancel"]) == ("confirmed", True, True)
        assert seen["contact"]["name"] == CONTACT["name"]
        assert seen["starts_at"].endswith("+09:00")
        assert "code" not in seen
        assert seen["bring"]

    @pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
    async def test_wrong_code_and_unknown_reference_are_alike(
        self, stocked: House, method: str
    ) -> None:
        slot, other = (await slots(stocked.http))[:2]
        booked = await book(stocked, slot["id"])
        body = {"slot_id": other["id"]} if method == "PATCH" else None

        async def ask(reference: str, code: str | None) -> tuple[int, str]:
            headers = {"Authorization": f"Bearer {code}"} if code else {}
            answer = await stocked.http.request(
                method, f"{API}/bookings/{reference}", json=body, headers=headers
            )
            return answer.status_code, answer.text

        wrong = await ask(booked["reference"], "wrong")
        unknown = await ask("ABCD-EFGH", booked["code"])

        assert wrong == unknown
        assert wrong[0] == 404
        assert (await ask(booked["reference"], None))[0] == 401
        assert (await ask("%00", booked["code"]))[0] == 404

    async def test_a_move_is_shown_and_the_entry_follows(self, stocked: House) -> None:
        slot, *_, other = await slots(stocked.http)
        booked = await book(stocked, slot["id"])
        path = f"{API}/bookings/{booked['reference']}"

        before = Calendar.from_ical(
            (await stocked.http.get(f"{path}/calendar.ics", headers=bearer(booked))).text
        )
        moved = await stocked.http.patch(
            path, json={"slot_id": other["id"]}, headers=bearer(booked)
        )
        answer = await stocked.http.get(f"{path}/calendar.ics", headers=bearer(booked))

        assert moved.status_code == 200
        assert moved.json()["starts_at"] == other["starts_at"]
        assert answer.headers["content-type"].startswith("text/calendar")
        (event,) = Calendar.from_ical(answer.text).walk("VEVENT")
        (first,) = before.walk("VEVENT")
        assert event["uid"] == first["uid"]
        assert int(str(event["sequence"])) > int(str(first["sequence"]))
        assert look_for_trouble(stocked.engine, clock.now()) == NOTHING

    async def test_a_move_to_a_taken_time_offers_others(self, stocked: House) -> None:
        found = await slots(stocked.http, mode="visit")
        slot, other = found[0], found[1]
        booked = await book(stocked, slot["id"])
        await book(stocked, other["id"])

        answer = await stocked.http.patch(
            f"{API}/bookings/{booked['reference']}",
            json={"slot_id": other["id"]},
            headers=bearer(booked),
        )

        assert (answer.status_code, answer.json()["error"]) == (409, "slot_taken")
        assert answer.json()["alternatives"]
        assert look_for_trouble(stocked.engine, clock.now()) == NOTHING

    async def test_a_cancelled_booking_frees_its_time_and_says_so_again(
        self, stocked: House
    ) -> None:
        slot = (await slots(stocked.http, mode="phone"))[0]
        booked = await book(stocked, slot["id"])
        path = f"{API}/bookings/{booked['reference']}"

        first = await stocked.http.delete(path, headers=bearer(booked))
        second = await stocked.http.delete(path, headers=bearer(booked))
        moved = await stocked.http.patch(path, json={"slot_id": slot["id"]}, headers=bearer(booked))

        assert first.json()["status"] == second.json()["status"] == "cancelled"
        assert (moved.status_code, moved.json()["error"]) == (409, "booking_closed")
        (event,) = Calendar.from_ical(
            (await stocked.http.get(f"{path}/calendar.ics", headers=bearer(booked))).text
        ).walk("VEVENT")
        assert event["status"] == "CANCELLED"
        assert slot["id"] in [s["id"] for s in await slots(stocked.http, mode="phone")]


async def test_nothing_of_the_visitor_reaches_the_log(stocked: House) -> None:
    slot = (await slots(stocked.http))[0]
    booked = await book(stocked, slot["id"])
    await stocked.http.post(f"{API}/bookings", json=order(slot["id"]))

    log = stocked.log.getvalue()
    assert "花子" not in log
    assert "hanako" not in log
    assert booked["code"] not in log


async def test_links_begin_with_the_address_of_the_installation_not_of_the_request(
    stocked: House,
) -> None:
    slot = (await slots(stocked.http))[0]

    answer = await stocked.http.post(
        f"{API}/bookings", json=order(slot["id"]), headers={"Host": "evil.example"}
    )

    assert answer.status_code == 201
    assert "evil" not in answer.text


async def test_the_description_of_the_contract_names_every_call_with_its_example(
    house: House,
) -> None:
    described = (await house.http.get(f"{API}/openapi.json")).json()

    found = {(m, p.removeprefix(API)) for p, item in described["paths"].items() for m in item}
    assert {
        ("get", "/sessions/slots"),
        ("post", "/sessions/slots/{slot_id}/hold"),
        ("delete", "/sessions/slots/{slot_id}/hold"),
        ("post", "/sessions/waiting"),
        ("delete", "/sessions/waiting"),
        ("post", "/bookings"),
        ("get", "/bookings/{reference}"),
        ("patch", "/bookings/{reference}"),
        ("delete", "/bookings/{reference}"),
        ("get", "/bookings/{reference}/calendar.ics"),
    } <= found
    assert described["components"]["schemas"]["BookingRequest"]["examples"] == [examples.BOOKING]
    BookingRequest.model_validate(examples.BOOKING)


async def test_one_address_cannot_empty_a_calendar(engine: Engine, database: Path) -> None:
    async with running(engine, database, rate_limits=True) as house:
        load_samples(engine)
        slot = (await slots(house.http))[0]
        path = f"{API}/sessions/slots/{slot['id']}/hold"

        holds = [(await house.http.post(path)).status_code for _ in range(25)]
        booked = [
            (await house.http.post(f"{API}/bookings", json=order("x"))).status_code
            for _ in range(25)
        ]

    assert holds.count(429) == 5
    assert booked.count(429) == 5

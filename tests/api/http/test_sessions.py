"""Free times, holding one, waiting for one."""

from datetime import datetime
from typing import Any

import pytest

from tests.support.bookings import API, load_samples, order, slots
from tests.support.house import House


@pytest.fixture
def stocked(house: House) -> House:
    """The application with the samples."""
    load_samples(house.engine)
    return house


@pytest.mark.parametrize("kind", ["meeting", "regular", "expert"])
async def test_free_times_carry_all_the_contract_names(stocked: House, kind: str) -> None:
    found = await slots(stocked.http, kind=kind, topics="trademarks")

    assert found
    for slot in found:
        assert {"id", "kind", "starts_at", "ends_at", "mode", "place", "why"} <= set(slot)
        assert slot["kind"] == kind
        assert slot["starts_at"].endswith("+09:00")
        assert slot["mode"] in {"online", "place", "phone", "visit"}
        assert slot["why"]
    assert (found[0]["ring"] is not None) is (kind == "expert")
    starts = [datetime.fromisoformat(slot["starts_at"]) for slot in found]
    assert starts == sorted(starts)


@pytest.mark.parametrize("spelled", ["静岡県", "静岡", "しずおか", "22"])
async def test_a_prefecture_may_be_written_as_people_write_it(stocked: House, spelled: str) -> None:
    assert await slots(stocked.http, prefecture=spelled)


async def test_the_pages_of_times_join_without_gap_or_double(stocked: House) -> None:
    seen: list[str] = []
    query: dict[str, Any] = {"kind": "meeting", "prefecture": "静岡県"}
    pages = 0
    while True:
        answer = (await stocked.http.get(f"{API}/sessions/slots", params=query)).json()
        seen += [slot["id"] for slot in answer["slots"]]
        pages += 1
        if answer["next_from"] is None:
            break
        query["from"] = answer["next_from"]

    assert pages > 1
    assert len(seen) == len(set(seen)) > 60


async def test_a_range_of_days_is_kept(stocked: House) -> None:
    first = (await slots(stocked.http))[0]["starts_at"][:10]

    found = await slots(stocked.http, **{"from": first, "to": first})

    assert {slot["starts_at"][:10] for slot in found} == {first}


async def test_times_may_be_narrowed_by_way_and_profession(stocked: House) -> None:
    phone = await slots(stocked.http, mode="phone")
    lawyers = await slots(stocked.http, kind="expert", profession="bengoshi")

    assert {slot["mode"] for slot in phone} == {"phone"}
    assert {slot["profession"] for slot in lawyers} == {"bengoshi"}


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"prefecture": "見本県"}, "prefecture"),
        ({"kind": "party"}, "kind"),
        ({"profession": "wizard"}, "profession"),
        ({"topics": "cooking"}, "topics"),
        ({"from": "tomorrow"}, "from"),
        ({"to": "9999-12-31"}, "to"),
        ({"mode": "x"}, "mode"),
    ],
)
async def test_what_cannot_be_looked_for_is_named(
    stocked: House, query: dict[str, str], field: str
) -> None:
    asked = {"kind": "meeting", "prefecture": "静岡県"} | query

    answer = await stocked.http.get(f"{API}/sessions/slots", params=asked)

    assert answer.status_code == 422
    assert [f["field"] for f in answer.json()["fields"]] == [field]


async def test_without_a_prefecture_the_field_is_missing(stocked: House) -> None:
    answer = await stocked.http.get(f"{API}/sessions/slots")

    assert answer.status_code == 422
    assert [f["field"] for f in answer.json()["fields"]] == ["prefecture"]


async def test_an_installation_without_calendars_has_no_times(house: House) -> None:
    assert await slots(house.http) == []


async def test_a_held_slot_is_booked_by_its_holder_only(stocked: House) -> None:
    slot = (await slots(stocked.http))[0]

    held = await stocked.http.post(f"{API}/sessions/slots/{slot['id']}/hold")
    other = await stocked.http.post(f"{API}/bookings", json=order(slot["id"]))
    again = await stocked.http.post(f"{API}/sessions/slots/{slot['id']}/hold")
    mine = await stocked.http.post(
        f"{API}/bookings", json=order(slot["id"], hold=held.json()["hold"])
    )

    assert held.status_code == 201
    assert held.json()["slot_id"] == slot["id"]
    assert held.json()["expires_at"].endswith("+09:00")
    assert (other.status_code, other.json()["error"]) == (409, "slot_taken")
    assert again.status_code == 409
    assert mine.status_code == 201


async def test_a_hold_may_be_given_back(stocked: House) -> None:
    slot = (await slots(stocked.http))[0]
    path = f"{API}/sessions/slots/{slot['id']}/hold"
    held = (await stocked.http.post(path)).json()

    gone = await stocked.http.delete(path, headers={"Authorization": f"Bearer {held['hold']}"})

    assert gone.status_code == 204
    assert (await stocked.http.post(path)).status_code == 201


@pytest.mark.parametrize("slot_id", ["nonsense", "AAAAAAAAAAAAAAAA", "%00", "あ"])
async def test_holding_what_is_no_slot_is_not_found(stocked: House, slot_id: str) -> None:
    answer = await stocked.http.post(f"{API}/sessions/slots/{slot_id}/hold")

    assert (answer.status_code, answer.json()["error"]) == (404, "not_found")


WAITING: dict[str, Any] = {
    "kind": "meeting",
    "prefecture": "静岡",
    "from": "2026-12-01",
    "to": "2026-12-20",
    "email": "hanako@example.jp",
    "consent": True,
}


class TestWaiting:
    async def test_who_waits_gets_a_code_that_ends_it(self, stocked: House) -> None:
        answer = await stocked.http.post(f"{API}/sessions/waiting", json=WAITING)
        bearer = {"Authorization": f"Bearer {answer.json()['code']}"}

        gone = await stocked.http.delete(f"{API}/sessions/waiting", headers=bearer)
        again = await stocked.http.delete(f"{API}/sessions/waiting", headers=bearer)

        assert answer.status_code == 201
        assert (gone.status_code, again.status_code) == (204, 404)
        assert (await stocked.http.delete(f"{API}/sessions/waiting")).status_code == 401

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"email": "nobody"}, "email"),
            ({"consent": False}, "consent"),
            ({"to": "2026-11-30"}, "to"),
            ({"profession": "wizard"}, "profession"),
            ({"prefecture": "見本県"}, "prefecture"),
        ],
    )
    async def test_each_unusable_field_is_named(
        self, stocked: House, changes: dict[str, Any], field: str
    ) -> None:
        answer = await stocked.http.post(f"{API}/sessions/waiting", json=WAITING | changes)

        assert answer.status_code == 422
        assert [f["field"] for f in answer.json()["fields"]] == [field]

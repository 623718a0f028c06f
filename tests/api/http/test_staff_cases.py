"""The staff calls: lists, rights, and everything the console does."""

from typing import Any

import pytest
from sqlalchemy import Engine

from tests.api.http.test_handoffs import Watch
from tests.support.house import API, House, Talk
from tests.support.staff import AICHI, SHIZUOKA, Colleague, hire


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    watch = Watch()
    monkeypatch.setattr("knowledge.clock.now", watch)
    return watch


@pytest.fixture
def sato(house: House, engine: Engine, watch: Watch) -> Colleague:
    return hire(engine, "sato", name="見本 佐藤", http=house.http)


async def queued(house: House, prefecture: str = "静岡県", **body: Any) -> tuple[Talk, str]:
    talk = await house.start(channel="web", prefecture=prefecture)
    await talk.says("店の名前を商標登録したいです")
    answer = await house.http.post(
        f"{API}/conversations/{talk.id}/handoff", json=body, headers=talk.headers
    )
    return talk, answer.json()["reference"]


async def test_lists_page_and_filter(house: House, sato: Colleague) -> None:
    references = [(await queued(house))[1] for _ in range(5)]
    await queued(house, "愛知県")

    first = (await sato.get(limit=2)).json()
    second = (await sato.get(limit=2, cursor=first["next"])).json()
    third = (await sato.get(limit=2, cursor=second["next"])).json()

    pages = [row["reference"] for page in (first, second, third) for row in page["items"]]
    assert pages == references
    assert third["next"] is None
    for query, count in (
        ({"state": "queued"}, 5),
        ({"state": "queued,active"}, 5),
        ({"state": "closed"}, 0),
        ({"state": "all"}, 5),
        ({"desk": "inpit-chizai-sogo-madoguchi"}, 5),
        ({"desk": "jpaa"}, 0),
        ({"office": AICHI}, 0),
        ({"assignee": "me"}, 0),
        ({"q": references[0]}, 1),
    ):
        found = (await sato.get(**query)).json()["items"]
        assert len(found) == count, query


@pytest.mark.parametrize(
    "query",
    [
        {"state": "draft"},
        {"state": "nonsense"},
        {"limit": 0},
        {"limit": 101},
        {"cursor": "x"},
        {"sort": "name"},
        {"urgency": "very"},
    ],
)
async def test_a_query_that_cannot_be_is_refused(sato: Colleague, query: dict[str, Any]) -> None:
    answer = await sato.get(**query)

    assert answer.status_code == 422, answer.text
    assert answer.json()["fields"]


CALLS: list[tuple[str, str, dict[str, Any] | None]] = [
    ("GET", "", None),
    ("POST", "/claim", {}),
    ("POST", "/messages", {"text": "x"}),
    ("POST", "/notes", {"text": "x"}),
    ("POST", "/release", None),
    ("POST", "/queue", None),
    ("POST", "/transfer", {"office": AICHI, "reason": "x"}),
    ("POST", "/wrong-desk", {"office": AICHI}),
    ("POST", "/close", {"outcome": "answered"}),
    ("POST", "/reopen", None),
    ("PUT", "/labels", {"labels": []}),
    ("POST", "/merge", {"into": "K26-22222-2"}),
]


@pytest.mark.parametrize(("method", "path", "body"), CALLS)
async def test_outsiders_and_other_desks_get_nothing(
    house: House, engine: Engine, watch: Watch, method: str, path: str, body: Any
) -> None:
    tanaka = hire(engine, "tanaka", ("staff", AICHI), http=house.http)
    talk, reference = await queued(house)
    url = f"{API}/staff/cases/{reference}{path}"

    for headers, status in (
        ({}, 401),
        ({"Authorization": "Bearer wrong"}, 404),
        (talk.headers, 404),
        (tanaka.headers, 404),
    ):
        answer = await house.http.request(method, url, json=body, headers=headers)
        assert answer.status_code == status, (headers, answer.text)
    unknown = f"{API}/staff/cases/K26-22222-2{path}"
    answer = await house.http.request(method, unknown, json=body, headers=tanaka.headers)
    assert (answer.status_code, answer.json()["error"]) == (404, "not_found")


async def test_speaking_before_claiming_is_refused(house: House, sato: Colleague) -> None:
    _, reference = await queued(house)

    answer = await sato.post(f"/{reference}/messages", text="こんにちは")

    assert (answer.status_code, answer.json()["error"]) == (409, "not_claimed")


async def test_a_manager_takes_over(house: House, sato: Colleague, engine: Engine) -> None:
    chief = hire(engine, "chief", ("staff", SHIZUOKA), ("manager", SHIZUOKA), http=house.http)
    _, reference = await queued(house)
    await sato.post(f"/{reference}/claim")

    assert (await chief.post(f"/{reference}/claim")).status_code == 409
    taken = await chief.post(f"/{reference}/claim", take_over=True)
    assert taken.json()["assignee"] == chief.actor.id


async def test_labels_notes_merge_and_reopen_work_over_http(house: House, sato: Colleague) -> None:
    _, one = await queued(house)
    _, other = await queued(house)
    await sato.post(f"/{one}/claim")
    note = await sato.post(f"/{one}/notes", text="内側のメモ")
    assert note.status_code == 201
    labelled = await house.http.put(
        f"{API}/staff/cases/{one}/labels", json={"labels": ["展示会"]}, headers=sato.headers
    )
    assert labelled.json()["labels"] == ["展示会"]
    assert (await sato.post(f"/{one}/queue")).json()["state"] == "queued"
    await sato.post(f"/{one}/claim")
    await sato.post(f"/{one}/close", outcome="guided")
    assert (await sato.post(f"/{one}/reopen")).json()["state"] == "active"

    merged = await sato.post(f"/{other}/merge", into=one)

    assert merged.json()["reference"] == one
    assert (await sato.get(f"/{other}")).json()["row"]["state"] == "merged"
    assert (await sato.get(f"/{one}")).json()["notes"][0]["text"] == "内側のメモ"


async def test_the_wrong_desk_is_left_behind(house: House, sato: Colleague) -> None:
    _, reference = await queued(house)

    moved = await sato.post(f"/{reference}/wrong-desk", office=AICHI, topic="designs")

    assert (moved.json()["office"], moved.json()["topic"]) == (AICHI, "designs")
    assert house.rows("correction_hint") == 1


async def test_pages_that_look_at_the_inbox_are_woken(house: House, sato: Colleague) -> None:
    async with house.app.state.parts.events.listen("inbox") as listener:
        _, reference = await queued(house)
        assert listener.woken.is_set()
        listener.woken.clear()
        await sato.post(f"/{reference}/claim")
        assert listener.woken.is_set()

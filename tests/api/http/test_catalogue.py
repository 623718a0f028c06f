from pathlib import Path
from typing import Any

import pytest

from knowledge import clock
from knowledge.database import transaction
from knowledge.errors import DatabaseBusyError
from knowledge.training import misses
from tests.support.house import API, House
from tests.support.maintain import maintainer

IDS = (Path(__file__).parents[2] / "data" / "system_ids.txt").read_text(encoding="utf-8").split()
NOUNS = ("programmes", "articles", "desks")


async def _get(house: House, path: str, status: int = 200, **query: Any) -> dict[str, Any]:
    answer = await house.http.get(f"{API}/{path}", params=query)
    assert answer.status_code == status, answer.text
    content: dict[str, Any] = answer.json()
    return content


async def test_all_255_ids_answer_with_their_kind_and_sources(house: House) -> None:
    assert len(set(IDS)) == 255

    entries = [await _get(house, f"programmes/{id_}") for id_ in IDS]

    assert [entry["id"] for entry in entries] == IDS
    assert all(entry["kind"] and entry["name"] and entry["sources"] for entry in entries)


async def test_desks_and_partners_answer_at_their_own_address_too(house: House) -> None:
    kinds = {id_: (await _get(house, f"programmes/{id_}"))["kind"] for id_ in IDS}
    places = [id_ for id_, kind in kinds.items() if kind in {"desk", "partner"}]

    assert len(places) >= 7
    for id_ in places:
        assert (await _get(house, f"desks/{id_}"))["id"] == id_


@pytest.mark.parametrize("noun", NOUNS)
async def test_the_pages_of_a_list_give_everything_once(house: House, noun: str) -> None:
    found: list[str] = []
    cursor: str | None = "0"
    while cursor is not None:
        page = await _get(house, noun, limit=100, cursor=cursor)
        assert set(page) == {"items", "next"}
        assert len(page["items"]) <= 100
        found += [item["id"] for item in page["items"]]
        cursor = page["next"]

    assert len(found) == len(set(found)) == house.rows(noun.removesuffix("s"))


async def test_a_search_finds_first_what_is_named(house: House) -> None:
    assert (await _get(house, "programmes", q="IPAS"))["items"][0]["id"] == "ipas"


@pytest.mark.parametrize("typed", ["ｉｐａｓ", "ipas", "アイパス", "あいぱす"])
async def test_a_search_takes_words_as_people_type_them(house: House, typed: str) -> None:
    found = [item["id"] for item in (await _get(house, "programmes", q=typed, limit=5))["items"]]

    assert "ipas" in found


@pytest.mark.parametrize(
    "typed", ["INPIT知財総合支援窓口", "ＩＮＰＩＴ知財総合支援窓口", "inpit知財総合支援窓口"]
)
async def test_a_desk_is_found_however_its_letters_are_typed(house: House, typed: str) -> None:
    found = [item["id"] for item in (await _get(house, "desks", q=typed))["items"]]

    assert "inpit-chizai-sogo-madoguchi" in found


@pytest.mark.parametrize("noun", NOUNS)
async def test_a_search_without_a_find_is_an_empty_page(house: House, noun: str) -> None:
    assert await _get(house, noun, q="qqqqzzzz") == {"items": [], "next": None}


@pytest.mark.parametrize("noun", NOUNS)
@pytest.mark.parametrize("query", [" ", "😀", "%00", "'; DROP TABLE desk", "(", "*", "\\"])
async def test_odd_searches_are_no_crash(house: House, noun: str, query: str) -> None:
    await _get(house, noun, q=query)


@pytest.mark.parametrize("noun", NOUNS)
@pytest.mark.parametrize(
    "id_", ["no-such", "IPAS", "..", "%2e%2e%2fsecrets", "%00", "制度", "a" * 500]
)
async def test_an_unknown_id_is_not_found(house: House, noun: str, id_: str) -> None:
    answer = await house.http.get(f"{API}/{noun}/{id_}")

    assert answer.status_code == 404
    assert answer.json()["error"] == "not_found"


@pytest.mark.parametrize("noun", NOUNS)
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("limit", "0"),
        ("limit", "101"),
        ("limit", "many"),
        ("cursor", "x"),
        ("cursor", "-1"),
        ("cursor", "²"),
        ("cursor", "9" * 21),
        ("q", "あ" * 201),
    ],
)
async def test_an_unusable_query_names_its_field(
    house: House, noun: str, field: str, value: str
) -> None:
    content = await _get(house, noun, 422, **{field: value})

    assert content["error"] == "invalid_input"
    assert [f["field"] for f in content["fields"]] == [field]
    assert any(c > "\u3040" for c in content["fields"][0]["reason"])


async def test_a_page_beyond_the_end_is_empty(house: House) -> None:
    assert await _get(house, "desks", cursor="9" * 20) == {"items": [], "next": None}


@pytest.mark.parametrize("noun", NOUNS)
async def test_the_knowledge_base_cannot_be_written(house: House, noun: str) -> None:
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        answer = await house.http.request(method, f"{API}/{noun}")
        assert (answer.status_code, answer.json()["error"]) == (405, "method_not_allowed")


async def test_a_search_that_finds_nothing_is_kept_for_the_maintainers(house: House) -> None:
    for q in ("ヰヱヰヱヰヱ", "IPAS"):
        await _get(house, "articles", q=q)

    with transaction(house.engine) as session:
        found = misses.listed(session=session, actor=maintainer(), now=clock.now())
    assert [(one.text, one.places) for one in found] == [("ヰヱヰヱヰヱ", ("articles",))]


async def test_a_busy_database_costs_no_search(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(**_: object) -> bool:
        raise DatabaseBusyError

    monkeypatch.setattr(misses, "note", busy)

    assert (await _get(house, "programmes", q="ヰヱヰヱヰヱ"))["items"] == []

"""``POST /fees/estimate``: the contract, the example, and errors in Japanese."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from api.http import errors, fees
from knowledge.fees import FeeEstimate

PATH = "/api/v1/fees/estimate"


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    """The router alone, with the house's error answers."""
    app = FastAPI()
    errors.install(app, max_body_bytes=64 * 1024)
    app.include_router(fees.router, prefix="/api/v1")
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client


async def _estimate(http: httpx.AsyncClient, **body: Any) -> dict[str, Any]:
    answer = await http.post(PATH, json=body)
    assert answer.status_code == 200, answer.text
    content: dict[str, Any] = answer.json()
    return content


async def test_the_example_gets_every_field_of_the_contract(http: httpx.AsyncClient) -> None:
    content = await _estimate(http, **fees.EXAMPLE)

    assert set(content) == set(FeeEstimate.model_fields)
    assert content["tier"] == "1/2"
    assert content["measure"] == {"id": "sme_company", "name": "中小企業（会社）の減免"}
    assert (content["full_amount_yen"], content["amount_yen"]) == (178_000, 89_000)
    assert content["amount_range_yen"] is None
    assert content["missing"] == []
    assert set(content["source"][0]) == {"title", "url", "as_of", "confirmed"}
    assert set(content["lines"][0]) == {
        "label",
        "unit",
        "quantity",
        "full_yen",
        "reduced_yen",
        "source",
    }


async def test_nearly_everything_may_be_left_out_or_null(http: httpx.AsyncClient) -> None:
    bare = await _estimate(http, procedure="trademark_filing", classes=1)
    nulls = await _estimate(
        http,
        procedure="exam_request",
        claims=10,
        classes=None,
        years=None,
        late=None,
        applicants=[
            {"kind": None, "industry": "manufacturing", "employees": 8, "capital_yen": None}
        ],
    )

    assert bare["amount_yen"] == 12_000
    assert nulls["amount_yen"] == 59_330


async def test_a_missing_fact_gives_the_range_and_its_name(http: httpx.AsyncClient) -> None:
    example = {
        **fees.EXAMPLE,
        "applicants": [{**fees.EXAMPLE["applicants"][0], "employees": 400, "capital_yen": None}],
    }
    content = await _estimate(http, **example)

    assert content["amount_yen"] is None
    assert content["amount_range_yen"] == {"min": 89_000, "max": 178_000}
    assert content["missing"] == ["capital_yen"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"claims": -1}, "claims"),
        ({"claims": "many"}, "claims"),
        ({"procedure": "patent"}, "procedure"),
        ({"filed_on": "1990-01-01"}, "filed_on"),
        ({"procedure": "patent_annuity", "years": [20, 26]}, "years"),
        ({"applicants": [{"share": "1/2"}]}, "applicants.0.share"),
        ({"applicants": [{"share": "a half"}]}, "applicants.0.share"),
        ({"applicants": [{"kind": "shop"}]}, "applicants.0.kind"),
    ],
)
async def test_errors_name_the_field_and_the_reason_in_japanese(
    http: httpx.AsyncClient, change: dict[str, Any], field: str
) -> None:
    answer = await http.post(PATH, json={**fees.EXAMPLE, **change})
    content = answer.json()

    assert answer.status_code == 422
    assert content["error"] == "invalid_input"
    assert [one["field"] for one in content["fields"]] == [field]
    assert all(
        "ください" in one["reason"] or "ません" in one["reason"] or "ます" in one["reason"]
        for one in content["fields"]
    )


async def test_the_procedure_is_the_only_key_that_must_be_there(http: httpx.AsyncClient) -> None:
    answer = await http.post(PATH, json={})

    assert answer.status_code == 422
    assert [one["field"] for one in answer.json()["fields"]] == ["procedure"]


async def test_broken_json_is_told_apart(http: httpx.AsyncClient) -> None:
    answer = await http.post(PATH, content=b"{", headers={"Content-Type": "application/json"})

    assert answer.status_code == 400


async def test_the_description_has_the_example_and_says_what_it_does(
    http: httpx.AsyncClient,
) -> None:
    app = FastAPI()
    app.include_router(fees.router, prefix="/api/v1")
    operation = app.openapi()["paths"][PATH]["post"]

    assert operation["summary"]
    assert operation["description"]
    assert (
        operation["requestBody"]["content"]["application/json"]["examples"]["sme"]["value"]
        == fees.EXAMPLE
    )

"""``POST /fees/estimate``: what a procedure costs and who may pay less; nothing is stored."""

from typing import Annotated, Any

from fastapi import APIRouter, Body

from knowledge import clock
from knowledge.fees import FeeEstimate, FeeRequest, estimate, shipped_tables

router = APIRouter(tags=["fees"])

EXAMPLE: dict[str, Any] = {
    "procedure": "exam_request",
    "claims": 10,
    "filed_on": "2025-06-02",
    "requested_on": "2025-06-02",
    "applicants": [
        {
            "kind": "company",
            "industry": "manufacturing",
            "employees": 250,
            "capital_yen": 500_000_000,
            "founded_on": "2005-04-01",
            "largest_large_company_share": "0",
            "total_large_company_share": "0",
        }
    ],
}
"""Shown in the OpenAPI description; checked by a test."""


@router.post("/fees/estimate", response_model=FeeEstimate)
async def post_estimate(
    body: Annotated[FeeRequest, Body(openapi_examples={"sme": {"value": EXAMPLE}})],
) -> FeeEstimate:
    """Full amount, tier, measure, reduced amount, lines, reasons and what is to be confirmed.

    Keys that do not matter may be left out. A missing fact that matters leaves ``amount_yen``
    null, with the range and its name in ``missing``. The answer informs; it never says that
    somebody qualifies.
    """
    return estimate(request=body, tables=shipped_tables(), today=clock.today())

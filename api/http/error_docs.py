"""The failures of the API as the OpenAPI description shows them."""

from typing import Any

from pydantic import BaseModel

from api.http.errors import error_body
from knowledge.errors import (
    BadRequestError,
    ConflictError,
    FieldProblem,
    InvalidInputError,
    NotAuthenticatedError,
    NotFoundError,
    TooLargeError,
    TooManyRequestsError,
    UnavailableError,
)


class ErrorField(BaseModel):
    """One refused field."""

    field: str
    reason: str


class ErrorBody(BaseModel):
    """What every failure answers; ``detail`` is Japanese and may be shown."""

    error: str
    detail: str
    fields: list[ErrorField] | None = None


def error_responses() -> dict[int | str, dict[str, Any]]:
    """The failures every call of the API may answer, for the OpenAPI description."""
    told = {
        400: ("Broken JSON", BadRequestError()),
        401: ("No bearer token", NotAuthenticatedError()),
        404: ("Unknown id, or a token that does not open it", NotFoundError()),
        409: ("Contradicts what is recorded", ConflictError()),
        413: ("Body over 64 KB", TooLargeError()),
        422: ("A field cannot be used", InvalidInputError(fields=(FieldProblem("text", "…"),))),
        429: ("Too many requests; see Retry-After", TooManyRequestsError()),
        503: ("A part does not answer just now; see Retry-After", UnavailableError()),
    }
    return {
        status: {
            "description": description,
            "model": ErrorBody,
            "content": {"application/json": {"example": error_body(error)}},
        }
        for status, (description, error) in told.items()
    }

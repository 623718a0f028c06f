"""What the operator configured for LINE, and the route of an installation that has no channel.

It imports no vendor's code: an installation without LINE never loads the SDK.
"""

from dataclasses import dataclass
from typing import Annotated, Final

import httpx
from fastapi import APIRouter, Header, Response

from knowledge.errors import BadRequestError, NotAuthenticatedError

API_URL: Final = "https://api.line.me"
DATA_URL: Final = "https://api-data.line.me"
LINK_URL: Final = "https://access.line.me/dialog/bot/accountLink"
"""Where a person's browser goes to link her account (developers.line.biz: linking-accounts)."""


@dataclass(frozen=True, slots=True)
class LineSettings:
    """One channel. ``api_url`` is LINE's, or the stand-in's in development; ``transport`` is the
    network itself, replaced in tests.
    """

    channel_secret: str
    channel_token: str
    api_url: str = API_URL
    public_url: str | None = None
    transport: httpx.AsyncBaseTransport | None = None

    @property
    def data_url(self) -> str:
        """Where files are fetched from and pictures go: LINE has a host of its own for them."""
        return DATA_URL if self.api_url == API_URL else self.api_url

    @property
    def link_url(self) -> str:
        """The page of the platform that ends an account link."""
        if self.api_url == API_URL:
            return LINK_URL
        return f"{self.api_url}/dialog/bot/accountLink"


def closed_router() -> APIRouter:
    """The webhook where no channel is configured: no signature can be right."""
    router = APIRouter(include_in_schema=False)

    @router.post("/line/webhook")
    async def webhook(x_line_signature: Annotated[str | None, Header()] = None) -> Response:
        if not x_line_signature:
            raise BadRequestError
        raise NotAuthenticatedError

    return router

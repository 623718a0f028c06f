"""OpenID Connect as a second way in: asks the organisation's identity provider who somebody is.

Authorization code with PKCE; it decides nothing about rights, and connects to nobody unless the
operator has configured a provider. The signature of the ID token is checked by joserfc, its claims
by authlib.
"""

import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx
from authlib.common.security import generate_token
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, KeySetSerialization

from knowledge.errors import NotAuthenticatedError, UnavailableError

ALGORITHMS = ("RS256", "RS512", "PS256", "ES256", "EdDSA")
"""Signatures by the provider's private key only: never "none", never our own shared secret."""
KNOWN_SECONDS = 3600.0
LEEWAY_SECONDS = 60
LOCAL = ("localhost", "127.0.0.1", "::1")


class ProviderRefusedError(NotAuthenticatedError):
    """The provider's answer proves nothing: wrong signature, claims, state or code."""

    code = "provider_refused"
    wording = "console.provider_refused"


@dataclass(frozen=True, slots=True)
class Begun:
    """Where to send the browser, and what must come back with it."""

    url: str
    state: str
    nonce: str
    verifier: str


def check_issuer(issuer: str) -> str:
    """The issuer as it is compared.

    Raises:
        ValueError: it is no https address (http is good enough for this very machine).
    """
    cleaned = issuer.rstrip("/")
    parts = urlsplit(cleaned)
    if parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOCAL):
        return cleaned
    raise ValueError("MADOGUCHI_OIDC_ISSUER must be an https address")


class IdentityProvider:
    """One provider, found by its discovery document."""

    def __init__(
        self, *, issuer: str, client_id: str, client_secret: str, http: httpx.AsyncClient
    ) -> None:
        self._issuer = check_issuer(issuer)
        self._client = (client_id, client_secret)
        self._http = http
        self._known: dict[str, Any] = {}
        self._known_until = 0.0

    async def close(self) -> None:
        """Close the connections to it."""
        await self._http.aclose()

    async def begin(self, *, redirect_uri: str) -> Begun:
        """Where a browser goes to say who it is.

        Raises:
            UnavailableError: the provider does not answer.
        """
        provider = await self._provider()
        state, nonce, verifier = generate_token(32), generate_token(32), generate_token(64)
        url = prepare_grant_uri(
            provider["authorization_endpoint"],
            client_id=self._client[0],
            response_type="code",
            redirect_uri=redirect_uri,
            scope="openid email",
            state=state,
            nonce=nonce,
            code_challenge=create_s256_code_challenge(verifier),
            code_challenge_method="S256",
        )
        return Begun(str(url), state, nonce, verifier)

    async def finish(
        self, *, redirect_uri: str, code: str, nonce: str, verifier: str
    ) -> tuple[str, ...]:
        """What the provider calls the person: her subject, and her address if it was verified.

        Raises:
            ProviderRefusedError: the code or the token proves nothing.
            UnavailableError: the provider does not answer.
        """
        provider = await self._provider()
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
        }
        answer = await self._ask("POST", provider["token_endpoint"], data=form, auth=self._client)
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise ProviderRefusedError
        return _names(await self._claims(token, nonce=nonce, provider=provider))

    async def _claims(self, token: str, *, nonce: str, provider: dict[str, Any]) -> dict[str, Any]:
        keys = await self._ask("GET", provider["jwks_uri"])
        try:
            decoded = jwt.decode(token, _keys(keys), algorithms=ALGORITHMS)
            claims = CodeIDToken(
                decoded.claims,
                decoded.header,
                {
                    "iss": {"essential": True, "value": provider["issuer"]},
                    "aud": {"essential": True, "value": self._client[0]},
                    "nonce": {"essential": True, "value": nonce},
                },
                {"nonce": nonce, "client_id": self._client[0]},
            )
            claims.validate(leeway=LEEWAY_SECONDS)
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise ProviderRefusedError from error
        return dict(claims)

    async def _provider(self) -> dict[str, Any]:
        if time.monotonic() > self._known_until:
            url = f"{self._issuer}/.well-known/openid-configuration"
            told = await self._ask("GET", url)
            if str(told.get("issuer", "")).rstrip("/") != self._issuer:
                raise ProviderRefusedError
            self._known, self._known_until = told, time.monotonic() + KNOWN_SECONDS
        return self._known

    async def _ask(self, method: str, url: str, **more: Any) -> dict[str, Any]:
        try:
            answer = await self._http.request(method, url, **more)
            body = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise UnavailableError from error
        if answer.status_code >= 500:
            raise UnavailableError
        if answer.status_code != 200 or not isinstance(body, dict):
            raise ProviderRefusedError
        return body


def _keys(told: dict[str, Any]) -> KeySet:
    return KeySet.import_key_set(KeySetSerialization(keys=told["keys"]))


def _names(claims: dict[str, Any]) -> tuple[str, ...]:
    names = [str(claims["sub"])]
    if claims.get("email_verified") is True and claims.get("email"):
        names.append(str(claims["email"]))
    return tuple(names)

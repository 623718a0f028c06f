"""The second way in against a tiny identity provider of the test's own."""

import base64
import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from api.consoles.cookies import SESSION
from api.consoles.login import CALLBACK, LOGIN
from api.consoles.oidc import IdentityProvider, ProviderRefusedError, check_issuer
from knowledge.errors import UnavailableError
from knowledge.wording import say
from tests.api.consoles.conftest import Build, browser

pytestmark = pytest.mark.usefixtures("people")
ISSUER = "https://id.example"
CLIENT, CLIENT_SECRET = "madoguchi", "s" * 40


@dataclass
class Issuer:
    """Discovery, keys and tokens of one provider; ``claims`` replaces what a token says."""

    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "k1"}))
    claims: dict[str, Any] = field(default_factory=dict)
    discovery: dict[str, Any] = field(default_factory=dict)
    sign: Callable[["Issuer", dict[str, Any]], str] | None = None
    answer: httpx.Response | None = None
    challenge: str = ""
    nonce: str = ""
    asked: list[str] = field(default_factory=list)

    def client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.MockTransport(self._handle))

    def provider(self) -> IdentityProvider:
        return IdentityProvider(
            issuer=f"{ISSUER}/", client_id=CLIENT, client_secret=CLIENT_SECRET, http=self.client()
        )

    def _handle(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request.url.path)
        if self.answer is not None:
            return self.answer
        if request.url.path == "/.well-known/openid-configuration":
            told = {
                "issuer": ISSUER,
                "authorization_endpoint": f"{ISSUER}/authorize",
                "token_endpoint": f"{ISSUER}/token",
                "jwks_uri": f"{ISSUER}/keys",
            }
            return httpx.Response(200, json=told | self.discovery)
        if request.url.path == "/keys":
            return httpx.Response(200, json={"keys": [self.key.as_dict(private=False)]})
        return self._token(request)

    def _token(self, request: httpx.Request) -> httpx.Response:
        basic = base64.b64encode(f"{CLIENT}:{CLIENT_SECRET}".encode()).decode()
        sent = dict(parse_qsl(request.content.decode()))
        digest = hashlib.sha256(sent["code_verifier"].encode()).digest()
        proved = base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == self.challenge
        if request.headers["authorization"] != f"Basic {basic}" or not proved:
            return httpx.Response(400, json={"error": "invalid_grant"})
        now = int(time.time())
        claims = {
            "iss": ISSUER,
            "sub": "user-1",
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "nonce": self.nonce,
            "email": "hana@example.jp",
            "email_verified": True,
        } | self.claims
        claims = {name: value for name, value in claims.items() if value is not None}
        sign = self.sign or rs256
        return httpx.Response(200, json={"id_token": sign(self, claims)})


def rs256(issuer: Issuer, claims: dict[str, Any]) -> str:
    return jwt.encode({"alg": "RS256", "kid": "k1"}, claims, issuer.key)


def by_another_key(issuer: Issuer, claims: dict[str, Any]) -> str:
    return jwt.encode({"alg": "RS256", "kid": "k1"}, claims, RSAKey.generate_key(2048))


def by_our_own_secret(issuer: Issuer, claims: dict[str, Any]) -> str:
    key = OctKey.import_key(CLIENT_SECRET)
    return jwt.encode({"alg": "HS256", "kid": "k1"}, claims, key)


def unsigned(issuer: Issuer, claims: dict[str, Any]) -> str:
    _, body, _ = rs256(issuer, claims).split(".")
    none = base64.urlsafe_b64encode(b'{"alg":"none"}').rstrip(b"=").decode()
    return f"{none}.{body}."


async def come_back(http: httpx.AsyncClient, issuer: Issuer, **changes: str) -> httpx.Response:
    """Start, be at the provider for a moment, and come back."""
    start = await http.get("/console/oidc/start", params={"next": "/console/staff"})
    asked = parse_qs(urlsplit(start.headers["location"]).query)
    issuer.challenge, issuer.nonce = asked["code_challenge"][0], asked["nonce"][0]
    back = {"code": "c", "state": asked["state"][0]} | changes
    return await http.get(CALLBACK, params=back)


async def test_a_person_whom_the_administrator_entered_comes_in(build: Build) -> None:
    issuer = Issuer()
    async with browser(build(issuer.provider())) as http:
        assert say("console.login_provider") in (await http.get(LOGIN)).text
        done = await come_back(http, issuer)

    assert (done.status_code, done.headers["location"]) == (303, "/console/staff")
    assert SESSION in http.cookies


async def test_the_way_there_asks_for_a_code_with_proof(build: Build) -> None:
    issuer = Issuer()
    async with browser(build(issuer.provider())) as http:
        start = await http.get("/console/oidc/start")

    asked = parse_qs(urlsplit(start.headers["location"]).query)
    assert start.headers["location"].startswith(f"{ISSUER}/authorize?")
    assert asked["response_type"] == ["code"]
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["redirect_uri"] == [f"http://desk.example{CALLBACK}"]
    assert CLIENT_SECRET not in start.headers["location"]


async def test_a_told_public_address_is_where_one_comes_back_to(build: Build) -> None:
    house = replace(build(Issuer().provider()), site="https://madoguchi.example/")
    async with browser(house) as http:
        start = await http.get("/console/oidc/start", headers={"Host": "evil.example"})

    asked = parse_qs(urlsplit(start.headers["location"]).query)
    assert asked["redirect_uri"] == [f"https://madoguchi.example{CALLBACK}"]


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://other.example"},
        {"aud": "somebody-else"},
        {"nonce": "another"},
        {"nonce": None},
        {"exp": 1},
        {"sub": None},
        {"iat": None},
    ],
    ids=lambda claims: str(claims),
)
async def test_a_token_that_was_not_made_for_us_now_proves_nothing(
    build: Build, claims: dict[str, Any]
) -> None:
    issuer = Issuer(claims=claims)
    async with browser(build(issuer.provider())) as http:
        done = await come_back(http, issuer)

    assert done.status_code == 401
    assert say("console.provider_refused") in done.text
    assert SESSION not in http.cookies


@pytest.mark.parametrize("sign", [by_another_key, by_our_own_secret, unsigned])
async def test_only_the_providers_own_key_counts(
    build: Build, sign: Callable[[Issuer, dict[str, Any]], str]
) -> None:
    issuer = Issuer(sign=sign)
    async with browser(build(issuer.provider())) as http:
        done = await come_back(http, issuer)

    assert done.status_code == 401
    assert SESSION not in http.cookies


@pytest.mark.parametrize(
    "claims",
    [{"email": "stranger@example.jp"}, {"email_verified": False}, {"email_verified": None}],
)
async def test_a_person_nobody_entered_stays_outside(build: Build, claims: dict[str, Any]) -> None:
    issuer = Issuer(claims=claims)
    async with browser(build(issuer.provider())) as http:
        done = await come_back(http, issuer)

    assert done.status_code == 401
    assert say("console.login_unknown") in done.text


@pytest.mark.parametrize("changes", [{"state": "guess"}, {"state": ""}, {"code": ""}])
async def test_who_did_not_start_here_is_not_taken(build: Build, changes: dict[str, str]) -> None:
    issuer = Issuer()
    async with browser(build(issuer.provider())) as http:
        done = await come_back(http, issuer, **changes)

    assert done.status_code == 403
    assert "/token" not in issuer.asked


async def test_coming_back_without_having_left_is_refused(build: Build) -> None:
    async with browser(build(Issuer().provider())) as http:
        assert (await http.get(CALLBACK, params={"code": "c", "state": ""})).status_code == 403


async def test_a_silent_provider_is_said(build: Build) -> None:
    issuer = Issuer()
    async with browser(build(issuer.provider())) as http:
        issuer.answer = httpx.Response(502)
        start = await http.get("/console/oidc/start")

    assert (start.status_code, start.json()["error"]) == (503, "unavailable")


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (httpx.Response(200, json={"issuer": "https://other.example"}), ProviderRefusedError),
        (httpx.Response(200, json=[]), ProviderRefusedError),
        (httpx.Response(404, json={}), ProviderRefusedError),
        (httpx.Response(200, text="<html>"), UnavailableError),
        (httpx.Response(500, json={}), UnavailableError),
    ],
)
async def test_a_provider_that_is_none_is_not_believed(
    answer: httpx.Response, error: type[Exception]
) -> None:
    provider = Issuer(answer=answer).provider()

    with pytest.raises(error):
        await provider.begin(redirect_uri="http://desk.example")
    await provider.close()


async def test_a_token_answer_without_a_token_is_refused() -> None:
    issuer = Issuer()
    provider = issuer.provider()
    begun = await provider.begin(redirect_uri="http://desk.example")
    issuer.answer = httpx.Response(200, json={"access_token": "x"})

    with pytest.raises(ProviderRefusedError):
        await provider.finish(
            redirect_uri="http://desk.example", code="c", nonce=begun.nonce, verifier="v"
        )


async def test_the_discovery_is_asked_for_once() -> None:
    issuer = Issuer()
    provider = issuer.provider()

    for _ in range(3):
        await provider.begin(redirect_uri="http://desk.example")

    assert issuer.asked == ["/.well-known/openid-configuration"]


@pytest.mark.parametrize("issuer", ["http://id.example", "ftp://id.example", "id.example", ""])
def test_an_issuer_without_https_is_refused(issuer: str) -> None:
    with pytest.raises(ValueError, match="MADOGUCHI_OIDC_ISSUER"):
        check_issuer(issuer)


def test_an_issuer_on_this_machine_may_do_without() -> None:
    assert check_issuer("http://127.0.0.1:9000/") == "http://127.0.0.1:9000"

import re

import httpx
import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select
from starlette.requests import HTTPConnection
from starlette.responses import Response

from api.consoles import cookies, login
from api.consoles.cookies import FORM, SESSION, Cookies
from api.consoles.login import LOGIN, inside
from knowledge.audit.models import AuditEntry
from knowledge.staff.models import StaffSession
from knowledge.staff.rules import FREE_TRIES
from knowledge.wording import say
from tests.api.consoles.conftest import PASSWORD, SECRET, Build, browser

pytestmark = pytest.mark.usefixtures("people")


def mark_of(page: httpx.Response) -> str:
    (found,) = re.findall(r'name="mark" value="([^"]+)"', page.text)
    return str(found)


async def sign_in(http: httpx.AsyncClient, **changes: str) -> httpx.Response:
    mark = mark_of(await http.get(LOGIN))
    sent = {"mark": mark, "login": "hanako", "password": PASSWORD, "next": "/console/staff"}
    return await http.post(LOGIN, data=sent | changes)


async def test_the_right_password_opens_and_the_cookie_is_out_of_reach(build: Build) -> None:
    async with browser(build()) as http:
        done = await sign_in(http)

    assert (done.status_code, done.headers["location"]) == (303, "/console/staff")
    (kept,) = [c for c in done.headers.get_list("set-cookie") if c.startswith(SESSION)]
    assert {"HttpOnly", "Path=/console", "SameSite=lax"} <= {p.strip() for p in kept.split(";")}
    assert "expires" not in kept.lower()


async def test_over_https_the_cookie_stays_there() -> None:
    kept = Response()
    Cookies(SECRET, secure=True).keep_session(kept, "token")

    assert "Secure" in kept.headers["set-cookie"]


@pytest.mark.parametrize(
    "changes",
    [{"password": "wrong-password-1"}, {"login": "nobody"}, {"login": "", "password": ""}],
)
async def test_a_wrong_word_looks_like_a_wrong_name(build: Build, changes: dict[str, str]) -> None:
    async with browser(build()) as http:
        done = await sign_in(http, **changes)

    assert done.status_code == 401
    assert say("console.login_refused") in done.text
    assert SESSION not in done.cookies
    assert "wrong-password-1" not in done.text


async def test_a_form_from_somewhere_else_is_refused(build: Build, engine: Engine) -> None:
    async with browser(build()) as http:
        without = await http.post(LOGIN, data={"login": "hanako", "password": PASSWORD})
        await http.get(LOGIN)
        guessed = await http.post(
            LOGIN, data={"login": "hanako", "password": PASSWORD, "mark": "guess"}
        )

    assert (without.status_code, guessed.status_code) == (403, 403)
    with Session(engine) as session:
        assert session.exec(select(StaffSession)).all() == []


async def test_an_old_form_must_be_loaded_again(
    build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with browser(build()) as http:
        mark = mark_of(await http.get(LOGIN))
        monkeypatch.setattr(cookies, "FORM_SECONDS", -1)
        done = await http.post(LOGIN, data={"mark": mark, "login": "hanako", "password": PASSWORD})

    assert done.status_code == 403
    assert say("console.login_stale") in done.text


async def test_after_five_wrong_words_the_page_says_to_wait(build: Build) -> None:
    async with browser(build()) as http:
        for _ in range(FREE_TRIES):
            done = await sign_in(http, password="wrong-password-1")
        right = await sign_in(http)

    assert say("console.login_wait") in done.text
    assert say("console.login_wait") in right.text


async def test_one_address_tries_only_so_often(build: Build) -> None:
    async with browser(build(limits=True)) as http:
        for number in range(login.TRIES.amount):
            await sign_in(http, login=f"nobody{number}")
        done = await sign_in(http)

    assert done.status_code == 429
    assert say("console.login_wait") in done.text


async def test_who_is_in_sees_no_form_and_may_leave(build: Build) -> None:
    house = build()
    async with browser(house) as http:
        signed = await sign_in(http)
        again = await http.get(LOGIN)
        token = _token(house.cookies, http)
        without_proof = await http.post("/console/logout", data={"proof": "guess"})
        still_in = await http.get(LOGIN)
        left = await http.post("/console/logout", data={"proof": house.cookies.proof(token)})
        form = await http.get(LOGIN)

    assert signed.status_code == 303
    assert (again.status_code, again.headers["location"]) == (303, "/console/")
    assert without_proof.headers["location"] == "/console/"
    assert still_in.status_code == 303
    assert left.headers["location"] == LOGIN
    assert form.status_code == 200


def _token(kept: Cookies, http: httpx.AsyncClient) -> str:
    value = http.cookies[SESSION]
    headers = [(b"cookie", f"{SESSION}={value}".encode())]
    token = kept.session_of(HTTPConnection({"type": "http", "headers": headers}))
    assert token is not None
    return token


async def test_a_cookie_signed_with_another_key_is_no_cookie(build: Build) -> None:
    other = Cookies("another-secret-0123456789-0123456789", secure=False)
    async with browser(build()) as http:
        await sign_in(http)
        forged = Response()
        other.keep_session(forged, "token")
        value = forged.headers["set-cookie"].split(";")[0].partition("=")[2]
        http.cookies.clear()
        page = await http.get(LOGIN, headers={"Cookie": f"{SESSION}={value}"})

    assert page.status_code == 200


async def test_a_form_mark_is_no_session(build: Build) -> None:
    """Both are signed by the same installation; one must not pass for the other."""
    house = build()
    async with browser(house) as http:
        await http.get(LOGIN)
        page = await http.get(LOGIN, headers={"Cookie": f"{SESSION}={http.cookies[FORM]}"})

    assert page.status_code == 200


def test_a_signed_value_of_another_shape_is_nothing() -> None:
    kept = Cookies(SECRET, secure=False)
    for made, name in ((kept._sessions.dumps([1]), SESSION), (kept._forms.dumps([1]), FORM)):
        headers = [(b"cookie", f"{name}={made}".encode())]
        connection = HTTPConnection({"type": "http", "headers": headers})
        assert kept.session_of(connection) is None
        assert kept.form_of(connection) == {}


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/",
        "//evil.example/",
        "/console//evil.example",
        "/console/../api",
        "/console/\\evil.example",
        "/console/@evil",
        "/console/\r\nSet-Cookie: x",
        "javascript:alert(1)",
        "/consoleX",
        "",
        "/",
        "/console/あ",
    ],
)
def test_one_is_sent_on_to_pages_of_the_console_only(address: str) -> None:
    assert inside(address) == "/console/"


@pytest.mark.parametrize("address", ["/console/", "/console/staff/cases/K26-ABCDE-F"])
def test_a_page_of_the_console_is_kept(address: str) -> None:
    assert inside(address) == address


async def test_what_is_shown_back_is_escaped(build: Build) -> None:
    async with browser(build()) as http:
        page = await http.get(LOGIN, params={"next": '/console/"><script>alert(1)</script>'})

    assert "<script>" not in page.text


async def test_sign_ins_are_in_the_trail(build: Build, engine: Engine) -> None:
    async with browser(build()) as http:
        await sign_in(http, password="wrong-password-1")
        await sign_in(http)

    with Session(engine) as session:
        actions = list(session.exec(select(AuditEntry.action).order_by(col(AuditEntry.id))))
    assert actions[-2:] == ["sign_in.refused", "sign_in"]


async def test_without_a_provider_its_pages_do_not_exist(build: Build) -> None:
    async with browser(build()) as http:
        for path in ("/console/oidc/start", "/console/oidc/callback"):
            assert (await http.get(path)).status_code == 404
        assert "oidc" not in (await http.get(LOGIN)).text

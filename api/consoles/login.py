"""The way in and out: plain pages without script, so that it works before anything else does.

Wrong login and wrong password look alike; a form that is not ours is refused; where to go next may
only be a page of the console.
"""

from html import escape
from pathlib import Path
from string import Template
from urllib.parse import parse_qsl, quote

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from limits import RateLimitItemPerMinute
from sqlmodel import Session

from api.consoles.cookies import FORM, SESSION, same
from api.consoles.house import House
from api.headers import PAGE_SOURCES
from knowledge import clock
from knowledge.errors import MadoguchiError, NotFoundError, TooManyRequestsError
from knowledge.staff import sessions
from knowledge.staff.sessions import Refused, SignedIn
from knowledge.wording import say

HOME = "/console/"
LOGIN = "/console/login"
CALLBACK = "/console/oidc/callback"
POLICY = f"{PAGE_SOURCES}; frame-ancestors 'none'"
STATIC = Path(__file__).parent / "static"
TRIES = RateLimitItemPerMinute(20, namespace="sign-ins")
"""Sign-ins from one address: an office behind one address starts its day together."""


def make_router(house: House) -> APIRouter:
    """The routes of signing in and out."""
    router = APIRouter(include_in_schema=False)

    @router.get(LOGIN)
    async def form(request: Request, next: str = HOME) -> Response:  # noqa: A002
        if await _is_signed_in(house, request):
            return _see(HOME)
        return _page(house, next_page=next)

    @router.post(LOGIN)
    async def sign_in(request: Request) -> Response:
        return await _sign_in(house, request)

    @router.post("/console/logout")
    async def sign_out(request: Request) -> Response:
        return await _sign_out(house, request)

    @router.get("/console/oidc/start")
    async def start(request: Request, next: str = HOME) -> Response:  # noqa: A002
        return await _start(house, request, next)

    @router.get(CALLBACK)
    async def callback(request: Request) -> Response:
        return await _come_back(house, request)

    return router


def login_address(next_page: str) -> str:
    """Where somebody goes who is not signed in, and comes back from."""
    return f"{LOGIN}?next={quote(next_page, safe='/')}"


def inside(address: str) -> str:
    """The address if it is a page of the console, else the console's first page."""
    plain = all(" " < letter < "\x7f" and letter not in "\\@#" for letter in address)
    ours = address.startswith(HOME) and "//" not in address and ".." not in address
    return address if plain and ours else HOME


async def _is_signed_in(house: House, request: Request) -> bool:
    token = house.cookies.session_of(request)
    if token is None:
        return False
    now = clock.now()
    try:
        await house.database.read(
            lambda session: sessions.actor_of_session(session=session, token=token, now=now)
        )
    except NotFoundError:
        return False
    return True


async def _sign_in(house: House, request: Request) -> Response:
    sent = dict(parse_qsl((await request.body()).decode("utf-8", "replace"), max_num_fields=10))
    next_page = sent.get("next", HOME)
    if not same(house.cookies.form_of(request).get("mark", ""), sent.get("mark", "")):
        return _page(house, next_page=next_page, problem=say("console.login_stale"), status=403)
    try:
        house.throttle.check(TRIES, _address(request))
    except TooManyRequestsError:
        return _page(house, next_page=next_page, problem=say("console.login_wait"), status=429)

    def work(session: Session) -> SignedIn | Refused:
        return sessions.sign_in(
            session=session,
            login=sent.get("login", ""),
            password=sent.get("password", ""),
            now=clock.now(),
        )

    done = await house.database.write(work)
    if isinstance(done, Refused):
        key = "console.login_wait" if done.until else "console.login_refused"
        return _page(house, next_page=next_page, problem=say(key), status=401)
    return _let_in(house, done, next_page)


async def _sign_out(house: House, request: Request) -> Response:
    token = house.cookies.session_of(request)
    sent = dict(parse_qsl((await request.body()).decode("utf-8", "replace"), max_num_fields=10))
    if token is None or not same(house.cookies.proof(token), sent.get("proof", "")):
        return _see(HOME)
    await house.database.write(
        lambda session: sessions.sign_out(session=session, token=token, now=clock.now())
    )
    response = _see(LOGIN)
    house.cookies.forget(response, SESSION)
    return response


async def _start(house: House, request: Request, next_page: str) -> Response:
    if house.provider is None:
        raise NotFoundError
    house.throttle.check(TRIES, _address(request))
    begun = await house.provider.begin(redirect_uri=_callback(house, request))
    response = _see(begun.url)
    house.cookies.new_form(
        response,
        state=begun.state,
        nonce=begun.nonce,
        verifier=begun.verifier,
        next=inside(next_page),
    )
    return response


async def _come_back(house: House, request: Request) -> Response:
    """The provider sent the browser back: with the state we gave it, or not from us."""
    if house.provider is None:
        raise NotFoundError
    kept, told = house.cookies.form_of(request), request.query_params
    if not same(kept.get("state", ""), told.get("state", "")) or not told.get("code"):
        return _page(house, next_page=HOME, problem=say("console.login_stale"), status=403)
    try:
        names = await house.provider.finish(
            redirect_uri=_callback(house, request),
            code=told["code"],
            nonce=kept["nonce"],
            verifier=kept["verifier"],
        )
    except MadoguchiError as error:
        return _page(house, next_page=HOME, problem=say(error.wording), status=error.status)
    done = await house.database.write(
        lambda session: sessions.sign_in_named(session=session, external_ids=names, now=clock.now())
    )
    if isinstance(done, Refused):
        return _page(house, next_page=HOME, problem=say("console.login_unknown"), status=401)
    return _let_in(house, done, kept.get("next", HOME))


def _let_in(house: House, signed: SignedIn, next_page: str) -> Response:
    response = _see(inside(next_page))
    house.cookies.keep_session(response, signed.token)
    house.cookies.forget(response, FORM)
    return response


def _see(address: str) -> Response:
    return RedirectResponse(address, status_code=303, headers={"Cache-Control": "no-store"})


def _callback(house: House, request: Request) -> str:
    return f"{(house.site or str(request.base_url)).rstrip('/')}{CALLBACK}"


def _address(request: Request) -> str:
    return request.client.host if request.client else "unknown"


def _page(house: House, *, next_page: str, problem: str = "", status: int = 200) -> Response:
    headers = {"Cache-Control": "no-store", "Content-Security-Policy": POLICY}
    response = HTMLResponse(status_code=status, headers=headers)
    target = inside(next_page)
    mark = house.cookies.new_form(response)
    words = {
        "title": say("console.login_title"),
        "brand": say("console.brand"),
        "heading": say("console.login_heading"),
        "login_label": say("console.login_name"),
        "password_label": say("console.password"),
        "button": say("console.login_button"),
        "hint": say("console.login_hint"),
        "mark": mark,
        "next": target,
    }
    told = {name: escape(value) for name, value in words.items()}
    told["invalid"] = ' aria-invalid="true" aria-describedby="problem"' if problem else ""
    told["problem"] = (
        f'<p class="problem" id="problem" role="alert">{escape(problem)}</p>' if problem else ""
    )
    told["provider"] = _provider_link(target) if house.provider else ""
    template = Template((STATIC / "login.html").read_text(encoding="utf-8"))
    body = template.substitute(told).encode()
    response.body = body
    response.headers["Content-Length"] = str(len(body))
    return response


def _provider_link(target: str) -> str:
    address = f"/console/oidc/start?next={quote(target, safe='/')}"
    words = escape(say("console.login_provider"))
    return f'<a class="other" href="{escape(address)}">{words}</a>'

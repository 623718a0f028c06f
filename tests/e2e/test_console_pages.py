"""The console's pages as pages: accessible, narrow, closed to strangers, without foreign hosts."""

import re

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.test_console import API, case_page, claim, visitor
from tests.e2e.test_widget_behaviour import violations
from tests.support.console import PASSWORD, Console, serving
from tests.support.console_fixtures import browser, console
from tests.support.content import template_database

__all__ = ["browser", "console"]

pytestmark = [pytest.mark.browser]
PAGES = ("", "/canned", "/deliveries", "/offices", "/switches", "/accounts", "/audit", "/own")
CHECK_OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.mark.parametrize("width", [1280, 820])
def test_axe_finds_nothing_and_nothing_sticks_out(
    console: Console, browser: Browser, width: int
) -> None:
    waiting = visitor(console)
    page = console.open(browser, "zenbu", viewport={"width": width, "height": 1000})
    found: dict[str, object] = {}
    for path in PAGES:
        page.goto(f"{console.url}/console/staff{path}")
        expect(page.locator("main h1")).to_be_visible()
        page.wait_for_timeout(300)
        found |= _faults(page, path)
    claim(page, waiting.reference)
    page.wait_for_timeout(300)
    found |= _faults(page, "case")
    page.get_by_role("button", name="終える").click()
    found |= _faults(page, "closing")
    page.context.close()

    assert found == {}


def _faults(page: Page, name: str) -> dict[str, object]:
    told = {name: violations(page)} if violations(page) else {}
    sticking = page.evaluate(CHECK_OVERFLOW)
    return told | ({f"{name} sticks out": sticking} if sticking else {})


def test_axe_finds_nothing_on_the_way_in(console: Console, browser: Browser) -> None:
    page = console.watch(browser.new_context(locale="ja-JP"))
    page.goto(f"{console.url}/console/login")
    assert violations(page) == []
    page.get_by_label("ログイン名").fill("nobody")
    page.get_by_label("パスワード").fill("wrong-password-1")
    page.get_by_role("button", name="ログイン").click()

    expect(page.get_by_role("alert")).to_contain_text("違います")
    assert violations(page) == []
    page.context.close()


def test_every_page_speaks_japanese_and_has_one_heading(console: Console, browser: Browser) -> None:
    page = console.open(browser, "zenbu")
    for path in PAGES:
        page.goto(f"{console.url}/console/staff{path}")
        expect(page.locator("main h1")).to_have_count(1)
        assert page.evaluate("document.documentElement.lang") == "ja"
        assert page.title().endswith("｜窓口 職員の画面")
    page.goto(f"{console.url}/console/staff/nothing-here")
    expect(page.get_by_role("heading", name="見つかりません")).to_be_visible()
    page.context.close()


def test_signing_out_ends_the_session_for_every_page(console: Console, browser: Browser) -> None:
    page = console.open(browser, "hanako", "/console/staff")
    kept = page.context.cookies()
    page.get_by_role("button", name="ログアウト").click()
    expect(page.get_by_role("heading", name="職員の画面にログイン")).to_be_visible()

    page.context.add_cookies(kept)  # type: ignore[arg-type]
    page.goto(f"{console.url}/console/staff")

    expect(page.get_by_role("heading", name="職員の画面にログイン")).to_be_visible()
    page.context.close()


def test_one_comes_back_to_where_one_wanted_to_go(console: Console, browser: Browser) -> None:
    page = console.watch(browser.new_context())
    page.goto(f"{console.url}/console/staff/own")
    expect(page.get_by_role("heading", name="職員の画面にログイン")).to_be_visible()
    page.get_by_label("ログイン名").fill("hanako")
    page.get_by_label("パスワード").fill(PASSWORD)
    page.get_by_role("button", name="ログイン").click()

    expect(page.get_by_role("heading", name="自分の設定")).to_be_visible()
    page.context.close()


def test_only_the_console_sets_cookies_and_only_for_itself(
    console: Console, browser: Browser
) -> None:
    page = console.open(browser, "hanako", "/console/staff")

    cookies = page.context.cookies()

    assert {cookie["path"] for cookie in cookies} == {"/console"}
    assert all(cookie["httpOnly"] and cookie["sameSite"] == "Lax" for cookie in cookies)
    assert page.evaluate("document.cookie") == ""
    page.context.close()


def test_a_script_slipped_into_a_page_does_not_run(console: Console, browser: Browser) -> None:
    page = console.open(browser, "hanako", "/console/staff")

    page.evaluate(
        """() => {
            const evil = document.createElement("script");
            evil.textContent = "window.slipped = 1";
            document.body.append(evil);
            const box = document.createElement("div");
            box.innerHTML = "<img src=x onerror='window.slipped = 2'>";
            document.body.append(box);
        }"""
    )
    page.wait_for_timeout(500)

    assert page.evaluate("window.slipped") is None
    assert any("Security Policy" in problem for problem in console.problems)
    console.problems.clear()
    page.context.close()


def test_what_a_visitor_writes_is_shown_and_never_run(console: Console, browser: Browser) -> None:
    nasty = "</script><img src=x onerror=alert(1)><b>商標</b> {{7*7}} `${1}`"
    waiting = visitor(console, nasty)
    page = console.open(browser, "hanako", "/console/staff")
    case_page(page, waiting.reference)

    expect(page.locator(".bubble.visitor").first).to_contain_text(nasty)
    page.context.close()
    assert console.problems == []


def outsider(console: Console) -> httpx.Client:
    return httpx.Client(base_url=console.url, trust_env=False)


def test_nothing_of_the_console_opens_without_a_session(console: Console) -> None:
    with outsider(console) as http:
        pages = [http.get(f"/console/staff{path}") for path in PAGES]
        socket = http.get("/console/_nicegui_ws/socket.io/?EIO=4&transport=polling")
        posted = http.post("/console/staff", content=b"x")

    assert {answer.status_code for answer in pages} == {303}
    assert all(a.headers["Location"].startswith("/console/login?next=") for a in pages)
    assert (socket.status_code, socket.json()["error"]) == (401, "not_authenticated")
    assert posted.status_code == 401


def test_unknown_calls_of_the_api_answer_json_without_cookies(console: Console) -> None:
    for path in (f"{API}/nothing", f"{API}/staff/nothing", "/nothing", "/consoles"):
        answer = console.http.get(path)
        assert (answer.status_code, answer.json()["error"]) == (404, "not_found")
        assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("cookie", ["madoguchi_session=x", "madoguchi_session=eyJ4Ijox.fake"])
def test_a_cookie_of_ones_own_making_opens_nothing(console: Console, cookie: str) -> None:
    with outsider(console) as http:
        answer = http.get("/console/staff", headers={"Cookie": cookie})

    assert answer.status_code == 303


def test_the_policy_of_a_console_page_names_its_scripts(console: Console) -> None:
    with outsider(console) as http:
        form = http.get("/console/login")
        (mark,) = re.findall(r'name="mark" value="([^"]+)"', form.text)
        sent = {"mark": mark, "login": "hanako", "password": PASSWORD, "next": "/console/staff"}
        http.post("/console/login", data=sent)
        page = http.get("/console/staff")

    policy = page.headers["Content-Security-Policy"]
    assert "'sha256-" in policy
    assert "script-src 'self' 'unsafe-eval'" in policy
    assert "'unsafe-inline'" not in policy.split("style-src")[0]
    assert "frame-ancestors 'none'" in policy
    assert "frame-ancestors 'none'" in form.headers["Content-Security-Policy"]
    assert page.headers["Cache-Control"] == "no-store"


def test_an_open_page_does_not_keep_the_server_alive(
    tmp_path_factory: pytest.TempPathFactory, browser: Browser
) -> None:
    template = template_database(tmp_path_factory)
    with serving(template, tmp_path_factory.mktemp("ending")) as other:
        waiting = visitor(other)
        page = other.open(browser, "hanako", f"/console/staff/cases/{waiting.reference}")
        claim(page, waiting.reference)

        other.process.terminate()

        assert other.process.wait(10) is not None
        page.context.close()


def test_axe_would_find_something(console: Console, browser: Browser) -> None:
    """The checks above mean nothing where the checker cannot run (a strict content policy)."""
    page = console.open(browser, "hanako", "/console/staff")
    page.evaluate("document.querySelector('main').append(document.createElement('input'))")

    assert violations(page) != []
    page.context.close()

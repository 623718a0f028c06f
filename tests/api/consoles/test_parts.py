"""The small parts of the console, each alone."""

import asyncio
import base64
import hashlib
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session
from starlette.types import Receive, Scope, Send

from api.consoles.guard import Guard, policy_of
from api.consoles.presence import Presence
from api.consoles.pulse import Pulse
from api.consoles.registry import ConsolePage, may_open, visible
from api.consoles.staff import words
from api.database import Database
from knowledge.clock import TOKYO
from knowledge.errors import DatabaseBusyError
from knowledge.staff.actor import Actor
from tests.api.consoles.conftest import Build

NOW = datetime(2026, 11, 20, 14, 5, tzinfo=TOKYO)


async def nothing() -> None:
    """A page that shows nothing."""


def page(path: str, *roles: str) -> ConsolePage:
    return ConsolePage(path, "console.brand", frozenset(roles), lambda visit: nothing())  # type: ignore[arg-type]


def test_the_menu_shows_what_ones_roles_open() -> None:
    pages = (page("/a", "staff"), page("/b", "manager", "maintainer"), page("/c"))
    actor = Actor("staff", "x", roles=frozenset({"maintainer"}))

    assert [p.path for p in visible(pages, actor)] == ["/b", "/c"]
    assert not may_open(pages[0], actor)


def test_presence_counts_pages_and_names_persons() -> None:
    presence = Presence()
    presence.enter("case:1", page="p1", person="hanako", name="花子")
    presence.enter("case:1", page="p2", person="hanako", name="花子")
    presence.enter("case:1", page="p3", person="jiro", name="次郎")

    assert presence.others("case:1", person="jiro") == ("花子",)
    presence.leave("case:1", page="p1")
    assert presence.others("case:1", person="jiro") == ("花子",)
    presence.leave("case:1", page="p2")
    presence.leave("case:1", page="p2")
    assert presence.others("case:1", person="jiro") == ()
    assert presence.others("case:2", person="jiro") == ()


@pytest.fixture
def looked_at(engine: Engine) -> Iterator[Database]:
    opened = Database(engine)
    yield opened
    opened.close()


async def test_pages_hear_of_a_change_once_and_not_of_silence(looked_at: Database) -> None:
    state, heard = {"mark": 0}, []

    async def listener() -> None:
        heard.append(state["mark"])

    pulse = Pulse(looked_at, lambda session: state["mark"], seconds=0.02)
    stop = pulse.listen(listener)
    await asyncio.sleep(0.1)
    state["mark"] = 1
    await asyncio.sleep(0.2)
    stop()
    state["mark"] = 2
    await asyncio.sleep(0.1)
    await pulse.close()

    assert heard == [1]


async def test_nobody_is_watched_for_nobody(looked_at: Database) -> None:
    looks = []

    def mark(session: Session) -> object:
        looks.append(1)
        return len(looks)

    async def listener() -> None:
        stop()

    pulse = Pulse(looked_at, mark, seconds=0.01)
    stop = pulse.listen(listener)
    await asyncio.sleep(0.2)
    before = len(looks)
    await asyncio.sleep(0.1)

    assert before == len(looks)
    await pulse.close()


async def test_a_busy_database_is_looked_at_again(looked_at: Database) -> None:
    answers = iter([1, DatabaseBusyError(), 2, 2])
    heard = []

    def mark(session: Session) -> object:
        answer = next(answers, 2)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def listener() -> None:
        heard.append(1)

    pulse = Pulse(looked_at, mark, seconds=0.02)
    stop = pulse.listen(listener)
    await asyncio.sleep(0.2)
    stop()
    await pulse.close()

    assert heard == [1]


def test_the_policy_names_every_inline_script_and_no_file() -> None:
    inline, module = b"let a = 1;", b"import x"
    made = b"<script>%s</script><script src='/a.js'></script><script type=module>%s</script>"

    policy = policy_of(made % (inline, module))

    for code in (inline, module):
        told = base64.b64encode(hashlib.sha256(code).digest()).decode()
        assert f"'sha256-{told}'" in policy
    assert policy.count("sha256-") == 2


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers a page in two pieces."""
    headers = [(b"content-type", b"text/html")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"<script>", "more_body": True})
    await send({"type": "http.response.body", "body": b"x</script>"})


async def ask(build: Build, **scope: Any) -> list[Any]:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request"}

    values = {
        "type": "http",
        "method": "GET",
        "root_path": "/console",
        "path": "/console/staff",
        "headers": [],
    }
    await Guard(app, build())(values | scope, receive, send)
    return sent


async def test_a_socket_without_a_session_is_closed(build: Build) -> None:
    sent = await ask(build, type="websocket", path="/console/_nicegui_ws/socket.io")

    assert sent == [{"type": "websocket.close", "code": 1008}]


async def test_style_sheets_are_for_everybody_and_pages_are_not(build: Build) -> None:
    open_ = await ask(build, path="/console/static/console.css")
    page_ = await ask(build)

    assert open_[0]["status"] == 200
    assert page_[0]["status"] == 303
    location = dict(page_[0]["headers"])[b"location"]
    assert location == b"/console/login?next=/console/staff"


async def test_what_is_neither_request_nor_socket_passes(build: Build) -> None:
    assert (await ask(build, type="lifespan"))[0]["status"] == 200


@pytest.mark.parametrize(
    ("minutes", "told"),
    [
        (-5, "0分"),
        (0, "0分"),
        (59, "59分"),
        (60, "1時間"),
        (47 * 60 + 59, "47時間"),
        (48 * 60, "2日"),
    ],
)
def test_a_wait_is_told_in_its_largest_unit(minutes: int, told: str) -> None:
    assert words.ago(NOW - timedelta(minutes=minutes), NOW) == told


def test_a_moment_is_told_as_shortly_as_it_can_be() -> None:
    assert words.moment(NOW, NOW) == "14:05"
    assert words.moment(NOW - timedelta(days=1), NOW) == "11/19（木）14:05"
    assert words.moment(NOW.replace(year=2025), NOW).startswith("2025/11/20")


@pytest.mark.parametrize(
    ("day", "told"),
    [
        (date(2026, 11, 19), "11/19（木）（1日前に過ぎました）"),
        (date(2026, 11, 20), "11/20（金）（きょう）"),
        (date(2026, 11, 25), "11/25（水）（あと5日）"),
    ],
)
def test_a_last_day_is_told_with_the_days_left(day: date, told: str) -> None:
    assert words.due(day, NOW) == told


def test_an_unknown_channel_is_told_by_its_name() -> None:
    assert words.channel("web") == "ウェブ"
    assert words.channel("fax") == "fax"

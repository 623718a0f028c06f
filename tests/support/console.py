"""A running web process with its console, accounts in it, and people at browsers in front of it."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlmodel import Session

from api.offices import places
from api.runtime.paths import ROOT
from knowledge import clock
from knowledge.catalogue import current
from knowledge.database import keyring, make_engine, transaction
from knowledge.staff import service, tokens
from knowledge.staff.actor import ROLES, Role, system
from knowledge.staff.rules import BOUND_ROLES
from tests.support.content import TEXT_KEY, copy_database
from tests.support.product import free_port

PASSWORD = "nagai-himitsu-2026"
SHIZUOKA, FUKUI = "inpit-chizai-sogo-madoguchi/22", "inpit-chizai-sogo-madoguchi/18"
ABROAD = "kaigai-tenkai-chizai-madoguchi"
START_SECONDS = 180
SERVER = Path(__file__).with_name("console_server.py")
PEOPLE: dict[str, tuple[str, tuple[Role, ...], tuple[str, ...]]] = {
    "hanako": ("見本 花子", ("staff", "manager"), (SHIZUOKA,)),
    "jiro": ("見本 次郎", ("staff",), (SHIZUOKA,)),
    "saburo": ("見本 三郎", ("staff",), (ABROAD,)),
    "kanri": ("見本 管理", ("administrator",), ()),
}
"""Login → name, roles, places; all with ``PASSWORD``."""


@dataclass
class Console:
    """One running server; ``hosts`` are those any page of it asked for anything."""

    database: Path
    port: int
    process: subprocess.Popen[bytes]
    http: httpx.Client
    hosts: set[str] = field(default_factory=set)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def work(self, job: Any) -> Any:
        """Run a function of a session in a transaction of this test's own process."""
        keyring.set((TEXT_KEY,))
        engine = make_engine(f"sqlite:///{self.database}")
        try:
            with transaction(engine) as session:
                return job(session)
        finally:
            engine.dispose()

    def token(self, login: str) -> str:
        """A key for the API with the rights of an account."""

        def make(session: Session) -> str:
            view = service.find(session=session, login=login)
            assert view is not None
            actor = service.actor_of_account(session=session, account_id=view.id)
            now = clock.now()
            return tokens.make(session=session, actor=actor, now=now, label="試験", days=30).token

        made: str = self.work(make)
        return made

    def open(self, browser: Browser, login: str, path: str = "/console/", **more: Any) -> Page:
        """A browser of its own in which somebody has signed in."""
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 860}, **more})
        page = self.watch(context)
        page.goto(f"{self.url}/console/login?next={path}")
        page.get_by_label("ログイン名").fill(login)
        page.get_by_label("パスワード").fill(PASSWORD)
        page.get_by_role("button", name="ログイン").click()
        expect(page.get_by_role("button", name="ログアウト")).to_be_visible()
        return page

    def watch(self, context: BrowserContext) -> Page:
        """A page that fails its test by any script error or refused resource."""
        context.set_default_timeout(15_000)
        page = context.new_page()
        page.on("request", lambda request: self.hosts.add(request.url.split("/")[2]))
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on(
            "console",
            lambda line: (
                self.problems.append(line.text) if "Security Policy" in line.text else None
            ),
        )
        return page

    problems: list[str] = field(default_factory=list)


def add_people(session: Session) -> None:
    """The sample accounts."""
    for login, (name, roles, offices) in PEOPLE.items():
        grants = [(r, o) for r in roles for o in (offices if r in BOUND_ROLES else [""])]
        service.add(
            session=session,
            actor=system("test"),
            now=clock.now(),
            login=login,
            name=name,
            grants=grants,
            password=PASSWORD,
        )
    everywhere = [place.id for place in places(current(session=session))]
    service.add(
        session=session,
        actor=system("test"),
        now=clock.now(),
        login="zenbu",
        name="見本 全部",
        grants=[(r, o) for r in ROLES for o in (everywhere if r in BOUND_ROLES else [""])],
        password=PASSWORD,
    )


@contextmanager
def serving(template: Path, folder: Path, **environment: str) -> Iterator[Console]:
    """A server on a copy of the shipped content, stopped at the end."""
    database, port = folder / "product.db", free_port()
    copy_database(template, database)
    log = (folder / "server.log").open("ab")
    process = subprocess.Popen(
        [sys.executable, str(SERVER), str(database), str(port)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    http = httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=30)
    console = Console(database, port, process, http)
    try:
        _wait(console, folder / "server.log")
        console.work(add_people)
        yield console
    finally:
        process.terminate()
        process.wait(15)
        http.close()
        log.close()


def _wait(console: Console, log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while True:
        try:
            if console.http.get("/livez").status_code == 200:
                return
        except httpx.HTTPError:
            pass
        if console.process.poll() is not None or time.monotonic() > end:
            raise AssertionError(f"the server is not up:\n{log.read_text()[-3000:]}")
        time.sleep(0.2)

"""`madoguchi triage` against a server that is a function, and against a product that is a script."""

import asyncio
import csv
import json
import os
import signal
import socket
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO
from pathlib import Path
from typing import Any

import httpx
import pytest
from rich.console import Console
from typer.testing import CliRunner

from api.runtime import product, supervisor
from api.runtime.asking import AT_ONCE, BUSY_TRIES
from api.runtime.cli import app
from api.runtime.paths import ROOT
from api.runtime.settings import Settings
from api.runtime.triage_command import Asked, Terminal, run
from knowledge.triage.answer import Triage

TEXT = "店の名前を商標登録したい"
URL = "http://product.test"

BUSY = httpx.Response(429, headers={"Retry-After": "0"}, json={"detail": "待ってください。"})

Answer = Callable[[dict[str, Any]], httpx.Response]


def triaged(body: dict[str, Any]) -> httpx.Response:
    found = Triage(topic="trademarks", confidence=0.9, need="procedure")
    return httpx.Response(200, text=found.model_dump_json())


@dataclass
class Server:
    """Answers ``POST /api/v1/triage`` by a function; remembers what it was asked."""

    answer: Answer = triaged
    asked: list[dict[str, Any]] = field(default_factory=list)
    opened: int = 0
    closed: int = 0
    busy: int = 0
    most_busy: int = 0

    async def handle(self, request: httpx.Request) -> httpx.Response:
        assert request.url.path == "/api/v1/triage"
        body = json.loads(request.content)
        self.asked.append(body)
        self.busy += 1
        self.most_busy = max(self.most_busy, self.busy)
        try:
            # Later inquiries are answered sooner, so that order is not kept by chance.
            await asyncio.sleep(0.02 / len(self.asked))
            return self.answer(body)
        finally:
            self.busy -= 1

    @contextmanager
    def open(self) -> Iterator[str]:
        self.opened += 1
        try:
            yield URL
        finally:
            self.closed += 1

    def client(self, url: str) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=url, transport=httpx.MockTransport(self.handle))


@dataclass
class Desk:
    """A person at a terminal."""

    folder: Path
    server: Server = field(default_factory=Server)

    def __post_init__(self) -> None:
        self.out, self.remarks = StringIO(), StringIO()

    def run(self, asked: Asked) -> int:
        terminal = Terminal(
            out=Console(file=self.out, width=80),
            remarks=Console(file=self.remarks, width=80),
            open_product=self.server.open,
            make_client=self.server.client,
            pauses=(0, 0),
        )
        return run(asked, terminal)

    def sort(self, content: str, *, encoding: str = "utf-8", asked: Asked | None = None) -> int:
        source = self.folder / "inquiries.csv"
        source.write_bytes(content.encode(encoding))
        asked = asked or Asked()
        return self.run(replace(asked, file=source, out=self.folder / "triaged.csv"))

    @property
    def rows(self) -> list[dict[str, str]]:
        with (self.folder / "triaged.csv").open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def backlog(count: int) -> str:
    return "id,text\n" + "".join(f"A-{n},{TEXT}{n}\n" for n in range(count))


class TestOneInquiry:
    def test_the_sheet_names_topic_desk_reasons_deadlines_and_what_to_ask(self, desk: Desk) -> None:
        found = json.loads((Path(__file__).parent / "triage_answer.json").read_text("utf-8"))
        desk.server.answer = lambda body: httpx.Response(200, json=found)
        assert desk.run(Asked(TEXT)) == 0
        shown = desk.out.getvalue()
        for piece in (
            "特許・実用新案（確からしさ 88%）",
            "海外での権利・展開",
            "期限",
            "早めに",
            "INPIT静岡県知財総合支援窓口",
            "電話: 0570-000000",
            "いまは受付時間外です",
            "公式ページ: https://desk.example/",
            "理由の文［E5］",
            "2026年10月31日（土）［office_action/patents/japan］",
            "休日を考えた末日: 2026年11月2日（月）",
            "ある制度［実施中、2024年］",
            "この話題と目的に合う制度です。",
            "お知らせの一行目",
            "会社（事業所）のある都道府県はどこですか。",
            "商標・ブランド",
        ):
            assert piece in shown

    def test_json_is_what_the_server_said_and_nothing_else(self, desk: Desk) -> None:
        assert desk.run(Asked(TEXT, as_json=True)) == 0
        assert json.loads(desk.out.getvalue())["topic"] == "trademarks"
        assert desk.remarks.getvalue() == ""

    def test_place_and_date_are_sent_along(self, desk: Desk) -> None:
        desk.run(Asked(TEXT, prefecture="静岡", received_at="2026-09-10"))
        assert desk.server.asked == [
            {"text": TEXT, "prefecture": "静岡", "received_at": "2026-09-10T00:00:00+09:00"}
        ]

    @pytest.mark.parametrize(
        ("asked", "said"),
        [
            (Asked(" "), "文章が入っていません"),
            (Asked("特" * 5001), "文章が長すぎます"),
            (Asked("\udc93\udcc1"), "文字として読めない"),
            (Asked(TEXT, received_at="昨日"), "日付として読めません"),
            (Asked(), "madoguchi triage"),
            (Asked(TEXT, file=Path("a.csv"), out=Path("b.csv")), "madoguchi triage"),
            (Asked(file=Path("a.csv")), "--out"),
            (Asked(file=Path("a.csv"), out=Path("b.csv"), as_json=True), "--json"),
        ],
    )
    def test_unusable_input_starts_nothing_and_ends_with_2(
        self, desk: Desk, asked: Asked, said: str
    ) -> None:
        assert desk.run(asked) == 2
        assert said in desk.remarks.getvalue()
        assert desk.server.opened == 0

    def test_an_unknown_prefecture_ends_with_2_and_the_servers_reason(self, desk: Desk) -> None:
        problem = {"field": "prefecture", "reason": "分かりません。"}
        desk.server.answer = lambda body: httpx.Response(
            422, json={"error": "invalid_input", "detail": "x", "fields": [problem]}
        )
        assert desk.run(Asked(TEXT, prefecture="ほげ")) == 2
        assert "都道府県: 分かりません。" in desk.remarks.getvalue()
        assert len(desk.server.asked) == 1

    def test_a_server_that_stays_ill_ends_with_1(self, desk: Desk) -> None:
        desk.server.answer = lambda body: httpx.Response(
            503, json={"error": "bot_unavailable", "detail": "止まっています。"}
        )
        assert desk.run(Asked(TEXT)) == 1
        assert "止まっています。" in desk.remarks.getvalue()
        assert len(desk.server.asked) == 3

    def test_a_product_that_cannot_start_ends_with_1(self, desk: Desk) -> None:
        @contextmanager
        def fail() -> Iterator[str]:
            raise product.NotStartedError("起動できません。")
            yield URL

        desk.server.open = fail  # type: ignore[method-assign]
        assert desk.run(Asked(TEXT)) == 1
        assert "起動できません。" in desk.remarks.getvalue()


class TestBacklog:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
    def test_every_inquiry_gets_one_row_in_the_order_read(self, desk: Desk, encoding: str) -> None:
        assert desk.sort(backlog(30), encoding=encoding) == 0
        assert [row["id"] for row in desk.rows] == [f"A-{n}" for n in range(30)]
        assert {row["topic"] for row in desk.rows} == {"trademarks"}
        assert "30件のうち30件" in desk.remarks.getvalue()

    def test_only_a_few_are_asked_at_once(self, desk: Desk) -> None:
        desk.sort(backlog(30))
        assert 1 < desk.server.most_busy <= AT_ONCE

    def test_bad_lines_are_told_with_their_line_and_kept_while_the_others_are_done(
        self, desk: Desk
    ) -> None:
        assert desk.sort(f"id,text\nA,{TEXT}\nB,\nA,{TEXT}\nD,{TEXT}\n") == 1
        assert [row["id"] for row in desk.rows] == ["A", "B", "A", "D"]
        assert [bool(row["error"]) for row in desk.rows] == [False, True, True, False]
        assert "3行目（id: B）: 文章が入っていません" in desk.remarks.getvalue()
        assert "4行目（id: A）: id が2行目と同じです" in desk.remarks.getvalue()
        assert len(desk.server.asked) == 2

    def test_an_unusable_file_ends_with_2_and_writes_nothing(self, desk: Desk) -> None:
        assert desk.sort(f"id,text\n1,{TEXT}\n", encoding="euc_jp") == 2
        assert "inquiries.csv の" in desk.remarks.getvalue()
        assert "バイト目" in desk.remarks.getvalue()
        assert not (desk.folder / "triaged.csv").exists()
        assert desk.server.opened == 0

    def test_nothing_is_started_where_no_line_can_be_sorted(self, desk: Desk) -> None:
        assert desk.sort("id,text\nA,\n") == 1
        assert desk.sort("id,text\n") == 0
        assert desk.rows == []
        assert desk.server.opened == 0

    def test_a_passing_failure_is_asked_again(self, desk: Desk) -> None:
        failures = iter([httpx.Response(503, json={"detail": "x"}), BUSY, httpx.Response(500)])
        desk.server.answer = lambda body: next(failures, None) or triaged(body)
        assert desk.sort(backlog(4)) == 0
        assert len(desk.server.asked) == 7

    def test_a_failure_that_lasts_is_reported_on_its_line_only(self, desk: Desk) -> None:
        def answer(body: dict[str, Any]) -> httpx.Response:
            if body["text"].endswith("1"):
                raise httpx.ConnectError("refused")
            return triaged(body)

        desk.server.answer = answer
        assert desk.sort(backlog(3)) == 1
        assert [bool(row["error"]) for row in desk.rows] == [False, True, False]
        assert "返事がありませんでした" in desk.rows[1]["error"]

    def test_while_the_server_is_down_each_further_line_costs_one_attempt(self, desk: Desk) -> None:
        desk.server.answer = lambda body: httpx.Response(502, text="<html>")
        assert desk.sort(backlog(20)) == 1
        assert len(desk.server.asked) == AT_ONCE * 3 + (20 - AT_ONCE)
        assert "HTTP 502" in desk.rows[0]["error"]

    def test_a_server_that_limits_requests_is_waited_for(self, desk: Desk) -> None:
        limited = iter([BUSY] * 50)
        desk.server.answer = lambda body: next(limited, None) or triaged(body)
        assert desk.sort(backlog(8)) == 0
        assert len(desk.server.asked) == 58

    def test_a_server_that_limits_for_ever_is_reported(self, desk: Desk) -> None:
        desk.server.answer = lambda body: BUSY
        assert desk.sort(backlog(1)) == 1
        assert desk.rows[0]["error"] == "待ってください。"
        assert len(desk.server.asked) == BUSY_TRIES + 1

    def test_an_answer_of_another_shape_is_reported_on_its_line(self, desk: Desk) -> None:
        desk.server.answer = lambda body: httpx.Response(200, json={"topic": 1})
        assert desk.sort(backlog(1)) == 1
        assert "形が違います" in desk.rows[0]["error"]

    def test_place_and_date_of_the_command_stand_in_where_a_line_has_none(self, desk: Desk) -> None:
        content = f"id,text,prefecture,received_at\n1,{TEXT},,\n2,{TEXT},22,2026-09-01\n"
        desk.sort(content, asked=Asked(prefecture="東京", received_at="2026-10-01"))
        sent = sorted((body["prefecture"], body["received_at"][:10]) for body in desk.server.asked)
        assert sent == [("22", "2026-09-01"), ("東京", "2026-10-01")]

    def test_ctrl_c_keeps_what_is_done_and_closes_what_was_opened(self, desk: Desk) -> None:
        def answer(body: dict[str, Any]) -> httpx.Response:
            if len(desk.server.asked) > 10:
                signal.raise_signal(signal.SIGINT)
            return triaged(body)

        desk.server.answer = answer
        assert desk.sort(backlog(30)) == 130
        assert desk.server.closed == desk.server.opened == 1
        assert len(desk.rows) == 30
        assert any(row["topic"] == "trademarks" for row in desk.rows)
        assert "途中で止めた" in desk.rows[29]["error"]

    def test_a_polite_kill_ends_it_like_ctrl_c(self, desk: Desk) -> None:
        def answer(body: dict[str, Any]) -> httpx.Response:
            signal.raise_signal(signal.SIGTERM)
            return triaged(body)

        desk.server.answer = answer
        before = signal.getsignal(signal.SIGTERM)
        assert desk.sort(backlog(5)) == 130
        assert desk.server.closed == 1
        assert signal.getsignal(signal.SIGTERM) == before

    def test_a_polite_kill_ends_a_job_in_the_background_too(self, desk: Desk) -> None:
        def answer(body: dict[str, Any]) -> httpx.Response:
            signal.raise_signal(signal.SIGTERM)
            return triaged(body)

        desk.server.answer = answer
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            assert desk.sort(backlog(5)) == 130
        finally:
            signal.signal(signal.SIGINT, before)
        assert desk.server.closed == 1


class TestFindingTheProduct:
    def test_a_server_that_answers_livez_as_ours_is_used(self) -> None:
        ours = httpx.MockTransport(lambda request: httpx.Response(200, json={"status": "ok"}))
        assert product.is_alive(URL, ours)

    @pytest.mark.parametrize(
        "answer",
        [
            httpx.Response(200, text="<html>"),
            httpx.Response(404, json={"status": "ok"}),
            httpx.Response(200, json=[]),
        ],
    )
    def test_another_program_on_the_port_is_not_taken_for_ours(
        self, answer: httpx.Response
    ) -> None:
        assert not product.is_alive(URL, httpx.MockTransport(lambda request: answer))

    @pytest.mark.parametrize(
        ("host", "url"),
        [
            ("127.0.0.1", "http://127.0.0.1:8123"),
            ("0.0.0.0", "http://127.0.0.1:8123"),  # noqa: S104
            ("::", "http://[::1]:8123"),
            ("desk.example", "http://desk.example:8123"),
        ],
    )
    def test_an_address_to_listen_on_becomes_one_to_ask(self, host: str, url: str) -> None:
        assert product.address(Settings(host=host, port=8123)) == url

    def test_the_running_server_is_asked_and_not_stopped(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with running_server() as port:
            monkeypatch.setenv("MADOGUCHI_HOST", "127.0.0.1")
            monkeypatch.setenv("MADOGUCHI_PORT", str(port))
            monkeypatch.setenv("MADOGUCHI_DATA_DIR", str(tmp_path / "var"))
            source, out = tmp_path / "in.csv", tmp_path / "out.csv"
            source.write_text(backlog(3), encoding="utf-8")
            result = CliRunner().invoke(app, ["triage", "--file", str(source), "--out", str(out)])
            assert result.exit_code == 0
            assert product.is_alive(f"http://127.0.0.1:{port}")
        assert out.read_text("utf-8-sig").count("trademarks") == 3
        assert not (tmp_path / "var").exists()


@contextmanager
def running_server() -> Iterator[int]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.reply(b'{"status":"ok"}')

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.reply(triaged({}).content)

        def reply(self, body: bytes) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


FAKE_PRODUCT = """
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()

    def log_message(self, *args):
        pass

HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""


def fake_children(settings: Settings, folder: Path) -> tuple[supervisor.Child, ...]:
    script = folder / "fake.py"
    script.write_text(FAKE_PRODUCT, encoding="utf-8")
    web = [sys.executable, str(script), str(settings.port)]
    sleeper = [sys.executable, "-c", "import time; time.sleep(60)"]
    environment = dict(os.environ)
    return (
        supervisor.Child("web", web, folder, environment, folder / "web.log"),
        supervisor.Child("rasa", sleeper, folder, environment, folder / "rasa.log"),
    )


class TestStartingTheProduct:
    def test_a_product_started_for_the_command_serves_nobody_else(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        made: list[Settings] = []

        def plan(self: supervisor.Supervisor) -> tuple[supervisor.Child, ...]:
            made.append(self._settings)
            return fake_children(self._settings, tmp_path)

        monkeypatch.setattr(supervisor.Supervisor, "_plan", plan)
        monkeypatch.setattr(product, "_make_ready", lambda settings, console: None)
        settings = Settings(host="0.0.0.0", port=supervisor.free_port(), data_dir=tmp_path)  # noqa: S104
        with product.open_product(settings, Console(file=StringIO())) as url:
            assert httpx.get(url, trust_env=False).status_code == 200
        assert url == f"http://127.0.0.1:{made[0].port}" != product.address(settings)
        assert made[0].rate_limits == "off"

    def make(self, tmp_path: Path) -> supervisor.Supervisor:
        settings = Settings(data_dir=tmp_path / "var", port=supervisor.free_port())
        held = supervisor.Supervisor(settings, Console(file=StringIO()))
        held.children = fake_children(settings, tmp_path)
        return held

    @pytest.mark.parametrize("end", [None, KeyboardInterrupt, RuntimeError])
    def test_what_was_started_is_stopped_however_the_work_ends(
        self, tmp_path: Path, end: type[BaseException] | None
    ) -> None:
        held = self.make(tmp_path)
        try:
            with held.held():
                assert all(child.process and not child.died() for child in held.children)
                if end is not None:
                    raise end
        except (KeyboardInterrupt, RuntimeError) as error:
            assert type(error) is end  # noqa: PT017
        assert all(child.died() for child in held.children)

    def test_a_product_that_does_not_come_up_is_stopped_and_told(self, tmp_path: Path) -> None:
        held = self.make(tmp_path)
        held.children[0].command = [sys.executable, "-c", "raise SystemExit(3)"]
        with pytest.raises(supervisor.NotReadyError), held.held():
            pytest.fail("the body must not be entered")
        assert all(child.died() for child in held.children)

    def test_ctrl_c_at_the_terminal_leaves_no_process_and_no_word_on_standard_output(
        self, tmp_path: Path
    ) -> None:
        program = tmp_path / "program.py"
        program.write_text(textwrap.dedent(PROGRAM), encoding="utf-8")
        with socket.socket() as nobody:
            nobody.bind(("127.0.0.1", 0))
            environment = {
                **os.environ,
                "PYTHONPATH": f"{ROOT}:{Path(__file__).parent}",
                "MADOGUCHI_PORT": str(nobody.getsockname()[1]),
                "MADOGUCHI_HOST": "127.0.0.1",
                "MADOGUCHI_DATA_DIR": str(tmp_path / "var"),
                "FOLDER": str(tmp_path),
            }
            command = subprocess.Popen(
                [sys.executable, str(program)],
                env=environment,
                cwd=tmp_path,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            try:
                ids = wait_for(tmp_path / "ids")
                command.send_signal(signal.SIGINT)
                out, remarks = command.communicate(timeout=30)
            finally:
                command.kill()
        assert command.returncode == 130
        assert out == ""
        assert "中断しました。" in remarks
        assert [pid for pid in ids if Path(f"/proc/{pid}").exists()] == []


PROGRAM = """
    import os, pathlib, sys, time
    from api.runtime import product, supervisor
    from api.runtime.cli import main
    from test_triage_command import fake_children

    folder = pathlib.Path(os.environ["FOLDER"])
    product._make_ready = lambda settings, console: None
    supervisor.Supervisor._plan = lambda self: fake_children(self._settings, folder)
    ready = supervisor.Supervisor._wait_ready

    def wait(self):
        done = ready(self)
        ids = " ".join(str(child.process.pid) for child in self.children)
        (folder / "new").write_text(ids)
        (folder / "new").rename(folder / "ids")
        time.sleep(30)
        return done

    supervisor.Supervisor._wait_ready = wait
    sys.argv = ["madoguchi", "triage", "店の名前を商標登録したい"]
    main()
"""


def wait_for(path: Path) -> list[str]:
    for _ in range(300):
        if path.exists():
            return path.read_text().split()
        time.sleep(0.1)
    raise AssertionError("the product was not started")

"""``python -m serving`` as the supervisor starts it."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

SECRET = "s" * 40
BOT = Path(__file__).resolve().parents[3] / "bot"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _ask(port: int, path: str, body: Any = None, secret: str = SECRET) -> tuple[int, Any]:
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/webhooks/madoguchi/{path}",
        data=json.dumps(body).encode() if body is not None else None,
        headers={"Authorization": f"Bearer {secret}", "Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310  (our own)
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())


@pytest.fixture(scope="module")
def action_port() -> Iterator[int]:
    """A webhook in a process of its own that says what it was called with."""
    port = _free_port()
    code = (
        "import sys; from aiohttp import web\n"
        "async def act(request):\n"
        "    call = await request.json()\n"
        "    text = call['tracker']['latest_message']['text']\n"
        "    if 'ありがとう' in text: return web.json_response({}, status=500)\n"
        "    return web.json_response({'events': [], 'responses': [{'custom': {'heard': text}}]})\n"
        "app = web.Application(); app.router.add_post('/w', act)\n"
        "web.run_app(app, host='127.0.0.1', port=int(sys.argv[1]), print=None)"
    )
    process = subprocess.Popen([sys.executable, "-c", code, str(port)])
    yield port
    process.terminate()
    process.wait(10)


@pytest.fixture(scope="module")
def port(model: str, action_port: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The serving process, ready."""
    folder = tmp_path_factory.mktemp("serving")
    port = _free_port()
    environment = {
        **os.environ,
        "PYTHONPATH": str(BOT),
        "PYTHONWARNINGS": "ignore",
        "MADOGUCHI_BOT_SECRET": SECRET,
        "MADOGUCHI_ACTIONS_URL": f"http://127.0.0.1:{action_port}/w",
        "MADOGUCHI_MODEL_URL": "http://127.0.0.1:9/none",
        "MADOGUCHI_TRACKER_DB": str(folder / "tracker.db"),
    }
    command = [sys.executable, "-m", "serving", "--port", str(port), "--model", model]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=BOT, env=environment, stdout=log, stderr=subprocess.STDOUT
        )
    try:
        _wait(port, process, folder / "log")
        yield port
    finally:
        process.terminate()
        process.wait(15)


def _wait(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        assert process.poll() is None, log.read_text()[-2000:]
        try:
            if _ask(port, "health")[0] == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(log.read_text()[-2000:])


def test_it_is_well_and_names_its_model(port: int) -> None:
    status, body = _ask(port, "health")
    assert status == 200
    assert body["ready"] is True
    assert body["model_id"]


def test_a_turn_gives_replies_parse_and_model(port: int) -> None:
    status, body = _ask(port, "turn", {"sender": "a", "text": "商標を登録したい"})
    assert status == 200
    assert body["replies"] == [{"heard": "商標を登録したい"}]
    assert body["parse"]["intent_ranking"]
    assert body["model_id"]


def test_a_parse_needs_no_conversation(port: int) -> None:
    status, body = _ask(port, "parse", {"text": "静岡で特許を出願したい"})
    assert status == 200
    assert [e["value"] for e in body["parse"]["entities"]] == ["静岡県"]


def test_a_failing_action_is_an_error_and_the_next_turn_works(port: int) -> None:
    assert _ask(port, "turn", {"sender": "b", "text": "ありがとう"}) == (502, {"error": "no_reply"})
    assert _ask(port, "turn", {"sender": "b", "text": "特許の費用"})[0] == 200


def test_a_conversation_is_forgotten(port: int) -> None:
    _ask(port, "turn", {"sender": "c", "text": "商標の費用"})
    assert _ask(port, "forget", {"sender": "c"})[1]["forgotten"] > 3
    assert _ask(port, "forget", {"sender": "c"})[1]["forgotten"] == 0


@pytest.mark.parametrize("path", ["health", "turn", "parse", "forget"])
def test_without_the_secret_nothing_is_here(port: int, path: str) -> None:
    body = None if path == "health" else {"sender": "a", "text": "x"}
    assert _ask(port, path, body, secret="wrong")[0] == 404


def test_rasas_own_routes_are_not_served(port: int) -> None:
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/model/parse", data=b"{}", timeout=10)
    assert caught.value.code == 404


def test_no_secret_no_start() -> None:
    environment = {**os.environ, "PYTHONPATH": str(BOT), "MADOGUCHI_BOT_SECRET": ""}
    environment |= {
        f"MADOGUCHI_{name}": "http://127.0.0.1:9"
        for name in ("ACTIONS_URL", "MODEL_URL", "TRACKER_DB")
    }
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "serving", "--port", "1"],
        cwd=BOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "MADOGUCHI_BOT_SECRET" in done.stderr

"""A part of the product is down: the visitor is still answered, and nothing she wrote is lost."""

import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from uuid import uuid4

import pytest

from api.runtime.model_feed import MODEL_PATH
from api.runtime.paths import BOT_DIR, BOT_PYTHON, ROOT
from api.runtime.training import bot_environment
from tests.support.product import (
    Json,
    Product,
    Talk,
    cards,
    choices,
    free_port,
    shown,
    wait_until,
)
from tests.support.scripts import house_rules

pytestmark = pytest.mark.rasa

QUESTION = "店の名前を商標として守るには何から始めればよいですか"
BACK_SECONDS = 90.0


@pytest.fixture(autouse=True)
def whole_again(product: Product) -> Iterator[None]:
    """Each test begins and ends with a product that is well."""
    wait_until(product.well, seconds=BACK_SECONDS, what=f"all well before: {product.health()}")
    yield
    wait_until(product.well, seconds=BACK_SECONDS, what=f"all well after: {product.health()}")


@contextmanager
def frozen(product: Product, name: str) -> Iterator[None]:
    """One of the processes stops answering without dying."""
    product.kill(name, signal.SIGSTOP)
    try:
        yield
    finally:
        product.kill(name, signal.SIGCONT)


def check_apology(replies: list[Json]) -> None:
    """Apology, search results, the desk's contact card, the offer of a person."""
    words = shown(replies)
    house_rules(replies, words)
    assert "申し訳ありません" in words
    assert "記録しました" in words
    assert "商標" in words, "search results"
    assert [card["kind"] for card in cards(replies)].count("desk") == 1
    assert any("職員" in choice["label"] for choice in choices(replies))
    assert {reply["author"] for reply in replies} == {"system"}


def check_kept(talk: Talk, *said: str) -> None:
    """The thread holds each message once, in order, numbered without a gap."""
    thread = talk.thread()
    assert [message["seq"] for message in thread] == list(range(1, len(thread) + 1))
    visitor = [m["parts"][0]["text"] for m in thread if m["author"] == "visitor"]
    assert visitor == list(said)


def parts_down(product: Product) -> set[str]:
    return {name for name, part in product.health()["parts"].items() if not part["ok"]}


# ---- Rasa


def test_a_killed_rasa_is_apologised_for_named_and_started_again(product: Product) -> None:
    talk = product.talk("静岡県")
    old = product.kill("rasa")
    check_apology(talk.say(QUESTION))
    assert "rasa" in parts_down(product)
    assert product.http.get("/healthz").status_code == 503
    wait_until(product.well, seconds=BACK_SECONDS, what="Rasa comes back")
    assert product.children()["rasa"] != old
    again = talk.say("商標の更新はいつからできますか")
    assert "申し訳ありません" not in shown(again)
    assert cards(again, "desk")
    check_kept(talk, QUESTION, "商標の更新はいつからできますか")


def test_a_silent_rasa_is_given_up_after_eight_seconds(product: Product) -> None:
    talk = product.talk()
    with frozen(product, "rasa"):
        begin = time.monotonic()
        check_apology(talk.say(QUESTION))
        assert time.monotonic() - begin < 20
        assert "rasa" in parts_down(product)
        assert product.http.get("/livez").status_code == 200
    check_kept(talk, QUESTION)


def test_the_same_message_again_after_the_apology_is_not_a_second_one(product: Product) -> None:
    talk = product.talk()
    key = str(uuid4())
    with frozen(product, "rasa"):
        first = talk.post(text=QUESTION, client_message_id=key).json()
    again = talk.post(text=QUESTION, client_message_id=key).json()
    assert again == first
    talk.messages += [first["message"], *first["replies"]]
    check_kept(talk, QUESTION)


def test_without_rasa_triage_says_503_in_japanese(product: Product) -> None:
    with frozen(product, "rasa"):
        response = product.http.post("/api/v1/triage", json={"text": QUESTION})
    assert response.status_code == 503
    body = response.json()
    assert set(body) >= {"error", "detail"}
    assert any("ぁ" <= letter <= "ん" for letter in body["detail"])


def test_a_secret_is_stopped_even_while_rasa_is_down(product: Product) -> None:
    talk = product.talk()
    with frozen(product, "rasa"):
        replies = talk.say(
            "まだ公開していない塗料で、樹脂70%に銀粉を5%、硬化剤を25%まぜて120度で焼きます"
        )
    assert talk.messages[-len(replies) - 1]["withheld"] is True
    assert "銀粉" not in shown(replies)


# ---- the action webhook


class Refusing(BaseHTTPRequestHandler):
    """An action server that fails each call."""

    calls = 0

    def do_POST(self) -> None:
        type(self).calls += 1
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_error(500)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (its name there)
        """Say nothing."""


@pytest.fixture
def failing_actions(product: Product) -> Iterator[Product]:
    """A second web server of the same installation; the actions of its Rasa fail."""
    stub = ThreadingHTTPServer(("127.0.0.1", 0), Refusing)
    threading.Thread(target=stub.serve_forever, daemon=True).start()
    front = Product(product.data_dir)
    rasa_port = free_port()
    base = front.environment() | {"MADOGUCHI_RASA_PORT": str(rasa_port)}
    secret = json.loads((product.data_dir / "secrets.json").read_text())["bot_secret"]
    bot = bot_environment(
        MADOGUCHI_BOT_SECRET=secret,
        MADOGUCHI_ACTIONS_URL=f"http://127.0.0.1:{stub.server_port}/actions/webhook",
        MADOGUCHI_MODEL_URL=f"{front.url}{MODEL_PATH}",
        MADOGUCHI_TRACKER_DB=str(product.data_dir / "other-tracker.db"),
    )
    listen = ["--interface", "127.0.0.1", "--port", str(rasa_port)]
    files = ["--endpoints", "endpoints.yml", "--credentials", "credentials.yml"]
    rasa = [str(BOT_PYTHON), "-m", "rasa", "run", "--quiet", *listen, *files]
    log = (product.data_dir / "failing-actions.log").open("ab")
    started = [
        subprocess.Popen(command, cwd=folder, env=env, stdout=log, stderr=log)
        for command, folder, env in (
            ([sys.executable, "-m", "api.runtime.web"], ROOT, base),
            (rasa, BOT_DIR, base | bot),
        )
    ]
    try:
        wait_until(front.well, seconds=BACK_SECONDS, what="the second web server and its Rasa")
        yield front
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.wait(20)
        log.close()
        stub.shutdown()
        stub.server_close()
        front.http.close()


def test_when_actions_fail_the_visitor_gets_the_apology(failing_actions: Product) -> None:
    before = Refusing.calls
    talk = failing_actions.talk()
    check_apology(talk.say(QUESTION))
    assert Refusing.calls > before
    check_kept(talk, QUESTION)


# ---- the database


LOCK = """
import sqlite3, sys, time
database = sqlite3.connect(sys.argv[1], timeout=20, isolation_level=None)
database.execute("BEGIN IMMEDIATE")
print("locked", flush=True)
sys.stdin.readline()
database.execute("ROLLBACK")
"""


@contextmanager
def locked(product: Product) -> Iterator[None]:
    """Another program holds the write lock of the product database."""
    holder = subprocess.Popen(
        [sys.executable, "-c", LOCK, str(product.data_dir / "madoguchi.db")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdin is not None
    assert holder.stdout is not None
    try:
        assert holder.stdout.readline().strip() == "locked"
        yield
    finally:
        holder.communicate("done\n", timeout=10)


def test_a_locked_database_says_503_and_loses_nothing(product: Product) -> None:
    talk = product.talk()
    talk.say(QUESTION)
    key = str(uuid4())
    second = "商標の更新はいつからできますか"
    with locked(product):
        refused = talk.post(text=second, client_message_id=key)
        assert refused.status_code == 503, refused.text
        assert refused.json()["error"]
        assert any("ぁ" <= letter <= "ん" for letter in refused.json()["detail"])
        assert int(refused.headers["retry-after"]) > 0
        assert product.http.post("/api/v1/conversations", json={}).status_code in (422, 503)
    taken = talk.post(text=second, client_message_id=key)
    assert taken.status_code == 200
    talk.messages += [taken.json()["message"], *taken.json()["replies"]]
    check_kept(talk, QUESTION, second)


def test_a_database_locked_in_the_middle_of_a_turn_keeps_the_message(product: Product) -> None:
    talk = product.talk()
    key = str(uuid4())
    with ThreadPoolExecutor(1) as pool, ExitStack() as lock:
        with frozen(product, "rasa"):
            posted = pool.submit(talk.post, text=QUESTION, client_message_id=key)
            time.sleep(1.5)
            lock.enter_context(locked(product))
        refused = posted.result(timeout=30)
    assert refused.status_code == 503, refused.text
    taken = talk.post(text=QUESTION, client_message_id=key)
    assert taken.status_code == 200, taken.text
    assert taken.json()["replies"], "the repeat is answered"
    talk.messages += [taken.json()["message"], *taken.json()["replies"]]
    check_kept(talk, QUESTION)


def test_a_locked_database_still_lets_visitors_read(product: Product) -> None:
    talk = product.talk()
    talk.say(QUESTION)
    with locked(product):
        assert product.http.get("/api/v1/desks").status_code == 200
        assert len(talk.thread()) == len(talk.messages)


# ---- the worker and the web server


def test_a_killed_worker_is_started_again(product: Product) -> None:
    old = product.kill("worker")
    wait_until(
        lambda: product.children().get("worker", old) != old,
        seconds=BACK_SECONDS,
        what="another worker",
    )
    assert cards(product.talk().say(QUESTION), "desk")


def test_a_killed_web_server_comes_back_with_the_conversation(product: Product) -> None:
    talk = product.talk()
    talk.say(QUESTION)
    old = product.kill("web")
    wait_until(
        lambda: product.children().get("web", old) != old and product.well(),
        seconds=BACK_SECONDS,
        what="another web server",
    )
    talk.say("商標の更新はいつからできますか")
    check_kept(talk, QUESTION, "商標の更新はいつからできますか")


def test_what_happened_is_in_the_logs_without_the_visitors_words(product: Product) -> None:
    talk = product.talk()
    with frozen(product, "rasa"):
        talk.say("ひみつの合言葉カシオペアについて商標を取りたい")
    logs = product.tail() + (product.data_dir / "logs" / "web.log").read_text("utf-8")
    assert "the bot gave no answer" in logs
    assert "カシオペア" not in logs
    assert "カシオペア".encode("unicode_escape").decode() not in logs

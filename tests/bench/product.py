"""The whole product measured from outside: a visitor's turn over the API, memory, and how long
one corrected sentence takes until the new model answers."""

import asyncio
import os
import subprocess
import time
import uuid
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import yaml

from tests.bench import load
from tests.bench.line import Answer, Line
from tests.bench.load import Times, Turn
from tests.bench.measuring import AT_ONCE, LONG, SHORT, WARM_UP
from tests.bench.processes import resident_mb
from tests.bench.sides import TURNS_OF_A_CONVERSATION, WrongAnswerError
from tests.support.product import COMMAND, Product

CORRECTED = {
    "text": "屋台の名前を先に使われていて困っている",
    "need": "accused",
    "register": "plain",
}
LIVE_WITHIN = 120.0


@dataclass(frozen=True)
class InProduct:
    """Figures of one installation; training on all sentences, in seconds."""

    export: Path
    training: float
    start: float
    retraining: float
    rasa_mb: float
    web_mb: float
    turn_short: Times
    turn_long: Times
    rates: dict[int, float]


def measure(data_dir: Path, *, turns: int) -> InProduct:
    """Train, start, talk, correct a sentence and wait for the new model."""
    product = Product(data_dir, ready_models=None)
    begin = time.perf_counter()
    train(product)
    training = time.perf_counter() - begin
    begin = time.perf_counter()
    product.launch()
    try:
        product.wait_ready()
        start = time.perf_counter() - begin
        short, long, rates = asyncio.run(_talk(product, turns))
        children = product.children()
        memory = {name: resident_mb(pid) for name, pid in children.items()}
        retraining = _correct(product)
    finally:
        product.close()
    return InProduct(
        data_dir / "export",
        training,
        start,
        retraining,
        memory["rasa"],
        memory["web"],
        short,
        long,
        rates,
    )


def train(product: Product) -> None:
    """``madoguchi train`` in the installation.

    Raises:
        CalledProcessError: no model came of it.
    """
    with (product.data_dir / "train.log").open("wb") as log:
        environment = {**os.environ, **product.environment()}
        subprocess.run(
            [str(COMMAND), "train"],
            cwd=product.data_dir,
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
            check=True,
        )


def _correct(product: Product) -> float:
    """Seconds from one sentence added to this installation's data to a new model answering."""
    before = product.health()["parts"]["model"]["detail"]
    own = product.data_dir / "nlu_data" / "train" / "corrections"
    own.mkdir(parents=True)
    content = {"intent": "trademarks", "examples": [CORRECTED]}
    begin = time.perf_counter()
    (own / "trademarks.yml").write_text(yaml.safe_dump(content, allow_unicode=True))
    train(product)
    while product.health()["parts"]["model"]["detail"] == before:
        if time.perf_counter() - begin > LIVE_WITHIN * 2:
            raise WrongAnswerError("the new model never answered")
        time.sleep(0.1)
    return time.perf_counter() - begin


async def _talk(product: Product, turns: int) -> tuple[Times, Times, dict[int, float]]:
    async with AsyncExitStack() as stack:
        lines = [await stack.enter_async_context(Line(product.port)) for _ in range(max(AT_ONCE))]
        found = []
        for text in (SHORT, LONG):
            turn = visitor_turns(lines, text)
            await load.measure(turn, conversations=1, turns=WARM_UP)
            found.append(await load.measure(turn, conversations=1, turns=turns))
        rates = {}
        for many in AT_ONCE:
            done = await load.measure(
                visitor_turns(lines, SHORT), conversations=many, turns=max(10, turns // many)
            )
            rates[many] = done.per_second
    return found[0], found[1], rates


def visitor_turns(lines: list[Line], text: str) -> Turn:
    """Turns over ``POST /conversations/{id}/messages``, as a visitor's page sends them."""
    open_: dict[int, tuple[str, str]] = {}

    async def turn(conversation: int, count: int) -> None:
        line = lines[conversation]
        if count % TURNS_OF_A_CONVERSATION == 0 or conversation not in open_:
            open_[conversation] = await start_conversation(line)
        answer = await say(line, open_[conversation], text)
        if answer.status != 200 or not answer.json()["replies"]:
            raise WrongAnswerError(f"api: {answer.status} {answer.body[:200]!r}")

    return turn


async def start_conversation(line: Line) -> tuple[str, str]:
    """Id and token of a new conversation."""
    answer = await line.post("/api/v1/conversations", {"channel": "web"})
    begun = answer.json()
    return begun["id"], begun["token"]


async def say(line: Line, conversation: tuple[str, str], text: str) -> Answer:
    """One message of a visitor."""
    id_, token = conversation
    body = {"text": text, "client_message_id": uuid.uuid4().hex}
    return await line.post(f"/api/v1/conversations/{id_}/messages", body, token=token)

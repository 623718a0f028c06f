"""A small trained project, an action server that does what a test tells it, and both agents."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from aiohttp import web
from aiohttp.test_utils import TestServer
from rasa.core.agent import Agent
from rasa.core.lock_store import InMemoryLockStore
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.domain import Domain
from rasa.utils.endpoints import EndpointConfig
from serving.agent import ServingAgent
from serving.remote_action import KeptEndpoint
from serving.tracker_store import ConversationStore

BOT = Path(__file__).resolve().parents[3] / "bot"
SENTENCES = {
    "trademarks": ["商標を登録したい", "店の名前を守りたい", "ロゴの登録", "商標の費用"],
    "patents": ["特許を出願したい", "発明を守りたい", "審査請求の期限", "特許の費用"],
    "smalltalk": ["こんにちは", "ありがとう", "おはよう", "どうも"],
}
ACTION = "action_test"
DOMAIN: dict[str, Any] = {
    "version": "3.1",
    "intents": [*SENTENCES, "nlu_fallback"],
    "entities": ["prefecture"],
    "actions": [ACTION],
    "slots": {
        "facts": {"type": "any", "influence_conversation": False, "mappings": [{"type": "custom"}]}
    },
    "session_config": {"session_expiration_time": 0, "carry_over_slots_to_new_session": True},
}
NAMES = {
    "nlu": [
        {"lookup": "prefecture", "examples": "- 静岡県\n- 静岡\n"},
        {"synonym": "静岡県", "examples": "- prefecture:静岡県\n- prefecture:静岡\n"},
    ]
}


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The archive of a model trained with the product's configuration on a dozen sentences."""
    import rasa.model_training

    folder = tmp_path_factory.mktemp("small")
    config = yaml.safe_load((BOT / "config.yml").read_text())
    for policy in config["policies"]:
        policy["core_fallback_action_name"] = ACTION
    rules = [
        {"rule": name, "steps": [{"intent": name}, {"action": ACTION}]}
        for name in DOMAIN["intents"]
    ]
    (folder / "data").mkdir()
    _write(folder / "config.yml", config)
    _write(folder / "domain.yml", DOMAIN)
    _write(folder / "rules.yml", {"version": "3.1", "rules": rules})
    _write(folder / "data" / "names.yml", NAMES)
    for intent, texts in SENTENCES.items():
        examples = [
            {"text": text, "metadata": {"by": str(n % 3 + 1), "need": "learn"}}
            for n, text in enumerate(texts)
        ]
        _write(
            folder / "data" / f"{intent}.yml", {"nlu": [{"intent": intent, "examples": examples}]}
        )
    result = rasa.model_training.train(
        domain=str(folder / "domain.yml"),
        config=str(folder / "config.yml"),
        training_files=[str(folder / "data"), str(folder / "rules.yml")],
        output=str(folder),
        fixed_model_name="small",
        force_training=True,
    )
    assert result.model
    return str(result.model)


def _write(path: Path, content: dict[str, Any]) -> None:
    path.write_text(yaml.dump({"version": "3.1", **content}, allow_unicode=True, sort_keys=False))


class ActionServer:
    """Answers with ``answer`` (a dict, or a status) and remembers calls and connections."""

    def __init__(self) -> None:
        self.answer: dict[str, Any] | int = {
            "events": [{"event": "slot", "name": "facts", "value": {"n": 1}, "timestamp": None}],
            "responses": [{"custom": {"said": "はい"}}],
        }
        self.calls: list[dict[str, Any]] = []
        self.connections: set[Any] = set()
        self.url = ""

    async def handle(self, request: web.Request) -> web.Response:
        """The webhook."""
        self.calls.append(await request.json())
        self.connections.add(request.transport)
        if isinstance(self.answer, int):
            body = {"error": "no", "action_name": ACTION}
            return web.json_response(body, status=self.answer)
        return web.json_response(self.answer)


@pytest.fixture
async def actions() -> AsyncIterator[ActionServer]:
    """A running action server."""
    server = ActionServer()
    app = web.Application()
    app.router.add_post("/webhook", server.handle)
    running = TestServer(app)
    await running.start_server()
    server.url = str(running.make_url("/webhook"))
    yield server
    await running.close()


Agents = Callable[[str], Any]


@pytest.fixture
async def agents(model: str, actions: ActionServer, tmp_path: Path) -> AsyncIterator[Agents]:
    """Make the ``stock`` or the ``serving`` agent over the same model and action server."""
    endpoint = EndpointConfig(actions.url, enable_selective_domain=True, send_events=False)
    kept = KeptEndpoint.of(endpoint)

    def make(kind: str) -> Any:
        stock = kind == "stock"
        store = SQLTrackerStore if stock else ConversationStore
        agent = (Agent if stock else ServingAgent)(
            tracker_store=store(Domain.empty(), db=str(tmp_path / f"{kind}.db")),
            lock_store=InMemoryLockStore(),
            action_endpoint=endpoint if stock else kept,
        )
        agent.load_model(model)
        return agent

    yield make
    await kept.close()

"""Rasa behind a function: our channel's routes, the real rules, a table instead of a classifier.

It plays a turn as Rasa does: parse, take the rule's action, call the action webhook of the running
application, apply the slot events, and answer as ``bot/channel.py`` does. It can misbehave.
"""

import json
import re
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import httpx
import yaml

BOT = Path(__file__).resolve().parents[2] / "bot"
SECRET = "the-shared-secret-of-the-tests-0123456789"
MODEL = "20261120-120000-test"
# The first line that fits wins; words about the conversation come before subjects.
INTENTS = (
    ("違います|ちがいます", "deny"),
    ("^はい", "affirm"),
    ("戻", "go_back"),
    ("最初から|はじめから", "start_over"),
    ("なぜ|どうして聞", "ask_why"),
    ("人と話|職員", "human"),
    ("専門家|面談", "expert_session"),
    ("こんにちは", "smalltalk"),
    ("天気", "out_of_scope"),
    ("あれの件", "nlu_fallback"),
    ("外国|海外", "overseas"),
    ("料金|減免", "fee_reduction"),
    ("営業秘密|名簿", "trade_secrets"),
    ("商標|店", "trademarks"),
    ("意匠", "designs"),
    ("特許|発明|拒絶理由", "patents"),
)
PREFECTURE = re.compile(r"北海道|東京都|(?:京都|大阪)府|(?:静岡|愛知|福井|沖縄|広島)県")
Answer = Callable[[httpx.Request], Awaitable[httpx.Response] | httpx.Response]


@dataclass
class FakeRasa:
    """What Rasa would do; ``misbehave`` replaces its answer to one route ("turn", "parse", …)."""

    webhook: Callable[[dict[str, Any]], Awaitable[httpx.Response]] | None = None
    misbehave: dict[str, Answer] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    slots: defaultdict[str, dict[str, Any]] = field(default_factory=lambda: defaultdict(dict))

    def client(self, secret: str = SECRET) -> httpx.AsyncClient:
        """The connection an application gets instead of one to Rasa."""
        return httpx.AsyncClient(
            base_url="http://rasa/webhooks/madoguchi/",
            headers={"Authorization": f"Bearer {secret}"},
            transport=httpx.MockTransport(self._handle),
        )

    def texts(self) -> list[str]:
        """Every text that was handed to Rasa so far."""
        return [str(body["text"]) for _, body in self.asked if "text" in body]

    async def _handle(self, request: httpx.Request) -> httpx.Response:
        if request.headers.get("authorization") != f"Bearer {SECRET}":
            return httpx.Response(404, json={"error": "not_found"})
        route = request.url.path.rsplit("/", 1)[-1]
        body = json.loads(request.content or b"{}")
        self.asked.append((route, body))
        if route in self.misbehave:
            answer = self.misbehave[route](request)
            return answer if isinstance(answer, httpx.Response) else await answer
        if route == "health":
            return httpx.Response(200, json={"ready": True, "model_id": MODEL})
        if route == "forget":
            return httpx.Response(200, json={"forgotten": len(self.slots.pop(body["sender"], {}))})
        parsed = parse(body)
        if route == "parse":
            return httpx.Response(200, json={"parse": parsed, "model_id": MODEL})
        parsed = {**parsed, "metadata": body.get("metadata") or {}}
        return await self._turn(body["sender"], parsed)

    async def _turn(self, sender: str, parsed: dict[str, Any]) -> httpx.Response:
        assert self.webhook is not None, "say how the action webhook is reached"
        action = rules()[parsed["intent"]["name"]]
        done = await self.webhook(call_of(action, sender, dict(self.slots[sender]), parsed))
        if done.status_code != 200:
            return httpx.Response(502, json={"error": "no_reply"})
        for event in done.json()["events"]:
            if event["event"] == "slot":
                self.slots[sender][event["name"]] = event["value"]
        replies = [said["custom"] for said in done.json()["responses"] if said.get("custom")]
        return httpx.Response(200, json={"replies": replies, "parse": parsed, "model_id": MODEL})


def call_of(
    action: str, sender: str, slots: dict[str, Any], parsed: dict[str, Any]
) -> dict[str, Any]:
    """One call of the action webhook as Rasa sends it."""
    return {
        "next_action": action,
        "sender_id": sender,
        "version": "3.6.21",
        "tracker": {
            "sender_id": sender,
            "slots": slots,
            "latest_message": parsed,
            "latest_event_time": 1.0,
            "paused": False,
            "events": [],
            "latest_input_channel": "madoguchi",
            "active_loop": {},
            "latest_action": {"action_name": "action_listen"},
        },
    }


def parse(body: dict[str, Any]) -> dict[str, Any]:
    """What the pipeline would make of a text, or of an intent the server asks for."""
    if "intent" in body:
        entities = [
            {"entity": name, "value": value, "start": 0, "end": 0}
            for name, value in body["entities"].items()
        ]
        text = f"/{body['intent']}"
        return _parsed(text, body["intent"], entities)
    text = body["text"]
    intent = next((name for words, name in INTENTS if re.search(words, text)), "ip_management")
    found = [
        {"entity": "prefecture", "value": m[0], "start": m.start(), "end": m.end()}
        for m in PREFECTURE.finditer(text)
    ]
    return _parsed(text, intent, found)


def _parsed(text: str, intent: str, entities: list[dict[str, Any]]) -> dict[str, Any]:
    unsure = intent == "nlu_fallback"
    names = ("designs", "contracts", "patents") if unsure else (intent,)
    return {
        "text": text,
        "intent": {"name": intent, "confidence": 0.3 if unsure else 0.9},
        "intent_ranking": [{"name": n, "confidence": 0.3 if unsure else 0.9} for n in names],
        "entities": entities,
        "inquiry": {"secondary_topics": [], "wants": [], "need": None, "asker": None},
    }


@lru_cache(maxsize=1)
def rules() -> dict[str, str]:
    """Intent → action, from the rules the bot is trained with."""
    found = {}
    for path in sorted((BOT / "rules").glob("*.yml")):
        for rule in yaml.safe_load(path.read_text(encoding="utf-8"))["rules"]:
            first, second = rule["steps"]
            found[first["intent"]] = second["action"]
    return found
